"""The bulk door: enters subjects in the register, or brings existing ones up to date, by code."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Actor
from yaojian.foundation.copying import is_any_of
from yaojian.foundation.ledger.facade import record_act, subject_ref
from yaojian.foundation.outbox.facade import publish
from yaojian.foundation.periods import in_force_q
from yaojian.registers.enterprises.actions.placing import Placed, Places
from yaojian.registers.enterprises.actions.storing import (
    AT_ONCE,
    KEY,
    SUBJECTS,
    Mark,
    histories_of,
    insert_subjects,
    new_keys,
    rewrite,
)
from yaojian.registers.enterprises.contracts import Change, Fault, Outcome, SubjectEntry
from yaojian.registers.enterprises.entries import cleaned, faults_of
from yaojian.registers.enterprises.events import SubjectsRegistered
from yaojian.registers.enterprises.models import CURRENT, SubjectVersion
from yaojian.registers.enterprises.permissions import check_user_can_register
from yaojian.registers.enterprises.pinyin import initials
from yaojian.registers.enterprises.types import LEVEL_FLAGS, RiskGrade, SubjectType
from yaojian.registers.enterprises.versions import (
    ONE_DAY,
    Span,
    Values,
    beginning_on,
    changed_from,
    joined,
    span_on,
)

LOCK = 0x5375626A
"""Two registrations at once could enter the same code twice; the second waits for the first."""

DEFAULTS: Values = {
    "enterprise_id": None,
    "parent_id": None,
    "closed_on": None,
    "address": "",
    "latitude": None,
    "longitude": None,
    "licence_no": "",
    "business_scope": "",
    "hospital_level": None,
    "in_production": True,
    "flags": [],
    "risk_grade": RiskGrade.NONE.value,
}

SPOKEN = (
    "code",
    "name",
    "subject_type",
    "division_code",
    "address",
    "latitude",
    "longitude",
    "licence_no",
    "business_scope",
    "hospital_level",
    "opened_on",
    "closed_on",
    "in_production",
    "risk_grade",
)


@transaction.atomic
def register_subjects(
    entries: Iterable[SubjectEntry],
    *,
    by: Actor,
    effective_on: date,
    batch: UUID | None = None,
    rehearse: bool = False,
) -> list[Outcome]:
    """Enter subjects by code, or change what the register holds of them from a day; one outcome an entry.

    What is wrong with an entry, or lies outside the actor's area, refuses that entry alone. A new subject
    holds from its opening day on. Each ten thousand entries that were new or changed are one act; none when
    nothing was, so that a repeated registration leaves no trace. With `rehearse` no subject is written and no
    act recorded: the outcomes tell what would be, for entries whose superior subjects are there; the caller
    rolls back. Raises NotAllowed.
    """
    check_user_can_register(by)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    return _Registration([cleaned(entry) for entry in entries], by, effective_on, batch, rehearse).run()


@dataclass(slots=True)
class _Registration:
    entries: Sequence[SubjectEntry]
    by: Actor
    effective_on: date
    batch: UUID | None
    rehearse: bool
    outcomes: dict[int, Outcome] = field(default_factory=dict)

    def run(self) -> list[Outcome]:
        waiting = self._acceptable()
        places = Places(self.by, self.entries, rehearse=self.rehearse)
        for number in list(waiting):
            if faults := places.faults_of(self.entries[number]):
                self._refuse(waiting.pop(number), faults)
        for generation in self._generations(waiting):
            for start in range(0, len(generation), AT_ONCE):
                self._enter(places, generation[start : start + AT_ONCE])
        return [self.outcomes[number] for number in range(len(self.entries))]

    def _acceptable(self) -> dict[int, int]:
        """The places of entries that are right by themselves and the first of their code."""
        waiting: dict[int, int] = {}
        first: dict[str, int] = {}
        for number, entry in enumerate(self.entries):
            faults = faults_of(entry) + tuple(_faults_of_day(entry, self.effective_on))
            if faults:
                self._refuse(number, faults)
            elif first.setdefault(entry.code, number) != number:
                self._refuse(number, (_twice(first[entry.code]),))
            else:
                waiting[number] = number
        return waiting

    def _generations(self, waiting: dict[int, int]) -> Iterator[list[int]]:
        """Entries in an order in which parents come before those that belong to them."""
        codes = {self.entries[number].code for number in waiting}
        while waiting:
            ready = [
                number
                for number in waiting
                if not (parent := self.entries[number].parent) or parent not in codes
            ]
            if not ready:
                for number in waiting:
                    self._refuse(number, (_cycle(),))
                return
            yield ready
            for number in ready:
                del waiting[number]
            codes -= {self.entries[number].code for number in ready}

    def _enter(self, places: Places, numbers: Sequence[int]) -> None:
        """Enter some entries: their legal entities, then those that are new, then those that change."""
        chunk = {number: self.entries[number] for number in numbers}
        mark = Mark.of(uuid4(), self.batch)
        placed = places.placed(chunk, mark, self.effective_on)
        for number, faults in placed.faults.items():
            self._refuse(number, faults)
            del chunk[number]
        new = {n: e for n, e in chunk.items() if n not in placed.held}
        entered = {
            **self._insert(mark, new, placed),
            **self._change(mark, {n: e for n, e in chunk.items() if n in placed.held}, placed),
        }
        self.outcomes |= entered
        if self.rehearse:
            return
        self._record(mark, [o for o in entered.values() if o.change is not Change.UNCHANGED])

    def _insert(self, mark: Mark, new: dict[int, SubjectEntry], placed: Placed) -> dict[int, Outcome]:
        if self.rehearse:
            return {number: Outcome(entry.code, Change.NEW, None) for number, entry in new.items()}
        histories, outcomes = {}, {}
        for key, (number, entry) in zip(new_keys(SUBJECTS, len(new)), new.items(), strict=True):
            columns = with_mark_of_level({**columns_of(entry), **placed.columns[number]}, [])
            histories[key] = first_history({**DEFAULTS, **columns})
            outcomes[number] = Outcome(entry.code, Change.NEW, key)
        insert_subjects(mark, histories)
        return outcomes

    def _change(self, mark: Mark, known: dict[int, SubjectEntry], placed: Placed) -> dict[int, Outcome]:
        """Bring subjects up to date whose state on the effective day differs from the entry."""
        states = _states_on(self.effective_on, [placed.held[number] for number in known])
        outcomes: dict[int, Outcome] = {}
        differing: dict[int, tuple[int, Values]] = {}
        for number, entry in known.items():
            key = placed.held[number]
            state = states.get(key)
            if state is None:
                self._refuse(number, (before_opening("opened_on"),))
                continue
            columns = with_mark_of_level({**columns_of(entry), **placed.columns[number]}, state["flags"])
            # The register of licences keeps the number up to date; an entry only fills a gap.
            wanted: Values = {n: v for n, v in columns.items() if n != "licence_no" or not state[n]}
            if all(state[name] == value for name, value in wanted.items()):
                change = Change.CHANGED if number in placed.renamed else Change.UNCHANGED
                outcomes[number] = Outcome(entry.code, change, key)
            else:
                differing[number] = (key, wanted)
        outcomes |= {
            number: Outcome(self.entries[number].code, Change.CHANGED, key)
            for number, (key, _wanted) in differing.items()
        }
        if not self.rehearse:
            self._rewrite(mark, differing.values())
        return outcomes

    def _rewrite(self, mark: Mark, differing: Collection[tuple[int, Values]]) -> None:
        """Bring the histories of subjects up to date."""
        held = histories_of(SUBJECTS, [key for key, _wanted in differing])
        wanted_histories = {}
        for key, wanted in differing:
            history = [span for _version, span in held[key]]
            wanted_histories[key] = brought_up_to_date(history, wanted, self.effective_on)
        rewrite(SUBJECTS, mark, held, wanted_histories)

    def _record(self, mark: Mark, entered: Sequence[Outcome]) -> None:
        if not entered:
            return
        publish(SubjectsRegistered([o.subject_id for o in entered if o.subject_id is not None]))
        codes = "\n".join(sorted(outcome.code for outcome in entered))
        new = sum(outcome.change is Change.NEW for outcome in entered)
        record_act(
            by=self.by,
            kind="subjects.registered",
            uid=mark.act,
            subject=subject_ref(entered[0].subject_id or 0) if len(entered) == 1 else None,
            facts={
                "count": len(entered),
                "new": new,
                "changed": len(entered) - new,
                "effective_on": self.effective_on,
                "batch": str(self.batch) if self.batch else None,
                "codes_sha256": hashlib.sha256(codes.encode()).hexdigest(),
            },
        )

    def _refuse(self, number: int, faults: tuple[Fault, ...]) -> None:
        self.outcomes[number] = Outcome(self.entries[number].code, Change.REFUSED, None, faults)


def columns_of(entry: SubjectEntry) -> dict[str, Any]:
    """The columns that an entry speaks of, without those that point to other rows."""
    columns: dict[str, Any] = {name: value for name in SPOKEN if (value := getattr(entry, name)) is not None}
    columns["pinyin"] = initials(entry.name)
    if entry.flags is not None:
        columns["flags"] = list(entry.flags)
    if entry.subject_type != SubjectType.HOSPITAL:
        columns["hospital_level"] = None
    return columns


def with_mark_of_level(columns: dict[str, Any], flags: Sequence[str]) -> dict[str, Any]:
    """The columns with the mark by which plans choose hospitals of that level; `flags` are those held."""
    level = columns.get("hospital_level")
    if level is None:
        return columns
    kept = set(columns.get("flags", flags)) - set(LEVEL_FLAGS.values())
    return {**columns, "flags": sorted(kept | {LEVEL_FLAGS[level]})}


def first_history(values: Values) -> list[Span]:
    """What holds of a new subject from its opening on, and from its closing on where it has closed."""
    opened: Any = values["opened_on"]
    closed: Any = values["closed_on"]
    if closed is None or closed == opened:
        return [Span(opened, None, values)]
    return [Span(opened, closed - ONE_DAY, {**values, "closed_on": None}), Span(closed, None, values)]


def brought_up_to_date(history: Sequence[Span], wanted: Values, day: date) -> list[Span]:
    """The history with what an entry says in force from a day.

    Another opening day is a correction of the whole history; a closing day takes effect on itself.
    """
    state = span_on(history, day).values
    changes: dict[str, Any] = {name: value for name, value in wanted.items() if state[name] != value}
    result = list(history)
    if opened := changes.pop("opened_on", None):
        result = with_opening(result, opened)
    closed = changes.pop("closed_on", None)
    result = changed_from(result, max(day, result[0].valid_from), changes)
    if closed:
        open_again = [
            replace(span, values={**span.values, "closed_on": None})
            if span.values["closed_on"] == state["closed_on"]
            else span
            for span in result
        ]
        result = changed_from(open_again, max(closed, result[0].valid_from), {"closed_on": closed})
    return result


def with_opening(history: Sequence[Span], opened_on: date) -> list[Span]:
    """The history of a subject that opened on another day than was believed."""
    said = [replace(span, values={**span.values, "opened_on": opened_on}) for span in history]
    return joined(beginning_on(said, opened_on))


def _states_on(day: date, keys: Sequence[int]) -> dict[int, Values]:
    """What holds of subjects on a day; those that begin later are missing."""
    states: dict[int, Values] = {}
    for start in range(0, len(keys), AT_ONCE):
        rows = SubjectVersion.objects.filter(
            CURRENT, in_force_q(day), is_any_of("subject_id", keys[start : start + AT_ONCE], KEY)
        ).order_by()
        for key, *values in rows.values_list("subject_id", *SUBJECTS.columns):
            states[key] = dict(zip(SUBJECTS.columns, values, strict=True))
    return states


def before_opening(field: str) -> Fault:
    """The fault of a change that would hold before the subject is there."""
    return Fault(
        field,
        _("The day from which this shall hold lies before the opening day."),
        _("Choose a later day, or correct the opening day first."),
    )


def _faults_of_day(entry: SubjectEntry, effective_on: date) -> Iterator[Fault]:
    if entry.opened_on > effective_on:
        yield before_opening("opened_on")
    if entry.closed_on is not None and entry.closed_on > effective_on:
        yield Fault(
            "closed_on",
            _("The closing day lies after the day from which this shall hold."),
            _("Announce a future closing on the subject's own page."),
        )


def _twice(first: int) -> Fault:
    return Fault(
        "code",
        _("The same code stands in row %(row)s already.") % {"row": first + 1},
        _("Keep one of the rows."),
    )


def _cycle() -> Fault:
    return Fault(
        "parent",
        _("These subjects belong to each other in a circle."),
        _("Correct which of them is the superior one."),
    )
