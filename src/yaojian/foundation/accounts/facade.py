"""The door of the accounts room."""

from yaojian.foundation.accounts.absences import principals_of
from yaojian.foundation.accounts.actions import post_person, register_organ, set_password, system_actor
from yaojian.foundation.accounts.contracts import LEVEL_NAMES, ROLE_NAMES, Actor, Level, Permission, Role
from yaojian.foundation.accounts.models import Delegation, Organ, Posting, User
from yaojian.foundation.accounts.permissions import check_may
from yaojian.foundation.accounts.queries import (
    actor_in,
    actor_of,
    officers_for_inspections,
    organ_answering_for,
    organ_by_code,
    organs_visible_to,
    responsibility_q,
    territory_q,
    visible_q,
)

__all__ = [
    "LEVEL_NAMES",
    "ROLE_NAMES",
    "Actor",
    "Delegation",
    "Level",
    "Organ",
    "Permission",
    "Posting",
    "Role",
    "User",
    "actor_in",
    "actor_of",
    "check_may",
    "officers_for_inspections",
    "organ_answering_for",
    "organ_by_code",
    "organs_visible_to",
    "post_person",
    "principals_of",
    "register_organ",
    "responsibility_q",
    "set_password",
    "system_actor",
    "territory_q",
    "visible_q",
]
