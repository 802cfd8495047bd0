"""Where simulated subjects stand: counties and townships by weight, and addresses. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from random import Random

from yaojian.packs.places import read_divisions, read_organs
from yaojian.simulator.content import content

IN_PARKS = frozenset(
    {
        "drug_producer",
        "drug_wholesaler",
        "chain_headquarters",
        "device_producer_1",
        "device_producer_2",
        "cosmetic_producer",
    }
)
SHARE_IN_PARKS = 0.6


@dataclass(frozen=True, slots=True)
class Place:
    """A township: its code and the names of the places it lies in."""

    code: str
    prefecture: str
    county: str
    township: str

    @property
    def county_code(self) -> str:
        """The six digits of the county."""
        return self.code[:6]

    @property
    def short_county(self) -> str:
        """The county as people say it: without the nationality in its name."""
        return self.county.replace("哈萨克自治县", "县")

    @property
    def is_urban(self) -> bool:
        """Whether it is a street office, a park or the county's seat."""
        seat = content("places")["counties"][self.county_code]["seat"]
        return self.code == seat or int(self.code[6:]) < 100 or int(self.code[6:]) >= 400


@cache
def _names() -> dict[str, str]:
    return {division.code: division.name for division in read_divisions()}


@cache
def place(code: str) -> Place:
    """The township with a division code. Raises KeyError."""
    names = _names()
    return Place(code, names[code[:4]], names[code[:6]], names[code])


@cache
def townships(county: str) -> tuple[tuple[Place, ...], tuple[int, ...]]:
    """The townships of a county where subjects may stand, and their weights."""
    weights = content("places")["townships"]
    seat = content("places")["counties"][county]["seat"]
    found: dict[Place, int] = {}
    for code in sorted(_names()):
        if len(code) != 9 or not code.startswith(county) or int(code[6:]) >= 400:
            continue
        kind = "street" if int(code[6:]) < 100 else "town" if int(code[6:]) < 200 else "rural"
        found[place(code)] = weights["seat" if code == seat else kind]
    return tuple(found), tuple(found.values())


def choose_place(rng: Random, territory: str, subject_type: str) -> Place:
    """A township of the territory, by weight; producers and wholesalers mostly in industrial parks."""
    parks = [code for code in content("places")["parks"] if code.startswith(territory)]
    if subject_type in IN_PARKS and parks and rng.random() < SHARE_IN_PARKS:
        return place(rng.choice(parks))
    counties = {
        code: county["weight"]
        for code, county in content("places")["counties"].items()
        if code.startswith(territory)
    }
    county = rng.choices(list(counties), list(counties.values()))[0]
    places, weights = townships(county)
    return rng.choices(places, weights)[0]


def address(rng: Random, where: Place) -> str:
    """An address in a township: a road and a number in town, a village elsewhere."""
    start = f"新疆{where.prefecture}{where.county}{where.township}"
    if not where.is_urban:
        return f"{start}{rng.choice(content('places')['villages'])}{rng.randint(1, 180)}号"
    street = f"{start}{rng.choice(content('places')['roads'])}{rng.randint(1, 320)}号"
    match rng.randrange(4):
        case 0:
            return f"{street}{rng.randint(1, 28)}栋{rng.randint(1, 4)}层{rng.randint(101, 422)}室"
        case 1:
            return f"{street}商铺{rng.randint(1, 60)}号"
        case _:
            return street


@cache
def responsible_organ(subject_type: str, division_code: str) -> str:
    """The code of the organ that answers for a type of subject at a place, by the split of duties."""
    duties = content("counts")["responsible"]
    level = next((level for level, types in duties.items() if subject_type in types), "county")
    for organ in read_organs():
        if organ.level == level and any(division_code.startswith(t) for t in organ.territories):
            return organ.code
    raise LookupError(f"no organ of level {level} covers {division_code}")
