"""The public log as pages see it: its standing, its files, and the receipt of an act. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Count, Max, Min

from yaojian.foundation.ledger.models import Act, Leaf, LogCheckpoint
from yaojian.foundation.ledger.sequencing.service import state_of
from yaojian.foundation.ledger.transparency import proofs
from yaojian.foundation.ledger.transparency.checkpoints import Checkpoint, Receipt, parse_checkpoint
from yaojian.foundation.ledger.transparency.leaves import parse_leaf
from yaojian.foundation.ledger.transparency.notes import parse_note
from yaojian.foundation.ledger.transparency.receipts import (
    Contents,
    Verdict,
    file_of,
    in_qr_letters,
    judge,
    parse_policy,
)
from yaojian.foundation.ledger.transparency.store import LogFiles
from yaojian.foundation.ledger.transparency.verify import not_proved, proved, sentences

MOST_QR_LETTERS = 4296
"""What the largest QR code holds of the 45 letters, with the least correction."""


@dataclass(frozen=True)
class Standing:
    """How the log stands: last published checkpoint, its time, the keys, and the sequencer's own word."""

    checkpoint: Checkpoint | None
    signed_at: datetime | None
    keys: tuple[str, ...]
    state: dict[str, Any]


def public_files() -> LogFiles:
    """The files that everybody is served."""
    return LogFiles(settings.LOG_FOLDER)


def log_standing() -> Standing:
    """What can be said about the log now."""
    files = public_files()
    published = files.checkpoint()
    checkpoint = parse_checkpoint(parse_note(published)) if published else None
    noted = LogCheckpoint.objects.filter(size=checkpoint.size).first() if checkpoint else None
    return Standing(
        checkpoint,
        noted.signed_at if noted else None,
        tuple(files.public_keys()),
        state_of(settings.LOG_FOLDER),
    )


@dataclass(frozen=True)
class Waiting:
    """Acts that have no leaf yet: how many of the newest, and since when the oldest of them has waited."""

    count: int
    since: datetime | None


LOOKED_BACK = 20_000


def waiting_acts() -> Waiting:
    """The acts among the newest 20,000 keys that wait for the sequencer; the audit looks at all."""
    newest = Act.objects.aggregate(newest=Max("pk"))["newest"] or 0
    found = Act.objects.filter(pk__gt=newest - LOOKED_BACK, leaf__isnull=True)
    return Waiting(**found.aggregate(count=Count("pk"), since=Min("recorded_at")))


def entered_since(moment: datetime) -> int:
    """How many leaves were signed since a moment."""
    before = LogCheckpoint.objects.filter(signed_at__lt=moment).aggregate(size=Max("size"))["size"] or 0
    latest = LogCheckpoint.objects.aggregate(size=Max("size"))["size"] or 0
    return int(latest - before)


@dataclass(frozen=True)
class ActReceipt:
    """The receipt of an act in the log: its place, the first checkpoint that covers it, the file."""

    index: int
    checkpoint: LogCheckpoint
    document: str

    @property
    def name(self) -> str:
        """What the file is called."""
        return f"receipt-{self.index}.tlog-proof"

    @property
    def letters(self) -> str:
        """The whole receipt for a QR code; empty when it is too long for one."""
        letters = in_qr_letters(self.document)
        return letters if len(letters) <= MOST_QR_LETTERS else ""


def receipt_of_act(act: Act) -> ActReceipt | None:
    """The receipt with the record itself, for callers who let the asking person see the act.

    None while the log does not hold the act yet.
    """
    leaf = Leaf.objects.filter(act_id=act.pk).first()
    return _receipt(leaf, act) if leaf else None


def public_receipt(index: int) -> ActReceipt | None:
    """The receipt of the entry at a place, without the record; None when the log does not reach so far."""
    leaf = Leaf.objects.filter(index=index).first()
    return _receipt(leaf, None) if leaf else None


@dataclass(frozen=True)
class Explained:
    """What a receipt proves, in sentences; with a `problem` it proves nothing."""

    problem: str
    proved: tuple[str, ...] = ()
    not_proved: tuple[str, ...] = ()
    verdict: Verdict | None = None


def words_of_verdicts(language: str) -> dict[str, str]:
    """The sentences in which results are told; Chinese unless English is asked for."""
    return sentences("en" if language.startswith("en") else "zh")


def explained_receipt(document: str, keys: str, language: str) -> Explained:
    """What a receipt proves to somebody who believes `keys`, one on each line."""
    words = words_of_verdicts(language)
    try:
        policy = parse_policy(keys.splitlines())
    except ValueError:
        return Explained(words["problem.keys"])
    verdict = judge(document, policy)
    if verdict.problem:
        return Explained(words[f"problem.{verdict.problem}"], verdict=verdict)
    return Explained(
        "",
        tuple(words[key].format(**values) for key, values in proved(verdict)),
        tuple(words[key].format(**values) for key, values in not_proved(verdict)),
        verdict,
    )


def _receipt(leaf: Leaf, act: Act | None) -> ActReceipt | None:
    covering = LogCheckpoint.objects.filter(size__gt=leaf.index).order_by("size").first()
    if covering is None:
        return None
    path = proofs.inclusion_proof(leaf.index, covering.size, public_files().nodes(covering.size))
    entry = bytes(leaf.entry)
    said = parse_leaf(entry)
    seen = LogCheckpoint.objects.filter(size=said.seen.size).first() if said.seen else None
    contents = Contents(
        entry=entry,
        seen=seen.note if seen else "",
        act=bytes(act.canonical) if act else b"",
        salt=bytes(act.salt) if act else b"",
    )
    receipt = Receipt(leaf.index, tuple(path), parse_note(covering.note))
    return ActReceipt(leaf.index, covering, file_of(receipt, contents))
