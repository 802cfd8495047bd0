"""Counting working days on a calendar of whole years; a missing year is an error, never a guess. Pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from datetime import date

YearLoader = Callable[[int], Sequence[date] | None]
"""Gives the working days of a year in order, or None when the calendar does not hold the whole year."""


class YearMissing(LookupError):
    """The calendar does not hold the year of `day`."""

    def __init__(self, day: date) -> None:
        super().__init__(f"the working-day calendar does not hold {day.isoformat()}")
        self.day = day


class WorkingCalendar:
    """Working days by year, each year loaded when it is first asked for.

    Every method raises YearMissing when the answer would need a year that is not there.
    """

    def __init__(self, load: YearLoader) -> None:
        self._load = load
        self._years: dict[int, Sequence[date] | None] = {}

    def _days(self, year: int, asked: date) -> Sequence[date]:
        if year not in self._years:
            self._years[year] = self._load(year)
        days = self._years[year]
        if not days:
            raise YearMissing(asked)
        return days

    def is_working(self, day: date) -> bool:
        """Whether offices are open on a day."""
        days = self._days(day.year, day)
        place = bisect_left(days, day)
        return place < len(days) and days[place] == day

    def after(self, day: date, amount: int) -> date:
        """The `amount`-th working day after `day` (amount ≥ 1)."""
        year, days = day.year, self._days(day.year, day)
        place = bisect_right(days, day) + amount - 1
        while place >= len(days):
            place -= len(days)
            year += 1
            days = self._days(year, date(year, 1, 1))
        return days[place]

    def before(self, day: date, amount: int) -> date:
        """The `amount`-th working day before `day` (amount ≥ 1)."""
        year, days = day.year, self._days(day.year, day)
        place = bisect_left(days, day) - amount
        while place < 0:
            year -= 1
            days = self._days(year, date(year, 12, 31))
            place += len(days)
        return days[place]

    def between(self, after: date, until: date) -> int:
        """How many working days lie after `after` and up to `until`, that day included; 0 if none can."""
        total = 0
        for year in range(after.year, until.year + 1):
            days = self._days(year, max(after, date(year, 1, 1)))
            total += bisect_right(days, until) - bisect_right(days, after)
        return max(total, 0)
