"""Who is responsible: the pure resolver against a slow, obvious twin; ranks, parks, parallel trees."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from yaojian.foundation.accounts.contracts import Level
from yaojian.registers.jurisdiction.contracts import Facts, Matter, OrganPlace, Rule
from yaojian.registers.jurisdiction.rules import conflicts, fits, rank, responsible_for

ON = date(2026, 11, 22)
COUNTY = OrganPlace(1, "县局", Level.COUNTY, "government", ("652325",))
PARK = OrganPlace(2, "园区局", Level.PARK, "government", ("652325104",))
CITY = OrganPlace(3, "州局", Level.PREFECTURE, "government", ("6523",))
BRANCH = OrganPlace(4, "分局", Level.BRANCH, "government", ("6523", "6505"))
PROVINCE = OrganPlace(5, "省局", Level.PROVINCE, "government", ("65",))
CORPS = OrganPlace(6, "师局", Level.PREFECTURE, "xpcc", ("652325104",))
ORGANS = [COUNTY, PARK, CITY, BRANCH, PROVINCE, CORPS]
SHOP = Facts("single_pharmacy", "652325100")


def rule(code: str = "r", **fields: object) -> Rule:
    return replace(Rule(code, Matter.SAMPLING, Level.COUNTY), **fields)  # type: ignore[arg-type]


def answer(facts: Facts, *rules: Rule, organs: list[OrganPlace] = ORGANS) -> OrganPlace | None:
    return responsible_for(facts, Matter.SAMPLING, ON, rules, organs).organ


def test_the_level_s_organ_on_the_land_answers_and_a_park_before_its_county() -> None:
    assert answer(SHOP, rule()) == COUNTY
    assert answer(replace(SHOP, division="652325104"), rule()) == PARK
    assert answer(SHOP, rule(level=Level.BRANCH)) == BRANCH
    assert answer(SHOP, rule(level=Level.TOWNSHIP)) == COUNTY


def test_where_no_organ_of_the_level_is_the_next_one_up_answers_and_says_so() -> None:
    found = responsible_for(SHOP, Matter.SAMPLING, ON, [rule()], [CITY, PROVINCE])
    assert found.organ == CITY
    assert [(step.level, step.organ) for step in found.steps] == [
        (Level.COUNTY, None),
        (Level.PREFECTURE, CITY),
    ]
    assert answer(SHOP, rule(), organs=[]) is None


def test_a_subject_of_the_corps_stays_in_its_own_tree() -> None:
    on_a_farm = Facts("clinic", "652325104", tree="xpcc")
    assert answer(on_a_farm, rule()) == CORPS
    assert answer(replace(on_a_farm, division="652325100"), rule()) is None


def test_narrower_region_then_priority_then_conditions_decide() -> None:
    national, regional = rule("a"), rule("b", region="65", level=Level.PROVINCE)
    narrow = rule("c", region="65", types=frozenset({"single_pharmacy"}), level=Level.PREFECTURE)
    raised = rule("d", region="65", priority=1, level=Level.BRANCH)
    assert answer(SHOP, national, regional) == PROVINCE
    assert answer(SHOP, national, regional, narrow) == CITY
    assert answer(SHOP, national, regional, narrow, raised) == BRANCH
    found = responsible_for(SHOP, Matter.SAMPLING, ON, [national, regional, narrow], ORGANS)
    assert [other.rule.code for other in found.alternatives] == ["b", "a"]
    assert not found.is_disputed


def test_marks_and_grades_narrow() -> None:
    marked = rule("m", flags_all=frozenset({"sterile"}), level=Level.PROVINCE)
    graded = rule("g", grades=frozenset({"III", "IV"}), level=Level.PREFECTURE, priority=1)
    assert answer(SHOP, rule(), marked, graded) == COUNTY
    assert answer(replace(SHOP, flags=frozenset({"sterile"})), rule(), marked, graded) == PROVINCE
    assert answer(replace(SHOP, risk_grade="IV"), rule(), marked, graded) == CITY


def test_rules_that_nothing_ranks_are_a_conflict_and_the_answer_says_so() -> None:
    one, other = rule("a"), rule("b", level=Level.PROVINCE)
    assert conflicts([one, other]) == [(one, other)]
    assert conflicts([one, replace(other, level=Level.COUNTY)]) == []
    assert conflicts([one, replace(other, valid_from=date(2030, 1, 1))]) == [
        (one, replace(other, valid_from=date(2030, 1, 1)))
    ]
    ended = replace(one, valid_to=date(2029, 12, 31))
    assert conflicts([ended, replace(other, valid_from=date(2030, 1, 1))]) == []
    assert responsible_for(SHOP, Matter.SAMPLING, ON, [one, other], ORGANS).is_disputed


def test_a_rule_holds_on_its_first_and_last_day_only_in_between() -> None:
    brief = rule(valid_from=ON, valid_to=ON)
    assert answer(SHOP, brief) == COUNTY
    for day in (date(2026, 11, 21), date(2026, 11, 23)):
        assert responsible_for(SHOP, Matter.SAMPLING, day, [brief], ORGANS).rule is None


TYPES = st.frozensets(st.sampled_from(["clinic", "hospital"]), max_size=1)
FLAGS = st.frozensets(st.sampled_from(["sterile", "ivd"]), max_size=2)
RULES = st.lists(
    st.builds(
        rule,
        code=st.uuids().map(str),
        level=st.sampled_from(list(Level)),
        region=st.sampled_from(["", "65", "6523", "652325", "64"]),
        types=TYPES,
        flags_all=FLAGS,
        flags_any=FLAGS,
        grades=st.frozensets(st.sampled_from(["I", "IV"]), max_size=1),
        priority=st.integers(0, 1),
    ),
    max_size=8,
)
FACTS = st.builds(
    Facts,
    subject_type=st.sampled_from(["clinic", "hospital"]),
    division=st.sampled_from(["652325100", "652325104", "650521100", "110101"]),
    flags=FLAGS,
    risk_grade=st.sampled_from(["", "I", "IV"]),
    tree=st.sampled_from(["government", "xpcc"]),
)


@given(RULES, FACTS, st.randoms())
def test_the_resolver_agrees_with_trying_everything(rules: list[Rule], facts: Facts, order: object) -> None:
    """No fitting rule outranks the one that decides, and the order of the table does not matter."""
    found = responsible_for(facts, Matter.SAMPLING, ON, rules, ORGANS)
    fitting = [one for one in rules if fits(one, facts)]
    assert (found.rule is None) == (not fitting)
    if found.rule is not None:
        best = max(rank(one) for one in fitting)
        assert found.rule.code == min(one.code for one in fitting if rank(one) == best)
        assert len(found.alternatives) == len(fitting) - 1
    order.shuffle(rules)  # type: ignore[attr-defined]
    assert responsible_for(facts, Matter.SAMPLING, ON, rules, ORGANS) == found
    if found.organ is not None:
        assert found.organ.tree == facts.tree
        assert any(facts.division.startswith(code) for code in found.organ.territories)
