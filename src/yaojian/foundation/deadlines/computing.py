"""From the row of a clock to the engine and back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from yaojian.foundation.deadlines.models import ClockExtension, ClockPause, RunningClock
from yaojian.foundation.deadlines.states import ClockState
from yaojian.foundation.errors import InvalidInput
from yaojian.foundation.reference.facade import rule_of
from yaojian.foundation.timekeeping import local_date
from yaojian.foundation.workflow import counting
from yaojian.foundation.workflow.calendar import WorkingCalendar, YearMissing
from yaojian.foundation.workflow.clocks import (
    ClockRule,
    Due,
    Extension,
    Ground,
    Pause,
    Remaining,
    Standing,
)


def pauses_of(rows: Sequence[ClockPause]) -> list[Pause]:
    """The pauses as the engine takes them."""
    return [Pause(Ground(row.ground), row.started_at, row.ended_at) for row in rows]


def extensions_of(rows: Sequence[ClockExtension]) -> list[Extension]:
    """The extensions as the engine takes them."""
    return [Extension(row.amount, row.collective) for row in rows]


def due_of(clock: RunningClock, calendar: WorkingCalendar) -> Due:
    """When a clock is due; one that is not stored yet has no pauses. Raises ClockRefused and YearMissing."""
    pauses = pauses_of(list(clock.pauses.all())) if clock.pk else []
    extensions = extensions_of(list(clock.extensions.all())) if clock.pk else []
    return counting.due(
        rule_of(clock.rule), clock.triggered_at, calendar, pauses, extensions, clock.ordered_on
    )


def set_due(clock: RunningClock, calendar: WorkingCalendar) -> None:
    """Write the end into the row (unsaved); when the calendar misses a year, that instead of a guess."""
    try:
        found = due_of(clock, calendar)
    except YearMissing as missing:
        clock.due_at = clock.due_on = clock.soon_at = None
        clock.missing_on = missing.day
        return
    clock.due_at, clock.due_on, clock.soon_at = found.moment, found.day, found.soon_at
    clock.missing_on = None


def remaining_of(clock: RunningClock, calendar: WorkingCalendar, now: datetime) -> Remaining | None:
    """What is left of an open clock, or None when that cannot be known."""
    rule = rule_of(clock.rule)
    try:
        if clock.due_at is None:
            pauses = pauses_of(list(clock.pauses.all()))
            extensions = extensions_of(list(clock.extensions.all()))
            return counting.remaining(
                rule, clock.triggered_at, calendar, now, pauses, extensions, clock.ordered_on
            )
        known = Due(clock.due_on, clock.due_at, clock.soon_at, local_date(clock.triggered_at), ())
        return counting.remaining_until(rule, known, now, calendar)
    except YearMissing:
        return None


def standing_of(clock: RunningClock, now: datetime) -> Standing:
    """How a clock stands at a moment."""
    match ClockState(clock.state):
        case ClockState.WITHDRAWN:
            return Standing.WITHDRAWN
        case ClockState.MET:
            late = clock.due_at is not None and clock.stopped_at is not None and _is_late(clock)
            return Standing.MET_LATE if late else Standing.MET
        case ClockState.PAUSED:
            return Standing.PAUSED
    if clock.due_at is None or clock.soon_at is None:
        return Standing.UNDATED
    if now >= clock.due_at:
        return Standing.OVERDUE
    return Standing.DUE_SOON if now >= clock.soon_at else Standing.RUNNING


def _is_late(clock: RunningClock) -> bool:
    until = Due(clock.due_on, clock.due_at, clock.soon_at, local_date(clock.triggered_at), ())
    assert clock.stopped_at is not None
    return not counting.in_time(rule_of(clock.rule), until, clock.stopped_at)


def checked_last_day(
    rule: ClockRule, triggered_at: datetime, day: date, calendar: WorkingCalendar
) -> date | None:
    """The last day that an organ sets: not before the trigger, not beyond the rule; None if the rule's own.

    Raises InvalidInput (also for a day beyond the calendar), ClockRefused, and YearMissing when the trigger
    lies outside the calendar.
    """
    try:
        counting.due(rule, triggered_at, calendar, last_day=day)
    except YearMissing as missing:
        if missing.day.year != day.year:
            raise
        raise InvalidInput(
            _("The working-day calendar has no entry for %(day)s.") % {"day": missing.day.isoformat()},
            field="day",
            cure=_("Give an earlier day, or have the administrator enter the year's working days."),
        ) from missing
    try:
        last = counting.due(rule, triggered_at, calendar).day
    except YearMissing as missing:
        if day < missing.day:
            return day
        raise
    if last is not None and day > last:
        raise InvalidInput(
            _("The rule (%(source)s) allows until %(day)s.") % {"source": rule.source, "day": last},
            field="day",
            cure=_("Give an earlier day; more time is given by an extension, where the rule knows one."),
        )
    return None if day == last else day
