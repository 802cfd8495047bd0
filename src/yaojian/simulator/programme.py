"""Which subjects are visited, by whom, about when: two years of inspection programmes. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from random import Random
from typing import Any

from yaojian.packs.places import read_organs
from yaojian.simulator.content import content
from yaojian.simulator.entities import SimSubject

YEARS = 2
SETTLING_IN = timedelta(days=21)
WINDING_UP = timedelta(days=10)
# Offices open on 4 or 5 January; an earlier wish could slip into the old year.
FIRST_DAY_OF_SEASON = 5


@dataclass(frozen=True, slots=True)
class Visit:
    """A wish to inspect: whom, by which organ, how, about when, at the latest when."""

    subject: SimSubject
    organ: str
    kind: str
    wanted: date
    until: date
    family: str
    findings: tuple[float, ...]
    whole_day: bool


@cache
def parent_organ(code: str) -> str:
    """The code of the organ above; empty at the top."""
    return next(organ.parent for organ in read_organs() if organ.code == code)


@cache
def level_of(code: str) -> str:
    """The level of an organ."""
    return next(organ.level for organ in read_organs() if organ.code == code)


def rates_of(subject: SimSubject) -> Mapping[str, Any]:
    """The chances that hold for a subject: by its prefecture and type."""
    area = "changji" if subject.division_code.startswith("6523") else "barkol"
    rates: Mapping[str, Any] = content("rates")[area][subject.subject_type]
    return rates


class Programme:
    """Draws the visits of all subjects between two days, both included."""

    def __init__(self, seed: int, as_of: date, first: date, last: date) -> None:
        self._seed, self._as_of, self._first, self._last = seed, as_of, first, last

    def visits(self, subjects: Iterable[SimSubject]) -> list[Visit]:
        """All visits in the order in which they are wished for."""
        known = list(subjects)
        left_out = self._left_out(known)
        visits = [visit for subject in known for visit in self._of(subject, subject.code in left_out)]
        return sorted(visits, key=lambda visit: (visit.wanted, visit.subject.code, visit.kind))

    def _left_out(self, subjects: list[SimSubject]) -> set[str]:
        """Codes of those that nobody visits this year although it is their turn."""
        chosen: set[str] = set()
        new_year = date(self._as_of.year, 1, 1)
        groups: dict[tuple[str, str], list[str]] = {}
        for subject in subjects:
            if rates_of(subject).get("skip") and subject.opened_on <= new_year and subject.closed_on is None:
                groups.setdefault((subject.division_code[:4], subject.subject_type), []).append(subject.code)
        by_code = {subject.code: subject for subject in subjects}
        for group, codes in sorted(groups.items()):
            rng = Random(f"{self._seed}:skip:{group}")
            chosen.update(rng.sample(codes, rates_of(by_code[codes[0]])["skip"]))
        return chosen

    def _of(self, subject: SimSubject, left_out: bool) -> list[Visit]:
        rng = Random(f"{self._seed}:programme:{subject.code}")
        rates = rates_of(subject)
        earliest = max(self._first, subject.opened_on + SETTLING_IN)
        latest = min(self._last, subject.closed_on - WINDING_UP) if subject.closed_on else self._last
        if left_out:
            latest = min(latest, date(self._as_of.year - 1, 12, 20))
        missed = rng.random() >= rates.get("reached", 1)
        if missed or earliest > latest:
            return []
        days = [day for day in self._yearly_days(rng, rates) if earliest <= day <= latest]
        if not days and "reached" in rates:
            days = [self._between(rng, earliest, latest)]
        visits = [self._visit(rng, subject, rates, day, latest) for day in days]
        if visits and rng.random() < rates.get("full_item", 0):
            index = rng.randrange(len(visits))
            visits[index] = replace(visits[index], kind="full_item")
        return visits + self._from_above(rng, subject, rates, earliest, latest)

    def _yearly_days(self, rng: Random, rates: Mapping[str, Any]) -> list[date]:
        first_month, last_month = rates["season"]
        days = []
        for year in range(self._first.year, self._last.year + 1):
            start = date(year, first_month, FIRST_DAY_OF_SEASON)
            end = date(year, last_month, 28)
            if rng.random() < rates["yearly"]:
                days.append(self._between(rng, start, end))
        return days

    @staticmethod
    def _between(rng: Random, start: date, end: date) -> date:
        return start + timedelta(days=rng.randint(0, (end - start).days))

    @staticmethod
    def _visit(rng: Random, subject: SimSubject, rates: Mapping[str, Any], day: date, until: date) -> Visit:
        kinds = rates["kinds"]
        return Visit(
            subject=subject,
            organ=subject.organ,
            kind=rng.choices(list(kinds), list(kinds.values()))[0],
            wanted=day,
            until=until,
            family=rates["family"],
            findings=tuple(rates["findings"]),
            whole_day=rates.get("day", False),
        )

    def _from_above(
        self, rng: Random, subject: SimSubject, rates: Mapping[str, Any], earliest: date, latest: date
    ) -> list[Visit]:
        share, kind = rates.get("above", (0, ""))
        visits = []
        for _ in range(YEARS):
            if rng.random() < share:
                visit = self._visit(rng, subject, rates, self._between(rng, earliest, latest), latest)
                visits.append(replace(visit, organ=parent_organ(subject.organ), kind=kind))
        return visits
