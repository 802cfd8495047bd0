"""Days of the log: how many entries each subject and each organ has, fixed so that none can be kept back.

A day is a run of entries. Its closing, an act in the log, names the run, counts the entries of each organ in
the clear, and holds the root of a tree over the subjects: the place of a subject is its number, and what
stands there is an HMAC of its statement (how many entries, and the RFC 6962 root over them) under a salt of
its own. A subject without entries has a statement like all others: one path shows that there were none.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from yaojian.foundation.ledger.transparency.hashing import EMPTY_ROOT, leaf_hash, perfect_root, root_of_hashes
from yaojian.foundation.ledger.transparency.leaves import commitment_of, organ_of
from yaojian.foundation.ledger.transparency.proofs import (
    Node,
    ProofRefused,
    check_inclusion,
    inclusion_proof,
    root,
)

DAY_CLOSED = "journal.day_closed"
"""The kind of the act that closes a day."""
SUBJECTS = "enterprises.subject:"
BLOCK = 256
"""The places of a day's tree are filled up to a multiple of so many, and its blocks' roots are kept."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What a day says of a subject: how many entries it has, and the root over them in the log's order."""

    subject: int
    day: str
    entries: int = 0
    root: bytes = EMPTY_ROOT

    def __bytes__(self) -> bytes:
        return (
            f'{{"day":"{self.day}","entries":{self.entries},"root":"{self.root.hex()}",'
            f'"subject":"{SUBJECTS}{self.subject}"}}'
        ).encode()

    def hash(self, salt: bytes) -> bytes:
        """The hash of its place in the day's tree."""
        return leaf_hash(commitment_of(bytes(self), salt))


def salt_of(seed: bytes, subject: int) -> bytes:
    """The salt of a subject's statement, from the day's secret of 32 bytes."""
    return hmac.digest(seed, b"%d" % subject, "sha256")


@dataclass(frozen=True, slots=True)
class Counted:
    """The entries of a run, by subject and by the code of the organ: how many, and the root over them."""

    subjects: dict[int, tuple[int, bytes]]
    organs: dict[str, tuple[int, bytes]]


def counted(rows: Iterable[tuple[bytes, int | None]]) -> Counted:
    """Count entries in the log's order, each with the number of the subject it is about."""
    subjects: dict[int, list[bytes]] = {}
    organs: dict[str, list[bytes]] = {}
    for entry, subject in rows:
        hashed = leaf_hash(entry)
        organs.setdefault(organ_of(entry), []).append(hashed)
        if subject is not None:
            subjects.setdefault(subject, []).append(hashed)
    return Counted(
        {key: (len(hashes), root_of_hashes(hashes)) for key, hashes in subjects.items()},
        {key: (len(hashes), root_of_hashes(hashes)) for key, hashes in sorted(organs.items())},
    )


def places_for(highest: int) -> int:
    """How many places a day's tree has when `highest` is the highest number of a subject."""
    return (highest // BLOCK + 1) * BLOCK


def block_of(seed: bytes, day: str, block: int, subjects: Mapping[int, tuple[int, bytes]]) -> list[bytes]:
    """The hashes of the places of one block."""
    return [
        Statement(place, day, *subjects.get(place, (0, EMPTY_ROOT))).hash(salt_of(seed, place))
        for place in range(block * BLOCK, (block + 1) * BLOCK)
    ]


def blocks_of(seed: bytes, day: str, places: int, subjects: Mapping[int, tuple[int, bytes]]) -> list[bytes]:
    """The roots of all blocks."""
    return [perfect_root(block_of(seed, day, block, subjects)) for block in range(places // BLOCK)]


def _reader(hashes: Sequence[bytes]) -> Any:
    def read(nodes: Sequence[Node]) -> list[bytes]:
        return [perfect_root(hashes[index << level : (index + 1) << level]) for level, index in nodes]

    return read


def root_of_blocks(blocks: Sequence[bytes]) -> bytes:
    """The root of a day's tree."""
    return root(len(blocks), _reader(blocks))


def path_in_day(place: int, block: Sequence[bytes], blocks: Sequence[bytes]) -> list[bytes]:
    """The audit path of a place, from the hashes of its block and the roots of all blocks."""
    inside = inclusion_proof(place % BLOCK, BLOCK, _reader(block))
    return [*inside, *inclusion_proof(place // BLOCK, len(blocks), _reader(blocks))]


@dataclass(frozen=True, slots=True)
class Closing:
    """What the closing of a day says. Entries from `begin` up to, not including, `end` are the day's."""

    day: str
    number: int
    begin: int
    end: int
    subjects: int
    places: int
    root: bytes
    organs: dict[str, tuple[int, bytes]]

    @property
    def facts(self) -> dict[str, Any]:
        """The facts of its act."""
        return {
            "day": self.day,
            "closing": self.number,
            "first_entry": self.begin,
            "end_entry": self.end,
            "subjects_counted": self.subjects,
            "places": self.places,
            "subjects_root": self.root.hex(),
            "organ_entries": {code: [n, hashed.hex()] for code, (n, hashed) in self.organs.items()},
        }


def closing_in(record: bytes) -> Closing:
    """The closing that an act's canonical bytes hold. Raises ValueError."""
    try:
        said = json.loads(record)
        facts = said["facts"]
        found = Closing(
            facts["day"],
            facts["closing"],
            facts["first_entry"],
            facts["end_entry"],
            facts["subjects_counted"],
            facts["places"],
            bytes.fromhex(facts["subjects_root"]),
            {code: (n, bytes.fromhex(hashed)) for code, (n, hashed) in facts["organ_entries"].items()},
        )
        numbers = (found.number, found.begin, found.end, found.places)
        if said["kind"] != DAY_CLOSED or not all(isinstance(one, int) and one >= 0 for one in numbers):
            raise ValueError("this act closes no day")
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("this act closes no day") from error
    return found


def check_statement(statement: Statement, salt: bytes, path: Sequence[bytes], closing: Closing) -> bool:
    """Whether a closing holds this statement at the place of its subject.

    A number beyond the places of the day's tree had not been given out to any act by then: it has no entries.
    """
    if statement.day != closing.day:
        return False
    if statement.subject >= closing.places:
        return statement.entries == 0 and not path
    try:
        check_inclusion(statement.hash(salt), statement.subject, closing.places, path, closing.root)
    except ProofRefused:
        return False
    return True
