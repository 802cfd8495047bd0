"""What a log and its witnesses say to each other (C2SP tlog-witness), and which witnesses a log has."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from yaojian.foundation.ledger.transparency.checkpoints import MAX_PROOF_HASHES, parse_hash, parse_number
from yaojian.foundation.ledger.transparency.notes import COSIGNATURE, Note, NoteRefused, Verifier, parse_note

MAX_SUBMISSION_BYTES = 64 * 1024
SIZE_TYPE = "text/x.tlog.size"


@dataclass(frozen=True, slots=True)
class Submission:
    """A checkpoint for a witness, and the proof that the tree of `old` leaves, seen last, begins this one."""

    old: int
    proof: tuple[bytes, ...]
    note: Note

    def __bytes__(self) -> bytes:
        proof = "".join(f"{base64.b64encode(part).decode()}\n" for part in self.proof)
        return f"old {self.old}\n{proof}\n{self.note}".encode()


def parse_submission(body: bytes) -> Submission:
    """A submission from its bytes; nothing is verified. Raises NoteRefused."""
    try:
        head, separator, note = body.decode().partition("\n\n")
    except UnicodeDecodeError:
        raise NoteRefused("the submission is not UTF-8") from None
    first, *proof = head.split("\n")
    if not separator or not first.startswith("old "):
        raise NoteRefused("a submission begins with the old size and has an empty line before the checkpoint")
    if len(proof) > MAX_PROOF_HASHES:
        raise NoteRefused("the proof is too long")
    old = parse_number(first.removeprefix("old "))
    return Submission(old, tuple(parse_hash(line) for line in proof), parse_note(note))


@dataclass(frozen=True, slots=True)
class Witness:
    """Somebody outside who cosigns: the key, and the address that checkpoints are sent to."""

    key: Verifier
    address: str


@dataclass(frozen=True, slots=True)
class Witnesses:
    """Those who cosign a log, how many of them are enough, and whether nothing is published without them."""

    members: tuple[Witness, ...] = ()
    quorum: int = 0
    holds_back: bool = False

    @property
    def lines(self) -> list[str]:
        """What the public is told of them, in the form of a policy."""
        return [*(str(one.key) for one in self.members), *([f"quorum {self.quorum}"] if self.members else [])]

    def are_enough(self, names: Iterable[str]) -> bool:
        """Whether those who have cosigned are a quorum."""
        return len(set(names) & {one.key.name for one in self.members}) >= self.quorum


def parse_witnesses(text: str) -> Witnesses:
    """Witnesses from a file: `KEY ADDRESS` lines, `quorum N` (default: more than half),
    `without-quorum publish` (default) or `without-quorum wait`; # begins a remark. Raises ValueError.
    """
    members: list[Witness] = []
    quorum: int | None = None
    without = "publish"
    for number, line in enumerate(text.splitlines(), 1):
        words = line.partition("#")[0].split()
        if not words:
            continue
        if len(words) != 2:
            raise ValueError(f"line {number}: expected KEY ADDRESS, quorum N, or without-quorum publish|wait")
        if words[0] == "quorum" and words[1].isdecimal():
            quorum = int(words[1])
        elif words[0] == "without-quorum" and words[1] in ("publish", "wait"):
            without = words[1]
        else:
            members.append(_witness(number, *words))
    if len({one.key.name for one in members}) != len(members):
        raise ValueError("two witnesses have one name")
    wanted = len(members) // 2 + 1 if quorum is None and members else quorum or 0
    if wanted > len(members) or (members and not wanted):
        raise ValueError(f"a quorum of {wanted} cannot be had from {len(members)} witnesses")
    return Witnesses(tuple(members), wanted, without == "wait")


def _witness(number: int, written: str, address: str) -> Witness:
    try:
        key = Verifier.parse(written)
        parts = urlsplit(address)
    except ValueError as error:
        raise ValueError(f"line {number}: {error}") from error
    if key.kind != COSIGNATURE:
        raise ValueError(f"line {number}: the key of {key.name} is not one for cosignatures")
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ValueError(f"line {number}: {address} is no address of a witness")
    return Witness(key, address.rstrip("/"))
