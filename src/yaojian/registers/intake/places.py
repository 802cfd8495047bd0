"""The names by which a table may call organs and places of the importer's area."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from yaojian.foundation.accounts.facade import Actor, organs_visible_to
from yaojian.foundation.reference.facade import divisions_within
from yaojian.registers.intake.tables.header import name_key

STEPS = (2, 4, 6, 9, 12)
"""How many digits the codes of the levels of divisions have."""


@dataclass(frozen=True, slots=True)
class AreaNames:
    """Codes of organs by name or code, and codes of places by every way to write their name."""

    organs: Mapping[str, str]
    places: Mapping[str, tuple[str, ...]]


def area_names(actor: Actor) -> AreaNames:
    """The names within an actor's area (two queries)."""
    organs: dict[str, str] = {}
    territories: set[str] = set()
    for organ in organs_visible_to(actor):
        territories.update(organ.territories)
        for name in (organ.code, organ.name, organ.short_name, organ.name_en):
            if name:
                organs[name_key(name)] = organ.code
    names = divisions_within(territories)
    return AreaNames(organs, place_names(names.items()))


def place_names(divisions: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """Codes by name: 宁边路街道, 昌吉市宁边路街道, 昌吉回族自治州昌吉市宁边路街道 and so on."""
    names = dict(divisions)
    found: dict[str, set[str]] = defaultdict(set)
    for code, name in names.items():
        written = name
        found[name_key(written)].add(code)
        for digits in reversed([step for step in STEPS if step < len(code)]):
            above = names.get(code[:digits])
            if above:
                written = above + written
                found[name_key(written)].add(code)
    return {name: tuple(sorted(codes)) for name, codes in found.items()}
