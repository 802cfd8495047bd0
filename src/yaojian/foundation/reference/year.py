"""Entering the working days of a whole year: weekends are free, and a file names the exceptions."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.errors import InvalidInput
from yaojian.foundation.reference.models import CalendarDay
from yaojian.foundation.reference.working_days import days_of

COLUMNS = ["date", "working", "note"]
ALWAYS_FREE = ((1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3))
"""Statutory holidays of fixed date (全国年节及纪念日放假办法, 2024): without them a year is not whole."""


@dataclass(frozen=True, slots=True)
class YearOfDays:
    """A year ready to be entered: all its days, those that differ from the week, and those that change."""

    year: int
    days: tuple[CalendarDay, ...]
    exceptions: tuple[CalendarDay, ...]
    changed: tuple[CalendarDay, ...]

    @property
    def working_days(self) -> int:
        """How many days of the year are worked."""
        return sum(day.is_working for day in self.days)


def read_year(year: int, text: str) -> YearOfDays:
    """The year that a CSV text describes; writes nothing.

    Columns: date (YYYY-MM-DD), working (1 or 0), note. Days that are not named are worked from Monday to
    Friday. Raises InvalidInput, naming the line, for a malformed or repeated line and for another year; and
    for a year in which a statutory holiday of fixed date is worked, because the file then holds only a part.
    """
    named = _named_days(year, text)
    days = [named.get(day) or CalendarDay(day=day, is_working=day.weekday() < 5) for day in days_of(year)]
    by_day = {row.day: row for row in days}
    if missing := [date(year, *fixed) for fixed in ALWAYS_FREE if by_day[date(year, *fixed)].is_working]:
        raise InvalidInput(
            _("The file does not hold the whole year: %(days)s would be worked.")
            % {"days": ", ".join(day.isoformat() for day in missing)},
            field="file",
            cure=_("Enter all holidays and worked weekends of the State Council's notice."),
        )
    held = {row.day: (row.is_working, row.note) for row in CalendarDay.objects.filter(day__year=year)}
    return YearOfDays(
        year=year,
        days=tuple(days),
        exceptions=tuple(row for row in days if row.is_working != (row.day.weekday() < 5)),
        changed=tuple(row for row in days if held.get(row.day) != (row.is_working, row.note)),
    )


@transaction.atomic
def enter_year(year: YearOfDays) -> int:
    """Enter all days of a year; returns how many were new or changed. The caller records the act."""
    CalendarDay.objects.bulk_create(
        year.days, update_conflicts=True, unique_fields=["day"], update_fields=["is_working", "note"]
    )
    return len(year.changed)


def _named_days(year: int, text: str) -> dict[date, CalendarDay]:
    reader = csv.DictReader(io.StringIO(text.lstrip("\ufeff")))
    if reader.fieldnames != COLUMNS:
        raise InvalidInput(_("The first line must read: date,working,note"), field="file")
    named: dict[date, CalendarDay] = {}
    for line in reader:
        row = _day_of(line, reader.line_num)
        if row.day.year != year or row.day in named:
            raise InvalidInput(
                _("Line %(line)s: %(day)s is a day of another year, or is named twice.")
                % {"line": reader.line_num, "day": row.day.isoformat()},
                field="file",
            )
        named[row.day] = row
    return named


def _day_of(line: dict[str, str | None], number: int) -> CalendarDay:
    try:
        day = date.fromisoformat((line["date"] or "").strip())
        working = {"1": True, "0": False}[(line["working"] or "").strip()]
    except (KeyError, ValueError):
        raise InvalidInput(
            _("Line %(line)s is not a date, 1 or 0, and a note.") % {"line": number}, field="file"
        ) from None
    return CalendarDay(day=day, is_working=working, note=(line["note"] or "").strip()[:60])
