"""The charts of this room as data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from yaojian.foundation.accounts.facade import Organ
from yaojian.foundation.design.charts import Series, Target, chart_option
from yaojian.oversight.plans.contracts import FigureValue

QUARTERS = 8


def _quarter_ends_before(day: date, number: int) -> list[date]:
    ends = []
    start = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    for _place in range(number):
        ends.append(start - timedelta(days=1))
        start = date(ends[-1].year, (ends[-1].month - 1) // 3 * 3 + 1, 1)
    return ends[::-1]


def _target_line(value: FigureValue) -> list[Target]:
    goal = value.target.value if value.target else None
    return [Target(float(goal), _("Target"))] if isinstance(goal, int | float) else []


def _as_number(value: FigureValue) -> float | None:
    return None if value.number is None else float(value.number)


def trend_days(as_of: date) -> list[date]:
    """The last eight quarter ends before a day, and the day."""
    return [*_quarter_ends_before(as_of, QUARTERS), as_of]


def trend(
    title: str, values: Mapping[date, FigureValue], first: date | None, unit: str, *, yearly: bool = False
) -> dict[str, Any]:
    """The figure on some days, in order; before `first`, the first record, it is missing.

    One that is counted anew each year (`yearly`) is held against the same day of the year before.
    """
    days = sorted(values)
    numbers = [_as_number(values[day]) if first is None or day >= first else None for day in days]
    option = chart_option(
        "line",
        [day.isoformat() for day in days],
        [Series(title, numbers)],
        unit=unit,
        targets=_target_line(values[days[-1]]),
        maximum=100 if unit == "%" else None,
    )
    return {
        "option": option,
        "title": _since_last_year(days, numbers, unit) if yearly else _finding(days, numbers, unit),
    }


def _since_last_year(days: list[date], numbers: list[float | None], unit: str) -> str:
    """What a trend says that begins with nought each year: now, and at the last year's end."""
    if not numbers or numbers[-1] is None:
        return _("No records yet")
    ends = [
        (day, number)
        for day, number in zip(days, numbers, strict=True)
        if number is not None and (day.month, day.day) == (12, 31) and day.year < days[-1].year
    ]
    now = {"last": f"{numbers[-1]:,.2f}{unit}"}
    if not ends:
        return _("%(last)s so far this year; it is counted anew each year") % now
    words = {**now, "year": ends[-1][0].year, "before": f"{ends[-1][1]:,.2f}{unit}"}
    return _("%(last)s so far this year, %(before)s in the whole of %(year)s") % words


def _finding(days: list[date], numbers: list[float | None], unit: str) -> str:
    """What the trend says, in one sentence."""
    known = [(day, number) for day, number in zip(days, numbers, strict=True) if number is not None]
    if not known:
        return _("No records yet")
    (first_day, first), (_last_day, last) = known[0], known[-1]
    words = {"day": first_day.isoformat(), "first": f"{first:,.2f}{unit}", "last": f"{last:,.2f}{unit}"}
    if len(known) == 1:
        return _("%(last)s now; there are no earlier records") % words
    if last > first:
        return _("Up from %(first)s on %(day)s to %(last)s") % words
    if last < first:
        return _("Down from %(first)s on %(day)s to %(last)s") % words
    return _("Unchanged at %(last)s since %(day)s") % words


@dataclass(frozen=True, slots=True)
class Part:
    """The figure for one organ below."""

    organ: Organ
    value: FigureValue


def parts(title: str, found: Sequence[Part], unit: str) -> dict[str, Any] | None:
    """The figure for each organ below that has a value, the lowest first; None when there are none."""
    valued = sorted(
        (part for part in found if part.value.number is not None), key=lambda part: part.value.number or 0
    )
    if len(valued) < 2:
        return None
    option = chart_option(
        "bar",
        [part.organ.short_name or part.organ.name for part in valued],
        [Series(title, [_as_number(part.value) for part in valued])],
        unit=unit,
        targets=_target_line(valued[0].value),
        horizontal=True,
        maximum=100 if unit == "%" else None,
    )
    lowest = valued[0]
    words = {"organ": lowest.organ.label, "number": f"{lowest.value.number:,}{unit}"}
    return {"option": option, "rows": valued, "title": _("%(organ)s is lowest with %(number)s") % words}
