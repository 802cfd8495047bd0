"""Counting working days on the calendar table; a missing year is an error, never a guess."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import MAXYEAR, MINYEAR, date, timedelta

import chinese_calendar
from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.errors import InvalidInput, Misconfigured, NotFound
from yaojian.foundation.reference.models import CalendarDay
from yaojian.foundation.workflow.calendar import WorkingCalendar, YearMissing


class CalendarYearMissing(Misconfigured):
    """The working-day calendar does not hold a year that a deadline reaches into."""

    code = "calendar_year_missing"


@transaction.atomic
def seed_calendar(first_year: int, last_year: int) -> int:
    """Enter the State Council's calendar for the years it is known for; days already there stay as edited."""
    held = set(years_held())
    days = [
        CalendarDay(day=day, is_working=chinese_calendar.is_workday(day), note=_holiday(day))
        for year in range(first_year, last_year + 1)
        if year not in held
        for day in days_of(year)
    ]
    return len(CalendarDay.objects.bulk_create(days, ignore_conflicts=True))


HOLIDAYS = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
}


def _holiday(day: date) -> str:
    """The name of the holiday on a day, or for which a weekend day is worked; nothing for other days."""
    is_free, name = chinese_calendar.get_holiday_detail(day)
    known = HOLIDAYS.get(str(name or ""), "")
    return known if is_free or not known else f"{known}补班"


def days_of(year: int) -> list[date]:
    """All days of a year."""
    first = date(year, 1, 1)
    return [first + timedelta(days=n) for n in range((date(year, 12, 31) - first).days + 1)]


def working_calendar() -> WorkingCalendar:
    """The calendar of the table, each year read once, with those beside it, when it is first needed.

    A year counts as held only when all its days are there; asking for another raises YearMissing.
    """
    return WorkingCalendar(_Years().working_days_of)


class _Years:
    """The years of one calendar: a period that crosses a new year needs no second question."""

    def __init__(self) -> None:
        self._known: dict[int, list[tuple[date, bool]]] = {}

    def working_days_of(self, year: int) -> list[date] | None:
        """The working days of a year in order; None when the table does not hold all its days."""
        if year not in self._known:
            self._read([one for one in (year - 1, year, year + 1) if one not in self._known])
        days = self._known[year]
        return [day for day, works in days if works] if len(days) == len(days_of(year)) else None

    def _read(self, years: list[int]) -> None:
        self._known |= {year: [] for year in years}
        rows = CalendarDay.objects.filter(
            day__gte=date(max(years[0], MINYEAR), 1, 1), day__lte=date(min(years[-1], MAXYEAR), 12, 31)
        )
        for day, works in rows.order_by("day").values_list("day", "is_working"):
            if day.year in years:
                self._known[day.year].append((day, works))


def years_held() -> list[int]:
    """The years of which the calendar holds every day, in order."""
    counts = CalendarDay.objects.order_by().values_list("day__year").annotate(n=Count("pk"))
    return sorted(year for year, n in counts if n == len(days_of(year)))


def days_held(year: int) -> dict[date, CalendarDay]:
    """The days of a year that the calendar holds."""
    return {row.day: row for row in CalendarDay.objects.filter(day__year=year)}


def change_day(day: date, is_working: bool, note: str) -> CalendarDay:
    """Make a held day worked or free; the caller records the act. Raises NotFound and InvalidInput."""
    row = CalendarDay.objects.select_for_update().filter(day=day).first()
    if row is None:
        raise NotFound(
            _("The working-day calendar has no entry for %(day)s.") % {"day": day.isoformat()},
            cure=_("Enter the whole year first."),
        )
    if (row.is_working, row.note) == (is_working, note.strip()[:60]):
        raise InvalidInput(
            _("That is what the calendar says already."),
            field="is_working",
            cure=_("Change the day or leave it."),
        )
    row.is_working, row.note = is_working, note.strip()[:60]
    row.save()
    return row


@contextmanager
def saying_which_year_is_missing() -> Iterator[None]:
    """Turn the engine's YearMissing into CalendarYearMissing, with its cure."""
    try:
        yield
    except YearMissing as missing:
        raise CalendarYearMissing(
            _("The working-day calendar has no entry for %(day)s.") % {"day": missing.day.isoformat()},
            cure=_("The administrator enters the year's working days under Administration › Calendar."),
        ) from missing


def add_working_days(start: date, amount: int) -> date:
    """The day on which `amount` working days after `start` end; the day of the trigger does not count.

    Raises CalendarYearMissing when the calendar ends before the deadline.
    """
    if amount < 1:
        raise ValueError("a deadline in working days needs at least one day")
    with saying_which_year_is_missing():
        return working_calendar().after(start, amount)
