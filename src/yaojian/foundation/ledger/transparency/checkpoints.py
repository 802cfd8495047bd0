"""Checkpoints: what a log says of itself at a size (C2SP tlog-checkpoint), and receipts (tlog-proof)."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass

from yaojian.foundation.ledger.transparency.hashing import HASH_BYTES
from yaojian.foundation.ledger.transparency.notes import Note, NoteRefused, parse_note

PROOF_HEADER = "c2sp.org/tlog-proof@v1"
MAX_PROOF_HASHES = 63
_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A log's origin, its number of leaves, and the root over them."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def parse_checkpoint(note: Note) -> Checkpoint:
    """The checkpoint in a note; further lines are ignored. Raises NoteRefused."""
    lines = note.text.removesuffix("\n").split("\n")
    if len(lines) < 3 or not lines[0] or "" in lines[3:]:
        raise NoteRefused("a checkpoint has an origin, a size and a root")
    return Checkpoint(lines[0], parse_number(lines[1]), parse_hash(lines[2]))


@dataclass(frozen=True, slots=True)
class Receipt:
    """An offline proof that an entry is in a log: its index, the audit path, and the signed checkpoint.

    `extra` is opaque to the format and unprotected by it.
    """

    index: int
    path: tuple[bytes, ...]
    checkpoint: Note
    extra: bytes = b""

    def __str__(self) -> str:
        extra = [f"extra {base64.b64encode(self.extra).decode()}"] if self.extra else []
        path = [base64.b64encode(part).decode() for part in self.path]
        return "\n".join([PROOF_HEADER, *extra, f"index {self.index}", *path, "", str(self.checkpoint)])


def parse_receipt(document: str | bytes) -> Receipt:
    """A receipt from its text; nothing is verified. Raises NoteRefused."""
    try:
        written = document.decode() if isinstance(document, bytes) else document
    except UnicodeDecodeError:
        raise NoteRefused("the receipt is not UTF-8") from None
    head, separator, checkpoint = written.partition("\n\n")
    lines = head.split("\n")
    if lines.pop(0) != PROOF_HEADER or not separator:
        raise NoteRefused("this is no receipt of a transparency log")
    extra = b""
    if lines and lines[0].startswith("extra "):
        extra = _bytes(lines.pop(0).removeprefix("extra "))
    if not lines or not lines[0].startswith("index "):
        raise NoteRefused("the receipt does not say which entry it is about")
    index = parse_number(lines.pop(0).removeprefix("index "))
    if len(lines) > MAX_PROOF_HASHES:
        raise NoteRefused("the receipt's path is too long")
    return Receipt(index, tuple(parse_hash(line) for line in lines), parse_note(checkpoint), extra)


def parse_number(written: str) -> int:
    """A decimal number in its only spelling. Raises NoteRefused."""
    if not _NUMBER.fullmatch(written):
        raise NoteRefused(f"{written[:20]!r} is not a number")
    return int(written)


def _bytes(written: str) -> bytes:
    try:
        return base64.b64decode(written, validate=True)
    except (binascii.Error, ValueError):
        raise NoteRefused("a line is not base64") from None


def parse_hash(written: str) -> bytes:
    """A hash of 32 bytes in base64. Raises NoteRefused."""
    raw = _bytes(written)
    if len(raw) != HASH_BYTES:
        raise NoteRefused("a hash has 32 bytes")
    return raw
