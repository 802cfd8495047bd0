"""Many people at once, from an import or a simulation: recognised again and checked one by one."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, models, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Actor, Permission, check_may, organs_visible_to
from yaojian.foundation.copying import copy_rows, is_any_of, new_keys
from yaojian.foundation.errors import Conflict, DomainError, InvalidInput, NotAllowed, NotFound
from yaojian.foundation.ledger.facade import record_act
from yaojian.foundation.privacy.facade import blind_indexes, seal_all
from yaojian.foundation.search import search_text_of
from yaojian.foundation.timekeeping import now
from yaojian.registers.enterprises.facade import subjects_visible_to
from yaojian.registers.people.actions import checked_person, refresh_search_text, second_entry
from yaojian.registers.people.batches import PERSON_COLUMNS, Changes
from yaojian.registers.people.checks import initials_of
from yaojian.registers.people.contracts import Change, Outcome, PersonEntry, RoleEntry, RoleKind, person_ref
from yaojian.registers.people.likeness import differing_role, fill_in, is_same
from yaojian.registers.people.models import ROLE_FIELDS, ROLE_MODELS, Person, PersonRole
from yaojian.registers.people.overlaps import Key, clash_among, meeting_keys
from yaojian.registers.people.queries import may_edit, may_edit_role, people_visible_to, roles_of
from yaojian.registers.people.roles import checked_days, checked_values

CHUNK = 2000
CERTIFIED = (RoleKind.PHARMACIST, RoleKind.INSPECTOR)
SEALED = ("identity_number", "phone")
TEXT, KEY = models.TextField(), models.BigIntegerField()
NEW_COLUMNS = ("id", "organ_id", "entered_at", "search_text", *PERSON_COLUMNS)


@dataclass(slots=True)
class _Row:
    """An entry on its way: checked, recognised, compared, written."""

    entry: PersonEntry
    plain: dict[str, str] = field(default_factory=dict)
    indexes: dict[str, str] = field(default_factory=dict)
    roles: list[PersonRole] = field(default_factory=list)
    person: Person = field(default_factory=Person)
    changed: list[str] = field(default_factory=list)
    refusal: DomainError | None = None
    change: Change = Change.UNCHANGED

    def outcome(self) -> Outcome:
        """What became of the entry."""
        if self.refusal is None:
            return Outcome(self.entry.key, self.change, self.person.pk)
        why = self.refusal
        return Outcome(self.entry.key, Change.REFUSED, None, why.field or "", str(why.detail), str(why.cure))


@transaction.atomic
def register_people(
    entries: Iterable[PersonEntry], *, by: Actor, effective_on: date, batch: UUID | None = None
) -> list[Outcome]:
    """Enter people and their roles, or bring them up to date; one outcome per entry, in order.

    An entry that is wrong or contradicts the register is refused alone, with field, reason and cure. The same
    entries again change nothing. Roles without a first day begin `effective_on`. One act for all that is new
    or changed. Raises NotAllowed.
    """
    check_may(by, Permission.REGISTER_IMPORT)
    check_may(by, Permission.PERSON_EDIT)
    given = list(entries)
    changes = Changes(batch)
    rows: list[_Row] = []
    for start in range(0, len(given), CHUNK):
        rows += _Chunk(by, effective_on, changes).take(given[start : start + CHUNK])
    outcomes = [row.outcome() for row in rows]
    counts = {change.value: sum(o.change is change for o in outcomes) for change in Change}
    if counts["new"] + counts["changed"]:
        touched = sorted({o.person_id or 0 for o in outcomes if o.change in (Change.NEW, Change.CHANGED)})
        facts: dict[str, Any] = {name: counts[name] for name in ("new", "changed", "refused")}
        digest = hashlib.sha256("\n".join(map(str, touched)).encode()).hexdigest()
        record_act(
            by=by, kind="people.registered", facts={"count": len(rows), **facts, "codes_sha256": digest}
        )
    return outcomes


class _Chunk:
    """Entries that are looked up and written together, with a fixed number of queries."""

    def __init__(self, by: Actor, effective_on: date, changes: Changes) -> None:
        self.by, self.effective_on, self.changes = by, effective_on, changes
        self.subjects: dict[str, int] = {}
        self.organs: dict[str, int] = {by.organ_code: by.organ_id}
        self.held: dict[tuple[RoleKind, Key], list[PersonRole]] = defaultdict(list)
        self.changed_roles: dict[int, PersonRole] = {}
        self.entered: set[int] = set()
        self.foreign: set[int] = set()
        self.unseen: set[int] = set()

    def take(self, entries: Sequence[PersonEntry]) -> list[_Row]:
        """What became of the entries."""
        rows = [_Row(entry) for entry in entries]
        self._load_places(entries)
        self._each(rows, self._check)
        self._recognise([row for row in rows if row.refusal is None])
        self._load_roles([row for row in rows if row.refusal is None])
        self._each(rows, self._place)
        self._write([row for row in rows if row.refusal is None])
        return rows

    def _each(self, rows: Iterable[_Row], step: Callable[[_Row], None]) -> None:
        for row in rows:
            if row.refusal is None:
                try:
                    step(row)
                except DomainError as refusal:
                    row.refusal = refusal

    def _load_places(self, entries: Sequence[PersonEntry]) -> None:
        values = [role.values for entry in entries for role in entry.roles]
        codes = {str(v["subject_code"]) for v in values if v.get("subject_code")}
        if codes:
            subjects = subjects_visible_to(self.by).filter(
                code__in=codes, responsible_organ__path__startswith=self.by.organ_path
            )
            self.subjects = dict(subjects.order_by().values_list("code", "pk"))
        if organs := {str(v["organ_code"]) for v in values if v.get("organ_code")}:
            found = organs_visible_to(self.by).filter(code__in=organs)
            self.organs |= dict(found.order_by().values_list("code", "pk"))

    def _check(self, row: _Row) -> None:
        entry = row.entry
        row.plain = checked_person(entry.name, entry.sex, entry.identity_number, entry.phone)
        row.roles = [self._role(role) for role in entry.roles]
        if not row.plain["identity_number"] and not _certificates(row):
            raise InvalidInput(
                _("The entry has neither an identity number nor a certificate number."),
                field="identity_number",
                cure=_("Add one: without it the same person would be entered twice."),
            )

    def _role(self, entry: RoleEntry) -> PersonRole:
        values = dict(entry.values)
        if "subject_id" in ROLE_FIELDS[entry.kind]:
            values["subject_id"] = self.subjects.get(str(values.pop("subject_code", "")))
            if values["subject_id"] is None:
                raise NotFound(
                    _("No subject of your area has this code."),
                    field="subject_code",
                    cure=_("Check the code, or import the subject first."),
                )
        if entry.kind is RoleKind.INSPECTOR:
            values["organ_id"] = self.organs.get(str(values.pop("organ_code", "") or self.by.organ_code))
            values["full_time"] = bool(values.get("full_time"))
            if values["organ_id"] is None:
                raise NotFound(
                    _("No organ of yours has this code."), field="organ_code", cure=_("Check the code.")
                )
        checked = checked_values(entry.kind, values)
        first = entry.valid_from or self.effective_on
        last = checked_days(entry.kind, first, entry.valid_to, checked)
        return ROLE_MODELS[entry.kind](valid_from=first, valid_to=last, **checked)

    def _recognise(self, rows: Sequence[_Row]) -> None:
        """Find who is in the register already: by identity number, else by a certificate number."""
        for name in SEALED:
            indexes = blind_indexes(name, [row.plain[name] for row in rows])
            for row, index in zip(rows, indexes, strict=True):
                row.indexes[name] = index
        wanted = {row.indexes["identity_number"] for row in rows} - {""}
        known = {
            ("identity", p.identity_index): p
            for p in Person.objects.filter(is_any_of("identity_index", wanted, TEXT)).select_related("organ")
        }
        people: dict[Key, Person] = {**known, **_people_by_certificate(rows)}
        new: list[Person] = []
        for row in rows:
            keys: list[Key] = [("identity", row.indexes["identity_number"])] * bool(
                row.plain["identity_number"]
            )
            keys += _certificates(row)
            found = next((people[key] for key in keys if key in people), None)
            if found is None:
                found = Person(organ_id=self.by.organ_id, entered_at=now())
                new.append(found)
            for key in keys:
                people.setdefault(key, found)
            row.person = found
        for person, number in zip(new, new_keys(Person, len(new)), strict=True):
            person.pk = number
        known_people = [row.person for row in rows if not row.person._state.adding]
        self.foreign = {person.pk for person in known_people if not may_edit(self.by, person)}
        if self.foreign:
            seen = people_visible_to(self.by).filter(is_any_of("id", self.foreign, KEY))
            self.unseen = self.foreign - set(seen.order_by().values_list("pk", flat=True))

    def _load_roles(self, rows: Sequence[_Row]) -> None:
        roles = [role for row in rows for role in row.roles]
        for row in rows:
            for role in row.roles:
                role.person = row.person
        known = is_any_of("person_id", {row.person.pk for row in rows}, KEY)
        for kind in ROLE_MODELS:
            near = known
            mine: list[Any] = [role for role in roles if role.kind is kind]
            if kind is RoleKind.PHARMACIST:
                near |= is_any_of("certificate_no", {role.certificate_no for role in mine}, TEXT)
                near |= is_any_of("registration_no", {role.registration_no for role in mine}, TEXT)
            if kind is RoleKind.POSITION:
                near |= is_any_of("subject_id", {role.subject_id for role in mine}, KEY)
            for held in roles_of(kind).filter(near):
                self._hold(held)

    def _hold(self, role: PersonRole) -> None:
        for key in meeting_keys(role):
            self.held[role.kind, key].append(role)

    def _place(self, row: _Row) -> None:
        """Put the roles of an entry beside those of the register: all of them or, raising, none."""
        if row.person.pk in self.unseen:
            by_number = row.indexes["identity_number"] in {row.person.identity_index} - {""}
            raise second_entry("identity_number" if by_number else "certificate_no")
        if row.person.erased_at is not None:
            raise Conflict(
                _("This person's data was erased; the entry no longer changes."),
                cure=_("Enter the person anew if that is lawful."),
            )
        placed: list[tuple[PersonRole, PersonRole | None]] = []
        for role in row.roles:
            if role.kind is RoleKind.INSPECTOR and row.person.account_id:
                role.full_time = None  # type: ignore[attr-defined]
            near = [held for key in meeting_keys(role) for held in self.held[role.kind, key]]
            same = next((held for held in near if is_same(held, role)), None)
            if same is not None:
                fill_in(role, same)
            beside = [held for held in near if held is not same]
            beside += [other for other, _same in placed if other.kind is role.kind]
            if clash := clash_among(role, beside):
                raise clash
            placed.append((role, same))
        self._check_rights(row, placed)
        row.roles = [role for role, same in placed if same is None]
        for role in row.roles:
            self._hold(role)
        corrected = [self._correct(same, role) for role, same in placed if same is not None]
        row.changed = self._describe(row)
        if row.person._state.adding and row.person.pk not in self.entered:
            row.change = Change.NEW
            self.entered.add(row.person.pk)
        elif row.roles or any(corrected) or row.changed:
            row.change = Change.CHANGED

    def _check_rights(self, row: _Row, placed: Iterable[tuple[PersonRole, PersonRole | None]]) -> None:
        """Refuse what the actor could not do to these entries one by one. Raises NotAllowed."""
        if row.person.pk in self.foreign:
            expert = any(same is None and role.kind is RoleKind.EXPERT for role, same in placed)
            if expert or _differing(row.person, _wanted(row)):
                raise NotAllowed(
                    _("Another organ keeps this person's entry."),
                    cure=_("Ask %(organ)s to change it.") % {"organ": row.person.organ},
                )
        for role, same in placed:
            if same is None or same.pk is None or not differing_role(same, role):
                continue
            if not may_edit_role(self.by, same):
                raise NotAllowed(
                    _("Another organ keeps this entry."), cure=_("Ask the organ responsible to change it.")
                )

    def _correct(self, held: PersonRole, role: PersonRole) -> bool:
        changed = differing_role(held, role)
        if changed and held.pk is not None:
            self.changes.before(held, changed)
            self.changed_roles[id(held)] = held
        for name in changed:
            setattr(held, name, getattr(role, name))
        return bool(changed)

    def _describe(self, row: _Row) -> list[str]:
        """Bring the person's own columns up to date; returns the names of those that changed."""
        person, wanted = row.person, _wanted(row)
        changed = _differing(person, wanted)
        if changed and not person._state.adding:
            self.changes.before(person, [*changed, "identity_sealed", "phone_sealed"])
        for name, value in wanted.items():
            setattr(person, name, value)
        return changed

    def _write(self, rows: Sequence[_Row]) -> None:
        _seal([row for row in rows if row.changed])
        people = {row.person.pk: row.person for row in rows if row.changed}
        new = [person for person in people.values() if person._state.adding]
        old = [person for person in people.values() if not person._state.adding]
        fresh = [role for row in rows for role in row.roles]
        for person in new:
            person.search_text = search_text_of(person.name, person.pinyin)
        for role in fresh:
            _add_numbers(role)
        _insert(Person, NEW_COLUMNS, new)
        Person.objects.bulk_update(old, PERSON_COLUMNS, batch_size=500)
        for kind, model in ROLE_MODELS.items():
            of_kind = [role for role in fresh if role.kind is kind]
            for role, key in zip(of_kind, new_keys(model, len(of_kind)), strict=True):
                role.pk = key
            _insert(model, ("id", "person_id", "valid_from", "valid_to", *ROLE_FIELDS[kind]), of_kind)
            corrected = [role for role in self.changed_roles.values() if role.kind is kind]
            model._default_manager.bulk_update(corrected, [*ROLE_FIELDS[kind], "valid_to"], batch_size=500)
            self.changes.created(of_kind)
            self.changes.changed(corrected)
        self.changes.created(new, first=True)
        self.changes.changed(old)
        self.changes.write()
        newly = {person.pk for person in new}
        refresh_search_text({row.person.pk for row in rows if row.change is not Change.UNCHANGED} - newly)


