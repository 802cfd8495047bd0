"""The plain count, held against numbers counted by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

import pytest

from yaojian.simulator.provinces.counting import Counter, period_of, standing_on, years_after
from yaojian.simulator.provinces.duties import DutyCounter, mandates_beside
from yaojian.simulator.provinces.facts import province
from yaojian.simulator.provinces.land import Land
from yaojian.simulator.provinces.lives import Life, Rectification, State, Visit
from yaojian.simulator.provinces.plan_text import Wanted
from yaojian.simulator.working_time import BEIJING

LAND = Land(province("ningxia", seed=1))
PLACE = "640104901"
YEAR = {"unit": "year"}
END = date(2023, 12, 31)


def _wanted(**formula: Any) -> Wanted:
    whole = {
        "shape": "coverage",
        "scope": {"types": ["single_pharmacy"]},
        "within": "territory",
        "act": {"kind": "inspection.concluded"},
        "period": YEAR,
        **formula,
    }
    return Wanted("x", "ningxia", 2021, "mandate", "percent", whole, ({"op": ">=", "value": 100},))


def _state(since: date, **changes: Any) -> State:
    state = State(since, "single_pharmacy", (), "I", True, PLACE, "nx.640104")
    return replace(state, **changes)


def _visit(at: tuple[int, int, int, int, int], **changes: Any) -> Visit:
    year, month, day, hour, minute = at
    moment = datetime(year, month, day, hour, minute, tzinfo=BEIJING)
    return replace(Visit(1, moment, "nx.640104", "county", "routine"), **changes)


def _life(opened: date, *visits: Visit, closed: date | None = None, states: tuple[State, ...] = ()) -> Life:
    return Life(1, "c", "n", "", None, None, opened, closed, states or (_state(opened),), visits)


def _count(wanted: Wanted, *lives: Life, organ: str = "nx", day: date = END) -> dict[str, Any]:
    counter = Counter([wanted], LAND, [day])
    for number, life in enumerate(lives):
        counter.add(replace(life, code=f"c{number}"))
    return next(line for line in counter.lines() if line["organ"] == organ)


def _numbers(line: dict[str, Any]) -> tuple[str, str, dict[str, int]]:
    return line["numerator"], line["denominator"], line["excluded"]


def test_members_reached_and_left_out() -> None:
    old, seen = date(2019, 5, 1), _visit((2023, 6, 1, 10, 0))
    line = _count(
        _wanted(),
        _life(old, seen),
        _life(old, _visit((2022, 6, 1, 10, 0))),
        _life(old, seen, closed=date(2023, 12, 31)),
        _life(date(2023, 1, 2), seen),
        _life(date(2023, 1, 2), closed=date(2023, 9, 1)),
        _life(date(2024, 1, 1)),
        _life(date(2023, 1, 1), seen),
    )
    assert _numbers(line) == ("2", "3", {"closed": 2, "opened_later": 1})
    assert line["value"] == "66.67"
    assert line["number"] == "200/3"


def test_the_year_ends_at_midnight_in_beijing() -> None:
    old = date(2019, 5, 1)
    line = _count(
        _wanted(),
        _life(old, _visit((2023, 12, 31, 23, 59))),
        _life(old, _visit((2024, 1, 1, 0, 0))),
        _life(old, _visit((2022, 12, 31, 23, 59))),
        _life(old, _visit((2023, 1, 1, 0, 0))),
    )
    assert _numbers(line)[:2] == ("2", "4")


def test_type_marks_grade_and_place_are_those_of_the_data_date() -> None:
    old = date(2019, 5, 1)
    became = (_state(old), _state(date(2024, 3, 1), subject_type="chain_store"))
    was = (_state(old, subject_type="clinic"), _state(date(2023, 3, 1)))
    moved = (_state(old), _state(date(2023, 3, 1), place="640202901"))
    lives = [_life(old, states=states) for states in (became, was, moved)]
    assert _count(_wanted(), *lives)["denominator"] == "3"
    assert _count(_wanted(), *lives, organ="nx.6401")["denominator"] == "2"
    graded = _wanted(scope={"types": ["single_pharmacy"], "risk_grades": ["II", "III"]})
    regraded = (_state(old), _state(date(2023, 12, 31), grade="III"))
    assert _count(graded, _life(old, states=regraded))["denominator"] == "1"
    assert _count(graded, _life(old, states=regraded), day=date(2023, 12, 30))["denominator"] == "0"


def test_kinds_levels_and_the_minimum_narrow_what_counts() -> None:
    old = date(2019, 5, 1)
    full = _visit((2023, 3, 1, 10, 0), kind="full_item", level="province")
    routine = _visit((2023, 4, 1, 10, 0))
    kinds = _wanted(act={"kind": "inspection.concluded", "inspection_kinds": ["full_item"]})
    levels = _wanted(act={"kind": "inspection.concluded", "organ_levels": ["province", "branch"]})
    assert _count(kinds, _life(old, full), _life(old, routine))["numerator"] == "1"
    assert _count(levels, _life(old, full), _life(old, routine))["numerator"] == "1"
    assert _count(_wanted(minimum=2), _life(old, full, routine), _life(old, full))["numerator"] == "1"


def test_closure_counts_what_fell_due_and_was_verified() -> None:
    def visited(deadline: date, verified: date | None) -> Life:
        at = None if verified is None else datetime.combine(verified, time(9), tzinfo=BEIJING)
        put_right = Rectification(deadline, deadline, verified_at=at)
        return _life(date(2019, 5, 1), _visit((2023, 2, 1, 10, 0), rectification=put_right))

    line = _count(
        _wanted(shape="closure"),
        visited(date(2023, 3, 1), date(2023, 2, 20)),
        visited(date(2023, 3, 1), date(2023, 5, 1)),
        visited(date(2023, 3, 1), None),
        visited(date(2023, 12, 31), date(2024, 1, 1)),
        visited(date(2024, 1, 1), date(2023, 12, 1)),
        visited(date(2022, 12, 31), date(2023, 2, 1)),
    )
    assert (line["numerator"], line["denominator"], line["late"]) == ("2", "4", 1)


@pytest.mark.parametrize(
    ("period", "minimum", "since", "days", "standing"),
    [
        (YEAR, 1, date(2021, 1, 1), [date(2023, 5, 1)], "met"),
        (YEAR, 1, date(2021, 1, 1), [date(2022, 5, 1)], "due"),
        (YEAR, 1, date(2021, 1, 1), [date(2021, 5, 1)], "overdue"),
        (YEAR, 1, date(2022, 6, 1), [], "due"),
        (YEAR, 2, date(2023, 7, 3), [date(2023, 8, 1)], "met"),
        (YEAR, 2, date(2023, 6, 1), [date(2023, 8, 1)], "due"),
        ({"unit": "rolling_years", "n": 3}, 1, date(2021, 1, 1), [date(2021, 1, 1)], "met"),
        ({"unit": "rolling_years", "n": 3}, 1, date(2021, 1, 1), [], "due"),
        ({"unit": "rolling_years", "n": 2}, 1, date(2021, 1, 1), [date(2021, 6, 1)], "overdue"),
        ({"unit": "rolling_years", "n": 2}, 1, date(2021, 1, 1), [], "overdue"),
        ({"unit": "window", "start": "2021-01-01", "end": "2022-12-31"}, 1, date(2021, 1, 1), [], "overdue"),
        ({"unit": "window", "start": "2021-01-01", "end": "2022-12-31"}, 1, date(2021, 1, 1), [END], "met"),
        ({"unit": "window", "start": "2021-01-01", "end": "2025-12-31"}, 1, date(2021, 1, 1), [], "due"),
    ],
)
def test_where_a_subject_stands(
    period: dict[str, Any], minimum: int, since: date, days: list[date], standing: str
) -> None:
    assert standing_on(_wanted(period=period, minimum=minimum), since, days, END) == standing


def test_periods_and_years() -> None:
    day = date(2023, 11, 15)
    assert period_of({"unit": "quarter"}, day) == (date(2023, 10, 1), date(2023, 12, 31))
    assert period_of({"unit": "half_year"}, day) == (date(2023, 7, 1), date(2023, 12, 31))
    assert period_of({"unit": "month"}, day) == (date(2023, 11, 1), date(2023, 11, 30))
    assert period_of({"unit": "week"}, day) == (date(2023, 11, 13), date(2023, 11, 19))
    assert period_of({"unit": "rolling_years", "n": 3}, day) == (date(2020, 11, 16), day)
    assert years_after(date(2024, 2, 29), 1) == date(2025, 3, 1)
    assert years_after(date(2024, 2, 29), -3) == date(2021, 2, 28)


def test_national_rules_bind_from_their_day_and_shares_have_a_population() -> None:
    rule = replace(_wanted(period={"unit": "rolling_years", "n": 2}), first_day=date(2021, 7, 1))
    share = replace(_wanted(), key="s", targets=({"op": ">=", "value": 30},))
    assert share.asks_a_share
    assert not rule.asks_a_share
    days = [date(2021, 6, 30), date(2022, 12, 31), END]
    counter = DutyCounter([rule, share], LAND, days)
    counter.add(_life(date(2015, 1, 1), _visit((2022, 3, 1, 10, 0))))
    counter.add(_life(date(2015, 1, 1)))
    counter.add(_life(date(2023, 5, 1)))
    counter.add(_life(date(2015, 1, 1), closed=date(2021, 1, 1)))
    lines = {(line["mandate"], line["as_of"]): line for line in counter.lines() if line["organ"] == "nx"}
    assert lines["x", "2021-06-30"]["duties"] == {"met": 0, "due": 0, "overdue": 0}
    assert lines["x", "2022-12-31"]["duties"] == {"met": 1, "due": 1, "overdue": 0}
    assert lines["x", "2023-12-31"]["duties"] == {"met": 1, "due": 1, "overdue": 1}
    assert lines["s", "2022-12-31"]["asked"] == {"population": 2, "inspected": 1}
    assert lines["s", "2023-12-31"]["asked"] == {"population": 3, "inspected": 0}


def test_every_mandate_that_can_bind_is_in_the_truth() -> None:
    beside = {one.key for one in mandates_beside("ningxia")}
    assert {"law.gmp.quarterly", "law.device.operator.I", "001-47", "001-49b"} <= beside
    assert "law.cosmetics.children" not in beside
    assert "001-17" not in beside
