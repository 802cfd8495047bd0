"""The public log as pages see it: its standing, its files, and the receipt of an act. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Count, Max, Min, Q

from yaojian.foundation.ledger.kinds import KINDS
from yaojian.foundation.ledger.models import Act, Leaf, LogCheckpoint, LogCosignature
from yaojian.foundation.ledger.sequencing.cosigning import troubles_of
from yaojian.foundation.ledger.sequencing.service import state_of
from yaojian.foundation.ledger.transparency import proofs
from yaojian.foundation.ledger.transparency.bundle_verdicts import BundleVerdict
from yaojian.foundation.ledger.transparency.checkpoints import Checkpoint, Receipt, parse_checkpoint
from yaojian.foundation.ledger.transparency.leaves import Seen, parse_leaf, seen_of
from yaojian.foundation.ledger.transparency.notes import Note, SignatureLine, parse_line, parse_note
from yaojian.foundation.ledger.transparency.promises import PROMISED_WITHIN
from yaojian.foundation.ledger.transparency.receipts import (
    Contents,
    Policy,
    Verdict,
    file_of,
    in_qr_letters,
    parse_policy,
)
from yaojian.foundation.ledger.transparency.store import LogFiles
from yaojian.foundation.ledger.transparency.verify import (
    examine,
    not_proved,
    problem_in_words,
    proved,
    sentences,
)
from yaojian.foundation.timekeeping import now

MOST_QR_LETTERS = 4296
"""What the largest QR code holds of the 45 letters, with the least correction."""


@dataclass(frozen=True)
class WitnessStanding:
    """A witness of the log: its key, what it cosigned last and when, and what keeps it from the newest."""

    name: str
    key: str
    size: int
    at: datetime | None
    has_newest: bool
    trouble: str


@dataclass(frozen=True)
class Standing:
    """How the log stands: last published checkpoint, its time, keys, witnesses, the sequencer's word."""

    checkpoint: Checkpoint | None
    signed_at: datetime | None
    keys: tuple[str, ...]
    state: dict[str, Any]
    witnesses: tuple[WitnessStanding, ...] = ()
    quorum: int = 0

    @property
    def has_quorum(self) -> bool:
        """Whether enough witnesses have cosigned the published checkpoint."""
        return 0 < self.quorum <= sum(one.has_newest for one in self.witnesses)


def public_files() -> LogFiles:
    """The files that everybody is served."""
    return LogFiles(settings.LOG_FOLDER)


def log_standing() -> Standing:
    """What can be said about the log now."""
    files = public_files()
    published = files.checkpoint()
    note = parse_note(published) if published else None
    checkpoint = parse_checkpoint(note) if note else None
    noted = LogCheckpoint.objects.filter(size=checkpoint.size).first() if checkpoint else None
    policy = _policy(files)
    return Standing(
        checkpoint,
        noted.signed_at if noted else None,
        tuple(str(key) for key in (policy.log, policy.clock) if key) if policy else (),
        state_of(settings.LOG_FOLDER),
        _standing_of_witnesses(policy, note),
        policy.quorum if policy else 0,
    )


def _policy(files: LogFiles) -> Policy | None:
    lines = files.policy()
    return parse_policy(lines) if lines else None


def _standing_of_witnesses(policy: Policy | None, note: Note | None) -> tuple[WitnessStanding, ...]:
    if policy is None or not policy.witnesses:
        return ()
    rows = LogCosignature.objects.values_list("name").annotate(size=Max("size"), at=Max("signed_at"))
    last = {name: (size, at) for name, size, at in rows}
    signed = {line.name for line in note.lines} if note else set()
    troubles = troubles_of(settings.LOG_FOLDER)
    return tuple(
        WitnessStanding(
            one.name,
            str(one),
            *last.get(one.name, (0, None)),
            one.name in signed,
            str(troubles.get(one.name, {}).get("state", "")),
        )
        for one in policy.witnesses
    )


@dataclass(frozen=True)
class Waiting:
    """Acts that have no leaf yet: how many of the newest, since when the oldest of them has waited, and for
    how many the promise is broken.
    """

    count: int
    since: datetime | None
    overdue: int = 0


