"""A draw comes out the same from its seed, by nothing but a hash function."""

from __future__ import annotations

import hashlib
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yaojian.oversight.mandates.shares import Candidate, allotted, draw, wanted_number

DAY = date(2026, 1, 1)


def test_a_stranger_recomputes_it_with_sha256_alone() -> None:
    seed, codes = "ab" * 32, [f"S{n}" for n in range(20)]
    digests = {
        c: hashlib.sha256(f"yaojian-share-1|{seed}|001-47|2026-01-01|{c}".encode()).hexdigest() for c in codes
    }
    expected = set(sorted(codes, key=digests.__getitem__)[:7])
    placed = draw(seed, "001-47", DAY, [Candidate(code) for code in codes], 7)
    assert {one.candidate.code for one in placed if one.is_drawn} == expected
    again = draw(seed, "001-47", DAY, [Candidate(code) for code in reversed(codes)], 7)
    assert {one.candidate.code for one in again if one.is_drawn} == expected


def test_the_number_is_rounded_up_exactly() -> None:
    assert wanted_number(Fraction(35, 100), 20) == 7
    assert wanted_number(Fraction(35, 100), 21) == 8
    assert wanted_number(Fraction(1), 3) == 3
    for wrong in (Fraction(0), Fraction(101, 100)):
        with pytest.raises(ValueError, match="between 0 and 100"):
            wanted_number(wrong, 3)


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 50), max_size=6), st.integers(0, 400))
def test_strata_get_their_parts_and_never_more_than_they_have(sizes: dict[str, int], number: int) -> None:
    asked = min(number, sum(sizes.values()))
    parts = allotted(sizes, asked)
    assert sum(parts.values()) == asked
    for name, part in parts.items():
        assert part <= sizes[name]
        assert abs(part - (sizes[name] * asked / sum(sizes.values()) if asked else 0)) < 1
