"""The tree of organs in time, as plain data: who stands under whom on a day, and where a cycle would close.

Pure: periods in, frozen rows out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

RANKS = {"national": 0, "province": 1, "branch": 2, "prefecture": 3, "county": 4, "park": 4, "township": 5}
"""How high a level stands; an organ never stands under one of a lower level."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an organ stands from a day until a day (inclusive; None: until further notice)."""

    organ_id: int
    parent_id: int | None
    valid_from: date
    valid_to: date | None

    def holds(self, on: date) -> bool:
        """Whether the organ stands there on a day."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


def parents_on(places: Iterable[Place], on: date) -> dict[int, int | None]:
    """The organs that exist on a day, each with the organ above it."""
    return {place.organ_id: place.parent_id for place in places if place.holds(on)}


def breakpoints(places: Iterable[Place], since: date) -> list[date]:
    """The days from `since` on at which the tree changes, `since` itself first."""
    days = {since}
    for place in places:
        days.add(place.valid_from)
        if place.valid_to is not None:
            days.add(place.valid_to + timedelta(days=1))
    return sorted(day for day in days if day >= since)


def cycle_in(parents: Mapping[int, int | None]) -> list[int]:
    """The organs of a cycle, in order; empty when there is none."""
    cleared: set[int] = set()
    for start in parents:
        walked: list[int] = []
        here: int | None = start
        while here is not None and here in parents and here not in cleared:
            if here in walked:
                return walked[walked.index(here) :]
            walked.append(here)
            here = parents[here]
        cleared.update(walked)
    return []


def first_cycle(places: Iterable[Place], since: date) -> tuple[date, list[int]] | None:
    """The first day from `since` on whose tree has a cycle, and its organs."""
    rows = list(places)
    for day in breakpoints(rows, since):
        if cycle := cycle_in(parents_on(rows, day)):
            return day, cycle
    return None


def first_orphan(places: Iterable[Place], since: date) -> tuple[date, int, int] | None:
    """The first day on which an organ stands under one that does not exist: day, organ, the one above."""
    rows = list(places)
    for day in breakpoints(rows, since):
        parents = parents_on(rows, day)
        for organ, above in parents.items():
            if above is not None and above not in parents:
                return day, organ, above
    return None


def from_the_root(parents: Mapping[int, int | None]) -> list[int]:
    """Organs in such an order that each comes after the one above it. The tree has no cycle."""
    depth: dict[int, int] = {}

    def depth_of(organ: int) -> int:
        if organ not in depth:
            above = parents[organ]
            depth[organ] = 0 if above is None or above not in parents else depth_of(above) + 1
        return depth[organ]

    return sorted(parents, key=depth_of)
