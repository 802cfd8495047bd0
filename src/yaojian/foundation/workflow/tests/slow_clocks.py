"""The slow, obvious reference of the clock engine: walks day by day, or minute by minute, and counts."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

from yaojian.foundation.timekeeping import local_date
from yaojian.foundation.workflow.clocks import ClockRule, Direction, Extension, Pause, Unit

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
IsWorking = Callable[[date], bool]


def stands_still_at_the_end_of(day: date, pauses: Sequence[Pause]) -> bool:
    return any(
        local_date(pause.started_at) <= day and (pause.ended_at is None or day < local_date(pause.ended_at))
        for pause in pauses
    )


def months_later(day: date, months: int) -> date:
    year, month = day.year, day.month
    for _ in range(abs(months)):
        month += 1 if months > 0 else -1
        if month == 13:
            year, month = year + 1, 1
        if month == 0:
            year, month = year - 1, 12
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def months_end(first: date, months: int, *, first_counts: bool) -> date:
    end = months_later(first, months)
    return end - DAY if first_counts and end.day == first.day else end


def due_hour(rule: ClockRule, triggered_at: datetime, pauses: Sequence[Pause], amount: int) -> datetime:
    """Walk hour by hour; every moment of the case must be a whole hour after the trigger."""
    at, counted = triggered_at, 0
    if rule.direction is Direction.BEFORE:
        return at - amount * HOUR
    while counted < amount:
        running = not any(p.started_at <= at and (p.ended_at is None or at < p.ended_at) for p in pauses)
        at += HOUR
        counted += running
    return at


def due_day(
    rule: ClockRule,
    triggered_at: datetime,
    is_working: IsWorking,
    pauses: Sequence[Pause] = (),
    extensions: Sequence[Extension] = (),
) -> date:
    """Walk day by day from the trigger and count the days that count."""
    amount = rule.amount + sum(extension.amount for extension in extensions)
    months = amount * (12 if rule.unit is Unit.YEAR else 1)
    day = local_date(triggered_at)
    if rule.direction is Direction.BEFORE:
        if rule.unit in (Unit.MONTH, Unit.YEAR):
            return months_later(day, -months)
        while amount:
            day -= DAY
            amount -= rule.unit is Unit.DAY or is_working(day)
        return day
    if rule.trigger_day_counts:
        day -= DAY
    else:
        while stands_still_at_the_end_of(day, pauses):
            day += DAY
    if rule.unit in (Unit.MONTH, Unit.YEAR):
        first = day + DAY if rule.trigger_day_counts else day
        amount = (months_end(first, months, first_counts=rule.trigger_day_counts) - day).days
    while amount:
        day += DAY
        if stands_still_at_the_end_of(day, pauses):
            continue
        amount -= rule.unit is not Unit.WORKING_DAY or is_working(day)
    if rule.last_day_moves and rule.unit is not Unit.WORKING_DAY:
        while not is_working(day):
            day += DAY
    return day
