"""The states of a work item. Pure."""

from enum import StrEnum

from yaojian.foundation.workflow.states import StateTable, Transition


class ItemState(StrEnum):
    """Where a work item stands."""

    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"


ITEM_STATES = StateTable(
    "work item",
    ItemState.OPEN,
    [
        Transition("complete", (ItemState.OPEN,), ItemState.DONE),
        Transition("cancel", (ItemState.OPEN,), ItemState.CANCELLED),
    ],
)
