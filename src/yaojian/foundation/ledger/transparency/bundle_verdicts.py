"""What a proof bundle proves: layer by layer, and for one that proves nothing which layer and which row."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from yaojian.foundation.ledger.transparency.bundles import Bundle, Day, Entry, Said, parse_bundle, references
from yaojian.foundation.ledger.transparency.checkpoints import Checkpoint, parse_checkpoint
from yaojian.foundation.ledger.transparency.days import (
    DAY_CLOSED,
    SUBJECTS,
    Closing,
    check_statement,
    closing_in,
)
from yaojian.foundation.ledger.transparency.hashing import leaf_hash, root_of
from yaojian.foundation.ledger.transparency.leaves import commitment_of
from yaojian.foundation.ledger.transparency.notes import (
    Note,
    NoteRefused,
    parse_note,
    signatures_by,
    time_of,
)
from yaojian.foundation.ledger.transparency.proofs import ProofRefused, check_inclusion
from yaojian.foundation.ledger.transparency.receipts import A_SECOND, LATE_AFTER, Policy, Stamp

ACT_ERASED = "journal.act_erased"
"""The kind of the act that destroys another's content."""


class BundleRefused(ValueError):
    """A bundle proves nothing: `problem` names what is wrong, `values` where."""

    def __init__(self, problem: str, **values: object) -> None:
        super().__init__(problem)
        self.problem, self.values = problem, {name: str(value) for name, value in values.items()}


@dataclass(frozen=True, slots=True)
class BundleVerdict:
    """What a bundle proves. With a `problem` it proves nothing, and `values` say where the problem is."""

    problem: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    bundle: Bundle | None = None
    checkpoint: Checkpoint | None = None
    first_number: int = 0
    quiet_days: int = 0
    late: tuple[int, ...] = ()
    earliest: datetime | None = None
    latest: datetime | None = None
    witnesses: tuple[Stamp, ...] = ()
    is_witnessed: bool = False
    quorum: int = 0

    @property
    def is_late(self) -> bool:
        """Whether it is itself a late entry, as a receipt can be: a bundle names those in it."""
        return False

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The entries that it proves."""
        return self.bundle.entries if self.bundle else ()

    @property
    def act(self) -> list[dict[str, Any]] | None:
        """The records in it, in the log's order; None without any."""
        return [json.loads(one.act) for one in self.entries if one.act] or None


def judge_bundle(document: str, policy: Policy) -> BundleVerdict:
    """What a bundle proves under a policy."""
    try:
        bundle = parse_bundle(document)
        note = parse_note(bundle.checkpoint)
        checkpoint = parse_checkpoint(note)
    except NoteRefused:
        return BundleVerdict("not_a_bundle")
    try:
        stamps = _stamps(note, policy)
        _check_signer(note, checkpoint, policy)
        closings = _check_days(bundle, checkpoint)
        _check_entries(bundle, checkpoint, closings)
        quiet = _check_counts(bundle, closings)
        return _with_times(bundle, checkpoint, closings[0].number, quiet, stamps, policy)
    except BundleRefused as refused:
        return BundleVerdict(refused.problem, refused.values)


def _stamps(note: Note, policy: Policy) -> list[Stamp]:
    keys = [key for key in (policy.log, policy.clock, *policy.witnesses) if key]
    try:
        signed = signatures_by(note, keys)
    except NoteRefused:
        raise BundleRefused("bundle_false_signature") from None
    return [
        Stamp(key.name, datetime.fromtimestamp(time_of(line), UTC))
        for key, line in signed
        if key != policy.log
    ]


def _check_signer(note: Note, checkpoint: Checkpoint, policy: Policy) -> None:
    if checkpoint.origin != policy.log.name or not signatures_by(note, [policy.log]):
        raise BundleRefused("bundle_other_log", origin=checkpoint.origin)


# --- days ------------------------------------------------------------------------------------------


def _check_days(bundle: Bundle, checkpoint: Checkpoint) -> list[Closing]:
    """The closings of all days of the period, each in the log and joined to the one before."""
    given = {day.day: day for day in bundle.days}
    closings: list[Closing] = []
    for day in bundle.span:
        if day not in given:
            raise BundleRefused("day_missing", day=day)
        closing = _closing(given[day], checkpoint)
        before = closings[-1] if closings else None
        if before and (closing.begin, closing.number) != (before.end, before.number + 1):
            raise BundleRefused("day_gap", day=day)
        closings.append(closing)
    if len(bundle.days) != len(closings):
        raise BundleRefused("day_twice")
    return closings


def _closing(day: Day, checkpoint: Checkpoint) -> Closing:
    if not _is_in(day.closing, checkpoint):
        raise BundleRefused("day_not_included", day=day.day)
    try:
        closing = closing_in(day.closing.act)
    except ValueError:
        raise BundleRefused("day_differs", day=day.day) from None
    opens = commitment_of(day.closing.act, day.closing.salt) == day.closing.leaf.commitment
    is_it = closing.day == day.day and closing.begin <= closing.end <= day.closing.index
    if not opens or not is_it or day.closing.leaf.kind != DAY_CLOSED:
        raise BundleRefused("day_differs", day=day.day)
    return closing


def _is_in(entry: Entry, checkpoint: Checkpoint) -> bool:
    try:
        hashed = leaf_hash(entry.entry)
        check_inclusion(hashed, entry.index, checkpoint.size, entry.path, checkpoint.root)
    except ProofRefused:
        return False
    return True


