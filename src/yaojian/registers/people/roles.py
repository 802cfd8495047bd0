"""Writes to people's roles: entered, changed or ended from a day; the past stays as it was."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Actor, Permission, check_may, organs_visible_to
from yaojian.foundation.errors import Conflict, InvalidInput, NotAllowed, RuleBroken
from yaojian.foundation.ledger.facade import record_act, subject_ref
from yaojian.foundation.periods import ONE_DAY
from yaojian.foundation.timekeeping import today
from yaojian.registers.enterprises.facade import answers_for, subject_visible_to
from yaojian.registers.people.actions import refresh_search_text
from yaojian.registers.people.checks import (
    checked_certificate,
    checked_inspector_certificate,
    checked_registration,
)
from yaojian.registers.people.contracts import RoleKind, person_ref
from yaojian.registers.people.models import (
    ROLE_FIELDS,
    ROLE_MODELS,
    Person,
    PersonRole,
    PharmacistRegistration,
    Position,
)
from yaojian.registers.people.overlaps import clash_among
from yaojian.registers.people.queries import may_edit_role, person_visible_to, role_visible_to

LONGEST_REGISTRATION_YEARS = 5
Values = Mapping[str, Any]


def checked_values(kind: RoleKind, values: Values) -> dict[str, Any]:
    """A role's columns, plain and right by themselves. Raises InvalidInput naming the column."""
    checked = {name: values.get(name) for name in ROLE_FIELDS[kind]}
    match kind:
        case RoleKind.PHARMACIST:
            checked["certificate_no"] = checked_certificate(str(checked["certificate_no"] or ""))
            checked["registration_no"] = checked_registration(str(checked["registration_no"] or ""))
            checked["practice"] = checked["practice"] or "trade"
        case RoleKind.INSPECTOR:
            checked["certificate_no"] = checked_inspector_certificate(str(checked["certificate_no"] or ""))
        case RoleKind.EXPERT:
            checked["title"] = " ".join(str(checked["title"] or "").split())
            checked["institution"] = " ".join(str(checked["institution"] or "").split())
    for field in ROLE_MODELS[kind]._meta.get_fields():
        choices = getattr(field, "choices", None)
        if choices and checked.get(field.name) not in {value for value, _label in choices}:
            raise InvalidInput(
                _("%(field)s: this is not one of the choices.")
                % {"field": getattr(field, "verbose_name", field.name)},
                field=field.name,
                cure=_("Choose one of the list."),
            )
    if kind is RoleKind.EXPERT and not checked["institution"]:
        raise InvalidInput(
            _("The institution is missing."), field="institution", cure=_("Enter where the expert works.")
        )
    return checked


def checked_days(
    kind: RoleKind, valid_from: date, valid_to: date | None, values: dict[str, Any]
) -> date | None:
    """The last day of a role; a registration lasts to its expiry when no earlier end is given.

    Raises InvalidInput when a day is impossible.
    """
    if valid_from.year < 1949:
        raise InvalidInput(
            _("The first day lies before 1949."), field="valid_from", cure=_("Correct the year.")
        )
    if kind is RoleKind.PHARMACIST:
        expires = values["expires_on"]
        if expires is None:
            raise InvalidInput(
                _("The day on which the registration expires is missing."),
                field="expires_on",
                cure=_("Copy it from the registration certificate."),
            )
        if expires < valid_from or expires.year - valid_from.year > LONGEST_REGISTRATION_YEARS:
            raise InvalidInput(
                _("A registration is valid for at most five years from its first day."),
                field="expires_on",
                cure=_("Copy both days from the registration certificate."),
            )
        valid_to = min(valid_to or expires, expires)
    if valid_to is not None and valid_to < valid_from:
        raise InvalidInput(
            _("The last day lies before the first."), field="valid_to", cure=_("Correct one of the two days.")
        )
    return valid_to


