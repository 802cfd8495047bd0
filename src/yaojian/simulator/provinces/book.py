"""The statements of a province and the rule by which those of the organs below are added up. Pure.

An organ's own statement answers for those of the organs below it with the same dimensions and a common day;
otherwise those directly below are added, each found the same way. Whoever has stated nothing, neither itself
nor below, is missing. Without a period the newest statement of each organ counts; the population is that of
the data date's year.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
    """The statements that count for an organ, or what a register has; and who below has stated nothing."""

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
        counted = [
            one
            for dims in wanted.combinations
            for one in self._walk(organ, self._said.get((wanted.datum, dims), {}), [], period, day)
        ]
        return Told(counted, self._silent(organ, {one.organ for one in counted}))

    def own(self, wanted: Cell, organ: str, period: Mapping[str, Any] | None, day: date) -> list[Said]:
        """What an organ states of itself."""
        return [
            one
            for dims in wanted.combinations
            for one in _usable(self._said.get((wanted.datum, dims), {}).get(organ, ()), period, day)
        ]

    def _walk(
        self,
        organ: str,
        said: Mapping[str, Sequence[Said]],
        above: Sequence[Said],
        period: Mapping[str, Any] | None,
        day: date,
    ) -> Iterator[Said]:
        own = _usable(said.get(organ, ()), period, day)
        for one in own:
            if not any(period is None or _share_a_day(one, other) for other in above):
                yield one
        for child in self._below[organ]:
            yield from self._walk(child, said, [*above, *own], period, day)

    def _silent(self, organ: str, stating: set[str]) -> list[str]:
        if not any(code == organ or self._stands_below(code, organ) for code in stating):
            return [organ]
        if organ in stating:
            return []
        expected = [
            code
            for code in self._below[organ]
            if self.land.by_code[code].level in STATING and self.land.by_code[code].territories
        ]
        return [silent for child in expected for silent in self._silent(child, stating)]

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


def _usable(said: Sequence[Said], period: Mapping[str, Any] | None, day: date) -> list[Said]:
    """The statements of one organ that a figure looks at on a day."""
    if said and said[0].datum == "population":
        return [one for one in said if one.first_on.year == one.last_on.year == day.year]
    if period is None:
        past = [one for one in said if one.last_on <= day]
        return [max(past, key=lambda one: one.last_on)] if past else []
    start, end = span(period, day)
    return [one for one in said if start <= one.first_on and one.last_on <= end]


def span(period: Mapping[str, Any], day: date) -> tuple[date, date]:
    """First and last day that a period looks at on a day, nothing after it."""
    start, end = period_of(period, day)
    return start, min(end, day)


def _share_a_day(one: Said, other: Said) -> bool:
    return one.first_on <= other.last_on and other.first_on <= one.last_on
