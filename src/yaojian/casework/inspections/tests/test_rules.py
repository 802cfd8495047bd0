"""Rules and states, without a database."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from yaojian.casework.inspections.contracts import STATE_NAMES, Conclusion, Severity
from yaojian.casework.inspections.rules import (
    conclusion_is_allowed,
    file_number,
    mildest_conclusion,
    team_is_large_enough,
    typed_file_number,
)
from yaojian.casework.inspections.states import INSPECTION_STATES, InspectionState

severities = st.lists(st.sampled_from(Severity), max_size=6)
GRAVITY = [Conclusion.COMPLIANT, Conclusion.RECTIFY, Conclusion.NON_COMPLIANT]


@given(severities)
def test_the_mildest_conclusion_is_allowed_and_nothing_milder_is(found: list[Severity]) -> None:
    mildest = mildest_conclusion(found)
    assert conclusion_is_allowed(mildest, found)
    assert not any(conclusion_is_allowed(c, found) for c in GRAVITY[: GRAVITY.index(mildest)])


@given(severities, st.sampled_from(Severity))
def test_one_more_finding_never_allows_a_milder_conclusion(found: list[Severity], more: Severity) -> None:
    before, after = mildest_conclusion(found), mildest_conclusion([*found, more])
    assert GRAVITY.index(after) >= GRAVITY.index(before)


@given(severities)
def test_a_graver_conclusion_needs_a_finding(found: list[Severity]) -> None:
    assert conclusion_is_allowed(Conclusion.NON_COMPLIANT, found) is bool(found)
    assert conclusion_is_allowed(Conclusion.COMPLIANT, found) is not bool(found)


@given(st.lists(st.integers(1, 5), max_size=8))
def test_the_same_officer_twice_is_one_officer(officers: list[int]) -> None:
    assert team_is_large_enough(officers) is (len(set(officers)) >= 2)


@given(st.lists(st.sampled_from([t.verb for t in INSPECTION_STATES.transitions]), max_size=20))
def test_no_walk_through_the_table_leaves_it(verbs: list[str]) -> None:
    state = INSPECTION_STATES.initial
    for verb in verbs:
        if INSPECTION_STATES.permits(state, verb):
            state = INSPECTION_STATES.next(state, verb)
        assert state in InspectionState


def test_closed_and_cancelled_are_final_and_every_other_state_leads_to_closed() -> None:
    final = {s for s in InspectionState if not INSPECTION_STATES.verbs(s)}
    assert final == {InspectionState.CLOSED, InspectionState.CANCELLED}
    reaching = {InspectionState.CLOSED}
    for _round in InspectionState:
        reaching |= {s for t in INSPECTION_STATES.transitions if t.target in reaching for s in t.sources}
    assert reaching == set(InspectionState) - {InspectionState.CANCELLED}


def test_nothing_is_concluded_before_the_visit_began() -> None:
    verbs = INSPECTION_STATES.verbs(InspectionState.PLANNED)
    assert set(verbs) == {"start", "cancel"}


def test_every_state_has_a_name() -> None:
    assert set(STATE_NAMES) == set(InspectionState)


@given(
    st.sampled_from(["昌吉州市监局", "兵团市监局（六师）"]),
    st.integers(2000, 2100),
    st.integers(1, 999_999),
    st.sampled_from(["〔〕", "[]", "()", "（）", "［］", "【】"]),
)
def test_a_number_is_understood_with_any_brackets(organ: str, year: int, place: int, pair: str) -> None:
    number = file_number(organ, year, place)
    typed = number.replace("〔", pair[0]).replace("〕", pair[1])
    assert typed_file_number(typed) == typed_file_number(typed.removesuffix("号")) == number
    assert typed_file_number(number[:-3] + "x") == ""
