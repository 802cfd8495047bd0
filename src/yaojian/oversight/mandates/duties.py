"""When a subject must be looked at next under a mandate. Pure; a slow reference stands in the tests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from yaojian.oversight.mandates.contracts import Duty, DutyState
from yaojian.oversight.plans.definitions import Period

DAY = timedelta(days=1)
DAYS_OF_A_YEAR = 365.25
_PER_YEAR = {"day": 365.0, "week": 52.0, "month": 12.0, "quarter": 4.0, "half_year": 2.0, "year": 1.0}


def duty(since: date, acts: Sequence[date], period: Period, minimum: int, as_of: date) -> Duty:
    """The standing of a subject under a mandate on `as_of`.

    `since` is the day from which the mandate binds the subject: the mandate's first day, the subject's
    opening, or the day it came into the scope, whichever is the latest.
    `acts` are the days of its qualifying acts in any order; later than `as_of` they are ignored.
    A calendar period wants `minimum` acts in each, in the one in which it began to bind as many of them as
    are left of its days, rounded up; a whole period missed stays overdue until the subject is looked at.
    A rolling period of n years wants the last `minimum` acts to be no older than n years, or than `since`.
    A window wants them between its days; missed, it stays overdue until acts after its end make up the
    number, and is then met late: the figure stays missed, the work is done.
    """
    days = sorted(day for day in acts if day <= as_of)
    last = days[-1] if days else None
    match period.unit:
        case "rolling_years":
            return _rolling(since, days, period, minimum, as_of, last)
        case "window":
            return _window(days, period, minimum, as_of, last)
        case _:
            return _calendar(since, days, period, minimum, as_of, last)


def needed_in(since: date, start: date, end: date, minimum: int) -> int:
    """How many of `minimum` acts a period from `start` to `end` wants of who is bound since a day."""
    if since <= start:
        return minimum
    left, whole = (end - since).days + 1, (end - start).days + 1
    return max(1, -(-minimum * left // whole))


def per_year(period: Period, minimum: int) -> float:
    """How many acts a year a mandate comes to: what strictness is compared by."""
    if period.unit == "rolling_years":
        return minimum / (period.n or 1)
    if period.unit == "window":
        start, end = period.bounds(date.min)
        return minimum / max(((end - start).days + 1) / DAYS_OF_A_YEAR, 1 / DAYS_OF_A_YEAR)
    return minimum * _PER_YEAR[period.unit]


def _state(due_on: date, as_of: date) -> DutyState:
    return DutyState.OVERDUE if due_on < as_of else DutyState.DUE


def _rolling(
    since: date, days: list[date], period: Period, minimum: int, as_of: date, last: date | None
) -> Duty:
    # The act that, if it were the oldest of the required ones, sets when the next is due.
    enough = len(days) >= minimum
    counted = max(days[-minimum], since) if enough else since
    due_on = years_later(counted, period.n or 1)
    start, _end = period.bounds(as_of)
    in_span = sum(1 for day in days if day >= start)
    state = DutyState.MET if in_span >= minimum else _state(due_on, as_of)
    return Duty(state, due_on, last, done=in_span, needed=minimum)


def _window(days: list[date], period: Period, minimum: int, as_of: date, last: date | None) -> Duty:
    start, end = period.bounds(as_of)
    counted = [day for day in days if day >= start]
    done = len(counted)
    if done >= minimum:
        late = counted[minimum - 1] > end
        return Duty(DutyState.MET, end, last, late=late, done=done, needed=minimum)
    return Duty(_state(end, as_of), end, last, done=done, needed=minimum)


def _calendar(
    since: date, days: list[date], period: Period, minimum: int, as_of: date, last: date | None
) -> Duty:
    start, end = period.bounds(as_of)
    needed = needed_in(since, start, end, minimum)
    done = sum(1 for day in days if start <= day <= end)
    if done >= needed:
        return Duty(DutyState.MET, period.bounds(end + DAY)[1], last, done=done, needed=needed)
    earlier_start, earlier_end = period.bounds(start - DAY)
    missed = since <= earlier_start and sum(1 for d in days if earlier_start <= d <= earlier_end) < minimum
    # A period missed altogether, and nothing since: the subject has been overdue from its end.
    due_on = earlier_end if missed and not done else end
    return Duty(_state(due_on, as_of), due_on, last, done=done, needed=needed)


def years_later(day: date, years: int) -> date:
    """The same day `years` later; 29 February becomes 1 March where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
