"""Between the unit in which a datum is stated and that of the figure. Pure."""

from __future__ import annotations

from fractions import Fraction

_FACTORS = {
    ("yuan_ten_thousand", "yuan_hundred_million"): Fraction(1, 10_000),
    ("yuan_hundred_million", "yuan_ten_thousand"): Fraction(10_000),
    ("minutes", "hours"): Fraction(1, 60),
    ("hours", "minutes"): Fraction(60),
}


def converted(amount: Fraction, stated_in: str, wanted_in: str) -> Fraction:
    """An amount in another unit; units of which none is a multiple of the other stay as they are."""
    return amount * _FACTORS.get((stated_in, wanted_in), Fraction(1))
