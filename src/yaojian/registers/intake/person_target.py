"""What the targets of people have in common: their personal columns and the doors of their register."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yaojian.foundation.accounts.facade import Actor, Permission
from yaojian.registers.intake.contracts import EntryFault, EntryOutcome, FieldKind, ImportField, Target
from yaojian.registers.people.contracts import SEX_NAMES
from yaojian.registers.people.facade import PersonEntry, RoleEntry, RoleKind, register_people, undo_people

_K = FieldKind
_OF_PERSON = ("name", "sex", "identity_number", "phone")
PERSON_FIELDS = (
    ImportField("sex", pgettext_lazy("person", "Sex"), _K.CHOICE, ("性别",), choices=SEX_NAMES, blank=""),
    ImportField(
        "identity_number",
        _("Identity number"),
        _K.CODE,
        ("身份证号", "身份证号码", "证件号码", "公民身份号码"),
        hint=_("Sealed in the register; format the column as text."),
        personal=True,
        blank="",
    ),
    ImportField(
        "phone",
        _("Mobile number"),
        _K.CODE,
        ("手机号", "手机号码", "联系电话", "电话"),
        hint=_("Sealed in the register; format the column as text."),
        personal=True,
        blank="",
    ),
)
"""Columns that a table of people may have beside those of the role."""


def person_entry(kind: RoleKind, key: str, values: dict[str, Any], ends: date | None) -> PersonEntry:
    """An entry of one person with one role; a column that is empty says nothing of it."""
    person = {name: values[name] for name in _OF_PERSON if name in values}
    of_role = {
        name: value
        for name, value in values.items()
        if name not in (*_OF_PERSON, "valid_from", "valid_to") and value is not None
    }
    return PersonEntry(key=key, roles=(RoleEntry(kind, values["valid_from"], ends, of_role),), **person)


def value_of(entry: PersonEntry, name: str) -> Any:
    """One value of an entry by field."""
    if name in _OF_PERSON:
        return getattr(entry, name)
    role = entry.roles[0]
    return getattr(role, name) if name in ("valid_from", "valid_to") else role.values.get(name)


def enter_people(
    entries: Sequence[PersonEntry], *, by: Actor, effective_on: date, batch: UUID, rehearse: bool
) -> list[EntryOutcome]:
    """The register's bulk door."""
    outcomes = register_people(entries, by=by, effective_on=effective_on, batch=batch)
    return [
        EntryOutcome(
            outcome.code,
            outcome.change.value,
            [EntryFault(outcome.field, outcome.reason, outcome.cure)] if outcome.reason else [],
        )
        for outcome in outcomes
    ]


def take_back_people(*, by: Actor, batch: UUID) -> list[EntryOutcome]:
    """The register's way back: all of the batch, or nothing when something was changed since."""
    return [EntryOutcome("", "changed")] * undo_people(by=by, batch=batch)


def nothing_shown(actor: Actor, keys: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
    """Nothing: what the register holds of people is shown on their own pages alone."""
    return {}


def _own_key(entry: PersonEntry) -> str:
    return entry.key


def people_target(
    code: str,
    name: Promise,
    fields: tuple[ImportField, ...],
    entry: Callable[..., PersonEntry],
    *,
    key_field: str,
    key: Callable[[PersonEntry], str] = _own_key,
) -> Target:
    """A target whose rows are people with one role each."""
    return Target(
        code=code,
        name=name,
        permission=Permission.PERSON_EDIT,
        view=Permission.PERSON_VIEW,
        fields=fields,
        entry=entry,
        entry_type=None,
        key=key,
        key_field=key_field,
        register=enter_people,
        undo=take_back_people,
        current=nothing_shown,
        value=value_of,
    )
