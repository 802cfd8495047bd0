"""A small published log without a sequencer, for tests of pages and of programs that read logs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from yaojian.foundation.ledger.models import Act, LogCheckpoint
from yaojian.foundation.ledger.models import Leaf as StoredLeaf
from yaojian.foundation.ledger.transparency import proofs
from yaojian.foundation.ledger.transparency.checkpoints import Checkpoint, Receipt
from yaojian.foundation.ledger.transparency.keys import keys_from
from yaojian.foundation.ledger.transparency.leaves import Leaf, commitment_of, parse_leaf, seen_of
from yaojian.foundation.ledger.transparency.notes import Cosigner, Ed25519Signer, Note, parse_note
from yaojian.foundation.ledger.transparency.promises import PROMISES, Promise
from yaojian.foundation.ledger.transparency.receipts import Contents, file_of
from yaojian.foundation.ledger.transparency.store import LogFiles
from yaojian.foundation.ledger.transparency.tiles import Growth

ORIGIN = "log.test.example"
NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
KEYS = keys_from(ORIGIN, bytes(32), bytes([1] * 32))
COURT = Cosigner("court.example", bytes([2] * 32))
TOLD = {"kind": "inspection.concluded", "facts": {"结论": '符合要求 "\\ 😀'}}
ACT = json.dumps(TOLD, ensure_ascii=False).encode()
SALT = bytes(range(32))


@dataclass
class SmallLog:
    """A log in a folder, grown leaf by leaf; each growth is signed at its time."""

    folder: Path
    is_witnessed: bool = False
    notes: dict[int, str] = field(default_factory=dict)
    growth: Growth = field(default_factory=lambda: Growth(0, {}))

    @property
    def files(self) -> LogFiles:
        return LogFiles(self.folder)

    @property
    def note(self) -> str:
        """The published checkpoint."""
        return self.notes[self.growth.size]

    @property
    def key_lines(self) -> list[str]:
        return [str(key) for key in KEYS.verifiers]

    def leaf(self, canonical: bytes, salt: bytes, claimed: datetime) -> Leaf:
        """The leaf of an act at the end of the log."""
        size = self.growth.size
        seen = seen_of(size, self.notes[size]) if size else None
        commitment = commitment_of(canonical, salt)
        return Leaf("inspection.concluded", "xj.cj", "yaojian.act/1", claimed, commitment, seen)

    def grow(self, leaves: Iterable[Leaf], at: datetime) -> None:
        """Add leaves, sign, publish."""
        old, entries = self.growth.size, [leaf.entry for leaf in leaves]
        self.files.write_growth(self.growth.append(entries), old, entries)
        size = self.growth.size
        text = Checkpoint(ORIGIN, size, proofs.root(size, self.files.nodes(size))).text
        lines = [KEYS.log.sign(text), KEYS.clock.sign(text, int(at.timestamp()))]
        if self.is_witnessed:
            lines.append(COURT.sign(text, int(at.timestamp()) + 1))
        self.notes[size] = str(Note(text, tuple(lines)))
        self.files.publish(self.note)
        self.files.publish_keys(self.key_lines)

    def receipt(self, index: int, *, content: bool = True) -> str:
        """The receipt of an entry under the published checkpoint."""
        size = self.growth.size
        entry = self.files.entries(index, index + 1)[0]
        seen = parse_leaf(entry).seen
        opened = (ACT, SALT) if content else (b"", b"")
        contents = Contents(entry, self.notes[seen.size] if seen else "", *opened)
        path = tuple(proofs.inclusion_proof(index, size, self.files.nodes(size)))
        return file_of(Receipt(index, path, parse_note(self.note)), contents)


PROMISES_KEY = Ed25519Signer(ORIGIN + PROMISES, bytes([5] * 32))


def promise(**change: Any) -> str:
    """A promise about `ACT`, given at noon."""
    told = Promise(
        ORIGIN,
        "00000000-0000-4000-8000-00000000000a",
        commitment_of(ACT, SALT),
        NOON,
        NOON + timedelta(minutes=10),
    )
    text = replace(told, **change).text
    return str(Note(text, (PROMISES_KEY.sign(text),)))


def small_log(
    folder: Path, *, claimed_before: timedelta = timedelta(), others: int = 6, witnessed: bool = False
) -> SmallLog:
    """A log of some leaves, and one of `ACT` that has seen them at noon; it is signed five seconds later."""
    log = SmallLog(folder, witnessed)
    log.grow((log.leaf(b"act %d" % number, SALT, NOON) for number in range(others)), NOON)
    log.grow([log.leaf(ACT, SALT, NOON - claimed_before)], NOON + timedelta(seconds=5))
    return log


@contextmanager
def writable_log(test_database: Any) -> Iterator[None]:
    """Let the application write the log's tables, which only the sequencer may."""
    tables = "ledger_leaf, ledger_logcheckpoint, ledger_logcosignature"
    with psycopg.connect(test_database.superuser_url, autocommit=True) as superuser:
        superuser.execute(f"GRANT INSERT ON {tables} TO yaojian_app")
        try:
            yield
        finally:
            superuser.execute(f"REVOKE INSERT ON {tables} FROM yaojian_app")


def log_of_acts(folder: Path, acts: Iterable[Act], at: datetime) -> SmallLog:
    """A log with a leaf for each act, each signed by itself, in files and database."""
    log = SmallLog(folder)
    for index, act in enumerate(acts):
        leaf = log.leaf(bytes(act.canonical), bytes(act.salt), act.claimed_at)
        log.grow([leaf], at)
        StoredLeaf.objects.create(index=index, act=act, entry=leaf.entry)
        root = proofs.root(index + 1, log.files.nodes(index + 1))
        LogCheckpoint.objects.create(size=index + 1, root=root, note=log.note, signed_at=at)
    return log
