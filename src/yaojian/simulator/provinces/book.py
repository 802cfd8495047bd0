"""The statements of a province and the rule by which those of the organs below are added up. Pure.

An organ's own statement answers for those of the organs below it with the same dimensions and a common day;
otherwise those directly below are added, each found the same way. Where one of them speaks of more days, and
the own ones together do not, it counts and the own ones inside its days do not. Whoever has not stated a
day of the period is missing. Of what there is (and without a period) the newest statement of each organ
counts; the population is that of the data date's year.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from yaojian.simulator.provinces.cells import Cell, Dims
from yaojian.simulator.provinces.counting import period_of
from yaojian.simulator.provinces.land import Land
from yaojian.simulator.provinces.statements import STATING, Said


@dataclass(frozen=True, slots=True)
class Told:
    """The statements that count for an organ, or what a register has; and who has left out what."""

    counted: Sequence[Said]
    missing: Sequence[str]
    registered: Fraction | None = None

    @property
    def is_known(self) -> bool:
        """Whether anybody has stated anything, or a register knows."""
        return self.registered is not None or bool(self.counted)

    @property
    def total(self) -> Fraction:
        """The amounts together, or the number that a register has."""
        if self.registered is not None:
            return self.registered
        return sum((Fraction(one.amount) for one in self.counted if one.amount is not None), Fraction(0))


class Book:
    """All statements of a province, by what they say and who says it."""

    def __init__(self, land: Land, said: Iterable[Said]) -> None:
        self.land = land
        self._said: dict[tuple[str, Dims], dict[str, list[Said]]] = defaultdict(lambda: defaultdict(list))
        for one in said:
            self._said[one.datum, one.dims][one.organ].append(one)
        self._below: dict[str, list[str]] = defaultdict(list)
        for organ in land.organs:
            self._below[organ.parent].append(organ.code)

    def told(self, wanted: Cell, organ: str, period: Mapping[str, Any] | None, day: date) -> Told:
        """What an organ and those below it have stated of a cell by a day."""
        counted: list[Said] = []
        for dims in wanted.combinations:
            said = self._said.get((wanted.datum, dims), {})
            usable = {code: _usable(wanted, found, period, day) for code, found in said.items()}
            if _adds(wanted, period):
                counted += self._done(organ, usable)
            else:
                counted += self._standing(organ, usable)
        return Told(counted, self._missing(wanted, organ, counted, period, day))

    def own(
        self, wanted: Cell, organ: str, period: Mapping[str, Any] | None, day: date
    ) -> tuple[list[Said], list[str]]:
        """What an organ states of itself, and what it has left out."""
        found = [
            one
            for dims in wanted.combinations
            for one in _usable(wanted, self._said.get((wanted.datum, dims), {}).get(organ, ()), period, day)
        ]
        if period is None or not wanted.is_done:
            return found, ([] if found else [organ])
        return found, _named(organ, _days(*span(period, day)) - _spoken(found), bool(found))

    def _standing(self, organ: str, usable: Mapping[str, Sequence[Said]]) -> list[Said]:
        if usable.get(organ):
            return list(usable[organ])
        return [one for child in self._below[organ] for one in self._standing(child, usable)]

    def _done(self, organ: str, usable: Mapping[str, Sequence[Said]]) -> list[Said]:
        own = list(usable.get(organ, ()))
        below = [one for child in self._below[organ] for one in self._done(child, usable)]
        said = _spoken(own)
        wider = [_spoken([one]) for one in below if _spoken([one]) - said]
        own = [one for one in own if not any(_spoken([one]) <= days for days in wider)]
        return own + [one for one in below if not any(_share_a_day(one, other) for other in own)]

    def _missing(
        self, wanted: Cell, organ: str, counted: Sequence[Said], period: Mapping[str, Any] | None, day: date
    ) -> list[str]:
        if period is None or not wanted.is_done:
            return self._silent(organ, {one.organ for one in counted})
        first, last = span(period, day)
        if last < first:
            return [organ]
        own: dict[str, set[int]] = defaultdict(set)
        below: dict[str, set[int]] = defaultdict(set)
        for one in counted:
            own[one.organ] |= _spoken([one])
            above = self.land.by_code[one.organ].parent
            while above:
                below[above] |= _spoken([one])
                above = self.land.by_code[above].parent if above in self.land.by_code else ""

        def ask(code: str, days: set[int]) -> list[str]:
            left = days - own[code]
            children = self._asked(code)
            if children and left & below[code]:
                return [name for child in children for name in ask(child, left)]
            return _named(code, left - below[code], bool(own[code] or below[code]))

        return ask(organ, _days(first, last))

    def _asked(self, organ: str) -> list[str]:
        return [
            code
            for code in self._below[organ]
            if self.land.by_code[code].level in STATING and self.land.by_code[code].territories
        ]

    def _silent(self, organ: str, stating: set[str]) -> list[str]:
        if not any(code == organ or self._stands_below(code, organ) for code in stating):
            return [organ]
        if organ in stating:
            return []
        return [silent for child in self._asked(organ) for silent in self._silent(child, stating)]

    def _stands_below(self, code: str, organ: str) -> bool:
        while code:
            code = self.land.by_code[code].parent
            if code == organ:
                return True
        return False

    def organs_within(self, organ: str, level: str) -> list[str]:
        """The organs of a level among an organ and those below it."""
        return [
            one.code
            for one in self.land.organs
            if one.level == level and (one.code == organ or self._stands_below(one.code, organ))
        ]


def _adds(wanted: Cell, period: Mapping[str, Any] | None) -> bool:
    return period is not None and (wanted.is_done or wanted.kind == "survey")


def _usable(wanted: Cell, said: Sequence[Said], period: Mapping[str, Any] | None, day: date) -> list[Said]:
    """The statements of one organ that a figure looks at on a day."""
    if wanted.datum == "population":
        found = [one for one in said if one.first_on.year == one.last_on.year == day.year]
    elif period is None:
        found = [one for one in said if one.last_on <= day]
    else:
        start, end = span(period, day)
        found = [one for one in said if start <= one.first_on and one.last_on <= end]
    if _adds(wanted, period):
        return found
    return [max(found, key=lambda one: one.last_on)] if found else []


def span(period: Mapping[str, Any], day: date) -> tuple[date, date]:
    """First and last day that a period looks at on a day, nothing after it."""
    start, end = period_of(period, day)
    return start, min(end, day)


def _share_a_day(one: Said, other: Said) -> bool:
    return one.first_on <= other.last_on and other.first_on <= one.last_on


def _days(first: date, last: date) -> set[int]:
    return set(range(first.toordinal(), last.toordinal() + 1))


def _spoken(said: Iterable[Said]) -> set[int]:
    return {day for one in said for day in _days(one.first_on, one.last_on)}


def _named(organ: str, days: set[int], has_stated: bool) -> list[str]:
    """An organ that left days out: by its code alone when it has stated nothing, else with each stretch."""
    if not days:
        return []
    if not has_stated:
        return [organ]
    starts = sorted(day for day in days if day - 1 not in days)
    ends = sorted(day for day in days if day + 1 not in days)
    return [
        f"{organ} {date.fromordinal(first)}/{date.fromordinal(last)}"
        for first, last in zip(starts, ends, strict=True)
    ]
