"""What counting a formula gives: a number with its parts, what was left out, and what is missing. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction

ZERO = Fraction(0)


class ValueState(StrEnum):
    """What kind of answer a figure has."""

    COMPUTED = "computed"
    INCOMPLETE = "incomplete"
    NO_MEMBERS = "no_members"
    ZERO_DENOMINATOR = "zero_denominator"
    WAITING = "waiting"


class Exclusion(StrEnum):
    """Why something in scope does not count in a figure."""

    OPENED_LATER = "opened_later"
    CLOSED = "closed"
    PENDING = "pending"
    OVERTURNED = "overturned"
    NO_SAMPLE_SIZE = "no_sample_size"


@dataclass(frozen=True, slots=True, order=True)
class Lack:
    """A datum that nobody has stated: which, for which organ, and for which year.

    `days` are the first and last day missing where the organ has stated others; empty where it has none.
    `dims` narrow the datum to what is missing of it, values by dimension.
    """

    datum: str
    organ_id: int
    year: int
    days: tuple[date, ...] = ()
    dims: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Score:
    """One component of a composite with its weight."""

    code: str
    weight: Fraction
    score: Fraction


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a formula comes to.

    `number` is exact and in the figure's unit: percent for shares, the place on the scale for grades, 1 or 0
    for a milestone. `met_share` is the share of people who meet the hours, 0 to 1. `late` counts what was
    closed after its day.
    """

    state: ValueState
    number: Fraction | None = None
    numerator: Fraction = ZERO
    denominator: Fraction = ZERO
    excluded: Mapping[Exclusion, int] = field(default_factory=dict)
    lacks: tuple[Lack, ...] = ()
    grade: str = ""
    done_on: date | None = None
    late: Fraction = ZERO
    sample_size: int | None = None
    met_share: Fraction | None = None
    scores: tuple[Score, ...] = ()


def waiting(*lacks: Lack) -> Outcome:
    """No value: these data are missing."""
    return Outcome(ValueState.WAITING, lacks=tuple(sorted(set(lacks))))


def ratio(
    numerator: Fraction,
    denominator: Fraction,
    factor: int,
    lacks: tuple[Lack, ...] = (),
    *,
    nothing: ValueState = ValueState.ZERO_DENOMINATOR,
    excluded: Mapping[Exclusion, int] | None = None,
    late: Fraction = ZERO,
    met_share: Fraction | None = None,
) -> Outcome:
    """`factor` × numerator ÷ denominator; a denominator of zero has no value and says so (`nothing`)."""
    lacks = tuple(sorted(set(lacks)))
    if not denominator:
        return Outcome(nothing, None, numerator, ZERO, excluded or {}, lacks)
    return Outcome(
        ValueState.INCOMPLETE if lacks else ValueState.COMPUTED,
        factor * numerator / denominator,
        numerator,
        denominator,
        excluded or {},
        lacks,
        late=late,
        met_share=met_share,
    )


def amount(number: Fraction, lacks: tuple[Lack, ...] = ()) -> Outcome:
    """A number that is no share."""
    state = ValueState.INCOMPLETE if lacks else ValueState.COMPUTED
    return Outcome(state, number, number, lacks=tuple(sorted(set(lacks))))
