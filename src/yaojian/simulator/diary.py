"""The diaries of officers: nobody is at two places at once, nobody goes alone. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from random import Random

from yaojian.simulator.entities import SimOfficer
from yaojian.simulator.working_time import DAY, is_working_day

SLOTS = ((605, 705), (715, 830), (940, 1040), (1055, 1160))
"""Four visits fit into a day: minutes after midnight when each may begin and must have ended."""

WHOLE_DAY = (0, 3)
TEAM = 2
SEARCH_DAYS = 45


@dataclass(frozen=True, slots=True)
class Booking:
    """A team on its way: the day, the minutes it may use, who goes (the lead first)."""

    day: date
    start: int
    end: int
    team: tuple[str, ...]


class Diary:
    """Books teams of two from the inspectors of each organ."""

    def __init__(self, officers: Iterable[SimOfficer], first: date, last: date) -> None:
        self._first, self._last = first, last
        self._inspectors: dict[str, list[str]] = defaultdict(list)
        self._busy: dict[date, set[tuple[str, int]]] = defaultdict(set)
        for officer in officers:
            if officer.role == "inspector":
                self._inspectors[officer.organ].append(officer.username)

    def book(self, rng: Random, organ: str, wanted: date, *, whole_day: bool, until: date) -> Booking | None:
        """The first free team of an organ on a working day near `wanted`, but not after `until`; or none."""
        for day in self._days_near(wanted, min(until, self._last)):
            slots = [WHOLE_DAY] if whole_day else [(n, n) for n in rng.sample(range(len(SLOTS)), len(SLOTS))]
            for first, last in slots:
                team = self._free(rng, organ, day, range(first, last + 1))
                if team:
                    self._busy[day].update((name, n) for name in team for n in range(first, last + 1))
                    return Booking(day, SLOTS[first][0], SLOTS[last][1], team)
        return None

    def _days_near(self, wanted: date, last: date) -> Iterator[date]:
        for distance in range(SEARCH_DAYS):
            for day in (wanted + distance * DAY, wanted - distance * DAY)[: 2 if distance else 1]:
                if self._first <= day <= last and is_working_day(day):
                    yield day

    def _free(self, rng: Random, organ: str, day: date, slots: range) -> tuple[str, ...]:
        busy = self._busy[day]
        free = [name for name in self._inspectors[organ] if not any((name, slot) in busy for slot in slots)]
        return tuple(rng.sample(free, TEAM)) if len(free) >= TEAM else ()
