"""Opening and closing items, by the rooms whose duties and files they are."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date

from yaojian.foundation.deadlines.facade import DueDayMoved
from yaojian.foundation.ledger.facade import Ref
from yaojian.foundation.timekeeping import now
from yaojian.foundation.worklist.models import WorkItem
from yaojian.foundation.worklist.states import ITEM_STATES, UNFINISHED


def open_items(items: Sequence[WorkItem], batch_size: int = 1000) -> int:
    """Open work items; one that is already open for the same duty and subject stays as it is.

    Returns how many were new.
    """
    dated_by_clocks(items)
    last = WorkItem.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    WorkItem.objects.bulk_create(items, ignore_conflicts=True, batch_size=batch_size)
    # The table is never counted: an act about one subject stands beside tens of thousands of items.
    return WorkItem.objects.filter(pk__gt=last, kind__in={item.kind for item in items}).count()


def open_item(item: WorkItem) -> None:
    """Open one work item, unless it is already open for the same duty and subject."""
    dated_by_clocks([item])
    WorkItem.objects.bulk_create([item], ignore_conflicts=True)


def dated_by_clocks(items: Iterable[WorkItem]) -> None:
    """An item with a clock is due when the clock ends."""
    for item in items:
        if item.clock is not None:
            item.due_on = item.clock.due_on


def follow_clock(news: DueDayMoved) -> None:
    """Move the unfinished items of a clock to its new due day; without one while the clock stands still."""
    WorkItem.objects.filter(
        state__in=[state.value for state in UNFINISHED],
        clock__file_kind=news.file.kind,
        clock__file_id=news.file.id,
        clock__rule__code=news.rule,
    ).update(due_on=news.due_on)


def _close(verb: str, **which: object) -> int:
    """Take unfinished items by a verb of the state table to its target; returns how many."""
    (state,) = {ITEM_STATES.next(source, verb) for source in UNFINISHED}
    return WorkItem.objects.filter(state__in=[s.value for s in UNFINISHED], **which).update(
        state=state.value, closed_at=now()
    )


def complete_items_of_file(file: Ref, kinds: Collection[str] | None = None) -> int:
    """Mark the open items of a file as done (all, or of some kinds); returns how many."""
    which: dict[str, object] = {"file_kind": file.kind, "file_id": file.id}
    if kinds is not None:
        which["kind__in"] = list(kinds)
    return _close("complete", **which)


def cancel_items_of_file(file: Ref) -> int:
    """Withdraw the open items of a file; returns how many."""
    return _close("cancel", file_kind=file.kind, file_id=file.id)


def redate_items_of_file(file: Ref, kinds: Collection[str], due_on: date | None) -> int:
    """Give the open items of a file, of some kinds, another due day, or none; returns how many."""
    return WorkItem.objects.filter(
        state__in=[s.value for s in UNFINISHED],
        file_kind=file.kind,
        file_id=file.id,
        kind__in=list(kinds),
    ).update(due_on=due_on)


Pairs = Collection[tuple[int, str]]


def complete_items_of_origin(kind: str, origin_kind: str, subject_and_key: Pairs) -> int:
    """Mark items as done whose duty has been met: pairs of subject and origin key; returns how many."""
    return _close_of_origin("complete", kind, origin_kind, subject_and_key)


def cancel_items_of_origin(kind: str, origin_kind: str, subject_and_key: Pairs) -> int:
    """Withdraw open items whose duty no longer binds: pairs of subject and origin key; returns how many."""
    return _close_of_origin("cancel", kind, origin_kind, subject_and_key)


def _close_of_origin(verb: str, kind: str, origin_kind: str, subject_and_key: Pairs) -> int:
    by_key: dict[str, list[int]] = {}
    for subject_id, key in subject_and_key:
        by_key.setdefault(key, []).append(subject_id)
    return sum(
        _close(verb, kind=kind, origin_kind=origin_kind, origin_key=key, subject_id__in=subject_ids)
        for key, subject_ids in by_key.items()
    )
