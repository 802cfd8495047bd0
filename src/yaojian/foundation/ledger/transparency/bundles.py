"""Proof bundles: every act about a subject in a period, and the closed days that count them. Pure.

One JSON file: a signed checkpoint; the closing of every day of the period with the statement about each
subject; every entry counted there, with the record where it may be read; the checkpoints that they have seen.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from yaojian.foundation.ledger.transparency.checkpoints import parse_hash, parse_number
from yaojian.foundation.ledger.transparency.days import SUBJECTS, Statement
from yaojian.foundation.ledger.transparency.leaves import Leaf, LeafRefused, parse_leaf
from yaojian.foundation.ledger.transparency.notes import NoteRefused

FORMAT = "yaojian.bundle/1"
MOST_DAYS = 4000


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the log with its path; with the record and its salt, or with the entry that erased them."""

    index: int
    path: tuple[bytes, ...]
    entry: bytes
    leaf: Leaf
    subject: int = 0
    act: bytes = b""
    salt: bytes = b""
    erasure: Entry | None = None

    def as_json(self) -> dict[str, Any]:
        """As it stands in the file."""
        said: dict[str, Any] = {"index": str(self.index), "path": _in_base64(self.path)}
        said["entry"] = self.entry.decode()
        if self.subject:
            said["subject"] = str(self.subject)
        if self.act:
            said |= {"act": self.act.decode(), "salt": self.salt.hex()}
        if self.erasure:
            said["erasure"] = self.erasure.as_json()
        return said


@dataclass(frozen=True, slots=True)
class Said:
    """A statement of a day about a subject, with what opens it and its path in the day's tree."""

    statement: Statement
    salt: bytes
    path: tuple[bytes, ...]

    def as_json(self) -> dict[str, Any]:
        """As it stands in the file; the day is that of the closing around it."""
        return {
            "subject": str(self.statement.subject),
            "entries": str(self.statement.entries),
            "root": self.statement.root.hex(),
            "salt": self.salt.hex(),
            "path": _in_base64(self.path),
        }


@dataclass(frozen=True, slots=True)
class Day:
    """A day, the entry that closes it, and what it says of each subject."""

    day: str
    closing: Entry
    said: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Bundle:
    """What a bundle holds. `name` helps people and proves nothing."""

    name: str
    subjects: tuple[int, ...]
    since: date
    until: date
    checkpoint: str
    notes: tuple[str, ...]
    days: tuple[Day, ...]
    entries: tuple[Entry, ...]

    def __str__(self) -> str:
        said = {
            "format": FORMAT,
            "name": self.name,
            "subjects": [str(one) for one in self.subjects],
            "since": self.since.isoformat(),
            "until": self.until.isoformat(),
            "checkpoint": self.checkpoint,
            "notes": list(self.notes),
            "days": [
                {"day": one.day, "closing": one.closing.as_json(), "said": [s.as_json() for s in one.said]}
                for one in self.days
            ],
            "entries": [one.as_json() for one in self.entries],
        }
        return json.dumps(said, ensure_ascii=False, separators=(",", ":")) + "\n"

    @property
    def span(self) -> list[str]:
        """Every day of the period."""
        return [(self.since + timedelta(n)).isoformat() for n in range((self.until - self.since).days + 1)]


def references(subjects: Iterable[int]) -> str:
    """Subjects as records name them."""
    return ", ".join(f"{SUBJECTS}{one}" for one in subjects)


def looks_like_bundle(document: str) -> bool:
    """Whether a document is meant as a bundle: receipts and promises never begin with a brace."""
    return document.startswith("{")


def parse_bundle(document: str) -> Bundle:
    """The bundle in a document; nothing is verified. Raises NoteRefused."""
    try:
        said: Mapping[str, Any] = json.loads(document)
        bundle = Bundle(
            name=_text(said["name"]),
            subjects=tuple(parse_number(one) for one in _list(said["subjects"])),
            since=_day(said["since"]),
            until=_day(said["until"]),
            checkpoint=_text(said["checkpoint"]),
            notes=tuple(_text(one) for one in _list(said["notes"])),
            days=tuple(_parse_day(one) for one in _list(said["days"])),
            entries=tuple(_parse_entry(one) for one in _list(said["entries"])),
        )
        if said["format"] != FORMAT or not bundle.subjects:
            raise NoteRefused("this is no bundle of this version")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, LeafRefused) as error:
        raise NoteRefused("this is no bundle") from error
    if not timedelta(0) <= bundle.until - bundle.since <= timedelta(MOST_DAYS):
        raise NoteRefused("the bundle's period is none")
    return bundle


def _parse_day(said: Mapping[str, Any]) -> Day:
    day = _day(said["day"]).isoformat()
    told = tuple(
        Said(
            Statement(parse_number(one["subject"]), day, parse_number(one["entries"]), _hex(one["root"], 32)),
            _hex(one["salt"], 32),
            _hashes(one["path"]),
        )
        for one in _list(said["said"])
    )
    return Day(day, _parse_entry(said["closing"]), told)


def _parse_entry(said: Mapping[str, Any]) -> Entry:
    entry = _text(said["entry"]).encode()
    return Entry(
        index=parse_number(said["index"]),
        path=_hashes(said["path"]),
        entry=entry,
        leaf=parse_leaf(entry),
        subject=parse_number(said.get("subject", "0")),
        act=_text(said.get("act", "")).encode(),
        salt=_hex(said.get("salt", "")),
        erasure=_parse_entry(said["erasure"]) if "erasure" in said else None,
    )


def _in_base64(hashes: Sequence[bytes]) -> list[str]:
    return [base64.b64encode(one).decode() for one in hashes]


def _hashes(said: Any) -> tuple[bytes, ...]:
    return tuple(parse_hash(_text(one)) for one in _list(said))


def _text(said: Any) -> str:
    if not isinstance(said, str):
        raise TypeError("a text is wanted")
    return said


def _list(said: Any) -> list[Any]:
    if not isinstance(said, list):
        raise TypeError("a list is wanted")
    return said


def _hex(said: Any, size: int | None = None) -> bytes:
    raw = bytes.fromhex(_text(said))
    if raw.hex() != said or (size is not None and len(raw) != size):
        raise ValueError("hexadecimal digits are wanted")
    return raw


def _day(said: Any) -> date:
    day = date.fromisoformat(_text(said))
    if day.isoformat() != said:
        raise ValueError("a day is wanted")
    return day
