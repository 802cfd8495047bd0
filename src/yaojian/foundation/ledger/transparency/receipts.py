"""Receipts of acts: what one carries beside its proof, how it fits a QR code, and what it proves to whom."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from yaojian.foundation.ledger.transparency.checkpoints import (
    Checkpoint,
    Receipt,
    parse_checkpoint,
    parse_receipt,
)
from yaojian.foundation.ledger.transparency.hashing import leaf_hash
from yaojian.foundation.ledger.transparency.keys import CLOCK
from yaojian.foundation.ledger.transparency.leaves import (
    Leaf,
    LeafRefused,
    commitment_of,
    parse_leaf,
    seen_of,
)
from yaojian.foundation.ledger.transparency.notes import (
    ED25519,
    SM2,
    NoteRefused,
    Verifier,
    parse_note,
    signatures_by,
    time_of,
)
from yaojian.foundation.ledger.transparency.promises import PROMISES, Promise, parse_promise
from yaojian.foundation.ledger.transparency.proofs import ProofRefused, check_inclusion

QR_MARK = "YJ1:"
MAX_RECEIPT_BYTES = 1_000_000
A_SECOND = timedelta(seconds=1)
"""Times are signed in whole seconds: what was signed at 10:00:00 may have come late in that second."""
LATE_AFTER = timedelta(minutes=5)
"""An act waits for its entry while the one before is signed; more than that was entered later."""
_BASE45 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


@dataclass(frozen=True, slots=True)
class Contents:
    """What a receipt carries beside its proof: entry, checkpoint seen, and perhaps the act with its salt."""

    entry: bytes
    seen: str = ""
    act: bytes = b""
    salt: bytes = b""

    def __bytes__(self) -> bytes:
        said = {"entry": self.entry.decode()}
        if self.seen:
            said["seen"] = self.seen
        if self.act:
            said |= {"act": self.act.decode(), "salt": self.salt.hex()}
        return json.dumps(said, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def parse_contents(extra: bytes) -> Contents:
    """The contents in a receipt. Raises NoteRefused."""
    try:
        said: dict[str, str] = json.loads(extra)
        return Contents(
            entry=said["entry"].encode(),
            seen=said.get("seen", ""),
            act=said.get("act", "").encode(),
            salt=bytes.fromhex(said.get("salt", "")),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NoteRefused("the receipt does not carry its entry") from error


def in_qr_letters(document: str) -> str:
    """A receipt in the 45 letters that QR codes pack best (RFC 9285 over zlib)."""
    packed, letters = zlib.compress(document.encode(), 9), []
    for i in range(0, len(packed) - 1, 2):
        number = packed[i] * 256 + packed[i + 1]
        letters += [_BASE45[number % 45], _BASE45[number // 45 % 45], _BASE45[number // 2025]]
    if len(packed) % 2:
        letters += [_BASE45[packed[-1] % 45], _BASE45[packed[-1] // 45]]
    return QR_MARK + "".join(letters)


def from_qr_letters(written: str) -> str:
    """The receipt that a QR code holds. Raises NoteRefused."""
    try:
        numbers = [_BASE45.index(letter) for letter in written.strip("\r\n").removeprefix(QR_MARK)]
        packed = bytearray()
        for i in range(0, len(numbers), 3):
            part = numbers[i : i + 3]
            value = sum(number * 45**power for power, number in enumerate(part))
            packed += value.to_bytes(len(part) - 1, "big")
        inflate = zlib.decompressobj()
        document = inflate.decompress(bytes(packed), MAX_RECEIPT_BYTES)
        if not inflate.eof:
            raise NoteRefused("the code is cut off")
        return document.decode()
    except (ValueError, OverflowError, zlib.error) as error:
        raise NoteRefused("this is no code of a receipt") from error


@dataclass(frozen=True, slots=True)
class Policy:
    """Whom the reader trusts: the log's key, the platform's clock, witnesses, and how many of these."""

    log: Verifier
    clock: Verifier | None = None
    witnesses: tuple[Verifier, ...] = ()
    quorum: int = 0
    promises: Verifier | None = None
    sm2: Verifier | None = None


def parse_policy(lines: Iterable[str]) -> Policy:
    """A policy from keys, one on each line: of log, clock, promises, SM2 and witnesses; and `quorum N`.

    Raises ValueError.
    """
    log: Verifier | None = None
    promises: Verifier | None = None
    sm2: Verifier | None = None
    timed: list[Verifier] = []
    quorum: int | None = None
    for line in filter(None, (line.strip() for line in lines)):
        if line.startswith("quorum "):
            quorum = int(line.removeprefix("quorum "))
            continue
        key = Verifier.parse(line)
        if key.kind == SM2:
            sm2 = key
        elif key.kind != ED25519:
            timed.append(key)
        elif key.name.endswith(PROMISES):
            promises = key
        elif log is not None:
            raise ValueError("two keys of logs are given; one is needed")
        else:
            log = key
    if log is None:
        raise ValueError("the key of the log is missing")
    clock = next((key for key in timed if key.name == log.name + CLOCK), None)
    witnesses = tuple(key for key in timed if key is not clock)
    wanted = len(witnesses) // 2 + 1 if quorum is None and witnesses else quorum or 0
    if wanted > len(witnesses):
        raise ValueError(f"{wanted} witnesses are wanted, and {len(witnesses)} are named")
    return Policy(log, clock, witnesses, wanted, promises, sm2)


@dataclass(frozen=True, slots=True)
class Stamp:
    """A time that somebody signed."""

    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a receipt proves. With a `problem` it proves nothing, and the rest is as far as it was read."""

    problem: str = ""
    checkpoint: Checkpoint | None = None
    index: int = 0
    leaf: Leaf | None = None
    act: dict[str, Any] | None = None
    earliest: datetime | None = None
    latest: datetime | None = None
    witnesses: tuple[Stamp, ...] = ()
    is_witnessed: bool = False
    quorum: int = 0
    promise: Promise | None = None
    has_sm2: bool | None = None
    """Whether the SM2 key of the policy has signed the checkpoint; None when the policy names none."""

    @property
    def is_late(self) -> bool:
        """Whether the act claims a time clearly before the earliest at which its entry can have been made."""
        return bool(self.leaf and self.earliest and self.leaf.claimed < self.earliest - LATE_AFTER)


