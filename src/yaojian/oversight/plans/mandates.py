"""The mandate engine: who is due under which mandate, and the work items that follow."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import BigIntegerField, QuerySet

from yaojian.casework.inspections.facade import DUE_INSPECTION
from yaojian.foundation.accounts.facade import Organ
from yaojian.foundation.copying import is_any_of
from yaojian.foundation.timekeeping import local_date, now, today
from yaojian.foundation.worklist.facade import (
    WorkItem,
    cancel_items_of_origin,
    complete_items_of_origin,
    open_items,
    unfinished_q,
)
from yaojian.oversight.plans.contracts import ORIGIN, Duty, DutyState
from yaojian.oversight.plans.definitions import Formula
from yaojian.oversight.plans.duties import duty
from yaojian.oversight.plans.evaluation import act_days, formula_of, scope_of, targets_of
from yaojian.oversight.plans.models import Figure
from yaojian.registers.enterprises.facade import Subject, subjects_by_id

HORIZON = timedelta(days=60)
"""Duties appear on the worklist this long before they fall due."""


@dataclass(frozen=True, slots=True)
class SubjectDuty:
    """A subject's standing under one mandate."""

    figure: Figure
    subject: Subject
    duty: Duty


def asks_for_everyone(figure: Figure) -> bool:
    """Whether a figure's goal is that every subject is looked at, so that each one has a duty.

    A share (35 %) leaves open whom to choose, so it opens no work for a particular subject.
    """
    goals = [target for target in targets_of(figure) if not target.baseline]
    if not goals:
        return False
    if figure.unit == "percent":
        return any(isinstance(t.value, int | float) and t.value >= 100 for t in goals)
    return True


def mandate_figures() -> QuerySet[Figure]:
    """Figures that can be computed as a coverage, with plan and organ."""
    return (
        Figure.objects.filter(computable=True, formula__shape="coverage", same_as="")
        .select_related("row__plan__organ")
        .order_by("row__plan__seed", "row__position", "position")
    )


def duty_figures() -> list[Figure]:
    """The mandates under which each subject has a duty of its own."""
    return [figure for figure in mandate_figures() if asks_for_everyone(figure)]


def standings(
    figure: Figure, as_of: date, *, organ: Organ | None = None, subject_ids: Iterable[int] | None = None
) -> dict[int, Duty]:
    """By subject, where every open subject in a mandate's scope stands on a day.

    Only those in the reach of `organ`, or only some subjects, when given.
    """
    formula = formula_of(figure)
    if formula.period is None:
        raise ValueError("a mandate has a period")
    plan = figure.row.plan
    subjects = scope_of(formula, plan.organ).filter(closed_on__isnull=True, opened_on__lte=as_of)
    if organ is not None and organ != plan.organ:
        subjects = subjects & scope_of(formula, organ)
    if subject_ids is not None:
        subjects = subjects.filter(pk__in=list(subject_ids))
    opening_days = dict(subjects.order_by().values_list("pk", "opened_on"))
    days = _act_days(formula, opening_days, as_of)
    # A mandate binds from its plan's first day: nobody can have been late before that.
    in_force = date(plan.start_year, 1, 1)
    return {
        pk: duty(max(opened, in_force), days.get(pk, ()), formula.period, formula.minimum, as_of)
        for pk, opened in opening_days.items()
    }


def with_subjects(figure: Figure, chosen: Mapping[int, Duty]) -> list[SubjectDuty]:
    """Standings with their subjects and the organs responsible."""
    subjects = subjects_by_id(chosen)
    return [SubjectDuty(figure, subjects[pk], standing) for pk, standing in chosen.items()]


