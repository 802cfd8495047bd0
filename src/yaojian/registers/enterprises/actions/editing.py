"""What somebody typed about one subject, checked and turned into columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Organ
from yaojian.foundation.errors import InvalidInput
from yaojian.registers.enterprises.actions.placing import (
    faults_of_parent,
    key_of_enterprise,
    subjects_by_code,
)
from yaojian.registers.enterprises.actions.registering import with_mark_of_level
from yaojian.registers.enterprises.actions.storing import Mark
from yaojian.registers.enterprises.codes import is_unified_code
from yaojian.registers.enterprises.contracts import Fault, SubjectEntry
from yaojian.registers.enterprises.entries import cleaned, faults_of
from yaojian.registers.enterprises.models import Enterprise, Subject
from yaojian.registers.enterprises.pinyin import initials
from yaojian.registers.enterprises.types import SubjectType
from yaojian.registers.enterprises.versions import Values

PLACE_FIELDS = ("division_code", "address", "latitude", "longitude")
EDITABLE = (
    "code",
    "name",
    "subject_type",
    "uscc",
    "parent",
    *PLACE_FIELDS,
    "business_scope",
    "hospital_level",
    "flags",
    "opened_on",
)
"""Fields that a form may change; the grade, the state and the organ have verbs of their own."""


def columns_of_changes(
    subject: Subject, changes: Mapping[str, Any], state: Values, mark: Mark
) -> dict[str, Any]:
    """The columns that `changes` would set, in the subject's state of the effective day.

    A legal entity that is not known yet is entered with `mark`. Raises InvalidInput with one error a field.
    """
    unknown = set(changes) - set(EDITABLE)
    if unknown:
        raise InvalidInput(f"These fields cannot be changed so: {', '.join(sorted(unknown))}.")
    entry = cleaned(_as_entry(subject, {**state, **changes}, changes))
    faults = {fault.field: fault for fault in faults_of(entry)}
    columns = {name: getattr(entry, name) for name in changes if name not in ("uscc", "parent", "flags")}
    if "name" in columns:
        columns["pinyin"] = initials(entry.name)
    for name in ("address", "business_scope"):
        if name in columns:
            columns[name] = columns[name] or ""
    if "flags" in changes:
        columns["flags"] = list(entry.flags or ())
    if columns.get("subject_type", state["subject_type"]) != SubjectType.HOSPITAL:
        columns["hospital_level"] = None
    columns = with_mark_of_level(columns, state["flags"])
    faults |= _point(subject, changes, entry, columns, mark, ready=not faults)
    if entry.code != subject.code and Subject.objects.filter(code=entry.code).exists():
        faults["code"] = Fault("code", _("Another subject has this code."), _("Check the code."))
    if state["closed_on"] is not None and entry.opened_on > state["closed_on"]:
        faults["opened_on"] = Fault(
            "opened_on", _("The closing day lies before the opening day."), _("Correct one of the two days.")
        )
    if faults:
        raise_faults(faults.values())
    return columns


def raise_faults(faults: Any) -> None:
    """Raise InvalidInput for faults: the first in full, all of them by field."""
    found = list(faults)
    raise InvalidInput(
        found[0].detail,
        field=found[0].field,
        cure=found[0].cure,
        errors={fault.field: _joined(fault) for fault in found},
    )


def _joined(fault: Fault) -> str:
    return f"{fault.detail} {fault.cure}".strip()


def _point(
    subject: Subject,
    changes: Mapping[str, Any],
    entry: SubjectEntry,
    columns: dict[str, Any],
    mark: Mark,
    *,
    ready: bool,
) -> dict[str, Fault]:
    """Set the columns that point to the legal entity and to the subject above."""
    faults: dict[str, Fault] = {}
    if "parent" in changes or "subject_type" in changes:
        row = {"id": subject.pk}
        above = subjects_by_code({entry.parent}) if entry.parent else {}
        for fault in faults_of_parent(entry, row, above.get(entry.parent or "")):
            faults["parent"] = fault
        if "parent" in changes and not faults:
            columns["parent_id"] = above[entry.parent]["id"] if entry.parent else None
    if "uscc" in changes:
        if not entry.uscc:
            columns["enterprise_id"] = None
        elif ready and is_unified_code(entry.uscc):
            columns["enterprise_id"] = key_of_enterprise(entry, mark)
    return faults


def _as_entry(subject: Subject, values: Mapping[str, Any], changes: Mapping[str, Any]) -> SubjectEntry:
    """The subject as if it were entered anew with the changes, so that the same checks judge it."""
    parent = changes.get("parent")
    if "parent" not in changes and subject.parent is not None:
        parent = subject.parent.code
    uscc = changes.get("uscc")
    if "uscc" not in changes:
        holder = Enterprise.objects.filter(pk=values["enterprise_id"]).first()
        uscc = holder.uscc if holder else ""
    organ = Organ.objects.get(pk=values["responsible_organ_id"])
    return SubjectEntry(
        code=str(values["code"] or ""),
        name=str(values["name"] or ""),
        subject_type=values["subject_type"],
        responsible_organ=organ.code,
        division_code=values["division_code"],
        opened_on=values["opened_on"],
        uscc=uscc or "",
        parent=parent or "",
        address=values["address"],
        latitude=values["latitude"],
        longitude=values["longitude"],
        business_scope=values["business_scope"],
        hospital_level=values["hospital_level"] if values["subject_type"] == SubjectType.HOSPITAL else None,
        flags=tuple(values["flags"] or ()),
    )
