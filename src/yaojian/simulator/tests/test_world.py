"""The simulated world: reproducible, as many as the plan counts, nothing impossible."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter, defaultdict
from datetime import date, timedelta
from itertools import pairwise

import pytest

from yaojian.packs.places import read_divisions, read_organs
from yaojian.registers.enterprises.codes import is_unified_code
from yaojian.simulator.content import content
from yaojian.simulator.entities import SimInspection
from yaojian.simulator.history import first_day
from yaojian.simulator.tests.worlds import AS_OF, SEED, world_on
from yaojian.simulator.truth import truth_bytes
from yaojian.simulator.working_time import is_office_hours
from yaojian.simulator.world import build_world

# From the plan's text, L151-165.
PLAN = {
    "drug_producer": 1,
    "preparation_room": 1,
    "drug_wholesaler": 15,
    "chain_headquarters": 7,
    "chain_store": 437,
    "single_pharmacy": 286,
    "cosmetic_producer": 8,
    "cosmetic_operator": 2969,
    "device_producer_1": 3,
    "device_producer_2": 4,
}
OTHER_DAYS = [date(2024, 2, 29), date(2025, 1, 3), date(2026, 11, 22), date(2027, 6, 30)]


@pytest.fixture(params=[AS_OF, *OTHER_DAYS], ids=str)
def day(request: pytest.FixtureRequest) -> date:
    """A day to look at the world on."""
    chosen: date = request.param
    return chosen


def test_counts_are_the_plans_own() -> None:
    in_changji = (s for s in world_on(AS_OF).subjects if s.division_code.startswith("6523"))
    assert Counter(subject.subject_type for subject in in_changji) == PLAN


def test_one_seed_is_one_world() -> None:
    assert build_world(SEED, AS_OF) == world_on(AS_OF)
    assert truth_bytes(build_world(SEED, AS_OF)) == truth_bytes(world_on(AS_OF))


def test_another_process_with_another_hash_seed_says_the_same() -> None:
    program = (
        "import sys; from datetime import date; from yaojian.simulator.world import build_world;"
        "from yaojian.simulator.truth import truth_bytes;"
        f"sys.stdout.buffer.write(truth_bytes(build_world({SEED}, date.fromisoformat('{AS_OF}'))))"
    )
    for hash_seed in ("1", "2"):
        answer = subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": hash_seed},
            capture_output=True,
            check=True,
        )
        assert answer.stdout == truth_bytes(world_on(AS_OF))


def test_another_seed_is_another_world() -> None:
    assert truth_bytes(build_world(SEED + 1, AS_OF)) != truth_bytes(world_on(AS_OF))


def test_codes_and_names_are_valid_and_unique(day: date) -> None:
    subjects = world_on(day).subjects
    assert len({subject.code for subject in subjects}) == len(subjects)
    assert len({subject.name for subject in subjects}) == len(subjects)
    for subject in subjects:
        facility = subject.subject_type == "vaccination_unit"
        assert is_unified_code(subject.code) or (facility and len(subject.code) == 10)
    licences = [subject.licence_no for subject in subjects if subject.licence_no]
    assert len(set(licences)) == len(licences)


def test_subjects_stand_where_places_are() -> None:
    divisions = {division.code for division in read_divisions()}
    organs = {organ.code: organ for organ in read_organs()}
    for subject in world_on(AS_OF).subjects:
        assert subject.division_code in divisions
        assert any(subject.division_code.startswith(t) for t in organs[subject.organ].territories)
        assert "兵团" not in subject.address
    assert max(len(subject.name) for subject in world_on(AS_OF).subjects) > 40


def test_subjects_live_before_the_day(day: date) -> None:
    parents = {subject.code for subject in world_on(day).subjects}
    for subject in world_on(day).subjects:
        assert subject.opened_on < day
        assert subject.closed_on is None or subject.opened_on < subject.closed_on < day
        assert not subject.parent or subject.parent in parents


def _moments(inspection: SimInspection) -> list[date]:
    moments = [inspection.opened_at, inspection.started_at, *(f.at for f in inspection.findings)]
    moments += [inspection.concluded_at, inspection.cancelled_at]
    moments += [m for r in inspection.rounds for m in (r.submitted_at, r.judged_at)]
    return [moment for moment in moments if moment is not None]


def test_everything_happens_in_office_hours_and_in_order(day: date) -> None:
    for inspection in world_on(day).inspections:
        moments = _moments(inspection)
        assert all(is_office_hours(moment) for moment in moments), inspection
        assert moments == sorted(moments), inspection
        # Written down before the loading morning begins.
        assert moments[-1].date() < day


def test_only_living_subjects_are_inspected(day: date) -> None:
    subjects = {subject.code: subject for subject in world_on(day).subjects}
    for inspection in world_on(day).inspections:
        subject = subjects[inspection.subject]
        assert subject.opened_on <= inspection.opened_at.date()
        if inspection.concluded_at and subject.closed_on:
            assert inspection.concluded_at.date() < subject.closed_on
        if inspection.concluded_at:
            assert first_day(day) <= inspection.concluded_at.date() < day


def test_teams_are_two_inspectors_of_the_organ_and_never_at_two_places(day: date) -> None:
    inspectors = {o.username: o.organ for o in world_on(day).officers if o.role == "inspector"}
    on_site: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for inspection in world_on(day).inspections:
        assert len(set(inspection.team)) == 2
        assert {inspectors[name] for name in inspection.team} == {inspection.organ}
        if inspection.started_at and inspection.concluded_at:
            for name in inspection.team:
                on_site[name].append((inspection.started_at.timestamp(), inspection.concluded_at.timestamp()))
    for visits in on_site.values():
        visits.sort()
        assert all(before[1] < after[0] for before, after in pairwise(visits))


def test_conclusions_follow_from_findings() -> None:
    for inspection in world_on(AS_OF).inspections:
        severities = {finding.severity for finding in inspection.findings}
        if inspection.concluded_at:
            wanted = "non_compliant" if "critical" in severities else "rectify" if severities else "compliant"
            assert inspection.conclusion == wanted
            assert (inspection.rectify_by is not None) == bool(severities)


def test_some_work_is_left_open() -> None:
    states = Counter(inspection.state for inspection in world_on(AS_OF).inspections)
    assert states["planned"] >= 5
    assert states["on_site"] >= 1
    assert states["submitted"] >= 3
    overdue = [i for i in world_on(AS_OF).inspections if i.state == "rectifying" and i.rectify_by < AS_OF]
    assert 1 <= len(overdue) < states["rectifying"]
    late = [
        i
        for i in world_on(AS_OF).inspections
        if i.state == "closed" and i.rounds and i.rounds[-1].judged_at.date() > i.rectify_by
    ]
    assert late


def test_the_findings_of_two_years_are_of_every_family() -> None:
    texts = {finding.clause for i in world_on(AS_OF).inspections for finding in i.findings}
    families = {family for area in ("changji", "barkol") for family in _families(area)}
    for family in families:
        assert texts & {entry[1] for entry in content("findings")[family]}, family


def _families(area: str) -> set[str]:
    return {rates["family"] for rates in content("rates")[area].values()}


def test_enough_officers_for_every_visit() -> None:
    """The diaries are not so full that programmes are lost: pharmacies are visited as the rates say."""
    visited = {i.subject for i in world_on(AS_OF).inspections if i.concluded_at}
    living = [
        s
        for s in world_on(AS_OF).subjects
        if s.subject_type in ("chain_store", "single_pharmacy")
        and s.closed_on is None
        and s.opened_on < AS_OF - timedelta(days=730)
    ]
    share = sum(1 for subject in living if subject.code in visited) / len(living)
    assert 0.95 <= share <= 0.99