def _wanted(row: _Row) -> dict[str, str]:
    """What an entry says of the person's own columns; what it leaves open stays."""
    person, plain = row.person, row.plain
    return {
        "name": plain["name"],
        "pinyin": initials_of(plain["name"]),
        "sex": plain["sex"] or person.sex,
        "identity_index": row.indexes["identity_number"] or person.identity_index,
        "phone_index": row.indexes["phone"] or person.phone_index,
    }


def _differing(person: Person, wanted: dict[str, str]) -> list[str]:
    return [name for name, value in wanted.items() if getattr(person, name) != value]


def _add_numbers(role: PersonRole) -> None:
    """Let a new person be found by the numbers of their roles; others are brought up to date at the end."""
    found_by = sorted(getattr(role, name, "") for name in ("certificate_no", "registration_no"))
    if role.person._state.adding:
        role.person.search_text = search_text_of(role.person.search_text, *found_by)


def _insert(model: type[models.Model], columns: Sequence[str], rows: Sequence[models.Model]) -> None:
    """Insert by COPY. Raises Conflict when another write has come between the look and this."""
    if not rows:
        return
    try:
        with transaction.atomic():
            copy_rows(model, columns, ([getattr(row, name) for name in columns] for row in rows))
    except IntegrityError:
        raise Conflict(
            _("The register was changed while the table was taken in; nothing of it was kept."),
            cure=_("Take it in again."),
        ) from None


