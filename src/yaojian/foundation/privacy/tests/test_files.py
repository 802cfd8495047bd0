"""Files sealed at rest: they open whole and unchanged, or not at all."""

from __future__ import annotations

import io
from typing import Any

import pytest

from yaojian.foundation.privacy.contracts import KeyUnknown, SealBroken
from yaojian.foundation.privacy.files import BLOCK, opened_pieces, sealed_pieces


def sealed(content: bytes, name: str = "a") -> bytes:
    half = len(content) // 2
    return b"".join(sealed_pieces([content[:half], b"", content[half:]], name))


def opened(content: bytes, name: str = "a") -> bytes:
    return b"".join(opened_pieces(io.BytesIO(content), name))


@pytest.mark.parametrize("size", [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK, 2 * BLOCK + 5])
def test_what_was_sealed_opens(size: int) -> None:
    content = bytes(n % 251 for n in range(size))
    kept = sealed(content)
    assert opened(kept) == content
    assert size < 64 or content[:64] not in kept


def test_every_changed_byte_and_every_cut_is_noticed() -> None:
    kept = sealed("护照号 E12345678".encode())
    for n in range(len(kept)):
        broken = kept[:n] + bytes([kept[n] ^ 1]) + kept[n + 1 :]
        with pytest.raises((SealBroken, KeyUnknown)):
            opened(broken)
        with pytest.raises((SealBroken, KeyUnknown)):
            opened(kept[:n])
    with pytest.raises(SealBroken):
        opened(kept + b"\0\0\0\0")


def test_blocks_stay_in_their_place_and_files_keep_their_name() -> None:
    kept = sealed(bytes(2 * BLOCK + 5))
    block = BLOCK + 12 + 16 + 4
    last = 5 + 12 + 16 + 4
    head = len(kept) - 2 * block - last
    first, second, end = kept[head : head + block], kept[head + block : -last], kept[-last:]
    assert opened(kept[:head] + first + second + end) == bytes(2 * BLOCK + 5)
    for order in ((second, first, end), (first, end), (first, second), (first, second, end, end)):
        with pytest.raises(SealBroken):
            opened(kept[:head] + b"".join(order))
    with pytest.raises(SealBroken):
        opened(kept, "b")


def test_a_file_opens_after_the_key_was_rotated_and_not_without_it(settings: Any) -> None:
    kept = sealed(b"x")
    settings.INSTALLATION_KEYS = ("a new key", *settings.INSTALLATION_KEYS)
    assert opened(kept) == b"x"
    settings.INSTALLATION_KEYS = ("a new key",)
    with pytest.raises(KeyUnknown):
        opened(kept)
