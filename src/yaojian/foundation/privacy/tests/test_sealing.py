"""Seals open with their key at their place and nowhere else; masks hide."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yaojian.foundation.privacy.sealing import (
    CannotOpen,
    keyed_digest,
    mask,
    new_key,
    opened_text,
    place,
    sealed_text,
    wrapping_key,
)

KEY = new_key()
HERE = place("field", "people.person", "17", "phone")


@given(st.text(max_size=80))
def test_what_is_sealed_opens(value: str) -> None:
    sealed = sealed_text(KEY, value, HERE)
    assert opened_text(KEY, sealed, HERE) == value
    assert sealed != sealed_text(KEY, value, HERE), "equal values must not look equal"


@given(st.text(min_size=1, max_size=30), st.data())
def test_a_changed_character_does_not_open(value: str, data: st.DataObject) -> None:
    sealed = sealed_text(KEY, value, HERE)
    at = data.draw(st.integers(0, len(sealed) - 1))
    other = data.draw(st.sampled_from("ABCxyz019-_=. ").filter(lambda c: c != sealed[at]))
    with pytest.raises(CannotOpen):
        opened_text(KEY, sealed[:at] + other + sealed[at + 1 :], HERE)


def test_no_other_last_character_opens() -> None:
    for length in range(1, 7):
        sealed = sealed_text(KEY, "甲" * length, HERE)
        body, padding = sealed.rstrip("="), len(sealed) - len(sealed.rstrip("="))
        for other in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_":
            if other != body[-1]:
                with pytest.raises(CannotOpen):
                    opened_text(KEY, body[:-1] + other + "=" * padding, HERE)


@pytest.mark.parametrize("sealed", ["", "y1.", "y1.AAAA", "13800138000", "y2." + "A" * 60, "y1.汉字"])
def test_what_is_no_seal_does_not_open(sealed: str) -> None:
    with pytest.raises(CannotOpen):
        opened_text(KEY, sealed, HERE)


def test_another_key_or_place_does_not_open() -> None:
    sealed = sealed_text(KEY, "13800138000", HERE)
    elsewhere = [
        place("field", "people.person", "18", "phone"),
        place("field", "people.person", "17", "identity_number"),
        place("field", "people.person", "17phone", ""),
    ]
    for where in elsewhere:
        with pytest.raises(CannotOpen):
            opened_text(KEY, sealed, where)
    with pytest.raises(CannotOpen):
        opened_text(new_key(), sealed, HERE)


def test_wrapping_keys_are_told_apart_and_keep_their_secret() -> None:
    first, second = wrapping_key("a" * 64), wrapping_key("b" * 64)
    assert first.id != second.id
    assert first.secret != second.secret
    assert first == wrapping_key("a" * 64)
    assert first.secret.hex() not in repr(first)
    assert first.id not in first.secret.hex()


def test_digests_depend_on_key_field_and_value() -> None:
    one = keyed_digest(KEY, "phone", "13800138000")
    assert one == keyed_digest(KEY, "phone", "13800138000")
    others = {
        keyed_digest(KEY, "fax", "13800138000"),
        keyed_digest(KEY, "phone", "13800138001"),
        keyed_digest(new_key(), "phone", "13800138000"),
    }
    assert one not in others
    assert len(others) == 3


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("65230119900307123X", "652***********123X"),
        ("13800138000", "138****8000"),
        ("abcdefg", "a*****g"),
        ("12345", "*****"),
        ("", ""),
    ],
)
def test_masks(value: str, shown: str) -> None:
    assert mask(value) == shown
