"""Which statements a figure over data adds up: its part and its whole, from the words of its formula. Pure.

A statement without a dimension is the whole; the part that conforms is a statement of its own (`outcome`).
The table is that of the statistics room's README.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import product
from typing import Any

import yaml

_Loader: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Dims = tuple[tuple[str, str], ...]
AMOUNTS = ("count", "amount", "publicity", "growth", "survey", "grade")


@dataclass(frozen=True, slots=True)
class Cell:
    """A datum with the dimensions that are meant; several combinations are added up."""

    datum: str
    combinations: tuple[Dims, ...]

    @property
    def kind(self) -> str:
        """What is stated: count, amount, hours, share, survey, grade or population."""
        return kind_of(self.datum, self.combinations[0])

    @property
    def is_done(self) -> bool:
        """Whether it says what was done in some days and is added over time, and not what there is."""
        entry = data()[self.datum]
        series = entry.get("items", {}).get(dict(self.combinations[0]).get("item", ""), {})
        stands = series.get("stock", entry.get("stock", False))
        return not stands and self.kind in ("count", "amount", "hours")


@cache
def data() -> Mapping[str, Any]:
    """The data that can be stated, as the pack folder has them."""
    text = (files("yaojian.packs") / "plans" / "data_keys.yaml").read_text(encoding="utf-8")
    found: Mapping[str, Any] = yaml.load(text, _Loader)  # noqa: S506 — a safe loader either way
    return found


def dimensions_of(datum: str) -> Mapping[str, Sequence[str]]:
    """The dimensions of a datum with their values; its series are the dimension `item`."""
    entry = data()[datum]
    items = {"item": list(entry["items"])} if "items" in entry else {}
    return {**items, **entry.get("select", {})}


def is_registered(datum: str) -> bool:
    """Whether a register of the platform gives a datum."""
    return data()[datum].get("source") == "register"


def unit_of(datum: str, dims: Dims) -> str:
    """The unit in which a datum is stated; that of its series where it has one of its own."""
    entry = data()[datum]
    series = entry.get("items", {}).get(dict(dims).get("item", ""), {})
    return str(series.get("unit", entry["unit"]))


def kind_of(datum: str, dims: Dims) -> str:
    """What kind of statement it is: count, amount, share, survey, grade …"""
    entry = data()[datum]
    series = entry.get("items", {}).get(dict(dims).get("item", ""), {})
    return str(series.get("kind", entry["kind"]))


def cell(datum: str, narrowed: Mapping[str, Any], **further: str) -> Cell:
    """A cell: a datum narrowed by what it can be narrowed by."""
    known = dimensions_of(datum)
    dims = {name: tuple(values) for name, values in narrowed.items() if name in known}
    dims |= {name: (value,) for name, value in further.items()}
    names = sorted(dims)
    return Cell(
        datum, tuple(tuple(zip(names, one, strict=True)) for one in product(*(dims[name] for name in names)))
    )


def part_of(formula: Mapping[str, Any]) -> Cell:
    """What is counted: the numerator, or the amount itself."""
    datum, select, shape = formula["measure"], formula.get("select", {}), formula["shape"]
    if shape == "timeliness":
        return cell(datum, select, outcome="on_time")
    if shape in ("pass_rate", "closure"):
        return cell(datum, select, outcome="met")
    if shape == "structure_share" and "having" in formula:
        return cell(datum, {**select, **formula["having"]})
    if shape == "structure_share" and "over" not in formula:
        return cell(datum, select, outcome="met")
    counts_members = "members" in dimensions_of(datum).get("counted", ()) and "counted" not in select
    if shape == "coverage" and "each" not in formula and counts_members:
        return cell(datum, select, counted="members")
    return cell(datum, select)


def whole_of(formula: Mapping[str, Any]) -> Cell | None:
    """Out of what: the denominator; None where the figure is an amount, or its subjects are counted."""
    if formula["shape"] in AMOUNTS or (formula["shape"] == "coverage" and "over" not in formula):
        return None
    return cell(formula.get("over", formula["measure"]), formula.get("whole", formula.get("select", {})))


def left_out_of(formula: Mapping[str, Any]) -> Mapping[str, Cell]:
    """What does not count in a pass rate, by reason: no conclusion yet, or overturned by the second test."""
    if formula["shape"] != "pass_rate":
        return {}
    known = dimensions_of(formula["measure"]).get("result", ())
    select = formula.get("select", {})
    return {
        reason: cell(formula["measure"], select, result=reason)
        for reason in ("pending", "overturned")
        if reason in known
    }


def cells_of(formula: Mapping[str, Any]) -> Iterator[Cell]:
    """All cells that a figure adds up or leaves out, those of registers included."""
    if formula["shape"] == "composite":
        for component in formula["components"]:
            yield cell("index_components", {"item": [component["code"]]})
            yield cell("index_weights", {"item": [component["code"]]})
        return
    if "act" in formula or "measure" not in formula:
        return
    yield part_of(formula)
    whole = whole_of(formula)
    if whole is not None:
        yield whole
    yield from left_out_of(formula).values()
    if formula["shape"] == "training_hours" and whole is not None:
        for combination in whole.combinations:
            yield Cell(whole.datum, (tuple(sorted((*combination, ("outcome", "met")))),))
