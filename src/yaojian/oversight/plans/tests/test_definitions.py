"""The formula language: round trips, periods, targets, wording."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from yaojian.oversight.plans.definitions import (
    ActFilter,
    DefinitionError,
    Formula,
    Period,
    Scope,
    Target,
    describe,
)
from yaojian.oversight.plans.vocabulary import vocabulary

WORDS = vocabulary()
DAYS = st.dates(min_value=date(2015, 1, 1), max_value=date(2035, 12, 31))


def some(kind: str, least: int = 0) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(list(WORDS.words(kind))), unique=True, min_size=least, max_size=4).map(
        tuple
    )


@st.composite
def scopes(draw: st.DrawFn) -> Scope:
    scope = Scope(
        draw(some("types")),
        draw(some("flags")),
        draw(some("flags")),
        draw(some("risk_grades")),
        draw(st.none() | st.booleans()),
    )
    assume(scope != Scope())
    for subject_type in scope.types:
        assume(all(WORDS.flags[flag].fits(subject_type) for flag in scope.flags_all))
        assume(not scope.flags_any or any(WORDS.flags[flag].fits(subject_type) for flag in scope.flags_any))
    return scope


@st.composite
def periods(draw: st.DrawFn) -> Period:
    unit = draw(st.sampled_from(list(WORDS.words("period_units"))))
    if unit == "rolling_years":
        return Period(unit, n=draw(st.integers(1, 10)))
    if unit == "window":
        start, end = sorted((draw(DAYS), draw(DAYS)))
        return Period(unit, start=start, end=end)
    return Period(unit)


@st.composite
def formulas(draw: st.DrawFn) -> Formula:
    act = ActFilter("inspection.concluded", draw(some("inspection_kinds")), draw(some("organ_levels")))
    return Formula(
        shape=draw(st.sampled_from(["coverage", "closure"])),
        scope=draw(scopes()),
        within=draw(st.sampled_from(["territory", "responsibility"])),
        act=act,
        period=draw(periods()),
        minimum=draw(st.integers(1, 12)),
    )


@st.composite
def targets(draw: st.DrawFn) -> Target:
    number = st.integers(0, 10_000) | st.floats(0, 1e6, allow_nan=False)
    when = (
        {"year": draw(st.integers(2021, 2025))}
        if draw(st.booleans())
        else {"every": "year", "since": draw(st.none() | st.integers(2021, 2025))}
    )
    op = draw(st.sampled_from([">=", ">", "<=", "<", "=", "about", "between", "done"]))
    if op == "between":
        low, high = sorted((draw(number), draw(number)))
        return Target(op, low=low, high=high, **when)
    return Target(op, None if op == "done" else draw(number | st.sampled_from(WORDS.grades)), **when)


@given(formulas())
def test_formulas_survive_a_round_trip(formula: Formula) -> None:
    again = Formula.from_dict(formula.to_dict())
    assert again == formula
    assert hash(again) == hash(formula)
    assert again.computable
    assert describe(formula, "zh-hans").endswith("。")
    assert describe(formula, "en").endswith(".")


@given(targets())
def test_targets_survive_a_round_trip(target: Target) -> None:
    assert Target.from_dict(target.to_dict()) == target


@given(targets(), st.integers(0, 10_000) | st.floats(0, 1e6, allow_nan=False))
def test_a_met_target_is_no_distance_away(target: Target, value: float) -> None:
    distance = target.distance(value)
    assert distance is not None
    assert distance >= 0
    if target.met_by(value):
        assert distance == 0
    assert target.met_by(None) is False
    assert target.distance(None) is None


@given(periods(), DAYS)
def test_a_period_has_bounds(period: Period, as_of: date) -> None:
    start, end = period.bounds(as_of)
    assert start <= end
    if period.unit != "window":
        assert start <= as_of <= end


@given(st.sampled_from(["day", "week", "month", "quarter", "half_year", "year"]), DAYS)
def test_calendar_periods_follow_each_other_without_gap(unit: str, as_of: date) -> None:
    start, end = Period(unit).bounds(as_of)
    assert Period(unit).bounds(start) == Period(unit).bounds(end) == (start, end)
    assert Period(unit).bounds(end + timedelta(days=1))[0] == end + timedelta(days=1)


@pytest.mark.parametrize(
    ("period", "as_of", "bounds"),
    [
        (Period("quarter"), date(2024, 5, 31), (date(2024, 4, 1), date(2024, 6, 30))),
        (Period("half_year"), date(2024, 12, 31), (date(2024, 7, 1), date(2024, 12, 31))),
        (Period("rolling_years", n=3), date(2024, 6, 30), (date(2021, 7, 1), date(2024, 6, 30))),
        (Period("rolling_years", n=1), date(2024, 2, 29), (date(2023, 3, 1), date(2024, 2, 29))),
        (
            Period("window", start=date(2021, 1, 1), end=date(2022, 12, 31)),
            date(2022, 6, 1),
            (date(2021, 1, 1), date(2022, 12, 31)),
        ),
    ],
)
def test_bounds(period: Period, as_of: date, bounds: tuple[date, date]) -> None:
    assert period.bounds(as_of) == bounds


@pytest.mark.parametrize(
    ("target", "value", "met", "distance"),
    [
        (Target(">=", 98.0, year=2025), 97.5, False, 0.5),
        (Target(">=", 98.0, year=2025), 98.0, True, 0.0),
        (Target(">", 3.5, year=2025), 3.5, False, 0.0),
        (Target("<=", 5, year=2025), 7, False, 2.0),
        (Target("between", low=3, high=5, year=2025), 2, False, 1.0),
        (Target("between", low=3, high=5, year=2025), 6, True, 0.0),
        (Target("about", 10, year=2025), 9, True, 0.0),
        (Target("about", 10, year=2025), 8, False, 1.0),
        (Target(">=", "B", year=2025), "B+", True, 0.0),
        (Target(">=", "B", year=2025), "C", False, 2.0),
        (Target("done", year=2025), True, True, 0.0),
        (Target("done", year=2025), False, False, 1.0),
    ],
)
def test_targets_judge(target: Target, value: float | str | bool, met: bool, distance: float) -> None:
    assert target.met_by(value) is met
    assert target.distance(value) == pytest.approx(distance)


def test_a_baseline_is_no_target() -> None:
    baseline = Target("=", 30, year=2020, baseline=True)
    assert not baseline.applies_in(2020)
    with pytest.raises(ValueError, match="baseline"):
        baseline.met_by(30)


@pytest.mark.parametrize(
    ("target", "unit", "zh", "en"),
    [
        (Target(">=", 50, year=2025), "percent", "2025年 不低于50%", "2025: at least 50 %"),
        (Target(">=", 100, every="year"), "percent", "每年 100%", "each year: 100 %"),
        (Target(">=", "B+", year=2025), "grade", "2025年 不低于B+级", "2025: at least B+"),
        (Target("between", low=3, high=5, year=2022), "persons", "2022年 3–5人", "2022: 3–5 persons"),
        (Target("done", year=2022), "milestone", "2022年 完成", "2022: done"),
        (Target("=", 30, year=2020, baseline=True), "percent", "2020年基数 30%", "2020 baseline: 30 %"),
    ],
)
def test_targets_in_words(target: Target, unit: str, zh: str, en: str) -> None:
    assert (target.describe(unit, "zh-hans"), target.describe(unit, "en")) == (zh, en)


def test_a_formula_in_words() -> None:
    formula = Formula.from_dict(
        {
            "shape": "coverage",
            "scope": {"types": ["device_producer_2"], "in_production": True},
            "within": "territory",
            "act": {"kind": "inspection.concluded", "inspection_kinds": ["full_item"]},
            "period": {"unit": "year"},
            "minimum": 2,
        }
    )
    zh, en = describe(formula, "zh-hans"), describe(formula, "en")
    for word in (
        "分子：",
        "分母：",
        "时段：",
        "第二类医疗器械生产企业",
        "在产",
        "全项目检查",
        "不少于2次",
        "每年",
    ):
        assert word in zh
    for word in (
        "Numerator:",
        "Denominator:",
        "Period:",
        "class II device producers",
        "full-item",
        "at least 2",
    ):
        assert word in en


@pytest.mark.parametrize(
    "data",
    [
        {"shape": "coverage", "period": {"unit": "year"}},
        {"shape": "composite", "components": [{"code": "a", "zh": "甲", "en": "a"}] * 2},
        {"shape": "count", "measure": "samples", "select": {"category": ["moon"]}},
        {"shape": "count", "measure": "samples", "select": {"shade": ["red"]}},
        {
            "shape": "rate_per_population",
            "measure": "adr_reports",
            "over": "population",
            "per": 0,
            "period": {"unit": "year"},
        },
        {"shape": "count", "measure": "samples", "scope": [1]},
    ],
)
def test_formulas_that_make_no_sense_are_refused(data: dict[str, object]) -> None:
    with pytest.raises(DefinitionError, match="Cure: "):
        Formula.from_dict(data)
