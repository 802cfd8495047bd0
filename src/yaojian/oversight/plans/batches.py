"""Many counts in one question to the database: all figures of a plan, of many organs or of many days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from django.db.models import CharField, Count, F, IntegerField, Q, QuerySet, Value

from yaojian.foundation.accounts.facade import Organ
from yaojian.oversight.plans.cells import Cell, needed, part
from yaojian.oversight.plans.definitions import Formula
from yaojian.oversight.plans.evaluation import (
    acts_of,
    closure_rows,
    reached_q,
    scope_of,
    span_of,
    standing_of,
    verified_late_q,
)
from yaojian.oversight.plans.outcomes import Exclusion, Outcome, ValueState, amount, ratio
from yaojian.oversight.plans.registers import counted_rows, holding_q

AT_ONCE = 60
"""Counts in one statement; the planner takes its time for more."""


@dataclass(frozen=True, slots=True)
class Task:
    """A formula to be counted for an organ on a day."""

    formula: Formula
    organ: Organ
    as_of: date

    @property
    def key(self) -> tuple[str, int, date]:
        """What tells it from others."""
        return self.formula.digest, self.organ.pk, self.as_of


@dataclass(slots=True)
class _Branch:
    """One count: of which rows, grouped by the reason of exclusion or not at all."""

    rows: QuerySet[Any]
    grouped: bool = False
    done: Q | None = None
    late: Q | None = None


@dataclass(slots=True)
class Counts:
    """What has been counted in the database, by task; what was not prepared is counted when asked for."""

    outcomes: dict[tuple[str, int, date], Outcome] = field(default_factory=dict)
    held: dict[tuple[Cell, str, int, date], int] = field(default_factory=dict)

    def prepare(self, tasks: Sequence[Task]) -> None:
        """Count everything that some tasks need, in few statements."""
        wanted = {task.key: task for task in tasks if _counts_subjects(task.formula)}
        new = [task for key, task in wanted.items() if key not in self.outcomes]
        cells = {
            _held_key(cell, task): (cell, task)
            for task in tasks
            for cell in needed(task.formula)
            if cell.is_registered and not _holds(task.formula)
        }
        registers = [(key, *found) for key, found in cells.items() if key not in self.held]
        branches = [branch for task in new for branch in _branches(task)]
        branches += [_Branch(rows) for _key, cell, task in registers for rows in _register_rows(cell, task)]
        rows = iter(_run(branches))
        for task in new:
            self.outcomes[task.key] = _outcome(task.formula, [next(rows) for _ in _branches(task)])
        for key, cell, task in registers:
            numbers = [next(rows).get("", (0, 0, 0))[0] for _ in _register_rows(cell, task)]
            self.held[key] = numbers[0] - sum(numbers[1:])

    def of(self, task: Task) -> Outcome:
        """What a task over subjects or acts comes to."""
        if task.key not in self.outcomes:
            self.prepare([task])
        return self.outcomes[task.key]

    def registered(self, cell: Cell, task: Task) -> int:
        """How many rows a register holds under a cell; in a window, how many more than before it."""
        key = _held_key(cell, task)
        if key not in self.held:
            numbers = [rows.count() for rows in _register_rows(cell, task)]
            self.held[key] = numbers[0] - sum(numbers[1:])
        return self.held[key]


def _held_key(cell: Cell, task: Task) -> tuple[Cell, str, int, date]:
    period = repr(task.formula.period.to_dict()) if task.formula.period else ""
    return cell, period, task.organ.pk, task.as_of


def _register_rows(cell: Cell, task: Task) -> list[QuerySet[Any]]:
    return counted_rows(task.organ, cell, task.formula.period, task.as_of)


def _holds(formula: Formula) -> bool:
    """Whether a coverage asks for subjects that have an entry in a register."""
    return formula.shape == "coverage" and formula.scope is not None and part(formula).is_registered


def _counts_subjects(formula: Formula) -> bool:
    """Whether subjects or their acts are counted."""
    return formula.act is not None or formula.scope is not None


def _branches(task: Task) -> list[_Branch]:
    formula, organ, as_of = task.formula, task.organ, task.as_of
    if formula.shape == "closure":
        done = Q(is_verified=True)
        return [_Branch(closure_rows(formula, organ, as_of), done=done, late=done & verified_late_q())]
    if formula.shape == "count_acts":
        subjects = scope_of(formula, organ, as_of).order_by().values("pk")
        return [_Branch(acts_of(formula, as_of).filter(subject_id__in=subjects))]
    if formula.shape == "count":
        start, end = span_of(formula, as_of)
        found = scope_of(formula, organ, as_of).filter(opened_on__lte=as_of)
        if formula.period is not None and formula.period.unit == "window":
            return [_Branch(found.filter(opened_on__range=(start, end)))]
        return [_Branch(found.exclude(closed_on__lte=as_of))]
    rows = standing_of(formula, organ, as_of)
    branches = [_Branch(rows, grouped=True)]
    if formula.act is not None:
        branches.append(_Branch(rows.filter(reached_q(formula, as_of), exclusion="")))
    elif _holds(formula):
        branches.append(_Branch(rows.filter(holding_q(organ, part(formula), as_of), exclusion="")))
    return branches


Numbers = dict[str, tuple[int, int, int]]


def _run(branches: Sequence[_Branch]) -> list[Numbers]:
    """By branch, its numbers (all, done, late) for each reason of exclusion."""
    found: list[Numbers] = [{} for _branch in branches]
    for start in range(0, len(branches), AT_ONCE):
        queries = [
            _query(place, branch)
            for place, branch in enumerate(branches[start : start + AT_ONCE], start=start)
        ]
        rows = queries[0].union(*queries[1:], all=True) if len(queries) > 1 else queries[0]
        for place, why, number, done, late in rows:
            found[place][why] = (number, done, late)
    return found


def _query(place: int, branch: _Branch) -> QuerySet[Any]:
    def counted(condition: Q | None) -> Count | Value:
        if condition is None:
            return Value(0, output_field=IntegerField())
        return Count("pk", filter=condition)

    why = F("exclusion") if branch.grouped else Value("", output_field=CharField())
    rows = branch.rows.order_by().annotate(place=Value(place, output_field=IntegerField()), why=why)
    numbers = rows.values("place", "why").annotate(
        number=Count("pk"), done=counted(branch.done), late=counted(branch.late)
    )
    return numbers.values_list("place", "why", "number", "done", "late")


def _outcome(formula: Formula, found: Sequence[Numbers]) -> Outcome:
    first = found[0]
    if formula.shape == "coverage":
        excluded = {Exclusion(why): numbers[0] for why, numbers in sorted(first.items()) if why}
        members = first.get("", (0, 0, 0))[0]
        done = found[1].get("", (0, 0, 0))[0] if len(found) > 1 else 0
        return ratio(Fraction(done), Fraction(members), 100, nothing=ValueState.NO_MEMBERS, excluded=excluded)
    number, done, late = first.get("", (0, 0, 0))
    if formula.shape == "closure":
        return ratio(
            Fraction(done), Fraction(number), 100, nothing=ValueState.NO_MEMBERS, late=Fraction(late)
        )
    return amount(Fraction(number))
