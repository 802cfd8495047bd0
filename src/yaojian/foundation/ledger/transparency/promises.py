"""Promises: signed for an act that is recorded, that it will be in the log by a time."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from yaojian.foundation.ledger.canonical import in_utc
from yaojian.foundation.ledger.transparency.checkpoints import parse_hash
from yaojian.foundation.ledger.transparency.notes import Note, NoteRefused

PROMISES = "/promises"
"""What the name of the key that signs promises has after the log's."""
PROMISED_WITHIN = timedelta(minutes=10)
"""How long after its recording an act may be without an entry."""
_UID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_TIME = "%Y-%m-%dT%H:%M:%S.%fZ"


@dataclass(frozen=True, slots=True)
class Promise:
    """That an act will be in a log by a deadline; the commitment is that of its leaf to be."""

    origin: str
    uid: str
    commitment: bytes
    recorded: datetime
    deadline: datetime

    @property
    def text(self) -> str:
        """The text that is signed."""
        commitment = base64.b64encode(self.commitment).decode()
        times = f"recorded {in_utc(self.recorded)}\nby {in_utc(self.deadline)}"
        return f"{self.origin}{PROMISES}\n{self.uid}\n{commitment}\n{times}\n"


def parse_promise(note: Note) -> Promise:
    """The promise in a note; signatures are not checked. Raises NoteRefused."""
    lines = note.text.removesuffix("\n").split("\n")
    if len(lines) != 5 or not lines[0].endswith(PROMISES) or not _UID.fullmatch(lines[1]):
        raise NoteRefused("this is no promise")
    promise = Promise(
        lines[0].removesuffix(PROMISES),
        lines[1],
        parse_hash(lines[2]),
        _moment(lines[3], "recorded "),
        _moment(lines[4], "by "),
    )
    if promise.text != note.text:
        raise NoteRefused("the promise has another spelling")
    return promise


def _moment(line: str, mark: str) -> datetime:
    try:
        return datetime.strptime(line.removeprefix(mark), _TIME).replace(tzinfo=UTC)
    except ValueError:
        raise NoteRefused("a time of the promise is malformed") from None
