"""Counting working days on the calendar table; a missing year is an error, never a guess."""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.errors import Misconfigured
from yaojian.foundation.reference.models import CalendarDay


class CalendarYearMissing(Misconfigured):
    """The working-day calendar does not hold a year that a deadline reaches into."""

    code = "calendar_year_missing"


@transaction.atomic
def seed_calendar(first_year: int, last_year: int) -> int:
    """Enter the State Council's calendar for the years it is known for; days already there stay as edited."""
    days = [
        CalendarDay(day=day, is_working=chinese_calendar.is_workday(day))
        for year in range(first_year, last_year + 1)
        for day in days_of(year)
    ]
    return len(CalendarDay.objects.bulk_create(days, ignore_conflicts=True))


def days_of(year: int) -> list[date]:
    """All days of a year."""
    first = date(year, 1, 1)
    return [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]


def add_working_days(start: date, amount: int) -> date:
    """The day on which `amount` working days after `start` end; the day of the trigger does not count.

    Raises CalendarYearMissing when the calendar ends before the deadline.
    """
    if amount < 1:
        raise ValueError("a deadline in working days needs at least one day")
    # Three times the amount plus a month outlasts any run of holidays.
    horizon = start + timedelta(days=amount * 3 + 31)
    known = dict(CalendarDay.objects.filter(day__gt=start, day__lte=horizon).values_list("day", "is_working"))
    day, left = start, amount
    while left:
        day += timedelta(days=1)
        if day not in known:
            raise CalendarYearMissing(
                _("The working-day calendar has no entry for %(day)s.") % {"day": day.isoformat()},
                cure=_("Enter the year's working days, or give the deadline as a date."),
            )
        left -= known[day]
    return day
