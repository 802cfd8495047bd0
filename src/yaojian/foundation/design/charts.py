"""Describes a chart as data that the browser draws: axes with units, zero baselines, targets as lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

ChartKind = Literal["bar", "line", "scatter"]


@dataclass(frozen=True)
class Series:
    """One row of values; None is a value that is missing, and is drawn as a gap."""

    name: str
    values: Sequence[float | int | None]
    meaning: str = ""
    """One of the five meanings of colour, or empty for the next colour of the palette."""


@dataclass(frozen=True)
class Target:
    """A line that the figure should reach."""

    value: float
    label: str


def chart_option(
    kind: ChartKind,
    categories: Sequence[str],
    series: Sequence[Series],
    *,
    unit: str,
    targets: Sequence[Target] = (),
    horizontal: bool = False,
    stacked: bool = False,
    maximum: float | None = None,
) -> dict[str, Any]:
    """The JSON option of a chart for `{% chart %}`.

    `categories` has n names, every series n values in `unit`; raises ValueError when the counts differ.
    """
    for one in series:
        if len(one.values) != len(categories):
            raise ValueError(
                f"series {one.name!r}: {len(one.values)} values for {len(categories)} categories"
            )
    return {
        "kind": kind,
        "unit": unit,
        "horizontal": horizontal,
        "maximum": maximum,
        "categories": list(categories),
        "targets": [{"value": one.value, "label": one.label} for one in targets],
        "series": [
            {"name": one.name, "values": list(one.values), "meaning": one.meaning, "stacked": stacked}
            for one in series
        ],
    }
