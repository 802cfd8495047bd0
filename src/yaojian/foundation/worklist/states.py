"""The states of a work item. Pure."""

from enum import StrEnum

from yaojian.foundation.workflow.states import StateTable, Transition


class ItemState(StrEnum):
    """Where a work item stands."""

    OPEN = "open"
    RETURNED = "returned"
    DONE = "done"
    CANCELLED = "cancelled"


UNFINISHED = (ItemState.OPEN, ItemState.RETURNED)
"""The states in which an item waits for somebody."""

ITEM_STATES = StateTable(
    "work item",
    ItemState.OPEN,
    [
        Transition("assign", UNFINISHED, ItemState.OPEN),
        Transition("take", UNFINISHED, ItemState.OPEN),
        Transition("hand_over", UNFINISHED, ItemState.OPEN),
        Transition("return", (ItemState.OPEN,), ItemState.RETURNED),
        Transition("complete", UNFINISHED, ItemState.DONE),
        Transition("cancel", UNFINISHED, ItemState.CANCELLED),
    ],
)
