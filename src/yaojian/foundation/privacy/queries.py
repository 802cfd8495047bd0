"""Reads that reveal nothing: masks, blind indexes, the state of a key. Callers have scoped who asks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from yaojian.foundation.errors import NotFound
from yaojian.foundation.ledger.facade import Ref
from yaojian.foundation.privacy.contracts import KeyState
from yaojian.foundation.privacy.keys import INDEX, data_keys, existing_keys, unwrapped
from yaojian.foundation.privacy.opening import opened
from yaojian.foundation.privacy.sealing import keyed_digest, mask


def key_state(owner: Ref) -> KeyState:
    """Whether what is sealed for an owner can be opened."""
    row = existing_keys([owner]).get(owner)
    if row is None:
        return KeyState.NONE
    return KeyState.OPEN if row.wrapped is not None else KeyState.DESTROYED


def masked(owner: Ref, sealed: Mapping[str, str]) -> dict[str, str]:
    """The sealed fields of an owner with their middles hidden; empty ones are left out.

    Raises KeyDestroyed, KeyUnknown or SealBroken.
    """
    present = {field: text for field, text in sealed.items() if text}
    if not present:
        return {}
    row = existing_keys([owner]).get(owner)
    if row is None:
        raise NotFound("nothing was sealed for this owner")
    key = unwrapped(row)
    return {field: mask(opened(key, owner, field, text)) for field, text in present.items()}


def for_a_program(owner: Ref, sealed: Mapping[str, str]) -> dict[str, str]:
    """The values for a program that shows them to nobody, such as the address of a message; no look, no act.

    Whoever shows a value to a person uses `reveal`. Raises KeyDestroyed, KeyUnknown or SealBroken.
    """
    present = {field: text for field, text in sealed.items() if text}
    row = existing_keys([owner]).get(owner)
    if row is None or not present:
        return {}
    key = unwrapped(row)
    return {field: opened(key, owner, field, text) for field, text in present.items()}


def blind_index(field: str, value: str) -> str:
    """A keyed digest (64 hex digits) by which an exact value of a field is looked up; "" for no value."""
    return blind_indexes(field, [value])[0]


def blind_indexes(field: str, values: Iterable[str]) -> list[str]:
    """`blind_index` of many values, with one look at the key."""
    key = data_keys([INDEX])[INDEX]
    return [keyed_digest(key, field, value) if value else "" for value in values]
