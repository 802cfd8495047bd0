"""Signed notes: a text with signature lines that anybody may add to (C2SP signed-note and tlog-cosignature).

Kinds of signature: Ed25519 (01) by a log, Ed25519 with a time (04, cosignature/v1) by a witness, SM2 (ff)
beside the log's. A line by a key that the reader does not know is ignored: who knows no SM2 reads the rest.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from yaojian.foundation.ledger.transparency import sm2

ED25519, COSIGNATURE, SM2 = 0x01, 0x04, 0xFF
KEY_BYTES, SIGNATURE_BYTES, ID_BYTES, TIME_BYTES = 32, 64, 4, 8
MARK = "\u2014 "
MAX_NOTE_BYTES = 1_000_000
MAX_SIGNATURES = 100


class NoteRefused(ValueError):
    """A note is malformed, or the signatures that were asked for are not there."""


@dataclass(frozen=True, slots=True)
class SignatureLine:
    """One line below a note: who signed, with which key, and the bytes that the algorithm makes."""

    name: str
    key_id: bytes
    signature: bytes

    def __str__(self) -> str:
        return f"{MARK}{self.name} {base64.b64encode(self.key_id + self.signature).decode()}"


@dataclass(frozen=True, slots=True)
class Note:
    """A text that ends with a line break, and its signature lines."""

    text: str
    lines: tuple[SignatureLine, ...] = ()

    def __str__(self) -> str:
        return self.text + "\n" + "".join(f"{line}\n" for line in self.lines)

    def with_lines(self, lines: Iterable[SignatureLine]) -> Note:
        """The note with more lines; one that is there already is not doubled."""
        return Note(self.text, tuple(dict.fromkeys((*self.lines, *lines))))


def check_name(name: str) -> str:
    """The name of a key. Raises ValueError for one with spaces or a plus sign, or an empty one."""
    if not name or "+" in name or any(character.isspace() for character in name):
        raise ValueError(f"{name!r} cannot name a key: no spaces, no plus sign, not empty")
    return name


def key_id(name: str, kind: int, public_key: bytes) -> bytes:
    """The four bytes by which a line names its key."""
    return sha256(name.encode() + b"\n" + bytes([kind]) + public_key).digest()[:ID_BYTES]


def parse_note(document: str | bytes) -> Note:
    """A note from its bytes; signatures are not checked. Raises NoteRefused."""
    raw = document.encode() if isinstance(document, str) else document
    if len(raw) > MAX_NOTE_BYTES:
        raise NoteRefused("the note is too long")
    try:
        written = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise NoteRefused("the note is not UTF-8") from None
    if any(ord(character) < 0x20 and character != "\n" for character in written):
        raise NoteRefused("the note holds control characters")
    text, separator, below = written.rpartition("\n\n")
    if not separator or not below.endswith("\n"):
        raise NoteRefused("the note has no signature lines")
    rows = below.removesuffix("\n").split("\n")
    if len(rows) > MAX_SIGNATURES:
        raise NoteRefused("the note has too many signature lines")
    return Note(text + "\n", tuple(parse_line(row) for row in rows))


def parse_line(row: str) -> SignatureLine:
    """A signature line. Raises NoteRefused."""
    name, _space, encoded = row.removeprefix(MARK).partition(" ")
    try:
        raw = base64.b64decode(encoded, validate=True)
        check_name(name)
    except (binascii.Error, ValueError):
        raise NoteRefused("a signature line is malformed") from None
    if not row.startswith(MARK) or len(raw) <= ID_BYTES:
        raise NoteRefused("a signature line is malformed")
    return SignatureLine(name, raw[:ID_BYTES], raw[ID_BYTES:])


class Signer(Protocol):
    """Somebody who can sign a note's text."""

    def sign(self, text: str) -> SignatureLine: ...


class Ed25519Signer:
    """Signs with an Ed25519 key under a name."""

    def __init__(self, name: str, seed: bytes) -> None:
        self.name = check_name(name)
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        public = self._key.public_key().public_bytes_raw()
        self.verifier = Verifier(name, ED25519, public)

    def sign(self, text: str) -> SignatureLine:
        """The signature line of a text."""
        return SignatureLine(self.name, self.verifier.key_id, self._key.sign(text.encode()))


