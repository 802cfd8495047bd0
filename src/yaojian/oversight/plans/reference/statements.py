"""The roll-up rule for statements, said as a walk down the tree of organs. Pure.

An organ's own statement wins for its days and dimensions; else those of the organs directly below it are
added, recursively. Whoever has stated nothing, neither itself nor below, is named. A formula without a period
takes the newest statement, and the population is that of the year.
"""

from __future__ import annotations

from collections.abc import Sequence
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
    """The statements that count, and the organs that have stated nothing."""

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
    if period is None:
        usable = _newest(usable)
    counted = _counted(world, organ, usable, [], newest=period is None)
    missing = _missing(world, organ, {one.organ_id for one in counted})
    return Stated(counted, tuple(Lack(cell.datum, organ_id, as_of.year) for organ_id in missing))


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


def _counted(
    world: World, organ: Organ, usable: Sequence[Statement], above: list[Statement], *, newest: bool
) -> list[Statement]:
    """An organ's own statements that nobody above has answered, and those of the organs below it."""
    own = [one for one in usable if one.organ_id == organ.id]
    found = [one for one in own if not any(_answers(other, one, newest) for other in above)]
    for child in world.children(organ.id):
        found += _counted(world, child, usable, above + own, newest=newest)
    return found


def _answers(one: Statement, other: Statement, newest: bool) -> bool:
    """Whether one statement speaks of what another does: the same dimensions, and a common day."""
    if dict(one.dims) != dict(other.dims):
        return False
    return newest or (one.first_on <= other.last_on and other.first_on <= one.last_on)


def _missing(world: World, organ: Organ, stating: set[int]) -> list[int]:
    """The organs that have stated nothing; when nobody below has either, the one above stands for all."""
    if not any(below.id in stating for below in world.below(organ.id)):
        return [organ.id]
    if organ.id in stating:
        return []
    expected = [
        child
        for child in world.children(organ.id)
        if child.level in LEVELS_THAT_STATE and child.territories and child.tree == organ.tree
    ]
    return [one for child in expected for one in _missing(world, child, stating)]