def judge(document: str, policy: Policy) -> Verdict:
    """What a receipt or a promise, or the text of the QR code of either, proves under a policy."""
    try:
        written = from_qr_letters(document) if document.startswith(QR_MARK) else document
        if promised := _judged_promise(written, policy):
            return promised
        receipt = parse_receipt(written)
        contents = parse_contents(receipt.extra)
        checkpoint = parse_checkpoint(receipt.checkpoint)
        leaf = parse_leaf(contents.entry)
    except (NoteRefused, LeafRefused):
        return Verdict("not_a_receipt")
    read = Verdict(checkpoint=checkpoint, index=receipt.index, leaf=leaf)
    problem = _problem_of_proof(receipt, checkpoint, contents, policy)
    if not problem and contents.act and commitment_of(contents.act, contents.salt) != leaf.commitment:
        problem = "content_differs"
    if problem:
        return replace(read, problem=problem)
    seen = _seen_stamps(contents, leaf, policy)
    if seen is None:
        return replace(read, problem="seen_differs")
    return _with_times(
        replace(
            read,
            act=json.loads(contents.act) if contents.act else None,
            has_sm2=bool(signatures_by(receipt.checkpoint, [policy.sm2])) if policy.sm2 else None,
        ),
        _stamps(str(receipt.checkpoint), policy),
        seen,
        policy,
    )


def _judged_promise(document: str, policy: Policy) -> Verdict | None:
    """What a promise shows; None for what is none."""
    try:
        note = parse_note(document)
        promise = parse_promise(note)
    except NoteRefused:
        return None
    try:
        known = signatures_by(note, [policy.promises] if policy.promises else [])
    except NoteRefused:
        return Verdict("false_signature")
    if not known or promise.origin != policy.log.name or known[0][0].name != promise.origin + PROMISES:
        return Verdict("other_log")
    return Verdict(promise=promise)


def _problem_of_proof(receipt: Receipt, checkpoint: Checkpoint, contents: Contents, policy: Policy) -> str:
    keys = [key for key in (policy.log, policy.clock, policy.sm2, *policy.witnesses) if key]
    try:
        signers = [key for key, _line in signatures_by(receipt.checkpoint, keys)]
    except NoteRefused:
        return "false_signature"
    if policy.log not in signers or checkpoint.origin != policy.log.name:
        return "other_log"
    try:
        check_inclusion(
            leaf_hash(contents.entry), receipt.index, checkpoint.size, receipt.path, checkpoint.root
        )
    except ProofRefused:
        return "not_included"
    return ""


def _seen_stamps(contents: Contents, leaf: Leaf, policy: Policy) -> list[tuple[Verifier, Stamp]] | None:
    """The times in the checkpoint that the leaf has seen; None when that is another one."""
    if not contents.seen:
        return []
    if leaf.seen is None or leaf.seen != seen_of(leaf.seen.size, contents.seen):
        return None
    try:
        return _stamps(contents.seen, policy)
    except NoteRefused:
        return None


def _stamps(note: str, policy: Policy) -> list[tuple[Verifier, Stamp]]:
    keys = [key for key in (policy.clock, *policy.witnesses) if key]
    return [
        (key, Stamp(key.name, datetime.fromtimestamp(time_of(line), UTC)))
        for key, line in signatures_by(parse_note(note), keys)
    ]


def _with_times(
    read: Verdict,
    stamps: Sequence[tuple[Verifier, Stamp]],
    seen: Sequence[tuple[Verifier, Stamp]],
    policy: Policy,
) -> Verdict:
    """Witnesses' times where enough have signed, else those of the platform's own clock."""
    witnesses = tuple(stamp for key, stamp in stamps if key in policy.witnesses)
    is_witnessed = 0 < policy.quorum <= len({stamp.name for stamp in witnesses})
    trusted = set(policy.witnesses) if is_witnessed else {policy.clock}
    return replace(
        read,
        witnesses=witnesses,
        is_witnessed=is_witnessed,
        quorum=policy.quorum,
        latest=max((stamp.at + A_SECOND for key, stamp in stamps if key in trusted), default=None),
        earliest=min((stamp.at for key, stamp in seen if key in trusted), default=None),
    )


def file_of(receipt: Receipt, contents: Contents) -> str:
    """The text of a receipt with its contents."""
    return str(replace(receipt, extra=bytes(contents)))
