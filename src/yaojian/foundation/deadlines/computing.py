"""From the row of a clock to the engine and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
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
    Direction,
    Due,
    Extension,
    Ground,
    Pause,
    Remaining,
    Standing,
    Unit,
)


def rule_for(clock: RunningClock) -> ClockRule:
    """The rule of a clock, with less time where the organ has set less."""
    rule = rule_of(clock.rule)
    return replace(rule, amount=clock.ordered_amount) if clock.ordered_amount else rule


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
    return counting.due(rule_for(clock), clock.triggered_at, calendar, pauses, extensions)


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
    rule = rule_for(clock)
    try:
        if clock.due_at is None:
            pauses = pauses_of(list(clock.pauses.all()))
            extensions = extensions_of(list(clock.extensions.all()))
            return counting.remaining(rule, clock.triggered_at, calendar, now, pauses, extensions)
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


def amount_until(rule: ClockRule, triggered_at: datetime, day: date, calendar: WorkingCalendar) -> int:
    """How much of a rule's time an organ gives that sets `day` as the last one.

    Raises InvalidInput when the rule does not count in days, when the day is not later than the trigger,
    is not worked although working days count, or lies beyond what the rule allows; and YearMissing.
    """
    if rule.unit not in (Unit.DAY, Unit.WORKING_DAY) or rule.direction is not Direction.AFTER:
        raise InvalidInput(_("This clock is not set to a day of one's choice."), field="day")
    first = local_date(triggered_at)
    if rule.unit is Unit.WORKING_DAY and not calendar.is_working(day):
        raise InvalidInput(
            _("%(day)s is not a working day.") % {"day": day.isoformat()},
            field="day",
            cure=_("Choose a working day."),
        )
    amount = calendar.between(first, day) if rule.unit is Unit.WORKING_DAY else (day - first).days
    if amount < 1:
        raise InvalidInput(
            _("The last day must come after the day of the trigger."),
            field="day",
            cure=_("Give a later day."),
        )
    if amount > rule.amount:
        last = counting.due(replace(rule, pauses=(), extension=None), triggered_at, calendar).day
        raise InvalidInput(
            _("The rule (%(source)s) allows until %(day)s.") % {"source": rule.source, "day": last},
            field="day",
            cure=_("Give an earlier day; more time is given by an extension, where the rule knows one."),
        )
    return amount
