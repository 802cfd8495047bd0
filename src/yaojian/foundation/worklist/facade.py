"""The door of the worklist."""

from yaojian.foundation.worklist.actions import (
    assign_item,
    cancel_items_of_file,
    complete_item,
    complete_items_of_file,
    complete_items_of_origin,
    open_item,
    open_items,
)
from yaojian.foundation.worklist.kinds import ItemKind, item_kind, item_kinds, register_kind
from yaojian.foundation.worklist.models import WorkItem
from yaojian.foundation.worklist.queries import (
    Whose,
    counts_by_whose,
    item_visible_to,
    items_visible_to,
    narrowed_to,
    open_item_of_duty,
)
from yaojian.foundation.worklist.states import ItemState

__all__ = [
    "ItemKind",
    "ItemState",
    "Whose",
    "WorkItem",
    "assign_item",
    "cancel_items_of_file",
    "complete_item",
    "complete_items_of_file",
    "complete_items_of_origin",
    "counts_by_whose",
    "item_kind",
    "item_kinds",
    "item_visible_to",
    "items_visible_to",
    "narrowed_to",
    "open_item",
    "open_item_of_duty",
    "open_items",
    "register_kind",
]
