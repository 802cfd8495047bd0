"""Pharmacists of pharmacies and qualified inspectors: who is registered where, from when until when. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from yaojian.simulator.content import content
from yaojian.simulator.provinces.facts import FIRST_DAY, Province, chances
from yaojian.simulator.provinces.land import Land
from yaojian.simulator.provinces.lives import Life, Term

DAY = timedelta(days=1)
PHARMACIES = ("chain_store", "single_pharmacy")
YEARS_A_TERM = 5
RENEWED_FROM = date(2017, 1, 1)
"""Older terms of registrations have been renewed since."""
FIELDS = ("drug", "device", "cosmetic")
TIERS = {"national": ("national", (17, 6, 3)), "province": ("provincial", (34, 14, 9))}
"""By a plan's word for the level: the tier in the register, and how many hold it in each field."""


@dataclass(frozen=True, slots=True)
class Qualified:
    """An inspector's qualification; `level` is the plans' word, `tier` the register's."""

    number: int
    name: str
    organ: str
    level: str
    tier: str
    field: str
    first: date
    last: date | None

    def holds_on(self, day: date) -> bool:
        """Whether it holds on a day."""
        return self.first <= day and (self.last is None or day <= self.last)


def name_of(rng: Random) -> str:
    """The name of somebody."""
    words = content("names")
    last = rng.choice(words["given_second"]) if rng.random() < 0.7 else ""
    return str(rng.choice(words["surnames"]) + rng.choice(words["given_first"]) + last)


def registrations(life: Life, province: Province, rng: Random) -> Iterator[Term]:
    """The terms for which a pharmacist is registered at a pharmacy, sometimes with a gap between."""
    known = chances("pharmacists")
    if life.states[0].subject_type not in PHARMACIES or rng.random() >= known["registered"]:
        return
    begin = max(life.opened_on, RENEWED_FROM) + rng.randrange(5, 300) * DAY
    end = province.until
    if life.closed_on:
        end = life.closed_on - DAY
    if rng.random() < known["leaves"]:
        end = min(end, FIRST_DAY + rng.randrange(1, (province.until - FIRST_DAY).days + 1) * DAY)
    open_ended = end == province.until
    while begin <= end:
        last = _years_after(begin, YEARS_A_TERM) - DAY
        yield Term(begin, None if open_ended and last >= end else min(last, end), last)
        begin = last + DAY + (rng.randrange(20, 200) * DAY if rng.random() < known["lapses"] else 0 * DAY)


def _years_after(day: date, years: int) -> date:
    return date(day.year + years, day.month, min(day.day, 28))


def qualified(province: Province, land: Land) -> tuple[Qualified, ...]:
    """The inspectors in the register, at the plan's own organ and the prefectures below it."""
    rng = Random(f"{province.seed}:{province.code}:qualified")
    below = [organ.code for organ in land.organs if organ.code.startswith(province.organ + ".")]
    places = [code for code in below if land.by_code[code].level == "prefecture"]
    found: list[Qualified] = []
    for level, (tier, numbers) in TIERS.items():
        for field, number in zip(FIELDS, numbers, strict=True):
            for _place in range(number):
                first = FIRST_DAY + rng.randrange(-700, 1500) * DAY
                last = first + rng.randrange(200, 1200) * DAY if rng.random() < 0.15 else None
                organ = rng.choice(places) if places and rng.random() < 0.4 else province.organ
                name = name_of(rng)
                found.append(Qualified(len(found), name, organ, level, tier, field, first, last))
    return tuple(found)


def team_of(people: int, number: int) -> tuple[int, int]:
    """Which two of an organ's people go on the inspection with a number; the lead comes first."""
    first = number % people
    return first, (first + 1 + number // people % (people - 1)) % people


def is_full_time(place: int) -> bool:
    """Whether the inspector at a place of an organ's list works full time: four in five do."""
    return place % 5 != 4
