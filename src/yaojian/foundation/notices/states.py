"""The states of a message on its way out. Pure."""

from enum import StrEnum

from yaojian.foundation.workflow.states import StateTable, Transition


class DispatchState(StrEnum):
    """Where a message stands."""

    WAITING = "waiting"
    SENT = "sent"
    GIVEN_UP = "given_up"


DISPATCH_STATES = StateTable(
    "message",
    DispatchState.WAITING,
    [
        Transition("send", (DispatchState.WAITING,), DispatchState.SENT),
        Transition("give_up", (DispatchState.WAITING,), DispatchState.GIVEN_UP),
        Transition("send_again", (DispatchState.GIVEN_UP,), DispatchState.WAITING),
    ],
)