LOOKED_BACK = 20_000


def waiting_acts() -> Waiting:
    """The acts among the newest 20,000 keys that wait for the sequencer; the audit looks at all."""
    newest = Act.objects.aggregate(newest=Max("pk"))["newest"] or 0
    found = Act.objects.filter(pk__gt=newest - LOOKED_BACK, leaf__isnull=True)
    broken = Count("pk", filter=Q(recorded_at__lt=now() - PROMISED_WITHIN))
    return Waiting(**found.aggregate(count=Count("pk"), since=Min("recorded_at"), overdue=broken))


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
    verdict: Verdict | BundleVerdict | None = None


def words_of_verdicts(language: str) -> dict[str, str]:
    """The sentences in which results are told, Chinese unless English is asked for; with the kinds' names."""
    words = sentences("en" if language.startswith("en") else "zh")
    return words | {f"kind.{kind}": str(name) for kind, name in KINDS.items()}


def explained_receipt(document: str, keys: str, language: str) -> Explained:
    """What a receipt proves to somebody who believes `keys`, one on each line."""
    words = words_of_verdicts(language)
    try:
        policy = parse_policy(keys.splitlines())
    except ValueError:
        return Explained(words["problem.keys"])
    verdict = examine(document, policy)
    if verdict.problem:
        return Explained(problem_in_words(verdict, words), verdict=verdict)
    return Explained(
        "",
        tuple(words[key].format(**values) for key, values in proved(verdict)),
        tuple(words[key].format(**values) for key, values in not_proved(verdict)),
        verdict,
    )


def _receipt(leaf: Leaf, act: Act | None) -> ActReceipt | None:
    files = public_files()
    covering = _covering(leaf.index, _policy(files))
    if covering is None:
        return None
    path = proofs.inclusion_proof(leaf.index, covering.size, files.nodes(covering.size))
    entry = bytes(leaf.entry)
    contents = Contents(
        entry=entry,
        seen=note_seen(parse_leaf(entry).seen),
        act=bytes(act.canonical) if act else b"",
        salt=bytes(act.salt) if act else b"",
    )
    note = parse_note(whole_note(covering))
    return ActReceipt(leaf.index, covering, file_of(Receipt(leaf.index, tuple(path), note), contents))


def checkpoint_over(index: int) -> LogCheckpoint | None:
    """The checkpoint under which an entry is proved; None when none covers it yet."""
    return _covering(index, _policy(public_files()))


def whole_note(noted: LogCheckpoint) -> str:
    """A checkpoint with its cosignatures."""
    return str(parse_note(noted.note).with_lines(_cosignatures(noted.size)))


def _covering(index: int, policy: Policy | None) -> LogCheckpoint | None:
    """The first checkpoint over a leaf that enough witnesses have cosigned; else the first of all."""
    covering = LogCheckpoint.objects.filter(size__gt=index).order_by("size")
    if policy and policy.quorum:
        cosigned = (
            LogCosignature.objects.filter(size__gt=index, name__in=[one.name for one in policy.witnesses])
            .values("size")
            .annotate(names=Count("name", distinct=True))
            .filter(names__gte=policy.quorum)
            .order_by("size")
            .values_list("size", flat=True)
        )
        if witnessed := covering.filter(size=cosigned[:1]).first():
            return witnessed
    return covering.first()


def _cosignatures(size: int) -> list[SignatureLine]:
    lines = LogCosignature.objects.filter(size=size).order_by("pk").values_list("line", flat=True)
    return [parse_line(line) for line in lines]


def note_seen(seen: Seen | None) -> str:
    """The checkpoint that a leaf has seen, with the cosignatures that it had then; empty when it is lost."""
    noted = LogCheckpoint.objects.filter(size=seen.size).first() if seen else None
    if seen is None or noted is None:
        return ""
    note, lines = parse_note(noted.note), _cosignatures(seen.size)
    for count in range(len(lines), -1, -1):
        written = str(note.with_lines(lines[:count]))
        if seen_of(seen.size, written) == seen:
            return written
    return ""
