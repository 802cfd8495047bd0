"""Unified credit codes: published examples hold, generated ones hold, and one wrong character never does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yaojian.registers.enterprises.codes import (
    ALPHABET,
    check_character,
    is_unified_code,
    organisation_check_character,
    unified_code,
)

# Codes that well-known companies print on their websites.
PUBLISHED = ["91110000802100433B", "9144030071526726XG", "914403001922038216"]

bodies = st.text(ALPHABET, min_size=8, max_size=8)
divisions = st.from_regex(r"\A[1-6][0-9]{5}\Z")


@pytest.mark.parametrize("code", PUBLISHED)
def test_published_codes_hold(code: str) -> None:
    assert is_unified_code(code)


@given(st.sampled_from(["91", "92", "12", "52"]), divisions, bodies)
def test_generated_codes_hold(category: str, division: str, body: str) -> None:
    assert is_unified_code(unified_code(category, division, body))


@given(divisions, bodies, st.integers(0, 17), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_found(division: str, body: str, place: int, wrong: str) -> None:
    code = unified_code("91", division, body)
    altered = code[:place] + wrong + code[place + 1 :]
    assert is_unified_code(altered) == (altered == code)


@pytest.mark.parametrize(
    "code", ["", "9111000080210043", "91110000802100433b", "91110000802100433I", "911100008O2100433B"]
)
def test_malformed_codes_are_no_codes(code: str) -> None:
    assert not is_unified_code(code)


def test_pieces_of_the_wrong_length_are_refused() -> None:
    with pytest.raises(ValueError, match="seventeen"):
        check_character("91")
    with pytest.raises(ValueError, match="eight"):
        organisation_check_character("YJ")
    with pytest.raises(ValueError, match="six digits"):
        unified_code("91", "65", "YJ000001")