def _certificates(row: _Row) -> list[Key]:
    numbers = [
        (role.kind, getattr(role, "certificate_no", "")) for role in row.roles if role.kind in CERTIFIED
    ]
    return [(kind, number) for kind, number in numbers if number]


def _people_by_certificate(rows: Sequence[_Row]) -> dict[Key, Person]:
    numbers = [key for row in rows for key in _certificates(row)]
    found: dict[Key, Person] = {}
    for kind in CERTIFIED:
        wanted = [number for of_kind, number in numbers if of_kind is kind]
        roles: QuerySet[Any] = ROLE_MODELS[kind]._default_manager.select_related("person__organ")
        for role in roles.filter(is_any_of("certificate_no", wanted, TEXT)):
            found[kind, role.certificate_no] = role.person
    return found


def _seal(rows: Sequence[_Row]) -> None:
    """Seal what is new or changed of all rows together."""
    wanted = [
        (row, name)
        for row in rows
        for name, index in (("identity_number", "identity_index"), ("phone", "phone_index"))
        if index in row.changed
    ]
    texts = seal_all([(person_ref(row.person.pk), name, row.plain[name]) for row, name in wanted])
    for (row, name), text in zip(wanted, texts, strict=True):
        setattr(row.person, "phone_sealed" if name == "phone" else "identity_sealed", text)