def _act_days(formula: Formula, subjects: Collection[int], as_of: date) -> dict[int, list[date]]:
    if formula.act is None or formula.period is None:
        raise ValueError("a mandate counts acts in a period")
    start, _end = formula.period.bounds(as_of)
    first = start
    if formula.period.unit not in ("rolling_years", "window"):
        first = formula.period.bounds(start - timedelta(days=1))[0]
    # Keys instead of a join: in tables filled a moment ago the database does not know which side is the small
    # one and walks through the acts once for each subject.
    return act_days(formula.act, is_any_of("subject_id", subjects, BigIntegerField()), first, as_of)


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a run of the engine did."""

    mandates: int
    opened: int
    completed: int
    cancelled: int


def refresh_duties(subject_ids: Iterable[int] | None = None, as_of: date | None = None) -> Refreshed:
    """Open work items for duties that are overdue or due within 60 days, and close those that are not.

    Of all subjects (the nightly run) or of some (after an act). Running it again changes nothing.
    """
    day = as_of or today()
    chosen = None if subject_ids is None else list(subject_ids)
    opened = completed = cancelled = 0
    figures = duty_figures()
    for figure in figures:
        with transaction.atomic():
            found = standings(figure, day, subject_ids=chosen)
            wanted = {pk: standing for pk, standing in found.items() if _on_worklist(standing, day)}
            done, dropped = _close_settled(figure, found, set(wanted), chosen)
            completed, cancelled = completed + done, cancelled + dropped
            opened += open_items([_item(due) for due in with_subjects(figure, wanted)])
    if chosen is None:
        cancelled += _cancel_orphans({figure.key for figure in figures})
    return Refreshed(len(figures), opened, completed, cancelled)


def _on_worklist(standing: Duty, day: date) -> bool:
    return standing.state is not DutyState.MET and standing.due_on <= day + HORIZON


def _open_duties() -> QuerySet[WorkItem]:
    return WorkItem.objects.filter(unfinished_q(), kind=DUE_INSPECTION, origin_kind=ORIGIN)


def _close_settled(
    figure: Figure, found: Mapping[int, Duty], wanted: set[int], subject_ids: list[int] | None
) -> tuple[int, int]:
    """Complete the items whose duty was seen to, and cancel those of subjects it no longer presses."""
    items = _open_duties().filter(origin_key=figure.key)
    if subject_ids is not None:
        items = items.filter(subject_id__in=subject_ids)
    done: list[tuple[int, str]] = []
    dropped: list[tuple[int, str]] = []
    for subject_id, opened_at in items.exclude(subject_id__in=wanted).values_list("subject_id", "opened_at"):
        if subject_id is not None:
            seen_to = _seen_to(found.get(subject_id), local_date(opened_at))
            (done if seen_to else dropped).append((subject_id, figure.key))
    return (
        complete_items_of_origin(DUE_INSPECTION, ORIGIN, done),
        cancel_items_of_origin(DUE_INSPECTION, ORIGIN, dropped),
    )


def _seen_to(standing: Duty | None, opened_on: date) -> bool:
    """Whether a duty that presses no more was seen to; else its subject closed, left the scope or moved."""
    if standing is None:
        return False
    looked_at = standing.last_on is not None and standing.last_on >= opened_on
    return standing.state is DutyState.MET or looked_at


def _cancel_orphans(known: set[str]) -> int:
    """Cancel the items of figures that the packs no longer hold, or that open no duties any more."""
    orphans = _open_duties().exclude(origin_key__in=known).values_list("subject_id", "origin_key")
    pairs = [(subject_id, key) for subject_id, key in orphans if subject_id is not None]
    return cancel_items_of_origin(DUE_INSPECTION, ORIGIN, pairs)


def _item(due: SubjectDuty) -> WorkItem:
    row = due.figure.row
    formula = due.figure.formula or {}
    kinds = formula.get("act", {}).get("inspection_kinds", [])
    return WorkItem(
        kind=DUE_INSPECTION,
        organ_id=due.subject.responsible_organ_id,
        subject_id=due.subject.pk,
        subject_name=due.subject.name,
        division_code=due.subject.division_code,
        due_on=due.duty.due_on,
        reason=due.figure.title_zh[:300],
        source=f"{row.plan.title} L{row.line} ({row.row_id})"[:200],
        origin_kind=ORIGIN,
        origin_key=due.figure.key,
        parameters={"inspection_kind": kinds[0]} if kinds else {},
        opened_at=now(),
    )
