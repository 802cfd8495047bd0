"""The value of a figure: members, those reached, exclusions with reasons, and the acts behind them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from yaojian.casework.inspections.facade import rectifications_due
from yaojian.foundation.accounts.facade import Organ
from yaojian.foundation.ledger.facade import Act, acts_between
from yaojian.foundation.timekeeping import local_date
from yaojian.oversight.plans.contracts import Exclusion, FigureValue, ValueState
from yaojian.oversight.plans.definitions import ActFilter, Formula, Target
from yaojian.oversight.plans.models import Figure
from yaojian.oversight.plans.tally import Count as Tally
from yaojian.registers.enterprises.facade import Subject, subjects_in_scope


def formula_of(figure: Figure) -> Formula:
    """The formula of a computable figure."""
    return Formula.from_dict(figure.formula or {})


def targets_of(figure: Figure) -> list[Target]:
    """The targets of a figure, baselines included, as the pack gives them."""
    return [Target.from_dict(target) for target in figure.targets]


def target_for(figure: Figure, year: int) -> Target | None:
    """The target that holds in a year: its own, else the next one to come, else the last of the plan."""
    goals = [target for target in targets_of(figure) if not target.baseline]
    for target in goals:
        if target.applies_in(year):
            return target
    dated = sorted((t for t in goals if t.year is not None), key=lambda t: t.year or 0)
    coming = [target for target in dated if (target.year or 0) > year]
    return coming[0] if coming else dated[-1] if dated else None


def qualifying_acts(act: ActFilter, first: date, last: date) -> QuerySet[Act]:
    """Acts that count under a filter, claimed between two Beijing days, both included."""
    facts: dict[str, Iterable[str]] = {}
    if act.inspection_kinds:
        facts["inspection_kind"] = act.inspection_kinds
    if act.organ_levels:
        facts["organ_level"] = act.organ_levels
    return acts_between(act.kind, first, last, facts)


def scope_of(formula: Formula, organ: Organ) -> QuerySet[Subject]:
    """The subjects a formula speaks of, as far as an organ's territory or responsibility reaches."""
    if formula.scope is None:
        raise ValueError("a formula over acts has a scope")
    scope = formula.scope
    return subjects_in_scope(
        organ,
        by_territory=formula.within == "territory",
        types=scope.types,
        flags_all=scope.flags_all,
        flags_any=scope.flags_any,
        risk_grades=scope.risk_grades,
        in_production=scope.in_production,
    )


def coverage_rows(formula: Formula, organ: Organ, as_of: date) -> QuerySet[Any]:
    """Every subject in scope with `exclusion` ("" for members) and `acts_in_period`, its qualifying acts."""
    start, end = span_of(formula, as_of)
    if formula.act is None:
        raise ValueError("a coverage figure counts acts")
    counted = (
        qualifying_acts(formula.act, start, end)
        .filter(subject_id=OuterRef("pk"))
        .order_by()
        .values("subject_id")
        .annotate(n=Count("pk"))
        .values("n")
    )
    return scope_of(formula, organ).annotate(
        exclusion=Case(
            When(closed_on__lte=as_of, then=Value(Exclusion.CLOSED.value)),
            When(opened_on__gt=start, then=Value(Exclusion.OPENED_LATER.value)),
            default=Value(""),
            output_field=CharField(),
        ),
        acts_in_period=Coalesce(Subquery(counted, output_field=IntegerField()), 0),
    )


def act_days(act: ActFilter, about: Q, first: date, last: date) -> dict[int, list[date]]:
    """By subject, the Beijing days of the acts that count under a filter, in order; `about` says of which."""
    rows = qualifying_acts(act, first, last).filter(about)
    days: dict[int, list[date]] = defaultdict(list)
    for subject_id, claimed_at in rows.order_by("claimed_at").values_list("subject_id", "claimed_at"):
        if subject_id is not None:
            days[subject_id].append(local_date(claimed_at))
    return days


def span_of(formula: Formula, as_of: date) -> tuple[date, date]:
    """First and last day that a figure looks at on `as_of`: its period, clipped to what has happened."""
    if formula.period is None:
        raise ValueError("a formula over acts has a period")
    start, end = formula.period.bounds(as_of)
    return start, min(end, as_of)


def evaluate(figure: Figure, organ: Organ, as_of: date) -> FigureValue:
    """The value of a figure for an organ on a day.

    A figure that waits for data says so; a group without members counts nothing and says so.
    """
    if not figure.computable:
        target = target_for(figure, as_of.year)
        return FigureValue(figure.key, organ.pk, as_of, ValueState.WAITING, target=target)
    formula = formula_of(figure)
    return value_with(figure, formula, organ, as_of, _counts(formula, organ, as_of))


def value_with(figure: Figure, formula: Formula, organ: Organ, as_of: date, count: Tally) -> FigureValue:
    """The value of a computable figure that has been counted."""
    start, end = span_of(formula, as_of)
    return FigureValue(
        key=figure.key,
        organ_id=organ.pk,
        as_of=as_of,
        state=ValueState.COMPUTED if count.denominator else ValueState.NO_MEMBERS,
        numerator=count.numerator,
        denominator=count.denominator,
        excluded=count.excluded,
        period_start=start,
        period_end=end,
        target=target_for(figure, as_of.year),
    )


def _counts(formula: Formula, organ: Organ, as_of: date) -> Tally:
    if formula.shape == "closure":
        due = closure_rows(formula, organ, as_of)
        row = due.aggregate(all=Count("pk"), done=Count("pk", filter=Q(is_verified=True)))
        return Tally(row["done"], row["all"])
    if formula.shape != "coverage":
        raise ValueError(f"no evaluator for the shape {formula.shape}")
    row = coverage_rows(formula, organ, as_of).aggregate(
        members=Count("pk", filter=Q(exclusion="")),
        reached=Count("pk", filter=Q(exclusion="", acts_in_period__gte=formula.minimum)),
        **{f"out_{reason.value}": Count("pk", filter=Q(exclusion=reason.value)) for reason in Exclusion},
    )
    excluded = {reason: row[f"out_{reason.value}"] for reason in Exclusion if row[f"out_{reason.value}"]}
    return Tally(row["reached"], row["members"], excluded)


def closure_rows(formula: Formula, organ: Organ, as_of: date) -> QuerySet:
    """Concluded inspections of subjects in scope whose rectification fell due in the period."""
    return closures(formula, as_of).filter(subject__in=scope_of(formula, organ).values("pk"))


def closures(formula: Formula, as_of: date) -> QuerySet:
    """Inspections that count under a formula whose rectification fell due in the period, of any subject."""
    if formula.act is None:
        raise ValueError("a closure figure counts inspections")
    start, end = span_of(formula, as_of)
    return rectifications_due(
        start,
        end,
        kinds=formula.act.inspection_kinds,
        organ_levels=formula.act.organ_levels,
        verified_by=as_of,
    )
