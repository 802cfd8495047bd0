"""The auditor: live row → canonical bytes → leaf → bundle → tile → checkpoint, and which of them differ.

It trusts none of them and needs no right to write. What the log's own key could forge, it finds by what was
remembered before: the checkpoint of its last visit, or any that somebody outside has kept.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import msgspec
import psycopg
from psycopg.rows import class_row
from psycopg.types.json import set_json_loads

from yaojian.foundation.ledger.audit_days import compare_days
from yaojian.foundation.ledger.audit_report import AuditReport, Difference, short_time
from yaojian.foundation.ledger.audit_rows import (
    LEAF_ROWS,
    QUICK_ROWS,
    LeafRow,
    QuickRow,
    Signed,
    agrees,
    recorded_in,
)
from yaojian.foundation.ledger.canonical import in_utc
from yaojian.foundation.ledger.sequencing.sequencer import BATCH
from yaojian.foundation.ledger.transparency import proofs
from yaojian.foundation.ledger.transparency.checkpoints import Checkpoint, parse_checkpoint
from yaojian.foundation.ledger.transparency.hashing import leaf_hash, perfect_root
from yaojian.foundation.ledger.transparency.leaves import (
    LeafRefused,
    commitment_of,
    parse_leaf,
)
from yaojian.foundation.ledger.transparency.notes import (
    SM2,
    Note,
    NoteRefused,
    SignatureLine,
    Verifier,
    parse_line,
    parse_note,
    signatures_by,
)
from yaojian.foundation.ledger.transparency.promises import PROMISED_WITHIN
from yaojian.foundation.ledger.transparency.receipts import LATE_AFTER
from yaojian.foundation.ledger.transparency.store import LogFiles
from yaojian.foundation.ledger.transparency.tiles import (
    WIDTH,
    Tile,
    TileDamaged,
    split_hashes,
    tiles_of,
    width_at,
)

CHUNK = 20 * WIDTH
Bundle = tuple[int, list[bytes], list[Difference]]
"""Where its entries begin, the entries, and what is wrong with it."""
NEVER = b"9999-12-31T23:59:59.999999Z"
"""A time after all others, as times are written in leaves."""
WAITING_AFTER = timedelta(minutes=1)
"""How long an act may lie without a leaf before an audit speaks of it."""
SM2_CHECKED = 20
"""Of so many newest checkpoints the SM2 line is checked, which takes 60 ms each."""
_WAITING = """
SELECT a.id, a.uid::text, a.recorded_at FROM ledger_act a
WHERE NOT EXISTS (SELECT FROM ledger_leaf l WHERE l.act_id = a.id) ORDER BY a.id
"""


class Auditor:
    """One look at the whole log, or at the leaves from `begin` up to, not including, `end`."""

    def __init__(
        self,
        connection: psycopg.Connection[Any],
        files: LogFiles,
        *,
        now: Callable[[], datetime],
        patience_s: float = 0.5,
    ) -> None:
        self._connection, self._files, self._now = connection, files, now
        self._patience_s = patience_s
        self._seen: dict[bytes, Signed | None] = {}
        set_json_loads(msgspec.json.decode, connection)
        self._report = AuditReport()
        self._noted: dict[int, Signed] = {}
        self._began: datetime | None = None
        self._begins_at = NEVER
        self._not_before: dict[bytes, bytes] = {}

    def run(self, begin: int = 0, end: int | None = None, known: tuple[str, ...] = ()) -> AuditReport:
        """Compare all layers; `known`: notes of checkpoints that were kept elsewhere."""
        report = self._report
        published = self._settled()
        if published is None:
            self._look_for_waiting()
            return report
        report.size = published.size
        self._read_noted(published)
        last = min(published.size, end if end is not None else published.size)
        whole = begin == 0 and last == published.size
        self._compare_rows(begin, last)
        self._compare_end()
        if whole:
            self._compare_tiles()
        if whole:
            compare_days(self._connection, report)
        self._compare_roots([*self._noted.values()], published, known)
        self._look_for_waiting()
        return report

    # --- checkpoints ---------------------------------------------------------------------------

    def _published(self) -> Checkpoint | None:
        note = self._files.checkpoint()
        if note is None:
            rows = self._connection.execute("SELECT count(*) FROM ledger_logcheckpoint").fetchone()
            if rows and rows[0]:
                self._report.add("checkpoint", "checkpoint", "checkpoints were signed, and none is published")
            return None
        return self._signed(note.decode(errors="replace"), "the published checkpoint")

    def _signed(self, note: str, where: str, *, with_sm2: bool = True) -> Checkpoint | None:
        """The checkpoint of a note that the log's key has signed; None, and told, for another."""
        try:
            parsed = parse_note(note)
            keys = [Verifier.parse(key) for key in self._files.public_keys()]
            keys = [key for key in keys if with_sm2 or key.kind != SM2]
            if any(key.kind == 1 for key, _line in signatures_by(parsed, keys)):
                return parse_checkpoint(parsed)
            self._report.add("checkpoint", where, "it is not signed by the log's key")
        except (NoteRefused, ValueError) as error:
            self._report.add("checkpoint", where, str(error))
        return None

    def _settled(self) -> Checkpoint | None:
        """The published checkpoint, read while no sequencer is between publishing and noting one."""
        published = self._published()
        for _attempt in range(5):
            row = self._connection.execute("SELECT max(size) FROM ledger_logcheckpoint").fetchone()
            if published is None or (row and row[0] == published.size) or self._report.found:
                break
            time.sleep(self._patience_s)
            published = self._published()
        return published

    def _read_noted(self, published: Checkpoint) -> None:
        rows = self._connection.execute(
            "SELECT size, root, note, signed_at FROM ledger_logcheckpoint ORDER BY size", binary=True
        ).fetchall()
        newer = [row for row in rows if row[0] > published.size]
        if newer and (again := self._published()) and again.size >= newer[-1][0]:
            rows = rows[: len(rows) - len(newer)]  # signed since we began
        cosigned: dict[int, list[str]] = {}
        for size, line in self._connection.execute(
            "SELECT size, line FROM ledger_logcosignature ORDER BY id"
        ):
            cosigned.setdefault(size, []).append(line)
        before: datetime | None = None
        for place, (size, root, note, signed_at) in enumerate(rows, SM2_CHECKED - len(rows)):
            where = f"checkpoint of {size} leaves"
            checkpoint = self._signed(note, where, with_sm2=place >= 0)
            if checkpoint is None:
                continue
            if (checkpoint.size, checkpoint.root) != (size, root):
                self._report.add("checkpoint", where, "its row says something else than its note")
            if before and signed_at < before:
                self._report.add("time", where, "it was signed at an earlier time than the one before")
            before = signed_at
            lines = self._cosignatures(parse_note(note).text, where, cosigned.get(size, []))
            self._noted[size] = Signed(checkpoint, parse_note(note), signed_at, lines)
        self._began = min((one.signed_at for one in self._noted.values()), default=None)
        self._begins_at = in_utc(self._began - LATE_AFTER).encode() if self._began else NEVER
        if self._noted and max(self._noted) != published.size:
            self._report.add(
                "checkpoint",
                "the published checkpoint",
                f"it covers {published.size} leaves, the newest in the database {max(self._noted)}",
            )

    def _cosignatures(self, text: str, where: str, written: list[str]) -> tuple[SignatureLine, ...]:
        """The lines of witnesses below a checkpoint; one that is false is told."""
        try:
            lines = tuple(parse_line(one) for one in written)
            keys = [Verifier.parse(key) for key in self._files.public_keys()]
            signatures_by(Note(text, lines), keys)
        except (NoteRefused, ValueError) as error:
            self._report.add("checkpoint", where, f"a cosignature: {error}")
            return ()
        return lines

    def _compare_roots(self, noted: list[Signed], published: Checkpoint, known: tuple[str, ...]) -> None:
        nodes = self._files.nodes(published.size)
        signed = [(published, "the published checkpoint", "checkpoint")]
        signed += [
            (one.checkpoint, f"checkpoint of {one.checkpoint.size} leaves", "checkpoint") for one in noted
        ]
        for note in known:
            checkpoint = self._signed(note, "a checkpoint kept elsewhere")
            if checkpoint is not None:
                where = f"a checkpoint of {checkpoint.size} leaves kept elsewhere"
                signed.append((checkpoint, where, "history"))
        for checkpoint, where, layer in signed:
            if checkpoint.size > published.size:
                self._report.add(layer, where, f"the log has only {published.size} leaves: it was cut back")
                continue
            try:
                root = proofs.root(checkpoint.size, nodes)
            except TileDamaged as error:
                self._report.add("tile", where, str(error))
                continue
            if root != checkpoint.root:
                self._report.add(layer, where, "the tiles give another root: the log was rewritten")

    # --- rows, leaves, bundles -----------------------------------------------------------------

    def _read_ahead(self, begin: int, end: int) -> Iterator[tuple[list[QuickRow], list[Bundle]]]:
        """The rows and the published entries of all leaves by chunks; while one is compared the database
        works on the next, and the disk beside it.
        """

        def read(first: int) -> list[QuickRow]:
            with self._connection.cursor(binary=True) as cursor:
                return cursor.execute(QUICK_ROWS, [max(first, begin), min(first + CHUNK, end)]).fetchall()

        with ThreadPoolExecutor(2) as readers:
            coming: list[tuple[Future[list[QuickRow]], Future[list[Bundle]]]] = []
            for first in range(begin // WIDTH * WIDTH, end, CHUNK):
                files = readers.submit(self._read_files, max(first, begin), min(first + CHUNK, end))
                coming.append((readers.submit(read, first), files))
                if len(coming) > 1:
                    rows, bundles = coming.pop(0)
                    yield rows.result(), bundles.result()
            for rows, bundles in coming:
                yield rows.result(), bundles.result()

    def _compare_rows(self, begin: int, end: int) -> None:
        doubtful = []
        for found, bundles in self._read_ahead(begin, end):
            rows = {row[0]: row for row in found}
            for place, entries, wrong in bundles:
                for one in wrong:
                    self._report.add(one.layer, one.where, one.text)
                for index, entry in enumerate(entries, place):
                    row = rows.get(index)
                    if row is None:
                        self._report.add(
                            "leaf", f"leaf {index}", "it is published and gone from the database"
                        )
                    elif agrees(row, entry) and self._is_in_time(row):
                        self._report.acts += 1
                    else:
                        doubtful.append((index, entry))
        for index, entry in doubtful:
            self._compare_slowly(index, entry)

    def _read_files(self, begin: int, end: int) -> list[Bundle]:
        """Published entries, and what is wrong with a bundle, or with the tile over it."""
        found: list[Bundle] = []
        for index in range(begin // WIDTH, -(-end // WIDTH)):
            first = index * WIDTH
            place, last = max(begin, first), min(end, first + WIDTH)
            tile = Tile(0, index, width_at(0, index, self._report.size))
            entries: list[bytes] = []
            wrong: list[Difference] = []
            try:
                entries = self._files.read_bundle(index, tile.width)
            except (TileDamaged, OSError) as error:
                wrong.append(Difference("bundle", f"leaves {place}–{last - 1}", str(error)))
            try:
                if split_hashes(self._files.read_tile(tile), tile.width) != list(map(leaf_hash, entries)):
                    wrong.append(Difference("tile", tile.path, "it does not follow from what lies below it"))
            except (TileDamaged, OSError) as error:
                wrong.append(Difference("tile", tile.path, str(error)))
            found.append((place, entries[place - first : last - first], wrong))
        return found

    def _is_in_time(self, row: QuickRow) -> bool:
        """Whether it was recorded before the log began, or after the checkpoint that its leaf has seen."""
        entry, recorded = row[1], recorded_in(row[3])
        if recorded < self._begins_at:
            self._report.before_log += 1
            return True
        place = entry.find(b'"seen"')
        if place < 0:
            return True
        part = entry[place:]
        if part not in self._not_before:
            noted = self._seen_by(entry)
            self._not_before[part] = in_utc(noted.signed_at - LATE_AFTER).encode() if noted else NEVER
        return recorded >= self._not_before[part]

    def _compare_slowly(self, index: int, entry: bytes) -> None:
        """Say what differs at a leaf that does not plainly agree."""
        with self._connection.cursor(row_factory=class_row(LeafRow), binary=True) as cursor:
            for row in cursor.execute(LEAF_ROWS, [index, index + 1]):
                if row.entry != entry:
                    self._report.add(
                        "leaf", row.place, "the leaf in the database differs from the published entry"
                    )
                self._compare_act(row)

    def _compare_act(self, row: LeafRow) -> None:
        report = self._report
        if row.act_id is None:
            report.lost += 1
            return
        if row.id is None:
            report.add("record", row.place, "the act was removed; its leaf stands")
            return
        report.acts += 1
        if not row.says_its_bytes:
            report.add("row", row.place, "the row no longer says what its canonical bytes say")
        claimed = in_utc(row.claimed_at)
        commitment = commitment_of(row.canonical, row.salt).hex()
        if not row.entry.startswith(f'{{"claimed":"{claimed}","commitment":"{commitment}",'.encode()):
            report.add("record", row.place, "the canonical bytes, salt or time are not those of the leaf")
        elif f'"kind":"{row.kind}"'.encode() not in row.entry:
            report.add("record", row.place, "the leaf names another kind of act")
        self._compare_times(row)

    def _compare_times(self, row: LeafRow) -> None:
        """Whether the act can have been recorded when it says, given the checkpoint its leaf has seen."""
        if row.claimed_at > row.recorded_at:
            self._report.add("time", row.place, "it claims a time after its recording")
        if self._began is None or row.recorded_at < self._began - LATE_AFTER:
            self._report.before_log += 1
            return
        if b'"seen"' not in row.entry:
            return
        noted = self._seen_by(row.entry)
        if noted is None:
            self._report.add("checkpoint", row.place, "the checkpoint that the leaf has seen is not noted")
        elif row.recorded_at < noted.signed_at - LATE_AFTER:
            self._report.add(
                "time",
                row.place,
                f"recorded {short_time(row.recorded_at)}, entered after {short_time(noted.signed_at)}",
            )

    def _seen_by(self, entry: bytes) -> Signed | None:
        """The noted checkpoint that a leaf has seen; all leaves of a batch have seen the same one."""
        part = entry[entry.index(b'"seen"') :]
        if part not in self._seen:
            try:
                seen = parse_leaf(entry).seen
            except LeafRefused:
                seen = None
            noted = self._noted.get(seen.size) if seen else None
            is_it = seen is not None and noted is not None and noted.was_seen(seen)
            self._seen[part] = noted if is_it else None
        return self._seen[part]

    def _compare_end(self) -> None:
        """Whether more leaves lie beyond the newest signature than the one batch that may be on its way."""
        row = self._connection.execute(
            "SELECT count(*) FROM ledger_leaf"
            " WHERE index >= (SELECT max(size) FROM ledger_logcheckpoint) OR index < 0"
        ).fetchone()
        if row and row[0] > BATCH:
            self._report.add("leaf", "the newest leaves", f"{row[0]} are not covered by a signature")

    # --- tiles ---------------------------------------------------------------------------------

    def _compare_tiles(self) -> None:
        """Whether each tile above the lowest follows from what lies below it."""
        for tile in tiles_of(self._report.size):
            if tile.level == 0:
                continue
            children = range(tile.index * WIDTH, tile.index * WIDTH + tile.width)
            try:
                made = [
                    perfect_root(split_hashes(self._files.read_tile(Tile(tile.level - 1, child)), WIDTH))
                    for child in children
                ]
                if made != split_hashes(self._files.read_tile(tile), tile.width):
                    self._report.add("tile", tile.path, "it does not follow from what lies below it")
            except (TileDamaged, OSError) as error:
                self._report.add("tile", tile.path, str(error))

    # --- acts without a leaf -------------------------------------------------------------------

    def _look_for_waiting(self) -> None:
        late, broken = self._now() - WAITING_AFTER, self._now() - PROMISED_WITHIN
        for key, uid, recorded_at in self._connection.execute(_WAITING):
            self._report.waiting += 1
            if recorded_at < late:
                layer = "promise" if recorded_at < broken else "waiting"
                text = f"recorded {short_time(recorded_at)}, not in the log yet"
                self._report.add(layer, f"act {key} {uid}", text)
