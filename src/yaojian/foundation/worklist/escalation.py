"""The alarms: reminders before a due day, escalation after it, each once for an item and its due day."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Actor, Organ, Role, check_may, system_actor
from yaojian.foundation.accounts.facade import Permission as P
from yaojian.foundation.errors import Conflict, RuleBroken
from yaojian.foundation.ledger.facade import record_act, subject_ref
from yaojian.foundation.notices.facade import notify
from yaojian.foundation.reference.facade import (
    CalendarYearMissing,
    saying_which_year_is_missing,
    working_calendar,
)
from yaojian.foundation.timekeeping import now, today
from yaojian.foundation.workflow.calendar import YearMissing
from yaojian.foundation.worklist import notice_kinds
from yaojian.foundation.worklist.alarm_plans import alarm_plans
from yaojian.foundation.worklist.alarms import (
    CHIEF,
    Step,
    escalations_today,
    reminders_today,
    working_days_left,
)
from yaojian.foundation.worklist.giving import item_link, item_ref
from yaojian.foundation.worklist.kinds import ItemKind, item_kinds
from yaojian.foundation.worklist.models import Firing, WorkItem
from yaojian.foundation.worklist.people import heads_of
from yaojian.foundation.worklist.queries import item_visible_to, unfinished_q
from yaojian.foundation.worklist.states import UNFINISHED, ItemState

log = logging.getLogger(__name__)

AT_ONCE = 200
"""So many items of one organ ring in one transaction; what a crash leaves behind rings next time."""
BETWEEN_REMINDERS = timedelta(hours=1)


class AlarmsIncomplete(Exception):
    """Some alarms did not ring; what did is done, the rest rings at the next run."""


@dataclass(frozen=True, slots=True)
class _Bell:
    """One alarm for items of one kind and organ (and, for reminders, one assignee)."""

    kind: ItemKind
    step: Step
    organ_id: int
    assignee_id: int | None


def ring_alarms() -> int:
    """Ring every alarm that is due today and has not rung; returns how many.

    Safe to repeat and to interrupt. Raises AlarmsIncomplete, after all others have rung, when some could not
    (its cause is the first failure; CalendarYearMissing where the calendar does not reach).
    """
    _calm_down()
    day, calendar, rung = today(), working_calendar(), 0
    plans = alarm_plans()
    failures: list[Exception] = []
    for kind in item_kinds():
        for steps_of in (escalations_today, reminders_today):
            try:
                with saying_which_year_is_missing():
                    steps = steps_of(plans[kind.code], calendar, day)
            except CalendarYearMissing as gap:
                failures.append(gap)
                continue
            for bell, item_ids in (each for step in steps for each in _due(kind, step)):
                try:
                    rung += _ring(bell, item_ids)
                except Exception as failure:  # one broken bell must not silence the others
                    log.exception("alarm %s of %s failed", bell.step.code, kind.code)
                    failures.append(failure)
    if failures:
        raise AlarmsIncomplete(f"{len(failures)} groups of alarms did not ring") from failures[0]
    return rung


def _calm_down() -> None:
    """Take the mark of escalation off items that are due today or later, or whose clock stands still."""
    not_late = Q(due_on__gte=today()) | Q(due_on__isnull=True)
    WorkItem.objects.filter(unfinished_q(), not_late, escalation_level__gt=0).update(
        escalation_level=0, escalated_at=None, escalated_to=[]
    )


def _waiting(kind: ItemKind, step: Step) -> QuerySet[WorkItem]:
    rung = Firing.objects.filter(item=OuterRef("pk"), step=step.code, due_on=OuterRef("due_on"))
    within = Q(due_on__lte=step.last) & (Q() if step.first is None else Q(due_on__gte=step.first))
    return WorkItem.objects.filter(unfinished_q(), within, ~Exists(rung), kind=kind.code)


def _due(kind: ItemKind, step: Step) -> Iterator[tuple[_Bell, list[int]]]:
    """The items for which a step has not rung, in groups of those who are told together."""
    groups: dict[_Bell, list[int]] = defaultdict(list)
    rows = _waiting(kind, step).order_by("due_on", "id").values_list("pk", "organ_id", "assignee_id")
    for item_id, organ_id, assignee_id in rows:
        person = None if step.level else assignee_id
        groups[_Bell(kind, step, organ_id, person)].append(item_id)
    for bell, item_ids in groups.items():
        for start in range(0, len(item_ids), AT_ONCE):
            yield bell, item_ids[start : start + AT_ONCE]


@transaction.atomic
def _ring(bell: _Bell, item_ids: list[int]) -> int:
    items = list(
        _waiting(bell.kind, bell.step)
        .filter(pk__in=item_ids)
        .select_for_update(of=("self",), skip_locked=True)
        .order_by("due_on", "id")
    )
    if not items:
        return 0
    moment = now()
    Firing.objects.bulk_create(
        [
            Firing(item=item, step=bell.step.code, due_on=item.due_on, fired_at=moment)
            for item in items
            if item.due_on is not None
        ]
    )
    organ = Organ.objects.get(pk=bell.organ_id)
    if bell.step.level:
        _escalate(bell, organ, items)
    else:
        _remind(bell, organ, items)
    return len(items)


def _remind(bell: _Bell, organ: Organ, items: list[WorkItem]) -> None:
    readers = [bell.assignee_id] if bell.assignee_id else heads_of(organ, Role.CHIEF)
    before = bell.step.code.removeprefix("remind-")
    params = {"work_kind": bell.kind.code, "count": str(len(items))}
    link = _link(bell, items, "mine" if bell.assignee_id else "organ", "soon")
    if before == "0":
        notify(to=readers, kind=notice_kinds.DUE_TODAY, link=link, params=params)
    else:
        notify(to=readers, kind=notice_kinds.DUE_SOON, link=link, params={**params, "days": before})


def _link(bell: _Bell, items: list[WorkItem], whose: str, due: str) -> str:
    """The item's page, or the list that holds all of them."""
    if len(items) == 1:
        return item_link(items[0])
    return f"/?whose={whose}&kind={bell.kind.code}&due={due}"


