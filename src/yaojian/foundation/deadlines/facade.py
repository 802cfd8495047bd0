"""The door of the deadlines room."""

from yaojian.foundation.deadlines.actions import (
    extend_clock,
    pause_clock,
    recompute_clocks,
    resume_clock,
    start_clock,
    stop_clock,
)
from yaojian.foundation.deadlines.events import ClockFile, DueDayMoved, register_file
from yaojian.foundation.deadlines.models import RunningClock
from yaojian.foundation.deadlines.queries import (
    Badge,
    Explanation,
    badge,
    badges,
    badges_of_files,
    clock_visible_to,
    clocks_by_id,
    clocks_of,
    due,
    explanation,
    open_clock_of,
    preview,
)
from yaojian.foundation.deadlines.rulebook import load_rules
from yaojian.foundation.deadlines.states import ClockState
from yaojian.foundation.deadlines.wording import GROUND_NAMES, UNIT_NAMES
from yaojian.foundation.workflow.clocks import Ground, Unit

__all__ = [
    "GROUND_NAMES",
    "UNIT_NAMES",
    "Badge",
    "ClockFile",
    "ClockState",
    "DueDayMoved",
    "Explanation",
    "Ground",
    "RunningClock",
    "Unit",
    "badge",
    "badges",
    "badges_of_files",
    "clock_visible_to",
    "clocks_by_id",
    "clocks_of",
    "due",
    "explanation",
    "extend_clock",
    "load_rules",
    "open_clock_of",
    "pause_clock",
    "preview",
    "recompute_clocks",
    "register_file",
    "resume_clock",
    "start_clock",
    "stop_clock",
]
