"""The land of a province: places to stand on, and the organs on whose land they lie. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from math import ceil
from random import Random

from yaojian.packs.places import read_divisions, read_organs
from yaojian.simulator.provinces.facts import Province

URBAN = 1.8
"""How much more stands in a district or city than in a county of the same prefecture."""
SYNTHETIC = ("城关镇", "城区街道", "城东镇", "城西镇", "河湾镇", "北山镇")
"""Townships that every county without townships in the packs is given; their codes end in 901 to 906."""
SYNTHETIC_WEIGHTS = (30, 30, 14, 12, 8, 6)
FEW = 3
"""A county of which the packs know fewer townships is given made-up ones beside them."""
TEAM = 2
"""So many go on an inspection."""
LEVEL_WEIGHTS = {
    "county": 1.0,
    "park": 0.4,
    "township": 0.2,
    "prefecture": 2.0,
    "branch": 3.0,
    "province": 4.0,
    "national": 1.0,
}
"""How the inspectors are shared among organs."""
UNKNOWN = "999"
"""The end of the code of a place that no table of divisions has."""


@dataclass(frozen=True, slots=True)
class Bureau:
    """An organ of the province or above it, on prefixes of division codes; `given` if the packs have it."""

    code: str
    name: str
    short_name: str
    level: str
    parent: str
    territories: tuple[str, ...]
    given: bool = True


@dataclass(frozen=True, slots=True)
class Township:
    """A place to stand on: its code of nine digits and its names."""

    code: str
    county: str
    name: str

    @property
    def county_code(self) -> str:
        """The six digits of the county."""
        return self.code[:6]


class Land:
    """The places and organs of one province."""

    def __init__(self, province: Province) -> None:
        self.province = province
        self._names = {division.code: division.name for division in read_divisions()}
        self._answering: dict[tuple[str, str], str] = {}
        self._around: dict[str, tuple[str, ...]] = {}
        self._near: dict[tuple[str, str], str] = {}
        self._lines: dict[str, tuple[str, ...]] = {}

    @cached_property
    def counties(self) -> tuple[str, ...]:
        """Codes of the counties, in order."""
        return tuple(c for c in self._names if len(c) == 6 and c.startswith(self.province.region))

    @cached_property
    def townships(self) -> dict[str, tuple[Township, ...]]:
        """The townships of each county: those of the packs, or six that are made up."""
        found: dict[str, list[Township]] = {county: [] for county in self.counties}
        for code, name in self._names.items():
            if len(code) == 9 and code[:6] in found and int(code[6:]) < 400:
                found[code[:6]].append(Township(code, self._names[code[:6]], name))
        return {
            county: tuple(places) if len(places) >= FEW else (*places, *self._made_up(county))
            for county, places in found.items()
        }

    def _made_up(self, county: str) -> tuple[Township, ...]:
        name = self._names[county]
        return tuple(Township(f"{county}{901 + number}", name, town) for number, town in enumerate(SYNTHETIC))

    def made_up(self) -> list[tuple[str, str, str]]:
        """Divisions that the packs do not have, as the table of divisions takes them."""
        return [
            (town.code, town.name, "")
            for places in self.townships.values()
            for town in places
            if town.code not in self._names
        ]

    @cached_property
    def people_of_counties(self) -> dict[str, float]:
        """Residents of each county in ten thousands: the prefecture's, shared among its counties."""
        found: dict[str, float] = {}
        for prefecture, people in self.province.people.items():
            inside = [county for county in self.counties if county.startswith(prefecture)]
            shares = [URBAN if int(county[4:]) < 20 or int(county[4:]) >= 80 else 1.0 for county in inside]
            for county, share in zip(inside, shares, strict=True):
                found[county] = people * share / sum(shares)
        return {county: found[county] for county in self.counties}

    @cached_property
    def _weights(self) -> tuple[float, ...]:
        """Cumulated weights of the counties, by their people."""
        return tuple(accumulate(self.people_of_counties.values()))

    def place(self, rng: Random) -> Township:
        """A place by weight."""
        county = rng.choices(self.counties, cum_weights=self._weights)[0]
        places = self.townships[county]
        weights = SYNTHETIC_WEIGHTS if len(places) == len(SYNTHETIC_WEIGHTS) else None
        return rng.choices(places, weights)[0]

    def prefecture_name(self, county: str) -> str:
        """The name of the prefecture a county lies in."""
        return self._names[county[:4]]

    @cached_property
    def organs(self) -> tuple[Bureau, ...]:
        """The organs of the province and those above it, parents first: those of the packs, and one for each
        prefecture and county that has none there."""
        given = {organ.code: organ for organ in read_organs()}
        wanted: list[str] = []
        above = self.province.organ
        while above:
            wanted.insert(0, above)
            above = given[above].parent
        inside = self.province.organ + "."
        wanted += [
            code
            for code, organ in given.items()
            if code.startswith(inside) and organ.territories and organ.kind != "institution"
        ]
        found = [
            Bureau(o.code, o.name, o.short_name, o.level, o.parent, o.territories)
            for o in (given[code] for code in wanted)
        ]
        return (*found, *self._missing(found))

    def _missing(self, found: Sequence[Bureau]) -> list[Bureau]:
        has = {(organ.level, territory) for organ in found for territory in organ.territories}
        top = self.province.organ
        new: list[Bureau] = []
        for code in self.province.people:
            if len(code) == 4 and ("prefecture", code) not in has:
                name = self._names[code]
                new.append(
                    Bureau(
                        f"{top}.{code}",
                        f"{name}市场监督管理局",
                        f"{name}市监局",
                        "prefecture",
                        top,
                        (code,),
                        False,
                    )
                )
        for code in self.counties:
            if ("county", code) not in has:
                above = next(
                    o.code for o in (*found, *new) if o.level == "prefecture" and code[:4] in o.territories
                )
                city = self._names[code[:4]]
                name = self._names[code].removeprefix(self.province.short).removesuffix("管委会")
                new.append(
                    Bureau(
                        f"{top}.{code}",
                        f"{city}{name}市场监督管理局",
                        f"{city}{name}市监局",
                        "county",
                        above,
                        (code,),
                        False,
                    )
                )
        return new

    @cached_property
    def by_code(self) -> dict[str, Bureau]:
        """The organs by their codes."""
        return {organ.code: organ for organ in self.organs}

    @cached_property
    def figure_organs(self) -> tuple[str, ...]:
        """The codes of the organs for which figures are counted: the plan's own and those below it."""
        top = self.province.organ
        return tuple(o.code for o in self.organs if o.code == top or o.code.startswith(top + "."))

    def around(self, place: str) -> tuple[str, ...]:
        """The codes of the organs for which figures are counted and on whose land a place lies."""
        if place not in self._around:
            self._around[place] = tuple(
                code for code in self.figure_organs if place.startswith(self.by_code[code].territories)
            )
        return self._around[place]

    def line_of(self, organ: str) -> tuple[str, ...]:
        """An organ and those above it, as far as figures are counted for them."""
        if organ not in self._lines:
            above = self.by_code[organ].parent
            own = (organ,) if organ in self._counted else ()
            self._lines[organ] = (*own, *self.line_of(above)) if above else own
        return self._lines[organ]

    @cached_property
    def _counted(self) -> frozenset[str]:
        return frozenset(self.figure_organs)

    def people_of(self, organ: str) -> int:
        """How many inspectors an organ has: by its level, a team at least."""
        return max(TEAM, ceil(self._people_a_weight * LEVEL_WEIGHTS[self.by_code[organ].level]))

    @cached_property
    def _people_a_weight(self) -> float:
        total = sum(LEVEL_WEIGHTS[organ.level] for organ in self.organs)
        return self.province.inspectors * self.province.share / total

    def organ_of_level(self, level: str, place: str) -> str:
        """The organ of a level on whose land a place lies; where there is none, of the level above.

        A park stands in for a county; `producers` is the level that looks after the province's own subjects.
        """
        if level == "producers":
            level = self.province.producers
        key = (level, place)
        if key not in self._near:
            self._near[key] = self._nearest(level, place)
        return self._near[key]

    def _nearest(self, level: str, place: str) -> str:
        order = ("township", "county", "prefecture", "branch", "province", "national")
        for wanted in order[order.index(level) :]:
            levels = ("park", "county") if wanted == "county" else (wanted,)
            for one in levels:
                for organ in self.organs:
                    if organ.level == one and place.startswith(organ.territories):
                        return organ.code
        raise LookupError(f"no organ answers for {place}")
