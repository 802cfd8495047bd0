"""The sequencer: acts become leaves, leaves become files, files become a signed checkpoint.

Order of a batch: leaves committed; files written, read back and recomputed; signed; head moved; cosigned;
published; noted. Leaves are fixed before anything is signed: what a crash leaves undone is done again the
same way.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg

from yaojian.foundation.ledger.canonical import SCHEMA
from yaojian.foundation.ledger.sequencing.cosigning import Cosigners
from yaojian.foundation.ledger.sequencing.frontier import Frontier, WaitingAct
from yaojian.foundation.ledger.transparency import proofs
from yaojian.foundation.ledger.transparency.checkpoints import Checkpoint, parse_checkpoint
from yaojian.foundation.ledger.transparency.durable import Reach, go_on
from yaojian.foundation.ledger.transparency.hashing import EMPTY_ROOT
from yaojian.foundation.ledger.transparency.head import Head
from yaojian.foundation.ledger.transparency.keys import LogKeys
from yaojian.foundation.ledger.transparency.leaves import Leaf, commitment_of, seen_of
from yaojian.foundation.ledger.transparency.notes import (
    Note,
    SignatureLine,
    parse_line,
    parse_note,
    signatures_by,
    time_of,
)
from yaojian.foundation.ledger.transparency.store import LogFiles
from yaojian.foundation.ledger.transparency.tiles import WIDTH, Growth, Tile, TileReader
from yaojian.foundation.ledger.transparency.witnessing import Witnesses

BATCH = 1000
ADVISORY_LOCK = 0x59_4A_4C_4F_47  # "YJLOG"
COSIGNED_EVERY_S = 1.0
"""While acts pile up, witnesses are asked once in so many seconds."""
SWEEP_EVERY = timedelta(days=1)
BACK_BY_AT_MOST = 1.0
"""Seconds by which the clock may stand before the last signed time before we stop signing a time."""
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
LOG = logging.getLogger(__name__)


class LogRefused(RuntimeError):
    """The sequencer will not sign; `cure` says how a person can go on."""

    def __init__(self, reason: str, cure: str) -> None:
        super().__init__(reason)
        self.cure = cure


class Busy(RuntimeError):
    """Another sequencer has this log."""


class Sequencer:
    """Works on one log. `reach` is told every step after which a crash could follow."""

    def __init__(
        self,
        connection: psycopg.Connection[Any],
        files: LogFiles,
        head: Head,
        keys: LogKeys,
        *,
        now: Callable[[], datetime],
        cosigners: Cosigners | None = None,
        reach: Reach = go_on,
    ) -> None:
        self._connection = connection
        self._files, self._head, self._keys = files, head, keys
        self._now, self._reach = now, reach
        self._cosigners = cosigners or Cosigners(Witnesses(), files.folder, now=now)
        self._cosigned_at = 0.0
        self._frontier = Frontier(connection)
        self._swept_at = now()
        self._in_head: str | None = None
        self._note: str | None = None
        self._last_time = 0
        self._checkpoint = Checkpoint(keys.origin, 0, EMPTY_ROOT)
        self._growth = Growth(0, {})

    @property
    def checkpoint(self) -> Checkpoint:
        """The last one that was signed."""
        return self._checkpoint

    @contextmanager
    def working(self) -> Iterator[None]:
        """Hold the log and bring its parts together. Raises Busy, LogRefused, TileDamaged, OSError."""
        with ExitStack() as held:
            taken = self._connection.execute("SELECT pg_try_advisory_lock(%s)", [ADVISORY_LOCK]).fetchone()
            if not taken or not taken[0]:
                raise Busy("another sequencer works on this database")
            held.callback(self._unlock)
            if not held.enter_context(self._head.held()):
                raise Busy("another sequencer holds the head of this log")
            witnesses = self._cosigners.witnesses
            self._files.publish_keys([*map(str, self._keys.verifiers), *witnesses.lines])
            self._reconcile()
            self._frontier.begin()
            yield

    def _unlock(self) -> None:
        if not self._connection.closed and not self._connection.broken:
            self._connection.execute("SELECT pg_advisory_unlock(%s)", [ADVISORY_LOCK])

    def step(self) -> int:
        """Take one batch into the log; how many acts it held."""
        if self._now() - self._swept_at > SWEEP_EVERY:
            self._swept_at = self._now()
            self._frontier.begin()
        acts = self._frontier.take(BATCH)
        if acts:
            self._extend(self._insert(acts), is_hurried=len(acts) == BATCH)
        else:
            self._seek_missing()
        return len(acts)

    # --- leaves --------------------------------------------------------------------------------

    def _insert(self, acts: Sequence[WaitingAct]) -> list[bytes]:
        """Commit a leaf for each act at the next places; their entries."""
        size = self._checkpoint.size
        seen = seen_of(size, self._note) if self._note else None
        corrected = self._places([act.corrects for act in acts if act.corrects])
        entries = [
            Leaf(
                kind=act.kind,
                organ=act.organ,
                schema=SCHEMA,
                claimed=act.claimed_at,
                commitment=commitment_of(act.canonical, act.salt),
                seen=seen,
                corrects=corrected.get(act.corrects or ""),
            ).entry
            for act in acts
        ]
        with self._connection.transaction():
            with (
                self._connection.cursor() as cursor,
                cursor.copy("COPY ledger_leaf (index, act_id, entry) FROM STDIN (FORMAT binary)") as copy,
            ):
                copy.set_types(["int8", "int8", "bytea"])
                for index, (act, entry) in enumerate(zip(acts, entries, strict=True), size):
                    copy.write_row((index, act.id, entry))
            self._reach("leaves-inserted")
        self._reach("leaves-committed")
        return entries

    def _places(self, identifiers: Sequence[str]) -> dict[str, int]:
        """The places of the acts that are corrected, by their identifiers, as far as they have one."""
        if not identifiers:
            return {}
        rows = self._connection.execute(
            "SELECT a.uid::text, l.index FROM ledger_act a JOIN ledger_leaf l ON l.act_id = a.id"
            " WHERE a.uid = ANY(%s)",
            [[UUID(one) for one in identifiers if _UUID.fullmatch(one)]],
        ).fetchall()
        return dict(rows)

    # --- files and signature -------------------------------------------------------------------

    def _extend(self, entries: Sequence[bytes], *, is_hurried: bool = False) -> None:
        """Write the files of committed leaves, check them, sign, and tell the public.

        `is_hurried`: more wait, and witnesses need not be asked about each step.
        """
        old, new = self._checkpoint.size, self._checkpoint.size + len(entries)
        changed = self._growth.append(entries)
        expected = proofs.root(new, TileReader(new, self._overlay(changed)))
        self._files.write_growth(changed, old, entries)
        self._reach("files-written")
        root = self._files.recomputed_root(old, new)
        if root != expected or proofs.root(old, self._files.nodes(old)) != self._checkpoint.root:
            raise LogRefused(
                f"the files of the log in {self._files.folder} do not give the tree that was signed before",
                "check the disk; ./yaojian audit names what differs, mend_log --rebuild writes it anew",
            )
        self._sign(Checkpoint(self._keys.origin, new, root), is_hurried=is_hurried)
        self._files.drop_partials(old, new)

    def _overlay(self, changed: dict[Tile, bytes]) -> Callable[[Tile], bytes]:
        return lambda tile: changed[tile] if tile in changed else self._files.read_tile(tile)

    def _sign(self, checkpoint: Checkpoint, *, is_hurried: bool) -> None:
        text, moment = checkpoint.text, self._now()
        lines = [self._keys.log.sign(text)]
        if self._may_sign_time(moment):
            self._last_time = max(self._last_time, int(moment.timestamp()))
            lines.append(self._keys.clock.sign(text, self._last_time))
        if self._keys.sm2 is not None:
            lines.append(self._keys.sm2.sign(text))
        note = Note(text, tuple(lines))
        self._reach("signed")
        self._head.swap(self._in_head, str(note))
        self._in_head, self._checkpoint = str(note), checkpoint
        self._reach("head-moved")
        self._tell(note, checkpoint, moment, is_hurried=is_hurried)

    def _tell(self, note: Note, checkpoint: Checkpoint, moment: datetime, *, is_hurried: bool) -> None:
        """Have a signed checkpoint cosigned, publish it, and note it. Raises NotWitnessed."""
        may_wait = is_hurried and not self._cosigners.witnesses.holds_back
        is_soon = may_wait and time.monotonic() - self._cosigned_at < COSIGNED_EVERY_S
        lines = [] if is_soon else self._cosignatures(note, checkpoint)
        self._reach("cosigned")
        whole = str(note.with_lines(lines))
        self._files.publish(whole)
        self._reach("published")
        with self._connection.transaction():
            self._connection.execute(
                "INSERT INTO ledger_logcheckpoint (size, root, note, signed_at) VALUES (%s, %s, %s, %s)",
                [checkpoint.size, checkpoint.root, str(note), moment],
            )
            self._keep(checkpoint, lines)
        self._note = whole
        self._reach("noted")

    # --- witnesses -----------------------------------------------------------------------------

    def _cosignatures(self, note: Note, checkpoint: Checkpoint) -> list[SignatureLine]:
        nodes = self._files.nodes(checkpoint.size)
        lines = self._cosigners.seek(
            note, checkpoint, lambda old: proofs.consistency_proof(old, checkpoint.size, nodes)
        )
        self._cosigned_at = time.monotonic()
        return lines

    def _keep(self, checkpoint: Checkpoint, lines: Sequence[SignatureLine]) -> None:
        for line in lines:
            self._connection.execute(
                "INSERT INTO ledger_logcosignature (size, name, line, signed_at) VALUES (%s, %s, %s, %s)",
                [checkpoint.size, line.name, str(line), datetime.fromtimestamp(time_of(line), UTC)],
            )

    def _kept(self, size: int) -> list[SignatureLine]:
        rows = self._connection.execute(
            "SELECT line FROM ledger_logcosignature WHERE size = %s ORDER BY id", [size]
        ).fetchall()
        return [parse_line(line) for (line,) in rows]

    def _seek_missing(self) -> None:
        """Ask the witnesses that have not cosigned the last checkpoint yet."""
        if self._note is None:
            return
        note = parse_note(self._note)
        if not self._cosigners.lacks(line.name for line in note.lines):
            return
        lines = self._cosignatures(note, self._checkpoint)
        if lines:
            with self._connection.transaction():
                self._keep(self._checkpoint, lines)
            whole = str(note.with_lines(lines))
            self._files.publish(whole)
            self._note = whole

    def _may_sign_time(self, moment: datetime) -> bool:
        """Whether the clock has not gone back behind a time that was signed already."""
        last = self._last_time
        if moment.timestamp() >= last - BACK_BY_AT_MOST:
            return True
        LOG.warning(
            "the clock says %s, but %s was signed before: checkpoints carry no time until it has passed",
            moment.isoformat(timespec="seconds"),
            datetime.fromtimestamp(last, UTC).isoformat(timespec="seconds"),
        )
        return False

    def _time_signed_before(self) -> int:
        """The last time that was signed; 0 before the first."""
        for note in filter(None, (self._in_head, self._newest_timed_note())):
            for _key, line in signatures_by(parse_note(note), [self._keys.clock.verifier]):
                return time_of(line)
        return 0

    def _newest_timed_note(self) -> str | None:
        row = self._connection.execute(
            "SELECT note FROM ledger_logcheckpoint WHERE note LIKE %s ORDER BY size DESC LIMIT 1",
            [f"%\n— {self._keys.clock.name} %"],
        ).fetchone()
        return row[0] if row else None

    # --- after a start -------------------------------------------------------------------------

    def _reconcile(self) -> None:
        """Compare head, database and files, and finish what a crash has left undone."""
        self._in_head = self._head.read()
        rows, size = self._leaves()
        if rows != size:
            raise LogRefused(
                f"the database holds {rows} leaves up to place {size}: some are missing", _AFTER_RESTORE
            )
        self._last_time = self._time_signed_before()
        self._cosigners.recall(
            dict(self._connection.execute("SELECT name, max(size) FROM ledger_logcosignature GROUP BY name"))
        )
        if self._in_head is None:
            self._refuse_lost_head()
        else:
            self._stand_on(self._in_head, size)
        while self._checkpoint.size < size:
            self._extend(self._stored_entries(self._checkpoint.size, BATCH))

    def _leaves(self) -> tuple[int, int]:
        row = self._connection.execute(
            "SELECT count(*), coalesce(max(index) + 1, 0) FROM ledger_leaf"
        ).fetchone()
        assert row is not None
        return row[0], row[1]

    def _refuse_lost_head(self) -> None:
        noted = self._connection.execute("SELECT count(*) FROM ledger_logcheckpoint").fetchone()
        if self._files.checkpoint() is not None or (noted and noted[0]):
            raise LogRefused(
                f"checkpoints were signed, but their second place {self._head.folder} is empty",
                "put that folder back; if it is lost for good: ./yaojian manage mend_log --lost-head",
            )

    def _stand_on(self, note: str, size: int) -> None:
        """Go on from the head, if files and database hold at least what it says."""
        parsed = parse_note(note)
        checkpoint = parse_checkpoint(parsed)
        if checkpoint.origin != self._keys.origin or not signatures_by(parsed, [self._keys.log.verifier]):
            raise LogRefused(
                f"the head was signed for {checkpoint.origin!r}, not by our key {self._keys.log.verifier}",
                "put the key file back that belongs to this log",
            )
        if size < checkpoint.size:
            raise LogRefused(
                f"{checkpoint.size} leaves were signed, and the database holds {size}: "
                "it was restored from an older backup, or somebody removed leaves",
                _AFTER_RESTORE,
            )
        if proofs.root(checkpoint.size, self._files.nodes(checkpoint.size)) != checkpoint.root:
            raise LogRefused(
                f"the files in {self._files.folder} do not give the root of the last checkpoint",
                "./yaojian audit names what differs; move it away, then: ./yaojian manage mend_log --rebuild",
            )
        self._compare_last_leaves(checkpoint)
        self._checkpoint = checkpoint
        self._growth = Growth(checkpoint.size, self._files.edge(checkpoint.size))
        self._finish_telling(parsed, checkpoint)

    def _compare_last_leaves(self, checkpoint: Checkpoint) -> None:
        begin = (checkpoint.size - 1) // WIDTH * WIDTH
        stored = self._stored_entries(begin, checkpoint.size - begin)
        if stored != self._files.entries(begin, checkpoint.size):
            raise LogRefused(
                f"leaves from place {begin} on differ between database and published files",
                "find out who changed what: ./yaojian audit",
            )

    def _stored_entries(self, begin: int, most: int) -> list[bytes]:
        rows = self._connection.execute(
            "SELECT entry FROM ledger_leaf WHERE index >= %s ORDER BY index LIMIT %s",
            [begin, most],
            binary=True,
        ).fetchall()
        return [row[0] for row in rows]

    def _finish_telling(self, in_head: Note, checkpoint: Checkpoint) -> None:
        row = self._connection.execute(
            "SELECT root, note FROM ledger_logcheckpoint WHERE size = %s", [checkpoint.size], binary=True
        ).fetchone()
        if row is None:
            moment = datetime.fromtimestamp(self._last_time, UTC) if self._last_time else self._now()
            self._tell(in_head, checkpoint, moment, is_hurried=False)
            return
        if row[0] != checkpoint.root:
            raise LogRefused(
                f"the database notes another root for {checkpoint.size} leaves than was signed",
                _AFTER_RESTORE,
            )
        self._note = str(parse_note(row[1]).with_lines(self._kept(checkpoint.size)))
        if (self._files.checkpoint() or b"") != self._note.encode():
            self._files.publish(self._note)


_AFTER_RESTORE = (
    "bring the newest backup; if there is no newer one: ./yaojian manage mend_log --adopt takes the lost "
    "leaves from the published files, and every audit will name the acts that are lost. Nothing was signed."
)
