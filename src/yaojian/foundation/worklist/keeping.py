"""Keeping items to what a day asks for: those missing are opened, those no longer due withdrawn."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from yaojian.foundation.accounts.facade import system_actor
from yaojian.foundation.worklist.actions import cancel_items_of_origin, dated_by_clocks, open_items
from yaojian.foundation.worklist.giving import record_about
from yaojian.foundation.worklist.models import WorkItem
from yaojian.foundation.worklist.states import UNFINISHED, ItemState

BATCH = 1000
FOLLOWING = ("due_on", "clock_id", "reason", "source")
MOVING = ("organ", "assignee", "state", "return_reason", "due_on", "parameters")
Key = tuple[str, int | None, str]
"""Kind of work, subject, and the key of its origin."""


@dataclass(frozen=True, slots=True)
class Kept:
    """How many work items one run has opened and withdrawn."""

    opened: int
    withdrawn: int


def keep_items(kinds: Collection[str], origin_kind: str, wanted: Iterable[WorkItem]) -> Kept:
    """Let exactly the wanted items of some kinds and an origin be open; those somebody has done stay done.

    An open one takes the day, the clock and the reason of the wanted one when they have changed.
    """
    asked = {_key(item): item for item in wanted}
    dated_by_clocks(asked.values())
    present, done = dict[Key, WorkItem](), set[Key]()
    for item in WorkItem.objects.filter(kind__in=list(kinds), origin_kind=origin_kind):
        if item.state in UNFINISHED:
            present[_key(item)] = item
        elif item.state == ItemState.DONE.value:
            done.add(_key(item))
    moved = [item for key, item in present.items() if key in asked and _follows(item, asked[key])]
    WorkItem.objects.bulk_update(moved, FOLLOWING, batch_size=BATCH)
    over = [key for key in present if key not in asked]
    for kind in kinds:
        pairs = [(subject or 0, origin) for of_kind, subject, origin in over if of_kind == kind]
        cancel_items_of_origin(kind, origin_kind, pairs)
    fresh = [item for key, item in asked.items() if key not in present and key not in done]
    open_items(fresh)
    return Kept(len(fresh), len(over))


@dataclass(frozen=True, slots=True)
class ItemPlace:
    """Where an item lies by its duty: with which organ, due when, and what else its page starts with."""

    organ_id: int
    due_on: date
    parameters: Mapping[str, object] = field(default_factory=dict)


def follow_duties(wanted: Mapping[int, ItemPlace]) -> int:
    """Let unfinished items (by key) lie where their duties do now; returns how many there were.

    One that goes to another organ goes into its pool; that somebody had it is kept as an act.
    """
    items = list(
        WorkItem.objects.select_for_update(of=("self",))
        .select_related("assignee")
        .filter(pk__in=wanted, state__in=[state.value for state in UNFINISHED])
        .order_by("pk")
    )
    for item in items:
        place = wanted[item.pk]
        if item.organ_id != place.organ_id:
            _move(item, place.organ_id)
        item.due_on = place.due_on
        item.parameters = {**item.parameters, **place.parameters}
    WorkItem.objects.bulk_update(items, MOVING, batch_size=BATCH)
    return len(items)


def _move(item: WorkItem, organ_id: int) -> None:
    former, item.organ_id, item.assignee = item.assignee, organ_id, None
    if former is not None:
        with override(settings.LANGUAGE_CODE):
            reason = str(_("Another organ answers for it now."))
        item.state, item.return_reason = ItemState.RETURNED.value, reason
        facts = {"former": former.display_name, "reason": reason}
        record_about(system_actor(item.organ), "worklist.returned", item, facts)


def _key(item: WorkItem) -> Key:
    return item.kind, item.subject_id, item.origin_key


def _follows(item: WorkItem, wanted: WorkItem) -> bool:
    """Take over what may change; whether anything did."""
    before = [getattr(item, name) for name in FOLLOWING]
    after = [getattr(wanted, name) for name in FOLLOWING]
    for name, value in zip(FOLLOWING, after, strict=True):
        setattr(item, name, value)
    return before != after
