"""The door of the worklist."""

from yaojian.foundation.worklist.actions import (
    assign_item,
    assign_items,
    cancel_items_of_file,
    cancel_items_of_origin,
    complete_items_of_file,
    complete_items_of_origin,
    open_item,
    open_items,
)
from yaojian.foundation.worklist.kinds import ItemKind, item_kind, item_kinds, register_kind
from yaojian.foundation.worklist.models import WorkItem
from yaojian.foundation.worklist.queries import (
    ItemFilter,
    Urgency,
    Whose,
    counts_by_kind,
    counts_by_urgency,
    counts_by_whose,
    item_visible_to,
    items_of_subject,
    items_visible_to,
    matching_items,
    narrowed_to,
    next_due_days,
    open_item_of_duty,
    urgency_of,
)
from yaojian.foundation.worklist.states import ItemState

__all__ = [
    "ItemFilter",
    "ItemKind",
    "ItemState",
    "Urgency",
    "Whose",
    "WorkItem",
    "assign_item",
    "assign_items",
    "cancel_items_of_file",
    "cancel_items_of_origin",
    "complete_items_of_file",
    "complete_items_of_origin",
    "counts_by_kind",
    "counts_by_urgency",
    "counts_by_whose",
    "item_kind",
    "item_kinds",
    "item_visible_to",
    "items_of_subject",
    "items_visible_to",
    "matching_items",
    "narrowed_to",
    "next_due_days",
    "open_item",
    "open_item_of_duty",
    "open_items",
    "register_kind",
    "urgency_of",
]
