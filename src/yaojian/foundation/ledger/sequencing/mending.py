"""What a person may decide when the sequencer refuses to sign: nothing here forks the log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import psycopg

from yaojian.foundation.ledger.sequencing.sequencer import ADVISORY_LOCK, Busy, LogRefused
from yaojian.foundation.ledger.transparency import proofs
from yaojian.foundation.ledger.transparency.checkpoints import Checkpoint, parse_checkpoint
from yaojian.foundation.ledger.transparency.head import Head
from yaojian.foundation.ledger.transparency.keys import LogKeys
from yaojian.foundation.ledger.transparency.leaves import commitment_of, parse_leaf
from yaojian.foundation.ledger.transparency.notes import Note, parse_note, signatures_by
from yaojian.foundation.ledger.transparency.store import LogFiles
from yaojian.foundation.ledger.transparency.tiles import WIDTH, Growth

REBUILT_AT_ONCE = 64 * WIDTH


@dataclass(frozen=True)
class Adopted:
    """Leaves taken from the published files: for acts that are still there, and for acts that are lost."""

    found: int
    lost: int


def adopt_leaves(connection: psycopg.Connection[Any], files: LogFiles, head: Head, keys: LogKeys) -> Adopted:
    """Give a restored database the leaves that were signed after its backup was made.

    Raises LogRefused when what the database holds is not the beginning of what was signed.
    """
    _alone(connection)
    _note, checkpoint = _signed(head.read(), keys, "there is no head to stand on")
    if proofs.root(checkpoint.size, files.nodes(checkpoint.size)) != checkpoint.root:
        raise LogRefused("the published files do not give the root of the head", "restore the files first")
    rows = connection.execute("SELECT index, entry FROM ledger_leaf ORDER BY index", binary=True).fetchall()
    for place, (index, _entry) in enumerate(rows):
        if index != place or (place % WIDTH == 0 and not _same_bundle(files, rows, place, checkpoint.size)):
            raise LogRefused(
                f"from place {place // WIDTH * WIDTH} on the database holds other leaves than were signed",
                "this is no older backup of this log; bring one that is",
            )
    begin = len(rows)
    waiting = _waiting_commitments(connection)
    found = 0
    with connection.transaction():
        for index in range(begin, checkpoint.size):
            entry = files.entries(index, index + 1)[0]
            act_id = waiting.pop(parse_leaf(entry).commitment, None)
            found += act_id is not None
            connection.execute(
                "INSERT INTO ledger_leaf (index, act_id, entry) VALUES (%s, %s, %s)", [index, act_id, entry]
            )
    return Adopted(found, checkpoint.size - begin - found)


def rebuild(connection: psycopg.Connection[Any], files: LogFiles, head: Head, keys: LogKeys) -> Checkpoint:
    """Write the public files anew from the leaves in the database, up to the newest signed checkpoint.

    For a log that moves to another machine or has lost its folder: missing files are written, present ones
    have to fit, an empty second place is filled. Raises LogRefused, or TileDamaged naming a file in the way.
    """
    _alone(connection)
    row = connection.execute("SELECT note FROM ledger_logcheckpoint ORDER BY size DESC LIMIT 1").fetchone()
    note, checkpoint = _signed(head.read() or (row[0] if row else None), keys, "nothing was ever signed")
    growth = Growth(0, {})
    while growth.size < checkpoint.size:
        rows = connection.execute(
            "SELECT entry FROM ledger_leaf WHERE index >= %s AND index < %s ORDER BY index",
            [growth.size, min(growth.size + REBUILT_AT_ONCE, checkpoint.size)],
            binary=True,
        ).fetchall()
        if not rows:
            raise LogRefused("the database lacks leaves that were signed", "bring a newer backup")
        old = growth.size
        files.write_growth(growth.append([entry for (entry,) in rows]), old, [entry for (entry,) in rows])
    if proofs.root(checkpoint.size, files.nodes(checkpoint.size)) != checkpoint.root:
        raise LogRefused("the leaves in the database are not those that were signed", "bring another backup")
    if head.read() is None:
        head.swap(None, str(note))
    files.publish(str(note))
    return checkpoint


def restore_head(files: LogFiles, head: Head, keys: LogKeys) -> Checkpoint:
    """Fill an empty second place from the published checkpoint. Raises LogRefused."""
    if head.read() is not None:
        raise LogRefused("the second place is not empty", "nothing needs to be done")
    published = files.checkpoint()
    note, checkpoint = _signed(published.decode() if published else None, keys, "no checkpoint is published")
    if proofs.root(checkpoint.size, files.nodes(checkpoint.size)) != checkpoint.root:
        raise LogRefused(
            "the published files do not give the root of the checkpoint", "restore the files first"
        )
    head.swap(None, str(note))
    return checkpoint


def _alone(connection: psycopg.Connection[Any]) -> None:
    row = connection.execute("SELECT pg_try_advisory_lock(%s)", [ADVISORY_LOCK]).fetchone()
    if not row or not row[0]:
        raise Busy("a sequencer is at work on this database")


def _signed(written: str | None, keys: LogKeys, missing: str) -> tuple[Note, Checkpoint]:
    if written is None:
        raise LogRefused(missing, "put the folder back that holds it")
    note = parse_note(written)
    if not signatures_by(note, [keys.log.verifier]):
        raise LogRefused("it was signed by another key", "put the key file back that belongs to this log")
    return note, parse_checkpoint(note)


def _same_bundle(files: LogFiles, rows: list[Any], place: int, size: int) -> bool:
    end = min(place + WIDTH, len(rows))
    return end <= size and files.entries(place, end) == [entry for _index, entry in rows[place:end]]


def _waiting_commitments(connection: psycopg.Connection[Any]) -> dict[bytes, int]:
    """The acts without a leaf by what their leaf commits to."""
    rows = connection.execute(
        "SELECT a.id, a.canonical, a.salt FROM ledger_act a"
        " WHERE NOT EXISTS (SELECT FROM ledger_leaf l WHERE l.act_id = a.id)",
        binary=True,
    ).fetchall()
    return {commitment_of(canonical, salt): key for key, canonical, salt in rows}
