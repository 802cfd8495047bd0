"""Hashing and proofs beside pymerkle, a package of other people that keeps such a tree in memory."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Any

from yaojian.foundation.ledger.transparency import proofs
from yaojian.foundation.ledger.transparency.store import LogFiles

WARM_PROOFS, COLD_PROOFS, PEER_PROOFS = 20_000, 300, 2_000
PEER_ENTRIES = 50_000
HASHES = 500_000
SEED = 20261122


def per_second(count: int, work: Callable[[], object]) -> float:
    """How often a second something is done that is done `count` times in `work`."""
    began = time.perf_counter()
    work()
    return count / (time.perf_counter() - began)


def hashes_per_second(size: int) -> float:
    """SHA-256 of so many bytes, one after the other on one core: no tree of entries can grow faster."""
    entry = bytes(size)

    def work() -> None:
        for _number in range(HASHES):
            sha256(entry).digest()

    return per_second(HASHES, work)


def own_proofs(files: LogFiles, size: int) -> tuple[float, float]:
    """Inclusion proofs a second by a reader that has read the tiles, and by a new one for each proof."""
    chance = random.Random(SEED)  # noqa: S311 — which entries are proved
    reader = files.nodes(size)
    places = [chance.randrange(size) for _number in range(WARM_PROOFS)]
    for index in range(0, size, 256):
        proofs.inclusion_proof(index, size, reader)

    def warm() -> None:
        for index in places:
            proofs.inclusion_proof(index, size, reader)

    def cold() -> None:
        for index in places[:COLD_PROOFS]:
            proofs.inclusion_proof(index, size, files.nodes(size))

    return per_second(WARM_PROOFS, warm), per_second(COLD_PROOFS, cold)


def peer_rates(entries: Sequence[bytes]) -> tuple[float | None, float | None]:
    """Appends and inclusion proofs a second by pymerkle; None where it is not installed."""
    try:
        from pymerkle import InmemoryTree
    except ImportError:
        return None, None
    tree: Any = InmemoryTree(algorithm="sha256")

    def append() -> None:
        for entry in entries:
            tree.append_entry(entry)

    appended = per_second(len(entries), append)
    chance = random.Random(SEED)  # noqa: S311 — which entries are proved
    places = [chance.randrange(len(entries)) for _number in range(PEER_PROOFS)]

    def prove() -> None:
        for index in places:
            tree.prove_inclusion(index + 1, len(entries))

    return appended, per_second(PEER_PROOFS, prove)
