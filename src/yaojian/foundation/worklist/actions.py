"""Writes to the worklist."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Actor, Permission, check_may, officers_for_inspections
from yaojian.foundation.errors import Conflict, InvalidInput
from yaojian.foundation.ledger.facade import Ref, record_act, subject_ref
from yaojian.foundation.timekeeping import now
from yaojian.foundation.worklist.models import WorkItem
from yaojian.foundation.worklist.queries import item_visible_to
from yaojian.foundation.worklist.states import ITEM_STATES, ItemState


def open_items(items: Sequence[WorkItem], batch_size: int = 1000) -> int:
    """Open work items; one that is already open for the same duty and subject stays as it is.

    Returns how many were new.
    """
    before = WorkItem.objects.count()
    WorkItem.objects.bulk_create(items, ignore_conflicts=True, batch_size=batch_size)
    return WorkItem.objects.count() - before


def open_item(item: WorkItem) -> None:
    """Open one work item, unless it is already open for the same duty and subject."""
    WorkItem.objects.bulk_create([item], ignore_conflicts=True)


def _close(verb: str, **which: object) -> int:
    """Take open items by a verb of the state table to its target; returns how many."""
    state = ITEM_STATES.next(ItemState.OPEN, verb)
    return WorkItem.objects.filter(state=ItemState.OPEN.value, **which).update(
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


@transaction.atomic
def assign_item(*, by: Actor, item_id: int, user_id: int) -> WorkItem:
    """Give an open work item to an officer of the actor's organ or one below.

    Raises NotAllowed, NotFound, Conflict (no longer open), InvalidInput (not such an officer).
    """
    check_may(by, Permission.WORKLIST_ASSIGN)
    item = item_visible_to(by, item_id, for_update=True)
    if item.state != ItemState.OPEN.value:
        raise Conflict(_("This work item is no longer open."), cure=_("Reload the list."))
    officer = officers_for_inspections(by).filter(user_id=user_id).first()
    if officer is None:
        raise InvalidInput(
            _("This person cannot take the work item."),
            field="user",
            cure=_("Choose an officer from the list."),
        )
    item.assignee_id = user_id
    item.save(update_fields=["assignee"])
    record_act(
        by=by,
        kind="worklist.assigned",
        subject=subject_ref(item.subject_id) if item.subject_id else None,
        facts={"item": item.pk, "kind": item.kind, "assignee": officer.user.display_name},
    )
    return item


@transaction.atomic
def assign_items(*, by: Actor, item_ids: Collection[int], user_id: int) -> list[WorkItem]:
    """Give several open work items to one officer, all or none; raises as `assign_item` does.

    Raises InvalidInput when no item is named.
    """
    if not item_ids:
        raise InvalidInput(
            _("No work item was ticked, so nothing was assigned."),
            field="item",
            cure=_("Tick the items first, then choose the officer."),
        )
    return [assign_item(by=by, item_id=item_id, user_id=user_id) for item_id in sorted(set(item_ids))]
