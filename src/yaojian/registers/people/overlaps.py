"""Why a role cannot stand beside others: in words, what the database's constraints refuse."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from yaojian.foundation.errors import RuleBroken
from yaojian.registers.people.contracts import SOLE_POSITIONS, PositionKind, RoleKind
from yaojian.registers.people.models import PersonRole, PharmacistRegistration, Position

Key = tuple[Any, ...]


def meeting_keys(role: PersonRole) -> list[Key]:
    """Under which keys roles of one kind can get into each other's way."""
    keys: list[Key] = [("person", role.person_id)]
    if isinstance(role, PharmacistRegistration):
        keys += [("certificate", role.certificate_no), ("registration", role.registration_no)]
    if isinstance(role, Position) and PositionKind(role.position) in SOLE_POSITIONS:
        keys.append(("position", role.subject_id, role.position))
    return keys


def share_days(one: PersonRole, other: PersonRole) -> bool:
    """Whether two roles hold on a common day."""
    starts_in_time = one.valid_to is None or other.valid_from <= one.valid_to
    return starts_in_time and (other.valid_to is None or one.valid_from <= other.valid_to)


def clash_among(role: PersonRole, others: Iterable[PersonRole]) -> RuleBroken | None:
    """Why `role` cannot stand beside `others` of its kind; None when it can."""
    for other in others:
        if isinstance(role, PharmacistRegistration) and isinstance(other, PharmacistRegistration):
            clash = _registration_clash(role, other)
        else:
            clash = _clash(role, other) if share_days(role, other) else None
        if clash is not None:
            return clash
    return None


def _registration_clash(role: PharmacistRegistration, other: PharmacistRegistration) -> RuleBroken | None:
    together, same_person = share_days(role, other), role.person_id == other.person_id
    if together and same_person:
        return RuleBroken(
            _(
                "The pharmacist is registered from %(since)s until %(until)s already; two places at a time "
                "are a sign of a lent certificate."
            )
            % {"since": other.valid_from, "until": other.valid_to},
            field="valid_from",
            cure=_("End that registration first, or begin this one after it."),
        )
    if together and role.registration_no == other.registration_no:
        return RuleBroken(
            _("This registration number is another person's on these days."),
            field="registration_no",
            cure=_("Check the number on the registration certificate."),
        )
    if not same_person and role.certificate_no == other.certificate_no:
        return RuleBroken(
            _("This certificate number is another person's."),
            field="certificate_no",
            cure=_("Check the number; if it is right, one of the two certificates is false or lent."),
        )
    return None


def _clash(role: PersonRole, other: PersonRole) -> RuleBroken | None:
    same_person = role.person_id == other.person_id
    if isinstance(role, Position) and isinstance(other, Position):
        if (role.subject_id, role.position) != (other.subject_id, other.position):
            return None
        if same_person:
            return _twice(other)
        if PositionKind(role.position) not in SOLE_POSITIONS:
            return None
        return RuleBroken(
            _("%(name)s holds this position there from %(since)s.")
            % {"name": other.person, "since": other.valid_from},
            field="position",
            cure=_("End that first; the new one begins the day after."),
        )
    key = "sequence" if role.kind is RoleKind.INSPECTOR else "domain"
    return _twice(other) if same_person and getattr(role, key) == getattr(other, key) else None


def _twice(other: PersonRole) -> RuleBroken:
    return RuleBroken(
        _("The person has this role already, from %(since)s until %(until)s.")
        % {"since": other.valid_from, "until": other.valid_to or _("further notice")},
        field="valid_from",
        cure=_("Change or end that one; periods do not overlap."),
    )
