"""Counting subjects and acts in the database: members, those reached, those left out, rectifications due."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    F,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import TruncDate

from yaojian.casework.inspections.facade import rectifications_due
from yaojian.foundation.accounts.facade import Organ
from yaojian.foundation.ledger.facade import Act, acts_between
from yaojian.foundation.timekeeping import CHINA, local_date
from yaojian.oversight.plans.contracts import FigureValue
from yaojian.oversight.plans.definitions import ActFilter, Formula, Target
from yaojian.oversight.plans.models import Figure
from yaojian.oversight.plans.outcomes import Exclusion, Outcome
from yaojian.registers.enterprises.facade import subjects_in_scope


def formula_of(figure: Figure) -> Formula:
    """The formula of a figure; a milestone without one is a milestone."""
    return Formula.from_dict(figure.formula or {"shape": "milestone"})


def targets_of(figure: Figure) -> list[Target]:
    """The targets of a figure, baselines included, as the pack gives them."""
    return [Target.from_dict(target) for target in figure.targets]


def target_for(figure: Figure, year: int, on: date | None = None) -> Target | None:
    """The target that holds in a year: its own, else the next one to come, else the last of the plan.

    What was adjusted holds from its day: seen from a day before, the pack's target does. Without a day, from
    the end of the year.
    """
    seen = (on or date(year, 12, 31)).isoformat()
    goals = [target for target in targets_of(figure) if not target.baseline]
    adjusted = {t.year: t for t in goals if t.adjustment is not None and (t.effective_on or "") <= seen}
    goals = [target for target in goals if target.adjustment is None and target.year not in adjusted]
    goals = [*adjusted.values(), *goals]
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


def scope_of(formula: Formula, organ: Organ, on: date | None = None) -> QuerySet[Any]:
    """The subjects a formula speaks of, as far as an organ's territory or responsibility reaches.

    Types, flags, grades and places are those of the day `on`; without one, of today.
    """
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
        on=on,
    )


def standing_of(formula: Formula, organ: Organ, as_of: date) -> QuerySet[Any]:
    """Every subject in scope with `exclusion`: the reason why it does not count, "" for members."""
    start, _end = span_of(formula, as_of)
    return scope_of(formula, organ, as_of).annotate(
        exclusion=Case(
            When(closed_on__lte=as_of, then=Value(Exclusion.CLOSED.value)),
            When(opened_on__gt=start, then=Value(Exclusion.OPENED_LATER.value)),
            default=Value(""),
            output_field=CharField(),
        )
    )


def reached_q(formula: Formula, as_of: date) -> Q:
    """The condition on subjects that enough acts count for them in the period: one pass over the acts."""
    acts = acts_of(formula, as_of).exclude(subject_id=None).order_by().values("subject_id")
    if formula.minimum > 1:
        acts = acts.annotate(n=Count("pk")).filter(n__gte=formula.minimum).values("subject_id")
    return Q(pk__in=acts)


def acts_of(formula: Formula, as_of: date) -> QuerySet[Act]:
    """The acts that count for a formula in its period by a day."""
    if formula.act is None:
        raise ValueError("a coverage figure counts acts")
    return qualifying_acts(formula.act, *span_of(formula, as_of))


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
        return as_of, as_of
    start, end = formula.period.bounds(as_of)
    return start, min(end, as_of)


def value_with(
    figure: Figure, formula: Formula | None, organ: Organ, as_of: date, outcome: Outcome
) -> FigureValue:
    """The value of a figure that has been counted, beside the target in force."""
    start, end = span_of(formula, as_of) if formula is not None else (None, None)
    return FigureValue(
        key=figure.key,
        organ_id=organ.pk,
        as_of=as_of,
        outcome=outcome,
        unit=figure.unit,
        period_start=start,
        period_end=end,
        target=target_for(figure, as_of.year, as_of),
    )


def verified_late_q() -> Q:
    """The condition on inspections that their rectification was verified after its last day."""
    return Q(verified_on__gt=F("rectify_by"))


def closure_rows(formula: Formula, organ: Organ, as_of: date) -> QuerySet:
    """Concluded inspections of subjects in scope whose rectification fell due in the period."""
    subjects = scope_of(formula, organ, as_of).order_by().values("pk")
    return closures(formula, as_of).filter(subject_id__in=subjects)


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
    ).annotate(verified_on=TruncDate("verified_at", tzinfo=CHINA))
