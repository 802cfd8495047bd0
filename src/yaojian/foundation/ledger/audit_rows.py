"""Leaves with their acts, as the auditor reads them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from yaojian.foundation.ledger.actions import content_of
from yaojian.foundation.ledger.canonical import canonical_bytes, in_utc

_QUICKLY = msgspec.json.Encoder(order="sorted")
"""Spells nearly every act as RFC 8785 does; where it does not, the slow way decides."""
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
