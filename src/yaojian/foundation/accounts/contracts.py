"""Roles, permissions and the acting person, as other rooms see them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Level(StrEnum):
    """Levels of government on which organs stand (map.md A3)."""

    NATIONAL = "national"
    PROVINCE = "province"
    BRANCH = "branch"
    PREFECTURE = "prefecture"
    COUNTY = "county"
    TOWNSHIP = "township"


LEVEL_NAMES: dict[Level, Promise] = {
    Level.NATIONAL: _("National"),
    Level.PROVINCE: _("Province"),
    Level.BRANCH: _("Branch bureau"),
    Level.PREFECTURE: _("Prefecture"),
    Level.COUNTY: _("County"),
    Level.TOWNSHIP: _("Township"),
}


class Permission(StrEnum):
    """What a page or an action may demand of the acting person."""

    HOME = "home.view"
    WORKLIST_VIEW = "worklist.view"
    WORKLIST_ASSIGN = "worklist.assign"
    SUBJECT_VIEW = "subject.view"
    INSPECTION_VIEW = "inspection.view"
    INSPECTION_CONDUCT = "inspection.conduct"
    INSPECTION_VERIFY = "inspection.verify"
    DOCUMENT_VIEW = "document.view"
    PLAN_VIEW = "plan.view"
    MANDATE_VIEW = "mandate.view"
    JOURNAL_VIEW = "journal.view"
    SUBORDINATES_VIEW = "subordinates.view"
    DESIGN_VIEW = "design.view"


class Role(StrEnum):
    """Roles in code, with display names below."""

    ADMINISTRATOR = "administrator"
    LEADER = "leader"
    CHIEF = "chief"
    INSPECTOR = "inspector"
    PLANNER = "planner"
    TOWNSHIP = "township"


ROLE_NAMES: dict[Role, Promise] = {
    Role.ADMINISTRATOR: pgettext_lazy("role", "System administrator"),
    Role.LEADER: pgettext_lazy("role", "Bureau leader"),
    Role.CHIEF: pgettext_lazy("role", "Section chief"),
    Role.INSPECTOR: pgettext_lazy("role", "Inspector"),
    Role.PLANNER: pgettext_lazy("role", "Planning officer"),
    Role.TOWNSHIP: pgettext_lazy("role", "Township officer"),
}

_P = Permission
_READS = frozenset(
    {
        _P.HOME,
        _P.WORKLIST_VIEW,
        _P.SUBJECT_VIEW,
        _P.INSPECTION_VIEW,
        _P.DOCUMENT_VIEW,
        _P.PLAN_VIEW,
        _P.MANDATE_VIEW,
    }
)

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    # The administrator keeps the machine running and has no business in the files.
    Role.ADMINISTRATOR: frozenset(
        {_P.HOME, _P.PLAN_VIEW, _P.JOURNAL_VIEW, _P.SUBORDINATES_VIEW, _P.DESIGN_VIEW}
    ),
    Role.LEADER: _READS | {_P.SUBORDINATES_VIEW, _P.JOURNAL_VIEW},
    Role.CHIEF: _READS
    | {
        _P.SUBORDINATES_VIEW,
        _P.JOURNAL_VIEW,
        _P.WORKLIST_ASSIGN,
        _P.INSPECTION_CONDUCT,
        _P.INSPECTION_VERIFY,
    },
    Role.INSPECTOR: _READS
    | {_P.SUBORDINATES_VIEW, _P.JOURNAL_VIEW, _P.INSPECTION_CONDUCT, _P.INSPECTION_VERIFY},
    Role.PLANNER: _READS | {_P.SUBORDINATES_VIEW, _P.JOURNAL_VIEW},
    Role.TOWNSHIP: frozenset(
        {_P.HOME, _P.WORKLIST_VIEW, _P.SUBJECT_VIEW, _P.INSPECTION_VIEW, _P.DOCUMENT_VIEW}
    ),
}


@dataclass(frozen=True, slots=True)
class Actor:
    """A person acting in one posting: who asks, for which organ, in which role."""

    user_id: int
    username: str
    display_name: str
    organ_id: int
    organ_code: str
    organ_name: str
    organ_path: str
    organ_level: Level
    territories: tuple[str, ...]
    role: Role
    full_time: bool = False
    organ_short_name: str = ""

    def may(self, permission: Permission) -> bool:
        """Whether the role of this posting includes `permission`."""
        return permission in ROLE_PERMISSIONS[self.role]

    @property
    def role_name(self) -> Promise:
        """The role's display name in the reader's language."""
        return ROLE_NAMES[self.role]

    @property
    def sees_subordinates(self) -> bool:
        """Whether figures and lists of subordinate organs are open to this posting."""
        return self.may(Permission.SUBORDINATES_VIEW)
