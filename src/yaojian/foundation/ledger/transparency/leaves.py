"""The public leaf of an act: what everybody may read, and a commitment to the rest."""

from __future__ import annotations

import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any

from yaojian.foundation.ledger.canonical import in_utc

VERSION = "yaojian.leaf/1"
_REQUIRED = {"claimed", "commitment", "kind", "organ", "schema", "version"}
_OPTIONAL = {"corrects", "seen"}
_ORGAN = b'","organ":"'
_TIME = "%Y-%m-%dT%H:%M:%S.%fZ"


class LeafRefused(ValueError):
    """An entry of the log is no leaf that this version understands."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The last checkpoint that was there when a leaf was made: its size, and SHA-256 of the whole note.

    The note with its signatures: nobody can name them before they were made, so the leaf is younger.
    """

    size: int
    note: bytes


@dataclass(frozen=True, slots=True)
class Leaf:
    """What the log publishes about one act. `claimed` is aware; `corrects` is the index of another leaf."""

    kind: str
    organ: str
    schema: str
    claimed: datetime
    commitment: bytes
    seen: Seen | None = None
    corrects: int | None = None

    @property
    def entry(self) -> bytes:
        """The bytes that are hashed: RFC 8785 canonical JSON, written out because its members are known."""
        corrects = "" if self.corrects is None else f'"corrects":{self.corrects},'
        seen = ""
        if self.seen is not None:
            seen = f'"seen":{{"note":"{self.seen.note.hex()}","size":{self.seen.size}}},'
        return (
            f'{{"claimed":"{in_utc(self.claimed)}",'
            f'"commitment":"{self.commitment.hex()}",{corrects}'
            f'"kind":{_text(self.kind)},"organ":{_text(self.organ)},"schema":{_text(self.schema)},'
            f'{seen}"version":"{VERSION}"}}'
        ).encode()


@lru_cache(maxsize=4096)
def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def commitment_of(canonical: bytes, salt: bytes) -> bytes:
    """HMAC-SHA-256 of an act's canonical bytes under its salt; 32 bytes."""
    return hmac.digest(salt, canonical, "sha256")


def seen_of(size: int, note: str) -> Seen:
    """What a leaf says about a checkpoint of `size` leaves with all its signatures."""
    return Seen(size, sha256(note.encode()).digest())


def parse_leaf(entry: bytes) -> Leaf:
    """The leaf of an entry. Raises LeafRefused, also for bytes that are not the leaf's only spelling."""
    try:
        said: dict[str, Any] = json.loads(entry)
        if not _REQUIRED <= said.keys() <= _REQUIRED | _OPTIONAL or said["version"] != VERSION:
            raise LeafRefused("the entry is not a leaf of this version")
        if not all(isinstance(said[name], str) for name in _REQUIRED):
            raise LeafRefused("a member of the leaf is not a text")
        seen = said.get("seen")
        leaf = Leaf(
            kind=said["kind"],
            organ=said["organ"],
            schema=said["schema"],
            claimed=datetime.strptime(said["claimed"], _TIME).replace(tzinfo=UTC),
            commitment=bytes.fromhex(said["commitment"]),
            seen=None if seen is None else Seen(int(seen["size"]), bytes.fromhex(seen["note"])),
            corrects=None if "corrects" not in said else int(said["corrects"]),
        )
        spelled = leaf.entry
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise LeafRefused("the entry is no leaf") from error
    if spelled != entry:
        raise LeafRefused("the leaf is not in canonical form")
    return leaf


def organ_of(entry: bytes) -> str:
    """The organ that a leaf names, without reading the rest: in canonical JSON quotes in texts are escaped.

    Raises LeafRefused.
    """
    begin = entry.find(_ORGAN) + len(_ORGAN)
    end = entry.find(b'"', begin)
    if begin < len(_ORGAN) or end < 0 or b"\\" in entry[begin:end]:
        return parse_leaf(entry).organ
    return entry[begin:end].decode()