# --- entries ---------------------------------------------------------------------------------------


def _check_entries(bundle: Bundle, checkpoint: Checkpoint, closings: Sequence[Closing]) -> None:
    last = -1
    for entry in bundle.entries:
        if entry.index <= last:
            raise BundleRefused("act_order", index=entry.index)
        last = entry.index
        if not _is_in(entry, checkpoint):
            raise BundleRefused("act_not_included", index=entry.index)
        if not closings[0].begin <= entry.index < closings[-1].end:
            raise BundleRefused("act_outside", index=entry.index)
        if entry.act:
            _check_record(entry)
        if entry.subject not in bundle.subjects:
            raise BundleRefused("act_foreign", index=entry.index, subject=references([entry.subject]))
        if entry.erasure:
            _check_erasure(entry, entry.erasure, checkpoint)


def _check_record(entry: Entry) -> None:
    """Whether the record is the one entered, and about the subject under which it is given."""
    if commitment_of(entry.act, entry.salt) != entry.leaf.commitment:
        raise BundleRefused("act_differs", index=entry.index)
    about = _record(entry.act, entry.index).get("subject")
    if about != f"{SUBJECTS}{entry.subject}":
        raise BundleRefused("act_foreign", index=entry.index, subject=about or "—")


def _record(act: bytes, index: int) -> dict[str, Any]:
    try:
        said = json.loads(act)
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise BundleRefused("act_differs", index=index)
    return said


def _check_erasure(entry: Entry, erasure: Entry, checkpoint: Checkpoint) -> None:
    """Whether an act in the log destroyed the content of just this entry."""
    told = _is_in(erasure, checkpoint) and erasure.leaf.kind == ACT_ERASED and not entry.act
    if not told or commitment_of(erasure.act, erasure.salt) != erasure.leaf.commitment:
        raise BundleRefused("erasure_differs", index=entry.index)
    facts = _record(erasure.act, erasure.index).get("facts")
    if not isinstance(facts, dict) or facts.get("erased_entry") != entry.index:
        raise BundleRefused("erasure_differs", index=entry.index)


# --- counts ----------------------------------------------------------------------------------------


def _check_counts(bundle: Bundle, closings: Sequence[Closing]) -> int:
    """Compare each day's entries with what the day says of each subject; how many days have none."""
    days = {day.day: day for day in bundle.days}
    quiet = 0
    for closing in closings:
        said = {one.statement.subject: one for one in days[closing.day].said}
        own = [one for one in bundle.entries if closing.begin <= one.index < closing.end]
        quiet += not own
        for subject in bundle.subjects:
            _check_count(subject, said.get(subject), closing, [e for e in own if e.subject == subject])
    return quiet


def _check_count(subject: int, said: Said | None, closing: Closing, own: Sequence[Entry]) -> None:
    where = {"day": closing.day, "subject": references([subject])}
    if said is None or not check_statement(said.statement, said.salt, said.path, closing):
        raise BundleRefused("statement_differs", **where)
    if said.statement.entries != len(own):
        raise BundleRefused("count_differs", said=said.statement.entries, found=len(own), **where)
    if said.statement.root != root_of(one.entry for one in own):
        raise BundleRefused("root_differs", **where)


# --- times -----------------------------------------------------------------------------------------


def _with_times(
    bundle: Bundle,
    checkpoint: Checkpoint,
    first_number: int,
    quiet: int,
    stamps: Sequence[Stamp],
    policy: Policy,
) -> BundleVerdict:
    """Witnesses' times where enough have signed, else those of the platform's own clock."""
    names = {key.name for key in policy.witnesses}
    witnesses = tuple(stamp for stamp in stamps if stamp.name in names)
    is_witnessed = 0 < policy.quorum <= len({stamp.name for stamp in witnesses})
    trusted = names if is_witnessed else {policy.clock.name} if policy.clock else set()
    seen = _seen_times(bundle, trusted, policy)
    earliest = [seen.get(one.leaf.seen.note if one.leaf.seen else b"") for one in bundle.entries]
    known = [one for one in earliest if one is not None]
    return BundleVerdict(
        bundle=bundle,
        checkpoint=checkpoint,
        first_number=first_number,
        quiet_days=quiet,
        late=tuple(
            entry.index
            for entry, after in zip(bundle.entries, earliest, strict=True)
            if after is not None and entry.leaf.claimed < after - LATE_AFTER
        ),
        earliest=min(known) if known and len(known) == len(earliest) else None,
        latest=max((stamp.at + A_SECOND for stamp in stamps if stamp.name in trusted), default=None),
        witnesses=witnesses,
        is_witnessed=is_witnessed,
        quorum=policy.quorum,
    )


def _seen_times(bundle: Bundle, trusted: set[str], policy: Policy) -> dict[bytes, datetime]:
    """By its digest, when a checkpoint that entries have seen was signed at the earliest."""
    found = {}
    for number, written in enumerate(bundle.notes, 1):
        try:
            times = [stamp.at for stamp in _stamps(parse_note(written), policy) if stamp.name in trusted]
        except (NoteRefused, BundleRefused):
            raise BundleRefused("note_differs", number=number) from None
        if times:
            found[sha256(written.encode()).digest()] = min(times)
    return found
