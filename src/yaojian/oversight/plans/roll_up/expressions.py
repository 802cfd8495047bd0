"""What figures over acts count, as Ibis expressions: one text for DuckDB and for Spark. By province."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis
from ibis import _

from yaojian.oversight.plans.definitions import ActFilter, Formula, Scope

SEPARATOR = ";"
"""Flags stand in one text, each between two of these, which every engine can search."""


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables of all provinces' exports, each with the column `province`."""

    subjects: Any
    acts: Any
    rectifications: Any


def counts(formula: Formula, tables: Tables, as_of: date) -> Any:
    """By province: numerator, denominator, and how many are left out (closed, opened_later)."""
    if formula.act is None or formula.scope is None or formula.period is None:
        raise ValueError("only figures over acts are counted from subjects and acts")
    start, end = formula.period.bounds(as_of)
    end = min(end, as_of)
    reach = tables.subjects.in_charge if formula.within == "responsibility" else tables.subjects.on_land
    meant = tables.subjects.filter(reach & _meant(tables.subjects, formula.scope))
    match formula.shape:
        case "coverage":
            return _coverage(formula, formula.act, meant, tables.acts, start, end, as_of)
        case "closure":
            return _closure(formula.act, meant, tables.rectifications, start, end, as_of)
        case "count_acts":
            return _acts(formula.act, meant, tables.acts, start, end)
        case shape:
            raise ValueError(f"no expression for the shape {shape}")


def _meant(subjects: Any, scope: Scope) -> Any:
    condition = ibis.literal(True)
    if scope.types:
        condition &= subjects.type.isin(scope.types)
    for flag in scope.flags_all:
        condition &= _flagged(subjects, flag)
    if scope.flags_any:
        any_flag = ibis.literal(False)
        for flag in scope.flags_any:
            any_flag |= _flagged(subjects, flag)
        condition &= any_flag
    if scope.risk_grades:
        condition &= subjects.grade.isin(scope.risk_grades)
    if scope.in_production is not None:
        condition &= subjects.in_production == scope.in_production
    return condition


def _flagged(subjects: Any, flag: str) -> Any:
    return subjects.flags.contains(f"{SEPARATOR}{flag}{SEPARATOR}")


def _counting(act: ActFilter, acts: Any) -> Any:
    condition = ibis.literal(True)
    if act.inspection_kinds:
        condition &= acts.kind.isin(act.inspection_kinds)
    if act.organ_levels:
        condition &= acts.level.isin(act.organ_levels)
    return condition


def _coverage(
    formula: Formula, act: ActFilter, meant: Any, acts: Any, start: date, end: date, as_of: date
) -> Any:
    inside = acts.filter(_counting(act, acts), acts.day >= start, acts.day <= end)
    times = inside.group_by("province", "subject_id").agg(times=_.count())
    closed = ibis.coalesce(meant.closed_on <= as_of, ibis.literal(False))
    standing = meant.mutate(closed=closed, later=~closed & (meant.opened_on > start))
    joined = standing.left_join(
        times, [standing.province == times.province, standing.id == times.subject_id], rname="act_{name}"
    )
    member = ~joined.closed & ~joined.later
    reached = member & (ibis.coalesce(joined.times, 0) >= formula.minimum)
    return joined.group_by("province").agg(
        numerator=reached.cast("int64").sum(),
        denominator=member.cast("int64").sum(),
        closed=joined.closed.cast("int64").sum(),
        opened_later=joined.later.cast("int64").sum(),
    )


def _closure(act: ActFilter, meant: Any, due: Any, start: date, end: date, as_of: date) -> Any:
    inside = due.filter(_counting(act, due), due.due_on >= start, due.due_on <= end)
    of_meant = inside.semi_join(meant, [inside.province == meant.province, inside.subject_id == meant.id])
    done = ibis.coalesce(of_meant.verified_on <= as_of, ibis.literal(False))
    found = of_meant.group_by("province").agg(
        numerator=done.cast("int64").sum(), denominator=of_meant.count()
    )
    return found.mutate(closed=0, opened_later=0)


def _acts(act: ActFilter, meant: Any, acts: Any, start: date, end: date) -> Any:
    inside = acts.filter(_counting(act, acts), acts.day >= start, acts.day <= end)
    of_meant = inside.semi_join(meant, [inside.province == meant.province, inside.subject_id == meant.id])
    found = of_meant.group_by("province").agg(numerator=of_meant.count())
    return found.mutate(denominator=0, closed=0, opened_later=0)
