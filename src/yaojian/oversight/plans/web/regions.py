"""Regions side by side: a figure for an organ and those directly below it, on tiles and in a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from statistics import median
from typing import Any
from urllib.parse import urlencode

import yaml
from django.http.response import HttpResponseBase
from django.shortcuts import render

from yaojian.foundation.accounts.facade import Organ, Permission
from yaojian.foundation.accounts.web.access import ActingRequest, requires
from yaojian.foundation.exports.facade import export_of, exporting
from yaojian.oversight.plans.contracts import FigureValue
from yaojian.oversight.plans.kept import values_at
from yaojian.oversight.plans.models import Figure
from yaojian.oversight.plans.queries import (
    beside_own_target,
    carrier_of,
    figure_by_key,
    organs_below,
)
from yaojian.oversight.plans.web import listings, presentation
from yaojian.oversight.plans.web.asked import asked_day, asked_organ, no_such_region


@dataclass(frozen=True, slots=True)
class Region:
    """An organ with its line of the figure."""

    organ: Organ
    line: presentation.Line


@cache
def _places() -> dict[str, tuple[int, int]]:
    text = (files("yaojian.packs") / "tiles.yaml").read_text(encoding="utf-8")
    return {code: (place[0], place[1]) for code, place in yaml.safe_load(text).items()}


def tiles(regions: Sequence[Region]) -> list[list[Region | None]]:
    """The regions in rows of tiles as they lie; those without a place follow in rows of their own."""
    placed: dict[tuple[int, int], Region] = {}
    rest = []
    for region in regions:
        place = next((_places()[code] for code in region.organ.territories if code in _places()), None)
        if place is None or place in placed:
            rest.append(region)
        else:
            placed[place] = region
    wide = max([column + 1 for _row, column in placed] or [0])
    high = max([row + 1 for row, _column in placed] or [0])
    rows: list[list[Region | None]] = [
        [placed.get((row, column)) for column in range(wide)] for row in range(high)
    ]
    wide = wide or 6
    for start in range(0, len(rest), wide):
        rows.append([*rest[start : start + wide]])
    return [row for row in rows if any(row)]


@requires(Permission.PLAN_VIEW)
def regions(request: ActingRequest, key: str) -> HttpResponseBase:
    """A figure for each region below: tiles, table, and how the two levels differ."""
    figure = figure_by_key(key)
    organ = asked_organ(request.actor, figure, request.GET.get("organ", ""))
    if organ is None:
        raise no_such_region()
    day = asked_day(request)
    carrier = carrier_of(figure)
    below = organs_below(organ, day)
    found: list[Region] = []
    if carrier.formula is not None:
        values = values_at([carrier], [(organ, day), *((one, day) for one in below)])
        found = [
            _region(figure, one, beside_own_target(figure, values[one.pk, day][carrier.key], day))
            for one in (organ, *below)
        ]
    listed = sorted(found[1:], key=_from_the_lowest)
    if exporting(request):
        return export_of(request, listings.REGIONS, found, len(found))
    context = {
        "figure": figure,
        "plan": figure.row.plan,
        "organ": organ,
        "whole": found[0] if found else None,
        "rows": listed,
        "tiles": tiles(found[1:]),
        "spread": _spread(figure, listed),
        "as_of": day,
        "kept": urlencode({"organ": organ.code, "as_of": day.isoformat()}),
    }
    return render(request, "plans/regions.html", context)


def _region(figure: Figure, organ: Organ, value: FigureValue) -> Region:
    return Region(organ, presentation.line_with(figure, value))


def _from_the_lowest(region: Region) -> tuple[bool, Any]:
    number = region.line.value.number if region.line.value else None
    return number is None, number or 0


def _spread(figure: Figure, regions: Sequence[Region]) -> dict[str, str] | None:
    """Lowest, median and highest of the level below."""
    numbers = [r.line.value.number for r in regions if r.line.value and r.line.value.number is not None]
    if not numbers:
        return None
    unit = presentation.unit_of(figure)
    return {
        name: f"{number:,.2f}{unit}"
        for name, number in (("lowest", min(numbers)), ("median", median(numbers)), ("highest", max(numbers)))
    }