def overlapping(role: PersonRole) -> RuleBroken | None:
    """Why a role cannot stand beside those of the register; None when it can."""
    manager = type(role)._default_manager.select_related("person")
    near = Q(person_id=role.person_id)
    if isinstance(role, PharmacistRegistration):
        near |= Q(certificate_no=role.certificate_no) | Q(registration_no=role.registration_no)
    if isinstance(role, Position):
        near |= Q(subject_id=role.subject_id, position=role.position)
    return clash_among(role, manager.filter(near).exclude(pk=role.pk))


def save_role(role: PersonRole) -> None:
    """Write a role that nothing overlaps. Raises RuleBroken, also when another write came first."""
    if clash := overlapping(role):
        raise clash
    try:
        with transaction.atomic():
            role.save()
    except IntegrityError:
        raise overlapping(role) or RuleBroken(
            _("The entry contradicts another one."), cure=_("Reload the page and look at the other entries.")
        ) from None


def _check_place(by: Actor, kind: RoleKind, checked: dict[str, Any]) -> None:
    """Refuse a subject or organ outside the actor's scope as one that does not exist."""
    if "subject_id" in checked:
        if checked["subject_id"] is None:
            raise InvalidInput(_("The subject is missing."), field="subject", cure=_("Enter its code."))
        subject = subject_visible_to(by, checked["subject_id"])
        if not answers_for(by, subject):
            raise NotAllowed(
                _("Another organ is responsible for this subject."),
                cure=_("Ask %(organ)s to enter it.") % {"organ": subject.responsible_organ},
            )
    if kind is RoleKind.INSPECTOR:
        checked["organ_id"] = checked["organ_id"] or by.organ_id
        if not organs_visible_to(by).filter(pk=checked["organ_id"]).exists():
            raise InvalidInput(
                _("This organ is not among yours."), field="organ", cure=_("Choose one of the list.")
            )


def _facts(role: PersonRole) -> dict[str, Any]:
    names = [name for name in ROLE_FIELDS[role.kind] if not name.endswith("_id")]
    facts: dict[str, Any] = {name: getattr(role, name) for name in names}
    return {
        "person_role": role.kind.value,
        "valid_from": role.valid_from,
        "valid_to": role.valid_to,
        **{name: value for name, value in facts.items() if value not in (None, "")},
    }


def record_role(by: Actor, verb: str, role: PersonRole, **more: Any) -> None:
    """The act of a change to a role, in the person's file and, where there is one, the subject's."""
    subject_id = getattr(role, "subject_id", None)
    record_act(
        by=by,
        kind=f"person.role_{verb}",
        file=person_ref(role.person_id),
        subject=subject_ref(subject_id) if subject_id else None,
        facts={**_facts(role), **more},
    )


def _settle_full_time(role: PersonRole, person: Person) -> None:
    """An inspector with an account is full-time or not by the posting alone."""
    if role.kind is RoleKind.INSPECTOR:
        role.full_time = None if person.account_id else bool(role.full_time)  # type: ignore[attr-defined]


@transaction.atomic
def enter_role(
    *,
    by: Actor,
    person_id: int,
    kind: RoleKind,
    valid_from: date,
    values: Values,
    valid_to: date | None = None,
) -> PersonRole:
    """Give a person a role from a day.

    `values` by column of the role (see `ROLE_FIELDS`). Raises NotAllowed, NotFound, InvalidInput, RuleBroken
    (it overlaps another, or a number is another person's), Conflict (the person was erased).
    """
    check_may(by, Permission.PERSON_EDIT)
    person = person_visible_to(by, person_id, for_update=True)
    _refuse_erased(person)
    checked = checked_values(kind, values)
    last = checked_days(kind, valid_from, valid_to, checked)
    _check_place(by, kind, checked)
    role = ROLE_MODELS[kind](person_id=person.pk, valid_from=valid_from, valid_to=last, **checked)
    _settle_full_time(role, person)
    if not may_edit_role(by, role):
        raise NotAllowed(
            _("Another organ keeps this person's entry."),
            cure=_("Ask %(organ)s to change it.") % {"organ": person.organ},
        )
    save_role(role)
    refresh_search_text([person.pk])
    record_role(by, "entered", role)
    return role


