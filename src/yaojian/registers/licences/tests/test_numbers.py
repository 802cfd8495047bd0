"""How numbers are written, and that what is typed is made plain."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yaojian.registers.enterprises.facade import KNOWN_BY_LICENCE
from yaojian.registers.licences.kinds import KINDS, PRINCIPAL
from yaojian.registers.licences.numbers import FORMS, plain_number
from yaojian.registers.licences.rules import last_day
from yaojian.registers.licences.states import ENDED, KEPT, LICENCE_STATES, LicenceState, state_on

WIDE = {ord(c): ord(c) + 0xFEE0 for c in map(chr, range(0x21, 0x7F))}


@pytest.mark.parametrize("form", FORMS.values(), ids=lambda form: form.code)
def test_each_example_is_of_its_form_however_it_is_typed(form: object) -> None:
    example = form.example  # type: ignore[attr-defined]
    for typed in (example, example.translate(WIDE), f" {example[:3]} {example[3:]}\u200b", example.lower()):
        assert form.matches(plain_number(typed)), typed  # type: ignore[attr-defined]


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.code)
def test_each_kind_knows_its_forms(kind: object) -> None:
    assert all(map(bool, (kind.number_forms, kind.fits, str(kind.name))))  # type: ignore[attr-defined]


@given(st.text(max_size=70))
def test_plain_is_plain(text: str) -> None:
    plain = plain_number(text)
    assert plain_number(plain) == plain


@given(st.dates(date(1950, 1, 1), date(2090, 1, 1)), st.integers(1, 30))
def test_a_term_ends_the_day_before_the_same_date(first: date, years: int) -> None:
    after = last_day(first, years) + timedelta(days=1)
    assert after.year == first.year + years
    assert (after.month, after.day) == (first.month, first.day) or (first.month, first.day) == (2, 29)


DAYS = st.dates(date(2020, 1, 1), date(2020, 3, 31))


@given(DAYS, st.sampled_from(KEPT), DAYS, DAYS, st.none() | DAYS)
def test_the_state_of_a_day(
    day: date, kept: LicenceState, since: date, valid_from: date, valid_to: date | None
) -> None:
    """Told once more, in the order of what outweighs what."""
    state = state_on(day, kept, since, valid_from, valid_to)
    ended, begun = kept in ENDED and day >= since, day >= valid_from
    over = valid_to is not None and day > valid_to
    if ended:
        assert state is kept
    elif not begun:
        assert state is LicenceState.ISSUED
    elif over:
        assert state is LicenceState.EXPIRED
    else:
        assert state is (kept if kept is LicenceState.SUSPENDED and day >= since else LicenceState.IN_FORCE)


def test_nothing_leads_out_of_an_end() -> None:
    assert all(not LICENCE_STATES.verbs(state) for state in ENDED)


def test_the_register_of_subjects_misses_a_number_just_where_a_licence_gives_one() -> None:
    assert set(PRINCIPAL) == KNOWN_BY_LICENCE
