"""How a task stands on a day, and by when something of it is due. Pure but for the names of states."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from yaojian.oversight.evaluations.contracts import Standing
from yaojian.oversight.evaluations.states import TaskState

SOON = timedelta(days=30)
HORIZON = timedelta(days=60)
"""Work on a task is put on lists this long before it is due."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A day of a schedule and the value that belongs to it."""

    due_on: date
    value: Decimal | None


def is_short(value: Decimal | None, goal: Decimal, *, falls: bool) -> bool:
    """Whether a value is not there yet: below its goal, above one to fall to, or unknown."""
    return value is None or (value > goal if falls else value < goal)


def falls_to(stages: Sequence[Stage], goal: Decimal | None) -> bool:
    """Whether a schedule leads down to its goal."""
    return goal is not None and any(stage.value is not None and stage.value > goal for stage in stages)


def next_stage(
    stages: Sequence[Stage], ends_on: date, value: Decimal | None, goal: Decimal | None = None
) -> date:
    """The first day of the schedule whose value is not reached; the end where all are, or none has one."""
    falls = falls_to(stages, goal)
    for stage in sorted(stages, key=lambda one: one.due_on):
        if stage.value is not None and is_short(value, stage.value, falls=falls):
            return min(stage.due_on, ends_on)
    return ends_on


def standing_of(state: TaskState, starts_on: date, due_on: date, today: date) -> Standing:
    """How a task stands: `due_on` is the next day by which something is due."""
    match state:
        case TaskState.DONE:
            return Standing.DONE
        case TaskState.REPORTED:
            return Standing.REPORTED
        case TaskState.CANCELLED:
            return Standing.CANCELLED
    if due_on < today:
        return Standing.LATE
    if due_on <= today + SOON:
        return Standing.DUE_SOON
    return Standing.AHEAD if today < starts_on else Standing.UNDER_WAY
