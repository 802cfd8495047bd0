"""Which statements a formula adds up: datum and dimensions of its parts and of what is left out. Pure.

A statement without a dimension is the whole; the part that conforms is a statement of its own (`outcome`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from .definitions import Formula
from .vocabulary import vocabulary

Narrowing = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Cell:
    """Statements of a datum with exactly these dimensions; several values of one are added."""

    datum: str
    dims: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @classmethod
    def of(cls, datum: str, dims: Narrowing) -> Cell:
        """A cell narrowed by the dimensions that the datum has."""
        known = vocabulary().data_keys[datum].select
        return cls(datum, tuple(sorted((name, tuple(dims[name])) for name in dims if name in known)))

    @property
    def is_registered(self) -> bool:
        """Whether registers give it, so that nobody states it."""
        return vocabulary().data_keys[self.datum].source == "register"

    @property
    def is_flow(self) -> bool:
        """Whether statements say what was done in their days and are added over time."""
        return vocabulary().data_keys[self.datum].is_flow(dict(self.dims))

    @property
    def is_survey(self) -> bool:
        """Whether statements are surveys, of which all of a period are weighed."""
        return vocabulary().data_keys[self.datum].kind == "survey"

    @property
    def unit(self) -> str:
        """The unit of the amounts."""
        return vocabulary().data_keys[self.datum].unit_of(dict(self.dims))

    def exact(self) -> Iterator[dict[str, str]]:
        """The dimensions of the statements meant, one combination of values after the other."""
        names = [name for name, _values in self.dims]
        for values in product(*(values for _name, values in self.dims)):
            yield dict(zip(names, values, strict=True))

    def with_dims(self, **dims: str) -> Cell:
        """The cell narrowed further."""
        return Cell.of(self.datum, {**dict(self.dims), **{name: (value,) for name, value in dims.items()}})


def _has(datum: str, dimension: str, value: str) -> bool:
    return value in vocabulary().data_keys[datum].select.get(dimension, ())


def part(formula: Formula) -> Cell:
    """What is counted: the numerator, or the amount itself."""
    assert formula.measure is not None
    cell = Cell.of(formula.measure, formula.select)
    match formula.shape:
        case "timeliness":
            return cell.with_dims(outcome="on_time")
        case "pass_rate" | "closure":
            return cell.with_dims(outcome="met")
        case "coverage" if formula.each is None and "counted" not in formula.select:
            return cell.with_dims(counted="members") if _has(cell.datum, "counted", "members") else cell
        case "structure_share" if formula.having:
            return Cell.of(formula.measure, {**formula.select, **formula.having})
        case "structure_share" if formula.over is None:
            return cell.with_dims(outcome="met")
    return cell


def whole(formula: Formula) -> Cell:
    """Out of what: the denominator of a quotient of two data."""
    assert formula.measure is not None
    return Cell.of(formula.over or formula.measure, formula.whole or formula.select)


def left_out(formula: Formula) -> dict[str, Cell]:
    """Samples that do not count, by reason: without a conclusion, or overturned by the second test."""
    if formula.shape != "pass_rate" or formula.measure is None:
        return {}
    cell = Cell.of(formula.measure, formula.select)
    reasons = ("pending", "overturned")
    return {reason: cell.with_dims(result=reason) for reason in reasons if _has(cell.datum, "result", reason)}


def on_time(formula: Formula) -> Cell | None:
    """What was closed within its days, where that is stated."""
    if formula.shape != "closure" or formula.measure is None:
        return None
    if not _has(formula.measure, "outcome", "on_time"):
        return None
    return Cell.of(formula.measure, formula.select).with_dims(outcome="on_time")


def meeting(formula: Formula) -> Cell | None:
    """The people who meet the required hours."""
    return whole(formula).with_dims(outcome="met") if formula.shape == "training_hours" else None


QUOTIENTS = (
    "rate_per_population",
    "pass_rate",
    "closure",
    "timeliness",
    "capability_share",
    "structure_share",
    "training_hours",
)


def needed(formula: Formula) -> list[Cell]:
    """The cells without which a formula has no value, those of registers included."""
    if formula.act is not None or formula.shape == "milestone":
        return []
    if formula.shape == "composite":
        codes = [component.code for component in formula.components if not component.of]
        return [Cell.of("index_components", {"item": (code,)}) for code in codes]
    assert formula.measure is not None
    if formula.shape == "count" and formula.scope is not None:
        return []
    cells = [part(formula)]
    if formula.shape in QUOTIENTS or (formula.shape == "coverage" and formula.over):
        cells.append(whole(formula))
    return cells


def optional(formula: Formula) -> list[Cell]:
    """The cells that refine a value: exclusions, what was on time, who meets the hours."""
    if formula.act is not None:
        return []
    return [cell for cell in (*left_out(formula).values(), on_time(formula), meeting(formula)) if cell]
