"""The bulk door: lists of licences and filings into the register, and a whole list out again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import islice
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from psycopg.types.json import Jsonb

from yaojian.foundation.accounts.facade import Actor, Permission, check_may
from yaojian.foundation.copying import copy_rows, new_keys
from yaojian.foundation.ledger.facade import record_act
from yaojian.foundation.timekeeping import today
from yaojian.registers.licences.contracts import LicenceEntry, Outcome, Text
from yaojian.registers.licences.known import Holder, known_of
from yaojian.registers.licences.models import Licence, LicenceStatus, LicenceVersion
from yaojian.registers.licences.numbers import plain_number
from yaojian.registers.licences.push import push_numbers
from yaojian.registers.licences.rules import problems_of
from yaojian.registers.licences.states import ENDED, LICENCE_STATES, LicenceState

CHUNK = 5_000
LICENCE_FIELDS = (
    "id",
    "kind",
    "number",
    "subject",
    "holder_name",
    "issuer",
    "issued_on",
    "expires_on",
    "valid_from",
    "valid_to",
    "state",
    "state_since",
    "batch",
)
VERSION_FIELDS = (
    "licence",
    "valid_from",
    "valid_to",
    "holder_name",
    "scope",
    "premises",
    "issuer",
    "reason",
    "batch",
    "replaced",
)
STATUS_FIELDS = ("licence", "state", "valid_from", "valid_to", "reason", "batch")
NOT_HERE: Text = _(
    "No subject with this code is in your area. Check the code, or register the subject first."
)
NOT_YOURS: Text = _("Another organ is responsible for this subject. Ask it to enter the licence.")


@transaction.atomic
def register_licences(
    entries: Iterable[LicenceEntry],
    *,
    by: Actor,
    effective_on: date,
    batch: UUID | None = None,
    progress: Callable[[int], None] | None = None,
) -> list[Outcome]:
    """Enter licences and filings, or bring existing ones up to date; one outcome for each entry, in order.

    An entry is known by kind, number and first day. What differs from the register becomes a version from
    `effective_on` on; a rerun changes nothing. A wrong entry is refused by itself, with its errors by field;
    the others go in. Writes one act when anything changed. `progress` is told how many entries are through.
    Raises NotAllowed when the actor does not edit licences.
    """
    check_may(by, Permission.LICENCE_EDIT)
    outcomes: list[Outcome] = []
    for chunk in _chunks(entries):
        outcomes += Portion(by, effective_on, batch).enter(chunk)
        if progress is not None:
            progress(len(outcomes))
    new = [o for o in outcomes if o.change == "new"]
    changed = [o for o in outcomes if o.change == "changed"]
    if new or changed:
        numbers = "\n".join(sorted(o.code for o in (*new, *changed)))
        facts = {
            "count": len(outcomes),
            "new": len(new),
            "changed": len(changed),
            "codes_sha256": hashlib.sha256(numbers.encode()).hexdigest(),
        }
        if batch is not None:
            facts["batch"] = str(batch)
        record_act(by=by, kind="licences.registered", facts=facts)
    return outcomes


def _chunks(entries: Iterable[LicenceEntry]) -> Iterator[list[LicenceEntry]]:
    rest = iter(entries)
    while chunk := list(islice(rest, CHUNK)):
        yield [
            replace(entry, number=plain_number(entry.number), subject=entry.subject.replace("\0", "").strip())
            for entry in chunk
        ]


class Portion:
    """One portion of a list: compared with the register, then written in five statements."""

    def __init__(self, by: Actor, effective_on: date, batch: UUID | None) -> None:
        self.by, self.effective_on, self.batch = by, effective_on, batch
        self.today = today()
        self.added: list[tuple[LicenceEntry, Holder]] = []
        self.versions: list[tuple[object, ...]] = []
        self.statuses: list[tuple[object, ...]] = []
        self.changed: dict[int, Licence] = {}
        self.closed_versions: dict[int, LicenceVersion] = {}
        self.closed_statuses: list[tuple[int, date]] = []

    def enter(self, entries: Sequence[LicenceEntry]) -> list[Outcome]:
        """Judge and write the portion (numbers already plain); one outcome for each entry, in order."""
        self.known = known_of(self.by, {e.subject for e in entries}, {e.number for e in entries})
        judged: dict[int, Outcome] = {}
        new: list[int] = []
        # What ends in this list makes room for what begins in it, whichever line comes first.
        for place in sorted(range(len(entries)), key=lambda place: not self._is_known(entries[place])):
            judged[place] = self._judge(entries[place])
            if judged[place].change == "new":
                new.append(place)
        for place, key in zip(new, self._write(), strict=True):
            judged[place] = replace(judged[place], licence_id=key)
        outcomes = [judged[place] for place in range(len(entries))]
        touched = {o.subject_id for o in outcomes if o.change in ("new", "changed")}
        holders = self.known.holders.values()
        push_numbers({holder.id: holder.subject_type for holder in holders if holder.id in touched})
        return outcomes

    def _is_known(self, entry: LicenceEntry) -> bool:
        return (entry.kind, entry.number, entry.valid_from or entry.issued_on) in self.known.licences

    def _judge(self, entry: LicenceEntry) -> Outcome:
        holder = self.known.holders.get(entry.subject)
        if holder is None:
            return Outcome(entry.number, "refused", errors={"subject": NOT_HERE})
        problems = problems_of(entry, holder.subject_type, self.today)
        if not holder.answers:
            problems = {"subject": NOT_YOURS, **problems}
        if problems:
            return Outcome(entry.number, "refused", holder.id, errors=problems)
        first = entry.valid_from or entry.issued_on
        licence = self.known.licences.get((entry.kind, entry.number, first))
        if licence is not None and licence.subject_id == holder.id:
            return self._compare(entry, holder, licence)
        last = end_of(entry)
        problems = self.known.overlap(entry.kind, entry.number, holder.id, first, last)
        if problems:
            return Outcome(entry.number, "refused", holder.id, errors=problems)
        self.known.enter(entry.kind, entry.number, holder.id, first, last)
        self.added.append((entry, holder))
        return Outcome(entry.number, "new", holder.id)

    def _compare(self, entry: LicenceEntry, holder: Holder, licence: Licence) -> Outcome:
        """Bring a licence of the register up to what the entry says."""
        if licence.pk in self.changed:
            said_twice = _("This list names the licence twice with different contents. Keep one line.")
            return Outcome(entry.number, "refused", holder.id, licence.pk, errors={"number": said_twice})
        wrong = self._state_problem(entry, licence)
        if wrong:
            return Outcome(entry.number, "refused", holder.id, licence.pk, errors=wrong)
        moved = entry.state != licence.state
        columns = self._columns_changed(entry, licence)
        if columns and "expires_on" in columns and licence.state in {s.value for s in ENDED}:
            ended = _("This licence has ended; its last day is not changed any more.")
            return Outcome(entry.number, "refused", holder.id, licence.pk, errors={"expires_on": ended})
        if "expires_on" in columns:
            first, last = licence.valid_from, entry.expires_on
            if wrong := self.known.overlap(entry.kind, entry.number, holder.id, first, last):
                return Outcome(entry.number, "refused", holder.id, licence.pk, errors=wrong)
        version = self.known.versions[licence.pk]
        said = (entry.holder_name or version.holder_name, list(entry.scope), entry.premises, entry.issuer)
        differs = said != (version.holder_name, version.scope, version.premises, version.issuer)
        if not (moved or columns or differs):
            return Outcome(entry.number, "unchanged", holder.id, licence.pk)
        if columns or differs:
            self._new_version(entry, licence, version, said, columns)
        if moved:
            self._new_status(entry, licence)
        self.changed[licence.pk] = licence
        self.known.cut(licence)
        return Outcome(entry.number, "changed", holder.id, licence.pk)

    def _state_problem(self, entry: LicenceEntry, licence: Licence) -> dict[str, Text]:
        if entry.state == licence.state:
            return {}
        target = LicenceState(entry.state)
        state = licence.state_today()
        reachable = {LICENCE_STATES.next(state, verb) for verb in LICENCE_STATES.verbs(state)}
        since = entry.state_since or self.effective_on
        if target not in reachable:
            wrong = _(
                "The register says that this licence is in another state, from which this one is not reached."
            )
            return {"state": wrong}
        if since <= licence.state_since:
            wrong = _("The register's present state began on %(day)s; the next one begins later.")
            return {"state_since": wrong % {"day": licence.state_since.isoformat()}}
        return {}

    def _columns_changed(self, entry: LicenceEntry, licence: Licence) -> dict[str, str | None]:
        """The paper's days as they were, where the entry has others."""
        before = {}
        for name in ("issued_on", "expires_on"):
            old, new = getattr(licence, name), getattr(entry, name)
            if old != new:
                before[name] = old.isoformat() if old else None
        return before

    def _new_version(
        self,
        entry: LicenceEntry,
        licence: Licence,
        version: LicenceVersion,
        said: tuple[str, list[str], str, str],
        columns: dict[str, str | None],
    ) -> None:
        name, scope, premises, issuer = said
        replaced: dict[str, object] = {"columns": columns}
        start = self.effective_on
        if start <= version.valid_from:
            # Nothing lies between the two: the older one is overwritten, and kept for an undo.
            start = version.valid_from
            replaced["version"] = content_of(version)
            version.valid_to = None
        else:
            version.valid_to = start - timedelta(days=1)
        self.closed_versions[version.pk] = version
        self.versions.append(
            (
                licence.pk,
                start,
                None,
                name,
                scope,
                premises,
                issuer,
                entry.reason,
                self.batch,
                Jsonb(replaced),
            )
        )
        licence.holder_name, licence.issuer, licence.issued_on = name, issuer, entry.issued_on
        if "expires_on" in columns:
            licence.expires_on = licence.valid_to = entry.expires_on

    def _new_status(self, entry: LicenceEntry, licence: Licence) -> None:
        since = entry.state_since or self.effective_on
        self.closed_statuses.append((licence.pk, since - timedelta(days=1)))
        self.statuses.append((licence.pk, entry.state, since, None, entry.reason, self.batch))
        licence.state, licence.state_since = entry.state, since
        if LicenceState(entry.state) in ENDED:
            licence.valid_to = ended_span(licence.valid_from, licence.expires_on, since)

    def _write(self) -> list[int]:
        """Write what was judged; returns the keys of the new licences in order."""
        keys = new_keys(Licence, len(self.added)) if self.added else []
        overwritten = [v.pk for v in self.closed_versions.values() if v.valid_to is None]
        LicenceVersion.objects.filter(pk__in=overwritten).delete()
        closed = [v for v in self.closed_versions.values() if v.valid_to is not None]
        LicenceVersion.objects.bulk_update(closed, ["valid_to"], batch_size=1000)
        for licence_id, last in self.closed_statuses:
            LicenceStatus.objects.filter(licence_id=licence_id, valid_to__isnull=True).update(valid_to=last)
        columns = ["holder_name", "issuer", "issued_on", "expires_on", "valid_to", "state", "state_since"]
        Licence.objects.bulk_update(self.changed.values(), columns, batch_size=1000)
        if self.added:
            copy_rows(Licence, LICENCE_FIELDS, map(self._licence_row, keys, self.added))
            self.versions += map(self._first_version, keys, self.added)
            self.statuses += [
                (key, entry.state, entry.state_since, None, entry.reason, self.batch)
                for key, (entry, _holder) in zip(keys, self.added, strict=True)
                if entry.state != LicenceState.IN_FORCE
            ]
        if self.versions:
            copy_rows(LicenceVersion, VERSION_FIELDS, self.versions)
        if self.statuses:
            copy_rows(LicenceStatus, STATUS_FIELDS, self.statuses)
        return keys

    def _licence_row(self, key: int, added: tuple[LicenceEntry, Holder]) -> tuple[object, ...]:
        entry, holder = added
        first = entry.valid_from or entry.issued_on
        in_force = entry.state == LicenceState.IN_FORCE
        since = min(entry.issued_on, first) if in_force else entry.state_since
        return (
            key,
            entry.kind,
            entry.number,
            holder.id,
            entry.holder_name or holder.name,
            entry.issuer,
            entry.issued_on,
            entry.expires_on,
            first,
            end_of(entry),
            entry.state,
            since,
            self.batch,
        )

    def _first_version(self, key: int, added: tuple[LicenceEntry, Holder]) -> tuple[object, ...]:
        entry, holder = added
        start = min(entry.issued_on, entry.valid_from or entry.issued_on)
        name = entry.holder_name or holder.name
        return (key, start, None, name, list(entry.scope), entry.premises, entry.issuer, "", self.batch, None)


def content_of(version: LicenceVersion) -> dict[str, object]:
    """What a version says, as JSON, to restore it from."""
    return {
        "valid_from": version.valid_from.isoformat(),
        "holder_name": version.holder_name,
        "scope": version.scope,
        "premises": version.premises,
        "issuer": version.issuer,
        "reason": version.reason,
        "batch": str(version.batch) if version.batch else None,
        "replaced": version.replaced,
    }


def end_of(entry: LicenceEntry) -> date | None:
    """The last day on which an entry's licence holds."""
    first = entry.valid_from or entry.issued_on
    if LicenceState(entry.state) in ENDED and entry.state_since is not None:
        return ended_span(first, entry.expires_on, entry.state_since)
    return entry.expires_on


def ended_span(first: date, expires_on: date | None, ended_on: date) -> date:
    """The last day of the span of a licence that ended on a day: the day before, within what is printed."""
    last = max(first, ended_on - timedelta(days=1))
    return min(last, expires_on) if expires_on is not None else last
