"""Proofs that an entry is in a tree and that one tree begins another, made from any source of node hashes.

A node is named by its level and index: level 0 holds the leaves, node `n` of level `k` stands above the
leaves n·2^k up to (n+1)·2^k. Only complete nodes exist; a proof asks for no others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import reduce

from yaojian.foundation.ledger.transparency.hashing import EMPTY_ROOT, HASH_BYTES, node_hash

Node = tuple[int, int]
ReadNodes = Callable[[Sequence[Node]], Sequence[bytes]]
"""Gives the hashes of complete nodes, in order."""


class ProofRefused(ValueError):
    """A proof does not show what it is meant to show."""


def decompose(begin: int, end: int) -> Iterator[Node]:
    """The fewest complete nodes that cover the leaves from `begin` up to, not including, `end`.

    `begin` must be a multiple of the largest power of two not above the span (as in every RFC 6962 split).
    """
    while begin < end:
        level = (end - begin).bit_length() - 1
        yield level, begin >> level
        begin += 1 << level


def _fold(hashes: Iterable[bytes]) -> bytes:
    """The root over subtrees that stand side by side, the largest first."""
    return reduce(lambda right, left: node_hash(left, right), reversed(list(hashes)))


class Reader:
    """Collects the nodes that a proof needs, reads them at once, and joins those of ragged subtrees."""

    def __init__(self) -> None:
        self._parts: list[list[Node]] = []

    def subtree(self, begin: int, end: int) -> None:
        """Ask for the hash over the leaves from `begin` up to, not including, `end`."""
        self._parts.append(list(decompose(begin, end)))

    def read(self, read_nodes: ReadNodes) -> list[bytes]:
        """The hashes of all subtrees that were asked for, in order."""
        hashes = iter(read_nodes([node for part in self._parts for node in part]))
        return [_fold([next(hashes) for _node in part]) for part in self._parts]


def root(size: int, read_nodes: ReadNodes) -> bytes:
    """The root over the first `size` leaves; 32 bytes."""
    if not size:
        return EMPTY_ROOT
    reader = Reader()
    reader.subtree(0, size)
    return reader.read(read_nodes)[0]


def inclusion_proof(index: int, size: int, read_nodes: ReadNodes) -> list[bytes]:
    """The audit path of leaf `index` in the tree of `size` leaves (RFC 9162 section 2.1.3.1).

    At most ⌈log2 size⌉ hashes, the nearest first. Raises ValueError for an index outside the tree.
    """
    if not 0 <= index < size:
        raise ValueError(f"there is no leaf {index} in a tree of {size}")
    spans: list[tuple[int, int]] = []
    begin, end = 0, size
    while end - begin > 1:
        split = begin + (1 << (end - begin - 1).bit_length() - 1)
        if index < split:
            spans.append((split, end))
            end = split
        else:
            spans.append((begin, split))
            begin = split
    return _read(reversed(spans), read_nodes)


def consistency_proof(old: int, new: int, read_nodes: ReadNodes) -> list[bytes]:
    """The proof that the tree of `old` leaves begins the tree of `new` (RFC 9162 section 2.1.4.1).

    Empty when `old` is 0 or equal to `new`. Raises ValueError unless 0 ≤ old ≤ new.
    """
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {old} cannot begin a tree of {new}")
    if old in (0, new):
        return []
    spans: list[tuple[int, int]] = []
    begin, end, is_whole = 0, new, True
    while old != end:
        split = begin + (1 << (end - begin - 1).bit_length() - 1)
        if old <= split:
            spans.append((split, end))
            end = split
        else:
            spans.append((begin, split))
            begin, is_whole = split, False
    if not is_whole:
        spans.append((begin, end))
    return _read(reversed(spans), read_nodes)


def _read(spans: Iterable[tuple[int, int]], read_nodes: ReadNodes) -> list[bytes]:
    reader = Reader()
    for begin, end in spans:
        reader.subtree(begin, end)
    return reader.read(read_nodes)


def check_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], expected_root: bytes) -> None:
    """Raise ProofRefused unless the proof shows the leaf hash at `index` under the root.

    RFC 9162 section 2.1.3.2.
    """
    if not 0 <= index < size or any(len(part) != HASH_BYTES for part in proof):
        raise ProofRefused("the proof is malformed")
    place, last, found = index, size - 1, leaf
    for part in proof:
        if last == 0:
            raise ProofRefused("the proof is too long")
        if place & 1 or place == last:
            found = node_hash(part, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, part)
        place, last = place >> 1, last >> 1
    if last:
        raise ProofRefused("the proof is too short")
    if found != expected_root:
        raise ProofRefused("the entry is not under this root")


def check_consistency(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Raise ProofRefused unless the proof shows that the old tree begins the new one.

    RFC 9162 section 2.1.4.2. The empty tree begins every tree, with an empty proof.
    """
    if not 0 <= old <= new or any(len(part) != HASH_BYTES for part in proof):
        raise ProofRefused("the proof is malformed")
    if old in (0, new):
        if proof or (old == new and old_root != new_root) or (old == 0 and old_root != EMPTY_ROOT):
            raise ProofRefused("the two roots do not fit")
        return
    parts = [old_root, *proof] if not old & (old - 1) else list(proof)
    if not parts:
        raise ProofRefused("the proof is too short")
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    in_old = in_new = parts[0]
    for part in parts[1:]:
        if last == 0:
            raise ProofRefused("the proof is too long")
        if place & 1 or place == last:
            in_old, in_new = node_hash(part, in_old), node_hash(part, in_new)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            in_new = node_hash(in_new, part)
        place, last = place >> 1, last >> 1
    if last:
        raise ProofRefused("the proof is too short")
    if in_old != old_root or in_new != new_root:
        raise ProofRefused("the new tree does not begin with the old one")
