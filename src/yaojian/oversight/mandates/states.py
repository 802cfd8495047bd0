"""The states of a schedule. Pure."""

from __future__ import annotations

from enum import StrEnum

from yaojian.foundation.workflow.states import StateTable, Transition


class ScheduleState(StrEnum):
    """Where a year schedule stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    ADOPTED = "adopted"
    FAILED = "failed"
    CANCELLED = "cancelled"


_S = ScheduleState

SCHEDULE_STATES = StateTable(
    "schedule",
    _S.QUEUED,
    [
        Transition("start", (_S.QUEUED,), _S.RUNNING),
        Transition("finish", (_S.RUNNING,), _S.DONE),
        Transition("cancel", (_S.QUEUED, _S.RUNNING), _S.CANCELLED),
        Transition("fail", (_S.QUEUED, _S.RUNNING), _S.FAILED),
        Transition("restart", (_S.RUNNING,), _S.QUEUED),
        Transition("adopt", (_S.DONE,), _S.ADOPTED),
        Transition("replace", (_S.ADOPTED,), _S.DONE),
    ],
)

AT_WORK = frozenset({_S.QUEUED, _S.RUNNING})
"""The worker is at it, or will be."""
