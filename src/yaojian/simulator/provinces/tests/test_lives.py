"""Lives of a province: reproducible one by one, as many as the plan says, impossible only in faults."""

from __future__ import annotations

import ast
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from yaojian.packs.places import read_divisions
from yaojian.registers.enterprises.codes import is_unified_code, looks_unified
from yaojian.simulator.provinces.births import Births
from yaojian.simulator.provinces.facts import FIRST_DAY, LAST_DAY, codes, province
from yaojian.simulator.provinces.land import Land
from yaojian.simulator.provinces.lives import Life
from yaojian.simulator.provinces.visits import Visits

SEED = 14
SMALL = {"ningxia": 0.02, "neimenggu": 0.003, "jiangxi": 0.004, "changji": 0.1, "barkol": 1.0}
PURE = (
    *("adding_up", "book", "births", "cells", "counting", "facts", "land"),
    *("lives", "plan_text", "roster", "statements", "visits"),
)
SUPERVISED = (
    "drug_producer",
    "preparation_room",
    "drug_wholesaler",
    "chain_headquarters",
    "device_producer_2",
    "device_producer_3",
    "cosmetic_producer",
    "ecommerce_platform",
)


def _visits(code: str, share: float | None = None) -> Visits:
    chosen = province(code, seed=SEED, share=share or SMALL[code])
    return Visits(Births(chosen, Land(chosen)))


@pytest.fixture(params=codes())
def lives(request: pytest.FixtureRequest) -> list[Life]:
    visits = _visits(request.param)
    return [visits.life(number) for number in range(visits.births.size)]


def test_any_life_can_be_made_again_alone() -> None:
    visits, others = _visits("ningxia"), _visits("ningxia")
    whole = [visits.life(number) for number in range(visits.births.size)]
    for number in (0, 17, len(whole) - 1, 250, 3):
        assert others.life(number) == whole[number]
    assert _visits("ningxia", 0.03).life(0).code[:2] == whole[0].code[:2]


def test_the_counts_are_those_of_the_plans() -> None:
    ningxia = Births(*(lambda p: (p, Land(p)))(province("ningxia", seed=SEED)))
    early = {block.subject_type: block.early for block in ningxia.blocks}
    assert sum(early[kind] for kind in SUPERVISED) == 152
    assert early["chain_store"] + early["single_pharmacy"] == 4_100
    mongolia = province("neimenggu", seed=SEED)
    assert 139_000 < Births(mongolia, Land(mongolia)).size < 140_000


def test_codes_are_valid_and_given_once(lives: list[Life]) -> None:
    given = Counter(life.code for life in lives)
    assert max(given.values()) == 1
    assert all(is_unified_code(code) for code in given if looks_unified(code))


def test_states_follow_each_other_while_a_subject_is_open(lives: list[Life]) -> None:
    for life in lives:
        days = [state.since for state in life.states]
        assert days == sorted(set(days))
        assert days[0] == life.opened_on
        assert life.closed_on is None or days[-1] < life.closed_on <= LAST_DAY
        assert all(one != other for one, other in zip(life.states, life.states[1:], strict=False))


def test_visits_are_in_order_and_only_faults_are_impossible(lives: list[Life]) -> None:
    for life in lives:
        assert [visit.at for visit in life.visits] == sorted(visit.at for visit in life.visits)
        wrong = {fault for fault in life.faults if fault.startswith(("before_opening", "after_closing"))}
        for visit in life.visits:
            day = visit.at.date()
            assert FIRST_DAY <= day <= LAST_DAY
            before = day < life.opened_on
            after = life.closed_on is not None and day >= life.closed_on
            assert before == (f"before_opening:{visit.number}" in wrong)
            assert after == (f"after_closing:{visit.number}" in wrong)
            if visit.rectification:
                assert visit.filed
                assert visit.severities


def test_a_province_has_every_kind_of_fault() -> None:
    visits = _visits("ningxia", 0.15)
    kinds = Counter(
        fault.partition(":")[0] for n in range(visits.births.size) for fault in visits.life(n).faults
    )
    assert kinds.keys() == {
        *("duplicate", "missing_coordinates", "missing_address", "missing_grade", "unknown_place"),
        *("before_opening", "after_closing", "outside_level", "recorded_late", "year_end_night"),
        *("not_rectified", "rectified_late", "licence_lapsed"),
    }


@pytest.mark.parametrize("code", codes())
def test_every_place_has_its_organs(code: str) -> None:
    land = Land(province(code, seed=SEED))
    known = {division.code for division in read_divisions()} | {made for made, *_names in land.made_up()}
    for places in land.townships.values():
        for place in places:
            assert place.code in known
            assert land.province.organ in land.around(place.code)
            assert place.code.startswith(land.by_code[land.organ_of_level("county", place.code)].territories)
    assert len({organ.code for organ in land.organs}) == len(land.organs)
    seen: set[str] = set()
    for organ in land.organs:
        assert not organ.parent or organ.parent in seen
        seen.add(organ.code)


def test_an_impossible_province_is_refused() -> None:
    for share in (0.0, 1.5):
        with pytest.raises(ValueError, match="share"):
            province("ningxia", seed=SEED, share=share)
    with pytest.raises(ValueError, match="before"):
        province("ningxia", seed=SEED, until=date(2020, 12, 31))
    with pytest.raises(KeyError):
        province("atlantis", seed=SEED)


@pytest.mark.parametrize("name", PURE)
def test_the_truth_knows_nothing_of_the_product(name: str) -> None:
    tree = ast.parse((Path(__file__).parents[1] / f"{name}.py").read_text(encoding="utf-8"))
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    own = {module for module in imported if module.startswith("yaojian")}
    allowed = ("yaojian.simulator", "yaojian.packs.places", "yaojian.registers.enterprises.codes")
    assert all(module.startswith(allowed) for module in own)
    assert not any(module.startswith("django") for module in imported)
