"""What a figure is likely to come to in its target year, and on which assumption. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction


class Assumption(StrEnum):
    """On what a forecast rests."""

    PACE = "pace"
    TREND = "trend"
    REACHED = "reached"


@dataclass(frozen=True, slots=True)
class Forecast:
    """A number for the end of a year; `years` is how many year-ends the trend rests on."""

    number: Fraction
    year: int
    assumption: Assumption
    years: int = 0


def forecast(
    now: Fraction,
    as_of: date,
    year: int,
    past: Mapping[int, Fraction],
    *,
    grows_within_year: bool,
    most: Fraction | None = None,
) -> Forecast | None:
    """The likely number at the end of a year; None for a past year or without two known year-ends.

    A figure that grows within its calendar year goes on at this year's pace until the end of the year.
    Another year is reached along the straight line (least squares) through the known year-ends. `most` caps
    shares.
    """
    if year < as_of.year:
        return None
    if year == as_of.year and grows_within_year:
        first, last = date(year, 1, 1), date(year, 12, 31)
        gone = Fraction((as_of - first).days + 1, (last - first).days + 1)
        return Forecast(_capped(now / gone, most), year, Assumption.PACE)
    known = sorted((y, number) for y, number in past.items() if y < as_of.year)
    if not grows_within_year:
        known.append((as_of.year, now))
    if len(known) < 2:
        return None
    mean_year = Fraction(sum(y for y, _n in known), len(known))
    mean = sum((n for _y, n in known), Fraction(0)) / len(known)
    spread = sum(((y - mean_year) ** 2 for y, _n in known), Fraction(0))
    slope = sum(((y - mean_year) * (n - mean) for y, n in known), Fraction(0)) / spread
    number = max(mean + slope * (year - mean_year), Fraction(0))
    return Forecast(_capped(number, most), year, Assumption.TREND, len(known))


def _capped(number: Fraction, most: Fraction | None) -> Fraction:
    return number if most is None else min(number, most)
