"""The roll-up rule for statements, said as a walk down the tree of organs. Pure.

An organ's own statement wins for its days and dimensions; else those of the organs directly below it are
added, recursively. A longer one below wins over own ones inside its days that do not cover it together.
Whoever has not stated something is named, and for which days. What there is, and whatever a formula without
a period takes, is the newest statement; the population is that of the year.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from ..cells import Cell
from ..definitions import Period
from ..outcomes import ZERO, Lack
from .world import Organ, Statement, World

LEVELS_THAT_STATE = ("province", "prefecture", "county", "park")
"""Below the asked organ, those with land at these levels are expected to state."""


@dataclass(frozen=True, slots=True)
class Stated:
    """The statements that count, and what organs have not stated."""

    counted: Sequence[Statement]
    lacks: tuple[Lack, ...]

    @property
    def total(self) -> Fraction:
        """The amounts added up."""
        return sum((one.amount or ZERO for one in self.counted), ZERO)

    @property
    def any_stated(self) -> bool:
        """Whether anybody has stated anything."""
        return bool(self.counted)


def stated(world: World, organ: Organ, cell: Cell, period: Period | None, as_of: date) -> Stated:
    """What an organ and those below it have stated of a cell by a day."""
    meant = list(cell.exact())
    usable = [
        one
        for one in world.statements
        if one.datum == cell.datum and dict(one.dims) in meant and _in_time(one, period, as_of)
    ]
    if period is None or not (cell.is_flow or cell.is_survey):
        counted = _standing(world.on(as_of), organ.id, _newest(usable), [])
        heard = [(one.organ_id, world.line(one.organ_id, as_of)) for one in counted]
    else:
        counted = [
            one for dims in meant for one in _done(world, organ.id, [u for u in usable if u.dims == dims])
        ]
        heard = [(one.organ_id, world.line(one.organ_id, one.last_on)) for one in counted]
    if period is not None and cell.is_flow:
        return Stated(counted, _days_missing(world, organ, cell, period, as_of, counted))
    missing = _missing(world.on(as_of), organ.id, heard)
    return Stated(
        counted, tuple(Lack(cell.datum, organ_id, as_of.year, dims=cell.dims) for organ_id in missing)
    )


def _in_time(one: Statement, period: Period | None, as_of: date) -> bool:
    if one.datum == "population":
        return one.first_on.year == as_of.year == one.last_on.year
    if period is None:
        return one.last_on <= as_of
    start, end = period.bounds(as_of)
    return start <= one.first_on and one.last_on <= min(end, as_of)


def _newest(found: Sequence[Statement]) -> list[Statement]:
    """Of each organ and each combination of dimensions the statement that ends last."""
    newest: dict[tuple[int, tuple[tuple[str, str], ...]], Statement] = {}
    for one in found:
        cell = (one.organ_id, tuple(sorted(one.dims.items())))
        if cell not in newest or newest[cell].last_on < one.last_on:
            newest[cell] = one
    return list(newest.values())


def _standing(
    there: World, organ_id: int, usable: Sequence[Statement], above: list[Statement]
) -> list[Statement]:
    """An organ's own statements that nobody above has answered, and those of the organs below it."""
    if organ_id not in {organ.id for organ in there.organs}:
        return []
    own = [one for one in usable if one.organ_id == organ_id]
    found = [one for one in own if not any(dict(one.dims) == dict(other.dims) for other in above)]
    for child in there.children(organ_id):
        found += _standing(there, child.id, usable, above + own)
    return found


def _days(first: date, last: date) -> set[int]:
    return set(range(first.toordinal(), last.toordinal() + 1))


def _days_of(statements: Iterable[Statement]) -> set[int]:
    return {day for one in statements for day in _days(one.first_on, one.last_on)}


def _done(world: World, organ_id: int, usable: Sequence[Statement]) -> list[Statement]:
    """Of equal dimensions, what counts for an organ: each statement where its organ stood on its last day."""
    inside = [one for one in usable if organ_id in world.line(one.organ_id, one.last_on)]
    own = [one for one in inside if one.organ_id == organ_id]
    ways = [world.line(one.organ_id, one.last_on) for one in inside if one.organ_id != organ_id]
    children = dict.fromkeys(way[way.index(organ_id) + 1] for way in ways)
    below = [
        one
        for child in children
        for one in _done(world, child, [u for u in inside if u.organ_id != organ_id])
    ]
    covered = _days_of(own)
    longer = [days for one in below if not (days := _days_of([one])) <= covered]
    own = [one for one in own if not any(_days_of([one]) <= days for days in longer)]
    covered = _days_of(own)
    return own + [one for one in below if not _days_of([one]) & covered]


def _days_missing(
    world: World, organ: Organ, cell: Cell, period: Period, as_of: date, counted: Sequence[Statement]
) -> tuple[Lack, ...]:
    """Who has not stated which days of the period that have passed; asked as organs stood on those days."""
    first, last = period.bounds(as_of)
    own, below = defaultdict[int, set[int]](set), defaultdict[int, set[int]](set)
    for one in counted:
        own[one.organ_id] |= _days_of([one])
        for above in world.line(one.organ_id, one.last_on)[:-1]:
            below[above] |= _days_of([one])
    missing = defaultdict[int, set[int]](set)

    def walk(there: World, organ: Organ, days: set[int]) -> None:
        left = days - own[organ.id]
        expected = _expected(there, organ)
        if expected and left & below[organ.id]:
            for child in expected:
                walk(there, child, left)
        else:
            missing[organ.id] |= left - below[organ.id]

    for since, until in world.stretches(first, min(last, as_of)):
        there = world.on(since)
        here = [one for one in there.organs if one.id == organ.id]
        if here:
            walk(there, here[0], _days(since, until))
    found = [(organ_id, days) for organ_id, days in missing.items() if days]
    if not found and not counted:
        return (Lack(cell.datum, organ.id, as_of.year, dims=cell.dims),)
    lacks = list[Lack]()
    for organ_id, days in found:
        if own[organ_id] or below[organ_id]:
            starts = sorted(day for day in days if day - 1 not in days)
            ends = sorted(day for day in days if day + 1 not in days)
            lacks += [
                Lack(cell.datum, organ_id, as_of.year, (date.fromordinal(a), date.fromordinal(z)), cell.dims)
                for a, z in zip(starts, ends, strict=True)
            ]
        else:
            lacks.append(Lack(cell.datum, organ_id, as_of.year, dims=cell.dims))
    return tuple(lacks)


def _expected(there: World, organ: Organ) -> list[Organ]:
    return [
        child
        for child in there.children(organ.id)
        if child.level in LEVELS_THAT_STATE and child.territories and child.tree == organ.tree
    ]


def _missing(there: World, organ_id: int, heard: Sequence[tuple[int, list[int]]]) -> list[int]:
    """The organs that have stated nothing; when nobody below has either, the one above stands for all."""
    stating = [one for one, _line in heard]
    if organ_id not in {organ.id for organ in there.organs}:
        return [] if stating else [organ_id]
    if not any(organ_id in line for _one, line in heard):
        return [organ_id]
    if organ_id in stating:
        return []
    expected = _expected(there, there.organ(organ_id))
    return [one for child in expected for one in _missing(there, child.id, heard)]
