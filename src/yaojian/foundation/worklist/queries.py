"""Reads of the worklist, scoped to the asking person."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from django.db.models import Count, F, Min, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Actor, Hindrance, Level, Organ, land_q, subtree_q
from yaojian.foundation.errors import NotFound
from yaojian.foundation.timekeeping import today
from yaojian.foundation.worklist.models import WorkItem
from yaojian.foundation.worklist.states import ItemState


class Whose(StrEnum):
    """How wide the inbox looks."""

    MINE = "mine"
    ORGAN = "organ"
    ALL = "all"


class Urgency(StrEnum):
    """How near the day is by which an item must be done."""

    OVERDUE = "overdue"
    SOON = "soon"
    LATER = "later"
    UNDATED = "undated"


SOON = timedelta(days=14)
"""What is due within this span counts as due soon."""


@dataclass(frozen=True, slots=True)
class ItemFilter:
    """What the inbox is narrowed to; empty fields do not narrow."""

    text: str = ""
    kind: str = ""
    urgency: str = ""


def items_visible_to(actor: Actor) -> QuerySet[WorkItem]:
    """The work of the actor's organ and those below, and what was given to the actor in person.

    For a township, also what lies on its land.
    """
    condition = subtree_q(actor, "organ") | Q(assignee_id=actor.user_id)
    if actor.organ_level is Level.TOWNSHIP:
        condition |= land_q(actor, "organ")
    return WorkItem.objects.filter(condition)


def held_by(organ: Organ, on: date) -> list[Hindrance]:
    """The open work of an organ: it would be orphaned when the organ closes."""
    return [
        Hindrance(
            _("open work items"), WorkItem.objects.filter(organ=organ, state=ItemState.OPEN.value).count()
        )
    ]


def narrowed_to(items: QuerySet[WorkItem], actor: Actor, whose: Whose) -> QuerySet[WorkItem]:
    """`items` that are the actor's own, the actor's organ's, or all that may be seen."""
    match whose:
        case Whose.MINE:
            return items.filter(assignee_id=actor.user_id)
        case Whose.ORGAN:
            return items.filter(organ_id=actor.organ_id)
        case Whose.ALL:
            return items


def item_visible_to(actor: Actor, item_id: int, *, for_update: bool = False) -> WorkItem:
    """One work item. Raises NotFound when it is not there or not the actor's to see."""
    items = items_visible_to(actor)
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


def urgency_of(item: WorkItem, on: date) -> Urgency:
    """How near an item's due day is on a day."""
    if item.due_on is None:
        return Urgency.UNDATED
    if item.due_on < on:
        return Urgency.OVERDUE
    return Urgency.SOON if item.due_on <= on + SOON else Urgency.LATER


def matching_items(items: QuerySet[WorkItem], wanted: ItemFilter) -> QuerySet[WorkItem]:
    """Open `items` that fit the filter, the most urgent first, those without a day last."""
    items = items.filter(state=ItemState.OPEN.value)
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
    return items.select_related("organ", "assignee").order_by(F("due_on").asc(nulls_last=True), "id")


def counts_by_urgency(items: QuerySet[WorkItem]) -> dict[Urgency, int]:
    """How many of `items` are overdue, due soon, due later, and without a day."""
    day = today()
    row = items.order_by().aggregate(**{u.value: Count("pk", filter=urgency_q(u, day)) for u in Urgency})
    return {urgency: row[urgency.value] for urgency in Urgency}


def counts_by_kind(items: QuerySet[WorkItem]) -> dict[str, int]:
    """How many of `items` there are of each kind, the most frequent first."""
    rows = items.order_by().values_list("kind").annotate(n=Count("pk"))
    return dict(rows.order_by("-n"))


def items_of_subject(subject_id: int) -> QuerySet[WorkItem]:
    """The duties about a subject the caller has been let see: open ones by due day, then the closed."""
    return (
        WorkItem.objects.filter(subject_id=subject_id)
        .select_related("organ", "assignee")
        .order_by(F("closed_at").desc(nulls_first=True), F("due_on").asc(nulls_last=True), "id")
    )


def next_due_days(subject_ids: Collection[int]) -> dict[int, date]:
    """For subjects the caller has been let see: the day of the most urgent open duty of each that has one."""
    rows = (
        WorkItem.objects.filter(subject_id__in=subject_ids, state=ItemState.OPEN.value, due_on__isnull=False)
        .order_by()
        .values_list("subject_id")
        .annotate(first=Min("due_on"))
    )
    return dict(rows)


def open_item_of_duty(subject_id: int, origin_kind: str) -> QuerySet[WorkItem]:
    """The open duties about a subject that come from one kind of origin, the most urgent first."""
    return WorkItem.objects.filter(
        subject_id=subject_id, origin_kind=origin_kind, state=ItemState.OPEN.value
    ).order_by("due_on", "id")


def counts_by_whose(actor: Actor) -> dict[Whose, dict[str, int]]:
    """For each width of the inbox: how many open items, and how many of them are overdue."""
    overdue = Q(due_on__lt=today())
    row = (
        items_visible_to(actor)
        .filter(state=ItemState.OPEN.value)
        .aggregate(
            mine=Count("pk", filter=Q(assignee_id=actor.user_id)),
            mine_overdue=Count("pk", filter=Q(assignee_id=actor.user_id) & overdue),
            organ=Count("pk", filter=Q(organ_id=actor.organ_id)),
            organ_overdue=Count("pk", filter=Q(organ_id=actor.organ_id) & overdue),
            all=Count("pk"),
            all_overdue=Count("pk", filter=overdue),
        )
    )
    return {whose: {"open": row[whose.value], "overdue": row[f"{whose.value}_overdue"]} for whose in Whose}
