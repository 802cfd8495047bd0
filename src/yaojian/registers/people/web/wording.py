"""Roles of people in words, and as rows of tables."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from yaojian.foundation.accounts.facade import Actor, Permission
from yaojian.foundation.ledger.facade import Act
from yaojian.foundation.privacy.facade import field_name
from yaojian.registers.people.actions import full_time_of_account
from yaojian.registers.people.contracts import (
    CATEGORY_NAMES,
    DOMAIN_NAMES,
    GRADE_NAMES,
    POSITION_NAMES,
    PRACTICE_NAMES,
    ROLE_KIND_NAMES,
    SEQUENCE_NAMES,
    TIER_NAMES,
    Category,
    Domain,
    Grade,
    PositionKind,
    Practice,
    RoleKind,
    Sequence,
    Tier,
)
from yaojian.registers.people.models import (
    Expert,
    InspectorQualification,
    PersonRole,
    PharmacistRegistration,
    Position,
)
from yaojian.registers.people.queries import EXPIRING, may_edit_role


def between(*parts: object) -> str:
    """The parts that are not empty, set apart by a dot."""
    return " · ".join(str(part) for part in parts if part)


def title_of(role: PersonRole) -> str:
    """A role in a few words: what, and of which kind or grade."""
    match role:
        case InspectorQualification():
            sequence, grade = SEQUENCE_NAMES[Sequence(role.sequence)], GRADE_NAMES[Grade(role.grade)]
            return between(ROLE_KIND_NAMES[role.kind], sequence, TIER_NAMES[Tier(role.tier)], grade)
        case PharmacistRegistration():
            return between(ROLE_KIND_NAMES[role.kind], CATEGORY_NAMES[Category(role.category)])
        case Expert():
            return between(ROLE_KIND_NAMES[role.kind], DOMAIN_NAMES[Domain(role.domain)])
        case Position():
            return str(POSITION_NAMES[PositionKind(role.position)])
    raise TypeError(f"{type(role)} is no role")


def is_full_time(role: InspectorQualification) -> bool:
    """Whether an inspector is full-time: by the posting of the account, else by the qualification."""
    if role.person.account is not None:
        return full_time_of_account(role.person.account)
    return bool(role.full_time)


def details_of(role: PersonRole) -> str:
    """The numbers and circumstances of a role."""
    match role:
        case InspectorQualification():
            time = (
                pgettext("inspector", "full-time")
                if is_full_time(role)
                else pgettext("inspector", "part-time")
            )
            number = (
                _("certificate %(number)s") % {"number": role.certificate_no} if role.certificate_no else ""
            )
            return between(time, number)
        case PharmacistRegistration():
            return between(
                _("registration %(number)s") % {"number": role.registration_no},
                _("certificate %(number)s") % {"number": role.certificate_no},
                PRACTICE_NAMES[Practice(role.practice)],
            )
        case Expert():
            return role.title
    return ""


def state_of(role: PersonRole, day: date) -> tuple[str, str | Promise]:
    """Which of the design's meanings a role has on a day, and its state in words."""
    if role.valid_from > day:
        return "info", pgettext("role of a person", "Not yet")
    if role.valid_to is not None and role.valid_to < day:
        return "neutral", pgettext("role of a person", "Ended")
    expires = isinstance(role, PharmacistRegistration | InspectorQualification) and role.valid_to is not None
    if expires and role.valid_to is not None and role.valid_to <= day + EXPIRING:
        return "due_soon", pgettext("role of a person", "Expires soon")
    return "done", pgettext("role of a person", "In force")


def place_of_role(actor: Actor, role: PersonRole, places: Collection[int]) -> dict[str, Any]:
    """Where a role is held, linked if the actor may open it; `places`: the subjects that they may see."""
    if isinstance(role, PharmacistRegistration | Position):
        if role.subject_id not in places:
            return {"name": pgettext("place of a role", "outside your area"), "url": ""}
        url = ""
        if actor.may(Permission.SUBJECT_VIEW):
            url = reverse("backoffice:subject", args=[role.subject_id])
        return {"name": role.subject.name, "url": url}
    if isinstance(role, InspectorQualification):
        return {"name": role.organ.label, "url": ""}
    return {"name": role.institution if isinstance(role, Expert) else "", "url": ""}


def role_row(
    actor: Actor, role: PersonRole, day: date, *, places: Collection[int], editable: bool
) -> dict[str, Any]:
    """A role as a row of the person's or the subject's page; another day's page offers nothing to change.

    `places`: the subjects among those of the rows that the actor may see.
    """
    may_change = editable and role.holds_on(day) and may_edit_role(actor, role)
    numbers = [role.person_id, role.kind.value, role.pk]
    return {
        "role": role,
        "person": role.person,
        "title": title_of(role),
        "details": details_of(role),
        "state": state_of(role, day),
        "place": place_of_role(actor, role, places),
        "change_url": reverse("people:role_change", args=numbers) if may_change else "",
        "end_url": reverse("people:role_end", args=numbers) if may_change else "",
    }


def role_words(roles: Iterable[PersonRole]) -> str:
    """Several roles in one line."""
    return pgettext("between roles", "; ").join(dict.fromkeys(title_of(role) for role in roles))


def act_facts(act: Act) -> dict[str, Any]:
    """What the timeline says of an act about a person besides."""
    facts = act.facts
    shown: list[tuple[str, str]] = []
    if role := facts.get("person_role"):
        shown.append((pgettext("register of people", "Role"), str(ROLE_KIND_NAMES[RoleKind(role)])))
    if fields := facts.get("fields") or facts.get("sealed"):
        shown.append((_("Fields"), ", ".join(field_name(name) for name in fields)))
    for key, label in (
        ("purpose", _("Purpose")),
        ("registration_no", _("Registration number")),
        ("certificate_no", _("Certificate number")),
        ("valid_from", pgettext("role of a person", "From")),
        ("valid_to", pgettext("role of a person", "Until")),
        ("username", _("User name")),
    ):
        if facts.get(key):
            shown.append((label, str(facts[key])))
    return {"text": str(facts.get("reason", "")), "facts": shown}
