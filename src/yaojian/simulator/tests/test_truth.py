"""The truth about small worlds that can be counted on one's fingers."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from yaojian.simulator.entities import SimInspection, SimSubject, World
from yaojian.simulator.tests.worlds import AS_OF, world_on
from yaojian.simulator.truth import (
    barkol_device_operators,
    barkol_full_item,
    barkol_vaccination_units,
    changji_drug_operators,
    changji_producers,
    truth_bytes,
    truth_of,
    write_truth,
)

BEIJING, UTC = ZoneInfo("Asia/Shanghai"), ZoneInfo("UTC")
DAY = date(2026, 11, 20)


def subject(code: str, subject_type: str, **other: object) -> SimSubject:
    values: dict[str, object] = {"division_code": "652301001", "opened_on": date(2015, 1, 1), **other}
    return SimSubject(
        code=code, name=code, subject_type=subject_type, organ="xj", address="", licence_no="", **values
    )


def inspected(code: str, at: datetime | None, kind: str = "routine") -> SimInspection:
    opened = datetime(2020, 1, 2, 11, 0, tzinfo=BEIJING)
    return SimInspection(code, "xj", "province", kind, "", ("a", "b"), opened, 5, concluded_at=at)


def at(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 12, 0, tzinfo=BEIJING)


def world(subjects: list[SimSubject], inspections: list[SimInspection]) -> World:
    return World(1, DAY, tuple(subjects), (), tuple(inspections))


def test_producers_of_this_year() -> None:
    figure = changji_producers(
        world(
            [
                subject("A", "drug_producer"),
                subject("B", "device_producer_3"),
                subject("C", "cosmetic_producer", opened_on=date(2026, 1, 1)),
                subject("D", "cosmetic_producer", opened_on=date(2026, 1, 2)),
                subject("E", "device_producer_1", closed_on=DAY, opened_on=date(2026, 5, 1)),
                subject("F", "device_producer_1", division_code="650521100"),
                subject("G", "device_operator"),
            ],
            [
                inspected("A", at(2025, 12, 31)),
                inspected("B", at(2026, 1, 1)),
                inspected("C", None),
                inspected("D", at(2026, 3, 3)),
                inspected("E", at(2026, 3, 3)),
            ],
        )
    )
    assert (figure["numerator"], figure["denominator"], figure["percent"]) == (1, 3, "33.33")
    assert figure["excluded"] == {"closed": 1, "opened_later": 1}
    assert figure["numerator_codes_sha256"] == hashlib.sha256(b"B").hexdigest()


def test_days_are_days_in_beijing() -> None:
    eve = datetime(2025, 12, 31, 17, 0, tzinfo=UTC)  # already the first of January in Beijing
    figure = changji_producers(world([subject("A", "drug_producer")], [inspected("A", eve)]))
    assert figure["percent"] == "100.00"


def test_three_years_roll() -> None:
    subjects = [subject(code, "single_pharmacy") for code in "ABC"]
    inspections = [
        inspected("A", at(2023, 11, 20)),
        inspected("B", at(2023, 11, 21)),
        inspected("C", at(2026, 11, 20)),
    ]
    figure = changji_drug_operators(world(subjects, inspections))
    assert (figure["numerator"], figure["denominator"], figure["period_start"]) == (2, 3, "2023-11-21")


def test_only_full_item_inspections_count_where_the_plan_says_so() -> None:
    subjects = [subject(code, "clinic", division_code="650521100") for code in "AB"]
    inspections = [inspected("A", at(2026, 2, 2)), inspected("B", at(2026, 2, 2), kind="full_item")]
    assert barkol_full_item(world(subjects, inspections))["numerator"] == 1


def test_device_operators_with_any_of_the_three_flags() -> None:
    subjects = [
        subject(code, "device_operator", division_code="650521100", flags=flags)
        for code, flags in (("A", ("ivd",)), ("B", ("implant", "sterile")), ("C", ("high_risk",)), ("D", ()))
    ]
    assert barkol_device_operators(world(subjects, []))["denominator"] == 2


def test_nobody_in_scope_has_no_percentage() -> None:
    figure = barkol_vaccination_units(world([], []))
    assert (figure["numerator"], figure["denominator"], figure["percent"]) == (0, 0, None)


def test_the_simulated_truth_is_worth_looking_at() -> None:
    figures = {figure["key"]: figure for figure in truth_of(world_on(AS_OF))["figures"]}
    assert figures["002-05"]["denominator"] - figures["002-05"]["numerator"] == 1
    assert figures["002-05"]["excluded"]["opened_later"] == 1
    assert 95 <= float(figures["002-S1"]["percent"]) <= 98
    assert figures["003-02"]["denominator"] - figures["003-02"]["numerator"] == 1
    assert 75 <= float(figures["003-09"]["percent"]) < 100
    assert float(figures["003-10b"]["percent"]) >= 88


def test_the_file_holds_the_truth(tmp_path: Path) -> None:
    path = write_truth(world_on(AS_OF), tmp_path / "truth")
    assert path.name == "14-2026-11-20.json"
    assert path.read_bytes() == truth_bytes(world_on(AS_OF))
    assert json.loads(path.read_bytes()) == truth_of(world_on(AS_OF))
