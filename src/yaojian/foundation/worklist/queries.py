"""Reads of the worklist, scoped to the asking person."""

from __future__ import annotations

from enum import StrEnum

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Actor, Level
from yaojian.foundation.errors import NotFound
from yaojian.foundation.timekeeping import today
from yaojian.foundation.worklist.models import WorkItem
from yaojian.foundation.worklist.states import ItemState


class Whose(StrEnum):
    """How wide the inbox looks."""

    MINE = "mine"
    ORGAN = "organ"
    ALL = "all"


def items_visible_to(actor: Actor) -> QuerySet[WorkItem]:
    """The work of the actor's organ and those below; for a township, also what lies on its land."""
    condition = Q(organ__path__startswith=actor.organ_path)
    if actor.organ_level is Level.TOWNSHIP:
        for prefix in actor.territories:
            condition |= Q(division_code__startswith=prefix)
    return WorkItem.objects.filter(condition)


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
