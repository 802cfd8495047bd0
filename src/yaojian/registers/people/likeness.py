"""Whether a role that an entry names is one of the register, and in what the two differ."""

from __future__ import annotations

from yaojian.registers.people.contracts import RoleKind
from yaojian.registers.people.models import ROLE_FIELDS, PersonRole


def is_same(held: PersonRole, role: PersonRole) -> bool:
    """Whether a role of the register is the one that an entry means: same person, place and first day."""
    if (held.person_id, held.valid_from) != (role.person_id, role.valid_from):
        return False
    telling = {"subject_id", "organ_id", "position", "sequence", "domain"} & set(ROLE_FIELDS[role.kind])
    return all(getattr(held, name) == getattr(role, name) for name in telling)


def fill_in(role: PersonRole, held: PersonRole) -> None:
    """What an entry leaves open of a role that the register has already stays as it is there."""
    if role.kind is not RoleKind.PHARMACIST:
        role.valid_to = role.valid_to or held.valid_to
    if role.kind is RoleKind.EXPERT:
        role.title = role.title or held.title  # type: ignore[attr-defined]


def differing_role(held: PersonRole, role: PersonRole) -> list[str]:
    """The columns in which a role of the register differs from what an entry says."""
    columns = (*ROLE_FIELDS[role.kind], "valid_to")
    return [name for name in columns if getattr(held, name) != getattr(role, name)]
