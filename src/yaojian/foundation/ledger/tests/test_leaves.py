"""Public leaves: one spelling, no content, and a commitment that opens with bytes and salt."""

from __future__ import annotations

import hmac
import json
from datetime import UTC, datetime

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from yaojian.foundation.ledger.transparency.leaves import (
    Leaf,
    LeafRefused,
    Seen,
    commitment_of,
    organ_of,
    parse_leaf,
)

SEEN = st.none() | st.builds(Seen, st.integers(1, 2**53 - 1), st.binary(min_size=32, max_size=32))
TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)
LEAVES = st.builds(
    Leaf,
    kind=TEXT,
    organ=TEXT,
    schema=TEXT,
    claimed=st.datetimes(datetime(1990, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    commitment=st.binary(min_size=32, max_size=32),
    seen=SEEN,
    corrects=st.none() | st.integers(0, 2**53 - 1),
)


@given(LEAVES)
def test_a_leaf_has_one_spelling_which_is_rfc_8785(leaf: Leaf) -> None:
    assert rfc8785.dumps(json.loads(leaf.entry)) == leaf.entry
    assert parse_leaf(leaf.entry) == leaf


@pytest.mark.parametrize(
    "damage",
    [
        lambda entry: entry.replace(b'"kind"', b'"Kind"'),
        lambda entry: entry.replace(b":", b": ", 1),
        lambda entry: entry[:-1] + b',"zzz":1}',
        lambda entry: entry.replace(b"yaojian.leaf/1", b"yaojian.leaf/2"),
        lambda entry: entry.replace(b'"kind":"k"', b'"kind":5'),
        lambda entry: b"[]",
        lambda entry: b"\xff",
    ],
)
def test_another_spelling_is_refused(damage) -> None:  # type: ignore[no-untyped-def]
    leaf = Leaf("k", "o", "s", datetime(2026, 1, 1, tzinfo=UTC), bytes(32))
    with pytest.raises(LeafRefused):
        parse_leaf(damage(leaf.entry))


def test_the_commitment_is_hmac_sha_256_under_the_salt() -> None:
    assert commitment_of(b"act", b"s" * 32) == hmac.new(b"s" * 32, b"act", "sha256").digest()


@pytest.mark.parametrize("organ", ["xj.cj", 'a"b', "a\\b", '","organ":"x', "药监", ""])
@pytest.mark.parametrize("kind", ["inspection.concluded", '","organ":"y', "k\\"])
def test_the_organ_is_found_without_reading_the_rest(organ: str, kind: str) -> None:
    leaf = Leaf(kind, organ, "yaojian.act/1", datetime(2026, 11, 20, tzinfo=UTC), bytes(32))
    assert organ_of(leaf.entry) == organ


def test_what_names_no_organ_is_refused() -> None:
    for entry in (b"", b"{}", b'{"claimed":"","organ":"x'):
        with pytest.raises(LeafRefused):
            organ_of(entry)
