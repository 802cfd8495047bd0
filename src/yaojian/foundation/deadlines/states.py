"""The states of a running clock. Pure."""

from enum import StrEnum

from yaojian.foundation.workflow.states import StateTable, Transition


class ClockState(StrEnum):
    """Where a clock stands in the table; whether it is near or past its end is read from the time."""

    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    WITHDRAWN = "withdrawn"


_S = ClockState

CLOCK_STATES = StateTable(
    "running clock",
    _S.RUNNING,
    [
        Transition("pause", (_S.RUNNING,), _S.PAUSED),
        Transition("resume", (_S.PAUSED,), _S.RUNNING),
        Transition("extend", (_S.RUNNING,), _S.RUNNING),
        Transition("meet", (_S.RUNNING, _S.PAUSED), _S.MET),
        Transition("withdraw", (_S.RUNNING, _S.PAUSED), _S.WITHDRAWN),
    ],
)