def _escalate(bell: _Bell, organ: Organ, items: list[WorkItem]) -> None:
    role = Role.CHIEF if bell.step.level == CHIEF else Role.LEADER
    readers, moment, by = heads_of(organ, role), now(), system_actor(organ)
    for item in items:
        item.escalation_level = max(item.escalation_level, bell.step.level)
        item.escalated_at = moment
        item.escalated_to = sorted({*item.escalated_to, *readers})
        record_act(
            by=by,
            kind="worklist.escalated",
            subject=subject_ref(item.subject_id) if item.subject_id else None,
            file=item_ref(item),
            facts={
                "item": item.pk,
                "kind": item.kind,
                "escalation": bell.step.code,
                "due_on": item.due_on.isoformat() if item.due_on else "",
            },
        )
    WorkItem.objects.bulk_update(items, ["escalation_level", "escalated_at", "escalated_to"])
    notify(
        to=readers,
        kind=notice_kinds.ESCALATED,
        link=_link(bell, items, "mine", "overdue"),
        params={
            "work_kind": bell.kind.code,
            "organ": organ.code,
            "days": str(bell.step.after),
            "count": str(len(items)),
        },
    )


@transaction.atomic
def remind_item(*, by: Actor, item_id: int) -> WorkItem:
    """Ask the person who has an item, or the chief of its organ, to see to it; once an hour at most.

    Raises NotFound, Conflict (no longer open), RuleBroken (one's own, just reminded, nobody to remind).
    """
    check_may(by, P.WORKLIST_VIEW)
    item = item_visible_to(by, item_id, for_update=True)
    if ItemState(item.state) not in UNFINISHED:
        raise Conflict(_("This work item is no longer open."), cure=_("Reload the list."))
    if item.assignee_id == by.user_id:
        raise RuleBroken(_("This work item is yours."), cure=_("Do it, hand it over or return it."))
    if item.reminded_at and now() - item.reminded_at < BETWEEN_REMINDERS:
        raise RuleBroken(
            _("Somebody was reminded of this less than an hour ago."), cure=_("Wait a while, or call.")
        )
    readers = [item.assignee_id] if item.assignee_id else heads_of(item.organ, Role.CHIEF)
    if not set(readers) - {by.user_id}:
        raise RuleBroken(_("There is nobody to remind."), cure=_("Assign the work item first."))
    item.reminded_at = now()
    item.save(update_fields=["reminded_at"])
    record_act(
        by=by,
        kind="worklist.reminded",
        subject=subject_ref(item.subject_id) if item.subject_id else None,
        file=item_ref(item),
        facts={"item": item.pk, "kind": item.kind},
    )
    notify(
        to=readers,
        kind=notice_kinds.REMINDED,
        link=item_link(item),
        params={"work_kind": item.kind},
    )
    return item


def remaining_working_days(items: Iterable[WorkItem]) -> dict[int, int]:
    """For items with a due day: working days left, negative when overdue; without what the calendar lacks."""
    day = today()
    calendar, left = working_calendar(), {}
    for item in items:
        if item.due_on is None:
            continue
        try:
            left[item.pk] = working_days_left(calendar, day, item.due_on)
        except YearMissing:
            # A year that is not entered yet: the page shows calendar days instead of a guess.
            continue
    return left