def _refuse_erased(person: Person) -> None:
    if person.erased_at is not None:
        raise Conflict(
            _("This person's data was erased; the entry no longer changes."),
            cure=_("Enter the person anew if that is lawful."),
        )


def _editable_role(by: Actor, kind: RoleKind, role_id: int) -> Any:
    check_may(by, Permission.PERSON_EDIT)
    role = role_visible_to(by, kind, role_id)
    person = person_visible_to(by, role.person_id, for_update=True)
    _refuse_erased(person)
    role.refresh_from_db()
    if not may_edit_role(by, role):
        raise NotAllowed(
            _("Another organ keeps this entry."), cure=_("Ask the organ responsible to change it.")
        )
    return role


@transaction.atomic
def change_role(
    *,
    by: Actor,
    kind: RoleKind,
    role_id: int,
    effective_on: date,
    values: Values,
    valid_to: date | None = None,
) -> PersonRole:
    """Change a role from a day: it ends the day before and goes on changed; from its first day, correct it.

    Raises as `enter_role`, and RuleBroken for a day before the role's first or after its last.
    """
    role = _editable_role(by, kind, role_id)
    if effective_on < role.valid_from or (role.valid_to is not None and effective_on > role.valid_to):
        raise RuleBroken(
            _("The change lies outside the days of this entry (%(since)s to %(until)s).")
            % {"since": role.valid_from, "until": role.valid_to or _("further notice")},
            field="effective_on",
            cure=_("Choose a day within them; what was before stays as it was."),
        )
    checked = checked_values(kind, values)
    last = checked_days(kind, effective_on, valid_to, checked)
    _check_place(by, kind, checked)
    before = {name: getattr(role, name) for name in (*ROLE_FIELDS[kind], "valid_to")}
    changed_role = role
    if effective_on > role.valid_from:
        role.valid_to = effective_on - ONE_DAY
        role.save(update_fields=["valid_to"])
        changed_role = ROLE_MODELS[kind](person_id=role.person_id, valid_from=effective_on)
    for name, value in {**checked, "valid_to": last}.items():
        setattr(changed_role, name, value)
    _settle_full_time(changed_role, role.person)
    save_role(changed_role)
    refresh_search_text([role.person_id])
    fields = [
        name.removesuffix("_id") for name, value in before.items() if getattr(changed_role, name) != value
    ]
    record_role(by, "changed", changed_role, changed=sorted(fields))
    return changed_role


@transaction.atomic
def end_role(*, by: Actor, kind: RoleKind, role_id: int, on: date, reason: str) -> PersonRole:
    """End a role with a last day, with a reason; it stays in the history.

    Raises NotAllowed, NotFound, InvalidInput (no reason), RuleBroken (the day lies outside the role).
    """
    role: PersonRole = _editable_role(by, kind, role_id)
    words = " ".join(reason.split())[:300]
    if not words:
        raise InvalidInput(_("The reason is missing."), field="reason", cure=_("Say why it ends."))
    latest = role.valid_to
    if on < role.valid_from or (latest is not None and on > latest):
        raise RuleBroken(
            _("The last day must lie between %(since)s and %(until)s.")
            % {"since": role.valid_from, "until": latest or _("further notice")},
            field="on",
            cure=_("Choose a day within this entry."),
        )
    if on > today() and kind is RoleKind.PHARMACIST and on == latest:
        raise RuleBroken(
            _("The registration ends on that day anyway."), field="on", cure=_("Choose an earlier day.")
        )
    role.valid_to = on
    role.save(update_fields=["valid_to"])
    record_role(by, "ended", role, reason=words)
    return role
