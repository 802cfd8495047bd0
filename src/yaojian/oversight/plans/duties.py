"""When a subject must be looked at next under a mandate. Pure; a slow reference stands in the tests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from yaojian.oversight.plans.contracts import Duty, DutyState
from yaojian.oversight.plans.definitions import Period

DAY = timedelta(days=1)


def duty(since: date, acts: Sequence[date], period: Period, minimum: int, as_of: date) -> Duty:
    """The standing of a subject under a mandate on `as_of`.

    `since` is the day from which the mandate binds the subject: its opening, or the plan's first day.
    `acts` are the days of its qualifying acts in any order; later than `as_of` they are ignored.
    A calendar period wants `minimum` acts in each; a whole period missed stays overdue until the
    subject is looked at. A rolling period of n years wants the last `minimum` acts to be no older
    than n years, or than `since`. A window wants them between its days; missed, it stays overdue until
    acts after its end make up the number, and is then met late: the figure stays missed, the work is done.
    """
    days = sorted(day for day in acts if day <= as_of)
    last = days[-1] if days else None
    match period.unit:
        case "rolling_years":
            return _rolling(since, days, period.n or 1, minimum, as_of, last)
        case "window":
            return _window(days, period, minimum, as_of, last)
        case _:
            return _calendar(since, days, period, minimum, as_of, last)


def _judged(due_on: date, as_of: date, last: date | None) -> Duty:
    return Duty(DutyState.OVERDUE if due_on < as_of else DutyState.DUE, due_on, last)


def _rolling(since: date, days: list[date], years: int, minimum: int, as_of: date, last: date | None) -> Duty:
    # The act that, if it were the oldest of the required ones, sets when the next is due.
    counted = days[-minimum] if len(days) >= minimum else since
    due_on = years_later(counted, years)
    in_span = sum(1 for day in days if years_later(day, years) > as_of)
    if in_span >= minimum:
        return Duty(DutyState.MET, due_on, last)
    return _judged(due_on, as_of, last)


def _window(days: list[date], period: Period, minimum: int, as_of: date, last: date | None) -> Duty:
    start, end = period.bounds(as_of)
    counted = [day for day in days if day >= start]
    if len(counted) >= minimum:
        return Duty(DutyState.MET, end, last, late=counted[minimum - 1] > end)
    return _judged(end, as_of, last)


def _calendar(
    since: date, days: list[date], period: Period, minimum: int, as_of: date, last: date | None
) -> Duty:
    start, end = period.bounds(as_of)
    done = sum(1 for day in days if start <= day <= end)
    if done >= minimum:
        return Duty(DutyState.MET, period.bounds(end + DAY)[1], last)
    earlier_start, earlier_end = period.bounds(start - DAY)
    missed = since <= earlier_start and sum(1 for d in days if earlier_start <= d <= earlier_end) < minimum
    # A period missed altogether, and nothing since: the subject has been overdue from its end.
    if missed and not done:
        return Duty(DutyState.OVERDUE, earlier_end, last)
    return _judged(end, as_of, last)


def years_later(day: date, years: int) -> date:
    """The same day `years` later; 29 February becomes 1 March where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
