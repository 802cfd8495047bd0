"""Who the subjects of a province are: type, name, code, place, marks, and how these change. Pure.

Every number is a life of its own: whatever it is drawn from depends on seed, province and number alone, so
that any life can be made again without the others.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

from yaojian.registers.enterprises.codes import unified_code
from yaojian.simulator.content import content
from yaojian.simulator.licences import UNISSUED
from yaojian.simulator.provinces.facts import FIRST_DAY, Block, Province, chances, traits
from yaojian.simulator.provinces.land import UNKNOWN, Land, Township
from yaojian.simulator.provinces.lives import Life, State

EARLIEST = date(2008, 1, 1)
DAY = timedelta(days=1)
GRADES = ("I", "II", "III", "IV")
COPIED = ("device_operator", "cosmetic_operator", "clinic")
"""Types of which the same business is sometimes entered twice."""
STEADY = ("directly_supervised", "level2_plus", "below_level2", "school_clinic")
"""Marks that nobody gains or loses by chance."""
PUBLIC = {
    "hospital": "12",
    "primary_care": "12",
    "cdc": "12",
    "preparation_room": "12",
    "trial_institution": "12",
}
LICENSED = ("drug_wholesaler", "chain_headquarters", "chain_store", "single_pharmacy")
SETTLED = (*PUBLIC, "chain_store", "single_pharmacy")
"""Types that never move: institutions, and pharmacies, whose licence is one for their place."""
ENDINGS = {
    "drug_producer": "制药有限责任公司",
    "drug_wholesaler": "医药有限公司",
    "chain_headquarters": "医药连锁有限公司",
    "chain_store": "医药连锁有限公司",
    "single_pharmacy": "大药房",
    "preparation_room": "医院制剂室",
    "device_producer_1": "医疗用品有限公司",
    "device_producer_2": "医疗科技有限公司",
    "device_producer_3": "生物医学工程有限公司",
    "device_operator": "医疗器械经营部",
    "cosmetic_producer": "日化有限公司",
    "cosmetic_operator": "化妆品店",
    "ecommerce_platform": "电子商务有限公司",
    "trial_institution": "医院药物临床试验机构",
    "hospital": "医院",
    "primary_care": "卫生院",
    "clinic": "诊所",
    "cdc": "疾病预防控制中心",
    "vaccination_unit": "预防接种门诊",
}
SEASONS = tuple((month, 1) for month in range(1, 13))
GRADING_DAY = (3, 1)


class Births:
    """Makes the lives of one province, without their visits."""

    def __init__(self, province: Province, land: Land) -> None:
        self.province, self.land = province, land
        self.blocks = province.blocks()
        self._starts = [block.first for block in self.blocks]
        self._of_type = {block.subject_type: block for block in self.blocks}
        self.originals = self.blocks[-1].end if self.blocks else 0
        copied = [self._of_type[kind] for kind in COPIED if kind in self._of_type]
        self._copied = [block for block in copied if block.early >= 2]
        # Of each such type, this many of the first ones have a second entry.
        share = chances("faults")["duplicate"]
        self._copies = [max(1, round(block.early * share)) for block in self._copied]
        self.size = self.originals + sum(self._copies)

    def rng(self, purpose: str, number: int) -> Random:
        """The source of everything left to chance for one purpose and number."""
        return Random(f"{self.province.seed}:{self.province.code}:{purpose}:{number}")

    def block_of(self, number: int) -> Block:
        """The block that a number stands in."""
        return self.blocks[bisect_right(self._starts, number) - 1]

    def original_of(self, number: int) -> int | None:
        """The number of the life that a copy repeats; None for a life of its own."""
        rest = number - self.originals
        if rest < 0:
            return None
        for block, copies in zip(self._copied, self._copies, strict=True):
            if rest < copies:
                return block.first + rest
            rest -= copies
        raise IndexError(number)

    def life(self, number: int) -> Life:
        """The life with a number, as far as the register knows it."""
        original = self.original_of(number)
        if original is not None:
            return self._copy(self._own(original), number)
        return self._own(number)

    def _copy(self, life: Life, number: int) -> Life:
        """The same business under a number of the time before unified codes, entered by somebody else."""
        code = f"{life.states[0].place[:6]}6{number:08d}"
        first = replace(life.states[0], flags=(), grade="", parent="")
        return replace(
            life,
            number=number,
            code=code,
            states=(first,),
            latitude=None,
            longitude=None,
            faults=("duplicate",),
        )

    def identity(self, number: int) -> tuple[str, Township]:
        """Code and first place of a life: what others need to point to it."""
        block = self.block_of(number)
        place = self.land.place(self.rng("place", number))
        if block.subject_type == "vaccination_unit":
            return f"{place.county_code}{number - block.first:04d}", place
        category = PUBLIC.get(block.subject_type) or (
            "91" if ENDINGS[block.subject_type].endswith("公司") else "92"
        )
        return unified_code(category, place.county_code, f"{UNISSUED}{number:06d}"), place

    def _own(self, number: int) -> Life:
        block, rng = self.block_of(number), self.rng("life", number)
        code, place = self.identity(number)
        opened, closed = self._span(block, number, rng)
        faults: list[str] = []
        first = self._first_state(block, number, place, opened, rng, faults)
        lapses = rng.random() < chances("faults")["licence_lapsed"]
        if lapses and self._could_lapse(block, opened, closed):
            faults.append("licence_lapsed")
        states = tuple(self._states(number, first, opened, closed, rng))
        latitude, longitude = self._position(place, rng, faults)
        return Life(
            number=number,
            code=code,
            name=self._name(block.subject_type, place, number),
            address=self._address(place, rng, faults),
            latitude=latitude,
            longitude=longitude,
            opened_on=opened,
            closed_on=closed,
            states=states,
            faults=tuple(faults),
        )

    def _span(self, block: Block, number: int, rng: Random) -> tuple[date, date | None]:
        """When a subject opened and closed; those that the counts speak of were open at the end of 2020."""
        until = self.province.until
        if number - block.first < block.early:
            # Two draws, the later one wins: there are more young businesses than old ones.
            span = (FIRST_DAY - EARLIEST).days - 30
            opened = EARLIEST + max(rng.randrange(span), rng.randrange(span)) * DAY
        else:
            opened = FIRST_DAY + rng.randrange((until - FIRST_DAY).days + 1) * DAY
        chance = traits(block.subject_type)["closes"]
        for year in range(FIRST_DAY.year, until.year + 1):
            if rng.random() < chance:
                closed = date(year, 1, 1) + rng.randrange(365) * DAY
                if opened + 90 * DAY < closed <= until:
                    return opened, closed
        return opened, None

    def _could_lapse(self, block: Block, opened: date, closed: date | None) -> bool:
        """Whether a subject holds a drug licence, is open, and has had to renew it."""
        return (
            block.subject_type in LICENSED and closed is None and opened.year + 6 < self.province.until.year
        )

    def _first_state(
        self, block: Block, number: int, place: Township, opened: date, rng: Random, faults: list[str]
    ) -> State:
        known = traits(block.subject_type)
        flags = {flag for flag, share in known["flags"].items() if rng.random() < share}
        level = None
        if known["answers"] == "province":
            flags.add("directly_supervised")
        if block.subject_type == "hospital":
            level = rng.choices((1, 2, 3), (0.55, 0.33, 0.12))[0]
            flags.add("below_level2" if level == 1 else "level2_plus")
        grades = known["grades"]
        grade = rng.choices(list(grades), list(grades.values()))[0] if grades else ""
        if grade and rng.random() < chances("faults")["missing_grade"]:
            grade = ""
            faults.append("missing_grade")
        code = place.code
        if rng.random() < chances("faults")["unknown_place"]:
            code = place.county_code + UNKNOWN
            faults.append("unknown_place")
        return State(
            since=opened,
            subject_type=block.subject_type,
            flags=tuple(sorted(flags)),
            grade=grade,
            in_production=True,
            place=code,
            organ=self.land.organ_of_level(known["answers"], code),
            parent=self._headquarters(number) if block.subject_type == "chain_store" else "",
            hospital_level=level,
        )

    def _chain_of(self, number: int) -> int | None:
        """The number of the headquarters of a store's chain; None where there are no chains."""
        block = self._of_type.get("chain_headquarters")
        return None if block is None else block.first + self.rng("chain", number).randrange(block.early)

    def _headquarters(self, number: int) -> str:
        """The code of the headquarters that a store belongs to; empty where there are no chains."""
        chain = self._chain_of(number)
        return "" if chain is None else self.identity(chain)[0]

    def _states(
        self, number: int, first: State, opened: date, closed: date | None, rng: Random
    ) -> Iterator[State]:
        """The first state and those that follow, each on the first day of a month."""
        yield first
        block, state = self.block_of(number), first
        end = min(closed - DAY, self.province.until) if closed else self.province.until
        for day, change in sorted(self._wishes(block, rng)):
            if opened < day <= end:
                changed = self._changed(state, change, number, rng)
                if changed is not None and changed != state:
                    state = replace(changed, since=day)
                    yield state

    def _wishes(self, block: Block, rng: Random) -> Iterator[tuple[date, str]]:
        """Days and kinds of changes, at most one a day."""
        course, known = chances("course"), traits(block.subject_type)
        taken: set[date] = set()
        kinds = {
            "regrade": course["regrade"] if known["grades"] else 0,
            "reflag": course["reflag"] if known["flags"] else 0,
            "becomes": course["becomes"] if "becomes" in known else 0,
            "moves": 0 if block.subject_type in SETTLED else course["moves"],
            "stops": known.get("stops", 0),
        }
        for year in range(FIRST_DAY.year, self.province.until.year + 1):
            for kind, chance in kinds.items():
                if chance and rng.random() < chance:
                    day = date(year, *(GRADING_DAY if kind == "regrade" else rng.choice(SEASONS)))
                    if day not in taken:
                        taken.add(day)
                        yield day, kind

    def _changed(self, state: State, change: str, number: int, rng: Random) -> State | None:
        """The state after a change; None where it changes nothing."""
        match change:
            case "regrade":
                return replace(state, grade=rng.choice([g for g in GRADES if g != state.grade]))
            case "stops":
                return replace(state, in_production=not state.in_production)
            case "reflag":
                return self._reflagged(state, rng)
            case "moves":
                return self._moved(state, rng)
            case "becomes":
                return self._became(state, number)
        raise ValueError(change)

    def _reflagged(self, state: State, rng: Random) -> State | None:
        usual = [flag for flag in traits(state.subject_type)["flags"] if flag not in STEADY]
        if not usual:
            return None
        flags = set(state.flags) ^ {rng.choice(usual)}
        return replace(state, flags=tuple(sorted(flags)))

    def _moved(self, state: State, rng: Random) -> State:
        place = self.land.place(rng).code
        organ = self.land.organ_of_level(traits(state.subject_type)["answers"], place)
        return replace(state, place=place, organ=organ)

    def _became(self, state: State, number: int) -> State | None:
        """Another type: an independent pharmacy joins a chain, a producer goes up a class."""
        wanted = traits(state.subject_type).get("becomes", "")
        parent = self._headquarters(number) if wanted == "chain_store" else ""
        if not wanted or (wanted == "chain_store" and not parent):
            return None
        known: Any = traits(wanted)
        flags = {flag for flag in state.flags if flag in known["flags"]}
        if known["answers"] == "province":
            flags.add("directly_supervised")
        organ = self.land.organ_of_level(known["answers"], state.place)
        return replace(state, subject_type=wanted, flags=tuple(sorted(flags)), organ=organ, parent=parent)

    def _brand(self, number: int) -> str:
        words, rng = content("names"), self.rng("brand", number)
        return str(rng.choice(words["brand_first"]) + rng.choice(words["brand_second"]))

    def _name(self, subject_type: str, place: Township, number: int) -> str:
        if subject_type == "chain_store":
            chain = self._chain_of(number)
            brand = self._brand(number if chain is None else chain)
            return (
                f"{self.province.short}{brand}{ENDINGS[subject_type]}{place.county}第{number % 500 + 1}分店"
            )
        if subject_type == "chain_headquarters":
            return f"{self.province.short}{self._brand(number)}{ENDINGS[subject_type]}"
        if subject_type == "cdc":
            return f"{place.county}{ENDINGS[subject_type]}"
        if subject_type in ("primary_care", "vaccination_unit"):
            return f"{place.county}{place.name}{ENDINGS[subject_type]}"
        return f"{place.county}{self._brand(number)}{ENDINGS[subject_type]}"

    def _address(self, place: Township, rng: Random, faults: list[str]) -> str:
        if rng.random() < chances("faults")["missing_address"]:
            faults.append("missing_address")
            return ""
        road = rng.choice(content("places")["roads"])
        city = self.land.prefecture_name(place.code)
        return f"{city}{place.county}{place.name}{road}{rng.randrange(1, 400)}号"

    def _position(self, place: Township, rng: Random, faults: list[str]) -> tuple[float | None, float | None]:
        """Around a made-up centre of the county inside the province's box."""
        if rng.random() < chances("faults")["missing_coordinates"]:
            faults.append("missing_coordinates")
            return None, None
        south, north, west, east = self.province.box
        middle = Random(place.county_code)
        latitude = south + (north - south) * middle.random() + rng.gauss(0, 0.05)
        longitude = west + (east - west) * middle.random() + rng.gauss(0, 0.06)
        return round(latitude, 6), round(longitude, 6)
