"""SHA-256 of leaves and nodes, told apart by a first byte (RFC 6962 section 2.1)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()
"""The root of a tree without leaves."""


def leaf_hash(entry: bytes) -> bytes:
    """The hash of a leaf: SHA-256 of 00 and the entry; 32 bytes."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of a node: SHA-256 of 01 and its two children; 32 bytes."""
    return sha256(b"\x01" + left + right).digest()


def levels_up(hashes: Sequence[bytes]) -> list[bytes]:
    """The parents of an even number of neighbouring hashes, in order."""
    return [node_hash(hashes[i], hashes[i + 1]) for i in range(0, len(hashes), 2)]


def perfect_root(hashes: Sequence[bytes]) -> bytes:
    """The root over hashes whose number is a power of two. Raises ValueError for another number."""
    if not hashes or len(hashes) & (len(hashes) - 1):
        raise ValueError("a perfect tree has a power of two of leaves")
    while len(hashes) > 1:
        hashes = levels_up(hashes)
    return hashes[0]


def root_of_hashes(hashes: Sequence[bytes]) -> bytes:
    """The root over the hashes of all leaves: what stands alone at the end of a level goes up as it is."""
    if not hashes:
        return EMPTY_ROOT
    level = list(hashes)
    while len(level) > 1:
        alone = level[-1:] if len(level) % 2 else []
        level = levels_up(level[: len(level) - len(alone)]) + alone
    return level[0]


def root_of(entries: Iterable[bytes]) -> bytes:
    """The root over all entries, word by word as RFC 6962 defines it: the slow, obvious reference."""
    return _root([leaf_hash(entry) for entry in entries])


def _root(hashes: Sequence[bytes]) -> bytes:
    if len(hashes) < 2:
        return hashes[0] if hashes else EMPTY_ROOT
    split = 1 << (len(hashes) - 1).bit_length() - 1
    return node_hash(_root(hashes[:split]), _root(hashes[split:]))
