"""The pack of national rules: what is in it, and that a wrong one is refused with mandate, field and cure."""

from __future__ import annotations

import copy
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from yaojian.oversight.mandates.contracts import Source, WhyNot
from yaojian.oversight.mandates.law_pack import FILE, load_law_pack, read_law_pack
from yaojian.oversight.mandates.rules import DoneAct, Rule, by_precedence, formula_of_mandate, reason_of
from yaojian.oversight.mandates.scheduling.effort import FILE as EFFORT
from yaojian.oversight.mandates.scheduling.effort import read_effort
from yaojian.oversight.plans.errors import PackError
from yaojian.oversight.plans.vocabulary import read_yaml

WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("a period without end", {"period": {"unit": "window", "start": "2024-01-01"}}, "period.end"),
    ("a share over 100 %", {"share": 120}, "share"),
    ("a share of nothing", {"share": 0}, "share"),
    ("an impossible scope", {"scope": {"types": ["clinic"], "flags_all": ["vaccine"]}}, "scope.flags_all"),
    ("a scope of nobody", {"scope": {}}, "scope.types"),
    ("rolling years of none", {"period": {"unit": "rolling_years"}}, "period.n"),
    ("an unknown unit", {"period": {"unit": "decade"}}, "period.unit"),
    ("each day", {"period": {"unit": "day"}}, "period.unit"),
    ("no times", {"minimum": 0}, "minimum"),
    ("an unknown field", {"often": 3}, "often"),
    ("an unknown instrument", {"instrument": "hearsay"}, "instrument"),
    ("an unknown mark", {"confidence": "S"}, "confidence"),
    ("an unknown level", {"responsible_level": "moon"}, "responsible_level"),
    ("an unknown stratum", {"stratified_by": "mood"}, "stratified_by"),
    ("no title", {"title_zh": ""}, "title_zh"),
    ("a foreign code", {"code": "gmp"}, "code"),
]


@pytest.fixture(scope="module")
def data() -> Any:
    return read_yaml(FILE)


def test_the_pack_holds_what_the_rules_ask_for() -> None:
    pack = load_law_pack()
    asked = {m.code: m for m in pack.mandates}
    quarterly = asked["law.gmp.quarterly"]
    assert (quarterly.formula.period and quarterly.formula.period.unit, quarterly.confidence) == (
        "quarter",
        "H",
    )
    assert asked["law.gsp.half_yearly"].instrument.valid_from == date(2024, 1, 1)
    assert asked["law.device.operator.I"].share == Fraction(1, 4)
    assert not asked["law.cosmetics.children"].enabled
    assert pack.matter_of_type["single_pharmacy"] == "drug_operation"


@pytest.mark.parametrize(("what", "change", "field"), WRONG, ids=[what for what, _c, _f in WRONG])
def test_a_wrong_mandate_is_refused(data: Any, what: str, change: dict[str, Any], field: str) -> None:
    changed = copy.deepcopy(data)
    changed["mandates"][0] |= change
    with pytest.raises(PackError) as refusal:
        read_law_pack(changed, "mandates.yaml")
    (problem,) = refusal.value.problems
    assert problem.field == field
    assert problem.cure


def test_doubles_and_types_without_a_matter_are_refused(data: Any) -> None:
    changed = copy.deepcopy(data)
    changed["mandates"].append(copy.deepcopy(changed["mandates"][0]))
    changed["matters"]["platform"]["types"] = ["clinic"]
    with pytest.raises(PackError) as refusal:
        read_law_pack(changed, "mandates.yaml")
    words = str(refusal.value)
    assert "stands twice" in words
    assert "clinic stands in use too" in words
    assert "ecommerce_platform is in no matter" in words


def test_lengths_of_visits_are_checked() -> None:
    data = read_yaml(EFFORT)
    data["working_time_percent"] = 0
    data["half_days"]["clinic"] = 0
    del data["half_days"]["cdc"]
    with pytest.raises(PackError) as refusal:
        read_effort(data, "effort.yaml")
    assert len(refusal.value.problems) == 3


def rule(code: str, source: Source, period: dict[str, Any], **more: Any) -> Rule:
    act = {"kind": "inspection.concluded"} | more.pop("act", {})
    return Rule(
        key=hash(code),
        code=code,
        source=source,
        formula=formula_of_mandate({"types": ["single_pharmacy"]}, act, period, more.pop("minimum", 1)),
        reach=None,
        valid_from=more.pop("valid_from", date(2021, 1, 1)),
        valid_to=None,
        **more,
    )


def test_the_stricter_number_governs_and_a_national_rule_among_equals() -> None:
    plan = rule("001-39a", Source.PLAN, {"unit": "year"})
    law = rule("law.half", Source.LAW, {"unit": "half_year"}, valid_from=date(2024, 1, 1))
    three = rule("law.three", Source.LAW, {"unit": "rolling_years", "n": 3})
    share = rule("share", Source.LAW, {"unit": "quarter"}, share=Fraction(1, 4))
    order = by_precedence([share, three, plan, law])
    assert [one.code for one in order] == ["law.half", "001-39a", "law.three", "share"]
    assert reason_of(order) == "stricter_national"
    same = by_precedence([plan, rule("law.year", Source.LAW, {"unit": "year"})])
    assert (same[0].code, reason_of(same)) == ("law.year", "national")
    assert reason_of([plan]) == "only"
    later = rule("001-99", Source.PLAN, {"unit": "year"}, valid_from=date(2023, 1, 1))
    assert reason_of(by_precedence([plan, later])) == "later"
    own = rule("own", Source.OWN, {"unit": "year"})
    assert reason_of(by_precedence([own, plan])) == "plan"


def test_an_act_says_why_it_does_not_count() -> None:
    strict = rule(
        "x",
        Source.PLAN,
        {"unit": "year"},
        act={"inspection_kinds": ["full_item"], "organ_levels": ["province"]},
    )
    opened, day = date(2025, 6, 1), date(2026, 5, 1)

    def why(on: date, kind: str, level: str) -> WhyNot | None:
        return strict.why_not(DoneAct(on, kind, level), opened, day)

    assert why(date(2026, 2, 1), "full_item", "province") is None
    assert why(date(2026, 2, 1), "routine", "province") is WhyNot.KIND
    assert why(date(2026, 2, 1), "full_item", "county") is WhyNot.LEVEL
    assert why(date(2025, 7, 1), "full_item", "province") is WhyNot.PERIOD
    assert why(date(2025, 5, 1), "full_item", "province") is WhyNot.BEFORE_OPENING
    wide = rule("y", Source.PLAN, {"unit": "year"})
    assert wide.served_by(strict)
    assert not strict.served_by(wide)
