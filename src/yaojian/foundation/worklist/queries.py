"""Reads of the worklist, scoped to the asking person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import Count, F, Min, Q, QuerySet, Value
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import (
    Actor,
    Hindrance,
    Level,
    Organ,
    land_q,
    principals_of,
    subtree_q,
)
from yaojian.foundation.errors import NotFound
from yaojian.foundation.timekeeping import today
from yaojian.foundation.worklist.models import SavedView, WorkItem
from yaojian.foundation.worklist.states import UNFINISHED


class Whose(StrEnum):
    """How wide the inbox looks."""

    MINE = "mine"
    DELEGATED = "delegated"
    ORGAN = "organ"
    SUBORDINATE = "subordinate"
    ALL = "all"


class Urgency(StrEnum):
    """How near the day is by which an item must be done."""

    OVERDUE = "overdue"
    SOON = "soon"
    LATER = "later"
    UNDATED = "undated"


class Mark(StrEnum):
    """What sets an item apart beside its day."""

    POOL = "pool"
    RETURNED = "returned"
    ESCALATED = "escalated"


SOON = timedelta(days=14)
"""What is due within this span counts as due soon."""


MOST_COUNTED = 1000
"""The tabs of the workbench count no further: beyond it they say 999+."""
MOST_URGENT_FIRST = (F("due_on").asc(nulls_last=True), "id")


@dataclass(frozen=True, slots=True)
class ItemFilter:
    """What the inbox is narrowed to; empty fields do not narrow."""

    text: str = ""
    kind: str = ""
    urgency: str = ""
    mark: str = ""


def unfinished_q() -> Q:
    """Items that wait for somebody."""
    return Q(state__in=[state.value for state in UNFINISHED])


def own_q(actor: Actor) -> Q:
    """What is on the actor's own desk: given to them, or escalated to them."""
    return Q(assignee_id=actor.user_id) | Q(escalation_level__gt=0, escalated_to__contains=[actor.user_id])


def items_visible_to(actor: Actor, principals: Collection[int] | None = None) -> QuerySet[WorkItem]:
    """The work of the actor's organ, what is on the actor's desk or on that of somebody they stand in for
    (`principals`, looked up if not given), that of the organs below where the role says so, and, for a
    township, what lies on its land."""
    organs = subtree_q(actor, "organ") if actor.sees_subordinates else Q(organ_id=actor.organ_id)
    condition = organs | own_q(actor)
    if absent := principals_of(actor) if principals is None else principals:
        condition |= Q(assignee_id__in=absent)
    if actor.organ_level is Level.TOWNSHIP:
        condition |= land_q(actor, "organ")
    return WorkItem.objects.filter(condition)


def held_by(organ: Organ, on: date) -> list[Hindrance]:
    """The open work of an organ: it would be orphaned when the organ closes."""
    return [Hindrance(_("open work items"), WorkItem.objects.filter(unfinished_q(), organ=organ).count())]


def whose_q(actor: Actor, whose: Whose, principals: Collection[int]) -> Q:
    """The condition of a width of the inbox, among what the actor may see."""
    match whose:
        case Whose.MINE:
            return own_q(actor)
        case Whose.DELEGATED:
            return Q(assignee_id__in=principals)
        case Whose.ORGAN:
            return Q(organ_id=actor.organ_id)
        case Whose.SUBORDINATE:
            return subtree_q(actor, "organ") & ~Q(organ_id=actor.organ_id)
        case Whose.ALL:
            return Q()


def narrowed_to(items: QuerySet[WorkItem], actor: Actor, whose: Whose) -> QuerySet[WorkItem]:
    """`items` (of those that the actor may see) narrowed to a width of the inbox."""
    principals = principals_of(actor) if whose is Whose.DELEGATED else ()
    return items.filter(whose_q(actor, whose, principals))


def work_of(actor: Actor, whose: Whose, principals: Collection[int]) -> QuerySet[WorkItem]:
    """The unfinished items of a width of the inbox; each lies within what the actor may see."""
    items = items_visible_to(actor, principals) if whose is Whose.ALL else WorkItem.objects.all()
    return items.filter(whose_q(actor, whose, principals)).filter(unfinished_q())


def item_visible_to(actor: Actor, item_id: int, *, for_update: bool = False) -> WorkItem:
    """One work item. Raises NotFound when it is not there or not the actor's to see."""
    items = items_visible_to(actor).select_related("organ", "assignee", "assigned_by", "clock__rule")
    item = (items.select_for_update(of=("self",)) if for_update else items).filter(pk=item_id).first()
    if item is None:
        raise NotFound(_("There is no such work item."))
    return item


def urgency_q(urgency: Urgency, on: date) -> Q:
    """Items whose due day is that near on a day."""
    return {
        Urgency.OVERDUE: Q(due_on__lt=on),
        Urgency.SOON: Q(due_on__gte=on, due_on__lte=on + SOON),
        Urgency.LATER: Q(due_on__gt=on + SOON),
        Urgency.UNDATED: Q(due_on__isnull=True),
    }[urgency]


