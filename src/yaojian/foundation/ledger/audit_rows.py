"""Leaves with their acts, as the auditor reads them: quickly, and with all columns where something differs.

PostgreSQL spells everything but the facts as RFC 8785 does, so that a row is compared with its bytes at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

import msgspec

from yaojian.foundation.ledger.actions import content_of
from yaojian.foundation.ledger.canonical import SCHEMA, canonical_bytes, in_utc
from yaojian.foundation.ledger.transparency.checkpoints import Checkpoint
from yaojian.foundation.ledger.transparency.leaves import Seen, commitment_of, seen_of
from yaojian.foundation.ledger.transparency.notes import Note, SignatureLine

_QUICKLY = msgspec.json.Encoder(order="sorted")
"""Spells nearly every act as RFC 8785 does; where it does not, the slow way decides."""
_UTC = """to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
_REFERENCE = """CASE WHEN coalesce(a.{0}_id, 0) = 0 THEN 'null'
ELSE to_json(a.{0}_kind || ':' || a.{0}_id)::text END"""
_BEGINS = f"""convert_to(
'{{"actor":{{"id":' || a.actor_id || ',"name":' || to_json(a.actor_name) || ',"role":' || to_json(a.role)
|| '}},"claimed_at":"' || {_UTC.format("a.claimed_at")} || '","evidence":' || array_to_json(a.evidence)
|| ',"facts":', 'UTF8')"""
_ENDS = f"""convert_to(
',"file":' || {_REFERENCE.format("file")} || ',"kind":' || to_json(a.kind)
|| ',"legal_basis":' || array_to_json(a.legal_basis)
|| ',"organ":{{"id":' || a.organ_id || ',"name":' || to_json(a.organ_name) || '}},"recorded_at":"'
|| {_UTC.format("a.recorded_at")}
|| '","schema":"{SCHEMA}","subject":' || {_REFERENCE.format("subject")}
|| ',"uid":"' || a.uid || '"}}', 'UTF8')"""
QUICK_ROWS = f"""
SELECT index, entry, kind, canonical, salt,
    CASE WHEN substr(canonical, 1, length(begins)) = begins
        AND substr(canonical, length(canonical) - length(ends) + 1) = ends THEN length(begins) END,
    length(canonical) - length(ends), facts
FROM (
    SELECT l.index, l.entry, a.kind, a.canonical, a.salt, a.facts, {_BEGINS} AS begins, {_ENDS} AS ends
    FROM ledger_leaf l LEFT JOIN ledger_act a ON a.id = l.act_id
    WHERE l.index >= %s AND l.index < %s OFFSET 0
) AS spelled
"""  # noqa: S608 — parts of our own
QuickRow = tuple[int, bytes, str | None, bytes, bytes, int | None, int, dict[str, Any]]
"""Index, entry, kind, canonical bytes, salt; where in these the facts begin, when all around them is what the
row spells, and where they end; the facts.
"""
_CLAIMED, _RECORDED = b'"claimed_at":"', b'"recorded_at":"'
TIME_LETTERS: Final = 27
_INNER, _OUTER = (bytes(byte ^ pad for byte in range(256)) for pad in (0x36, 0x5C))
_INNER_REST, _OUTER_REST = b"\x36" * 32, b"\x5c" * 32


def agrees(row: QuickRow, published: bytes) -> bool:
    """Whether row, canonical bytes, leaf and published entry surely say the same. In doubt it says no."""
    _index, entry, kind, canonical, salt, begin, end, facts = row
    if kind is None or begin is None or entry != published or _QUICKLY.encode(facts) != canonical[begin:end]:
        return False
    # Quotes in texts are escaped, so that the names of members are found where they are members.
    place = canonical.index(_CLAIMED) + len(_CLAIMED)
    claimed = canonical[place : place + TIME_LETTERS]
    if claimed > recorded_in(canonical):
        return False
    begins = b'{"claimed":"%b","commitment":"%b","' % (claimed, _commitment(salt, canonical).encode())
    return entry.startswith(begins) and b'"kind":"%b"' % kind.encode() in entry


def recorded_in(canonical: bytes) -> bytes:
    """The time of recording in canonical bytes that agree with their row."""
    place = canonical.rindex(_RECORDED) + len(_RECORDED)
    return canonical[place : place + TIME_LETTERS]


def _commitment(salt: bytes, canonical: bytes) -> str:
    """HMAC-SHA-256 written out (RFC 2104): OpenSSL's takes twice as long to set up."""
    if len(salt) != len(_INNER_REST):
        return commitment_of(canonical, salt).hex()
    inner = sha256(salt.translate(_INNER) + _INNER_REST + canonical).digest()
    return sha256(salt.translate(_OUTER) + _OUTER_REST + inner).hexdigest()


LEAF_ROWS = """
SELECT l.index, l.entry, l.act_id, a.id, a.uid, a.kind, a.actor_id, a.actor_name, a.role, a.organ_id,
       a.organ_name, a.subject_kind, a.subject_id, a.file_kind, a.file_id, a.claimed_at, a.recorded_at,
       a.legal_basis, a.evidence, a.facts, a.canonical, a.salt
FROM ledger_leaf l LEFT JOIN ledger_act a ON a.id = l.act_id
WHERE l.index >= %s AND l.index < %s ORDER BY l.index
"""


@dataclass(slots=True)
class LeafRow:
    """A leaf with the act it belongs to; without one its columns are None."""

    index: int
    entry: bytes
    act_id: int | None
    id: int | None
    uid: UUID
    kind: str
    actor_id: int
    actor_name: str
    role: str
    organ_id: int
    organ_name: str
    subject_kind: str
    subject_id: int | None
    file_kind: str
    file_id: int | None
    claimed_at: datetime
    recorded_at: datetime
    legal_basis: list[str]
    evidence: list[str]
    facts: dict[str, Any]
    canonical: bytes
    salt: bytes

    @property
    def place(self) -> str:
        """Where the leaf is, and whose it is."""
        if self.id is None:
            return f"leaf {self.index}" + (f", act {self.act_id}" if self.act_id else "")
        return f"leaf {self.index}, act {self.id} {self.uid} {self.kind}"

    @property
    def says_its_bytes(self) -> bool:
        """Whether the row says what its bytes say: quickly when it does, by RFC 8785 when in doubt."""
        content = content_of(self)
        times = {"claimed_at": in_utc(self.claimed_at), "recorded_at": in_utc(self.recorded_at)}
        if _QUICKLY.encode(content | times) == self.canonical:
            return True
        try:
            return canonical_bytes(content) == self.canonical
        except (TypeError, ValueError):
            return False


@dataclass(frozen=True, slots=True)
class Signed:
    """A checkpoint that the database notes."""

    checkpoint: Checkpoint
    note: Note
    signed_at: datetime
    cosignatures: tuple[SignatureLine, ...] = ()

    def was_seen(self, seen: Seen) -> bool:
        """Whether a leaf can have seen it: with all its lines, or before the later of its witnesses came."""
        return any(
            seen_of(self.checkpoint.size, str(self.note.with_lines(self.cosignatures[:count]))) == seen
            for count in range(len(self.cosignatures), -1, -1)
        )