class Sm2Signer:
    """Signs with an SM2 key under a name."""

    def __init__(self, name: str, seed: bytes) -> None:
        """Raises ValueError for bytes that are no private key."""
        self.name, self._seed = check_name(name), seed
        self.verifier = Verifier(name, SM2, sm2.IDENTIFIER + sm2.public_point(seed))

    def sign(self, text: str) -> SignatureLine:
        """The signature line of a text."""
        return SignatureLine(self.name, self.verifier.key_id, sm2.signature_of(self._seed, text.encode()))


class Cosigner:
    """Signs, as a witness, that a checkpoint was seen at a time and is consistent with all seen before."""

    def __init__(self, name: str, seed: bytes) -> None:
        self.name = check_name(name)
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        public = self._key.public_key().public_bytes_raw()
        self.verifier = Verifier(name, COSIGNATURE, public)

    def sign(self, text: str, unix_seconds: int) -> SignatureLine:
        """The cosignature line of a checkpoint's text at a time."""
        signature = self._key.sign(cosigned_message(text, unix_seconds))
        return SignatureLine(
            self.name, self.verifier.key_id, unix_seconds.to_bytes(TIME_BYTES, "big") + signature
        )


def cosigned_message(text: str, unix_seconds: int) -> bytes:
    """What a witness signs (tlog-cosignature, cosignature/v1)."""
    return f"cosignature/v1\ntime {unix_seconds}\n{text}".encode()


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key with its name and kind, as people exchange it: `name+id+base64(kind, key)`."""

    name: str
    kind: int
    public_key: bytes

    @property
    def key_id(self) -> bytes:
        """The four bytes by which a line names this key."""
        return key_id(self.name, self.kind, self.public_key)

    def __str__(self) -> str:
        encoded = base64.b64encode(bytes([self.kind]) + self.public_key).decode()
        return f"{self.name}+{self.key_id.hex()}+{encoded}"

    @classmethod
    def parse(cls, written: str) -> Verifier:
        """A key as people exchange it. Raises ValueError when it is malformed or its id does not fit."""
        try:
            name, identity, encoded = written.strip().split("+", 2)
            raw = base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError):
            raise ValueError("a verifier key reads name+id+key") from None
        is_sm2 = raw.startswith(bytes([SM2]) + sm2.IDENTIFIER) and sm2.is_public(
            raw[1 + len(sm2.IDENTIFIER) :]
        )
        if not is_sm2 and (len(raw) != 1 + KEY_BYTES or raw[0] not in (ED25519, COSIGNATURE)):
            raise ValueError("the key is neither an Ed25519 nor an SM2 key")
        key = cls(check_name(name), raw[0], raw[1:])
        if key.key_id.hex() != identity:
            raise ValueError("the key's id does not fit the key")
        return key

    def holds(self, text: str, line: SignatureLine) -> bool:
        """Whether a line is this key's signature of the text."""
        if line.name != self.name or line.key_id != self.key_id:
            return False
        message, signature = text.encode(), line.signature
        if self.kind == SM2:
            return sm2.holds(self.public_key.removeprefix(sm2.IDENTIFIER), message, signature)
        if self.kind == COSIGNATURE:
            if len(signature) != TIME_BYTES + SIGNATURE_BYTES:
                return False
            message = cosigned_message(text, time_of(line))
            signature = signature[TIME_BYTES:]
        try:
            Ed25519PublicKey.from_public_bytes(self.public_key).verify(signature, message)
        except InvalidSignature:
            return False
        return True


def time_of(cosignature: SignatureLine) -> int:
    """The unix seconds that a cosignature carries."""
    return int.from_bytes(cosignature.signature[:TIME_BYTES], "big")


def signatures_by(note: Note, keys: Sequence[Verifier]) -> list[tuple[Verifier, SignatureLine]]:
    """The lines of a note that are true signatures by one of the keys, in order.

    Raises NoteRefused when a line claims one of the keys and is false.
    """
    found = []
    for line in note.lines:
        for key in keys:
            if (line.name, line.key_id) == (key.name, key.key_id):
                if not key.holds(note.text, line):
                    raise NoteRefused(f"the signature of {key.name} is false")
                found.append((key, line))
    return found