MARKS: Mapping[Mark, Q] = {
    Mark.POOL: Q(assignee__isnull=True),
    Mark.RETURNED: Q(state="returned"),
    Mark.ESCALATED: Q(escalation_level__gt=0),
}


def urgency_of(item: WorkItem, on: date) -> Urgency:
    """How near an item's due day is on a day."""
    if item.due_on is None:
        return Urgency.UNDATED
    if item.due_on < on:
        return Urgency.OVERDUE
    return Urgency.SOON if item.due_on <= on + SOON else Urgency.LATER


def matching_items(items: QuerySet[WorkItem], wanted: ItemFilter) -> QuerySet[WorkItem]:
    """`items` that fit the filter, the most urgent first, those without a day last."""
    for word in wanted.text.split():
        items = items.filter(
            Q(subject_name__icontains=word)
            | Q(reason__icontains=word)
            | Q(assignee__display_name__icontains=word)
        )
    if wanted.kind:
        items = items.filter(kind=wanted.kind)
    if wanted.urgency in set(Urgency):
        items = items.filter(urgency_q(Urgency(wanted.urgency), today()))
    if wanted.mark in set(Mark):
        items = items.filter(MARKS[Mark(wanted.mark)])
    return items.order_by(*MOST_URGENT_FIRST)


def on_page(items: QuerySet[WorkItem]) -> QuerySet[WorkItem]:
    """A slice of `items` with what a row shows: joined after the slice was cut, not for all of them."""
    rows = WorkItem.objects.filter(pk__in=items.values("pk"))
    return rows.select_related("organ", "assignee", "clock__rule").order_by(*MOST_URGENT_FIRST)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many items there are, by urgency, by mark and by kind."""

    total: int
    urgencies: Mapping[Urgency, int]
    marks: Mapping[Mark, int]
    kinds: Mapping[str, int]


def tally_of(items: QuerySet[WorkItem]) -> Tally:
    """Count `items` every way that the workbench shows, in one pass over them."""
    day = today()
    columns = {
        **{urgency.value: Count("kind", filter=urgency_q(urgency, day)) for urgency in Urgency},
        **{mark.value: Count("kind", filter=condition) for mark, condition in MARKS.items()},
    }
    counted = items.order_by().values("kind").annotate(n=Count("kind"), **columns).order_by("-n", "kind")
    rows: list[dict[str, Any]] = [dict(row) for row in counted]
    return Tally(
        total=sum(row["n"] for row in rows),
        urgencies={urgency: sum(row[urgency.value] for row in rows) for urgency in Urgency},
        marks={mark: sum(row[mark.value] for row in rows) for mark in MARKS},
        kinds={row["kind"]: row["n"] for row in rows},
    )


def counts_by_whose(actor: Actor, principals: Collection[int]) -> dict[Whose, int]:
    """For each width of the inbox but ALL: how many unfinished items it holds, counted up to 1,000 in all.

    One query: each width is cut off where counting on would tell nothing more.
    """
    widths = [Whose.MINE, Whose.ORGAN, Whose.SUBORDINATE, *([Whose.DELEGATED] if principals else [])]
    first, *others = (
        work_of(actor, whose, principals).order_by().values_list(Value(whose.value))[:MOST_COUNTED]
        for whose in widths
    )
    found = Counter(whose for (whose,) in first.union(*others, all=True))
    return {whose: found[whose.value] for whose in widths}


def open_work_of(user_id: int) -> QuerySet[WorkItem]:
    """What a person has still to do and would be orphaned if they left, the most urgent first.

    The caller has checked who asks.
    """
    return (
        WorkItem.objects.filter(unfinished_q(), assignee_id=user_id)
        .select_related("organ")
        .order_by(*MOST_URGENT_FIRST)
    )


def items_of_subject(subject_id: int) -> QuerySet[WorkItem]:
    """The duties about a subject the caller has been let see: open ones by due day, then the closed."""
    return (
        WorkItem.objects.filter(subject_id=subject_id)
        .select_related("organ", "assignee", "clock__rule")
        .order_by(F("closed_at").desc(nulls_first=True), F("due_on").asc(nulls_last=True), "id")
    )


def next_due_days(subject_ids: Collection[int]) -> dict[int, date]:
    """For subjects the caller has been let see: the day of the most urgent open duty of each that has one."""
    rows = (
        WorkItem.objects.filter(unfinished_q(), subject_id__in=subject_ids, due_on__isnull=False)
        .order_by()
        .values_list("subject_id")
        .annotate(first=Min("due_on"))
    )
    return dict(rows)


def open_item_of_duty(subject_id: int, origin_kind: str) -> QuerySet[WorkItem]:
    """The open duties about a subject that come from one kind of origin, the most urgent first."""
    return WorkItem.objects.filter(unfinished_q(), subject_id=subject_id, origin_kind=origin_kind).order_by(
        "due_on", "id"
    )


def views_of(actor: Actor) -> QuerySet[SavedView]:
    """The actor's own saved views, by name."""
    return SavedView.objects.filter(user_id=actor.user_id)
