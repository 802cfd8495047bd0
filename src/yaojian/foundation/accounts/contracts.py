"""Roles, permissions and the acting person, as other rooms see them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

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
    PARK = "park"
    TOWNSHIP = "township"


LEVEL_NAMES: dict[Level, Promise] = {
    Level.NATIONAL: _("National"),
    Level.PROVINCE: _("Province"),
    Level.BRANCH: _("Branch bureau"),
    Level.PREFECTURE: _("Prefecture"),
    Level.COUNTY: _("County"),
    Level.PARK: _("Park"),
    Level.TOWNSHIP: _("Township"),
}


class Tree(StrEnum):
    """Hierarchies that stand side by side on the same land (兵地); an organ is in the tree of its root."""

    GOVERNMENT = "government"
    XPCC = "xpcc"


TREE_NAMES: dict[Tree, Promise] = {
    Tree.GOVERNMENT: pgettext_lazy("tree of organs", "Local government"),
    Tree.XPCC: pgettext_lazy("tree of organs", "Production and Construction Corps"),
}


class OrganKind(StrEnum):
    """What an organ is; only bureaus and teams are ever responsible for a subject."""

    BUREAU = "bureau"
    TEAM = "team"
    INSTITUTION = "institution"


ORGAN_KIND_NAMES: dict[OrganKind, Promise] = {
    OrganKind.BUREAU: pgettext_lazy("kind of organ", "Supervising bureau"),
    OrganKind.TEAM: pgettext_lazy("kind of organ", "Law enforcement team"),
    OrganKind.INSTITUTION: pgettext_lazy("kind of organ", "Technical institution"),
}


class Shared(StrEnum):
    """What an agreement opens to readers of another organ."""

    REGISTER = "register"
    FILES = "files"


SHARED_NAMES: dict[Shared, Promise] = {
    Shared.REGISTER: pgettext_lazy("shared", "Register entries of subjects"),
    Shared.FILES: pgettext_lazy("shared", "Inspections, duties and acts about them"),
}


class Width(StrEnum):
    """How wide a list looks; what it may look at is a matter of scope."""

    MINE = "mine"
    BELOW = "below"
    AREA = "area"


WIDTH_NAMES: dict[Width, Promise] = {
    Width.MINE: pgettext_lazy("width of a list", "Own organ"),
    Width.BELOW: pgettext_lazy("width of a list", "With subordinate organs"),
    Width.AREA: pgettext_lazy("width of a list", "Whole area"),
}


class Permission(StrEnum):
    """What a page or an action may demand of the acting person."""

    HOME = "home.view"
    OWN_ACCOUNT = "account.own"
    NOTICE_VIEW = "notice.view"
    WORKLIST_VIEW = "worklist.view"
    WORKLIST_ASSIGN = "worklist.assign"
    SUBJECT_VIEW = "subject.view"
    SUBJECT_EDIT = "subject.edit"
    SUBJECT_MERGE = "subject.merge"
    RISK_GRADE = "subject.grade"
    LICENCE_VIEW = "licence.view"
    LICENCE_EDIT = "licence.edit"
    PRODUCT_VIEW = "product.view"
    PRODUCT_EDIT = "product.edit"
    PERSON_VIEW = "person.view"
    PERSON_EDIT = "person.edit"
    PERSONAL_DATA_REVEAL = "personal_data.reveal"
    REGISTER_IMPORT = "register.import"
    REGISTER_EXPORT = "register.export"
    INSPECTION_VIEW = "inspection.view"
    INSPECTION_CONDUCT = "inspection.conduct"
    INSPECTION_VERIFY = "inspection.verify"
    DOCUMENT_VIEW = "document.view"
    DOCUMENT_ADD = "document.add"
    CLOCK_VIEW = "clock.view"
    CLOCK_PAUSE = "clock.pause"
    CLOCK_EXTEND = "clock.extend"
    RULES_VIEW = "rules.view"
    RULES_MANAGE = "rules.manage"
    PLAN_VIEW = "plan.view"
    PLAN_WEIGH = "plan.weigh"
    MANDATE_VIEW = "mandate.view"
    STATISTIC_VIEW = "statistic.view"
    STATISTIC_ENTER = "statistic.enter"
    STATISTIC_CONFIRM = "statistic.confirm"
    PLAN_DRAFT = "plan.draft"
    PLAN_ADOPT = "plan.adopt"
    EVALUATION_VIEW = "evaluation.view"
    EVALUATION_PREPARE = "evaluation.prepare"
    EVALUATION_DECIDE = "evaluation.decide"
    TASK_REPORT = "task.report"
    MANDATE_MANAGE = "mandate.manage"
    JOURNAL_VIEW = "journal.view"
    LOG_ATTEND = "log.attend"
    SUBORDINATES_VIEW = "subordinates.view"
    ORGAN_VIEW = "organ.view"
    ORGAN_MANAGE = "organ.manage"
    ACCOUNT_VIEW = "account.view"
    ACCOUNT_MANAGE = "account.manage"
    RIGHTS_REVIEW = "rights.review"
    TOKEN_MANAGE = "token.manage"  # noqa: S105 — the name of a right
    DESIGN_VIEW = "design.view"


class Role(StrEnum):
    """Roles in code (map.md A3, users); their display names stand below."""

    ADMINISTRATOR = "administrator"
    SECURITY_OFFICER = "security_officer"
    LEADER = "leader"
    CHIEF = "chief"
    REGISTRAR = "registrar"
    ACCEPTANCE_OFFICER = "acceptance_officer"
    REVIEWER = "reviewer"
    APPROVER = "approver"
    INSPECTOR = "inspector"
    CASE_OFFICER = "case_officer"
    LEGAL_REVIEWER = "legal_reviewer"
    HEARING_HOST = "hearing_host"
    SAMPLER = "sampler"
    COMPLAINT_OFFICER = "complaint_officer"
    REACTION_MONITOR = "reaction_monitor"
    EMERGENCY_OFFICER = "emergency_officer"
    ONLINE_MONITOR = "online_monitor"
    CREDIT_OFFICER = "credit_officer"
    PUBLICITY_OFFICER = "publicity_officer"
    TRAINING_OFFICER = "training_officer"
    PLANNER = "planner"
    QUALITY_MANAGER = "quality_manager"
    TOWNSHIP = "township"
    LAB_RECEIVER = "lab_receiver"
    LAB_ANALYST = "lab_analyst"
    LAB_CHECKER = "lab_checker"
    LAB_SIGNATORY = "lab_signatory"
    STANDARDS_KEEPER = "standards_keeper"
    EXPERT = "expert"
    PARTNER = "partner"
    GUEST = "guest"


ROLE_NAMES: dict[Role, Promise] = {
    Role.ADMINISTRATOR: pgettext_lazy("role", "System administrator"),
    Role.SECURITY_OFFICER: pgettext_lazy("role", "Security officer"),
    Role.LEADER: pgettext_lazy("role", "Bureau leader"),
    Role.CHIEF: pgettext_lazy("role", "Section chief"),
    Role.REGISTRAR: pgettext_lazy("role", "Registrar"),
    Role.ACCEPTANCE_OFFICER: pgettext_lazy("role", "Licensing acceptance officer"),
    Role.REVIEWER: pgettext_lazy("role", "Technical reviewer"),
    Role.APPROVER: pgettext_lazy("role", "Licensing approver"),
    Role.INSPECTOR: pgettext_lazy("role", "Inspector"),
    Role.CASE_OFFICER: pgettext_lazy("role", "Case officer"),
    Role.LEGAL_REVIEWER: pgettext_lazy("role", "Legal reviewer"),
    Role.HEARING_HOST: pgettext_lazy("role", "Hearing host"),
    Role.SAMPLER: pgettext_lazy("role", "Sampling officer"),
    Role.COMPLAINT_OFFICER: pgettext_lazy("role", "Complaints officer"),
    Role.REACTION_MONITOR: pgettext_lazy("role", "Adverse reaction monitor"),
    Role.EMERGENCY_OFFICER: pgettext_lazy("role", "Emergency duty officer"),
    Role.ONLINE_MONITOR: pgettext_lazy("role", "Online monitoring officer"),
    Role.CREDIT_OFFICER: pgettext_lazy("role", "Credit officer"),
    Role.PUBLICITY_OFFICER: pgettext_lazy("role", "Publicity officer"),
    Role.TRAINING_OFFICER: pgettext_lazy("role", "Training officer"),
    Role.PLANNER: pgettext_lazy("role", "Planning officer"),
    Role.QUALITY_MANAGER: pgettext_lazy("role", "Quality manager"),
    Role.TOWNSHIP: pgettext_lazy("role", "Township officer"),
    Role.LAB_RECEIVER: pgettext_lazy("role", "Laboratory sample receiver"),
    Role.LAB_ANALYST: pgettext_lazy("role", "Laboratory analyst"),
    Role.LAB_CHECKER: pgettext_lazy("role", "Laboratory checker"),
    Role.LAB_SIGNATORY: pgettext_lazy("role", "Authorised laboratory signatory"),
    Role.STANDARDS_KEEPER: pgettext_lazy("role", "Keeper of standards and specimens"),
    Role.EXPERT: pgettext_lazy("role", "Expert"),
    Role.PARTNER: pgettext_lazy("role", "Officer of a partner department"),
    Role.GUEST: pgettext_lazy("role", "Guest from an aiding region"),
}

_P = Permission
_EVERYBODY = frozenset({_P.HOME, _P.OWN_ACCOUNT, _P.NOTICE_VIEW})
_REGISTERS = frozenset({_P.SUBJECT_VIEW, _P.LICENCE_VIEW, _P.PRODUCT_VIEW})
_READS = (
    _EVERYBODY
    | _REGISTERS
    | {
        _P.WORKLIST_VIEW,
        _P.PERSON_VIEW,
        _P.INSPECTION_VIEW,
        _P.DOCUMENT_VIEW,
        _P.CLOCK_VIEW,
        _P.RULES_VIEW,
        _P.ORGAN_VIEW,
        _P.PLAN_VIEW,
        _P.MANDATE_VIEW,
    }
)
_PLANS = frozenset({_P.STATISTIC_VIEW, _P.EVALUATION_VIEW, _P.TASK_REPORT})
_OFFICER = _READS | _PLANS | {_P.SUBORDINATES_VIEW, _P.JOURNAL_VIEW, _P.REGISTER_EXPORT}
_DECIDES = frozenset({_P.STATISTIC_CONFIRM, _P.EVALUATION_DECIDE, _P.PLAN_DRAFT, _P.PLAN_ADOPT})
_PLANS_AHEAD = frozenset({_P.EVALUATION_PREPARE, _P.MANDATE_MANAGE, _P.PLAN_DRAFT})
_STATES_DATA = frozenset({_P.STATISTIC_VIEW, _P.STATISTIC_ENTER, _P.DOCUMENT_VIEW, _P.DOCUMENT_ADD})
_LABORATORY = _EVERYBODY | _REGISTERS | {_P.WORKLIST_VIEW, _P.DOCUMENT_VIEW, _P.CLOCK_VIEW, _P.RULES_VIEW}
_INSPECTS = frozenset(
    {_P.INSPECTION_CONDUCT, _P.INSPECTION_VERIFY, _P.DOCUMENT_ADD, _P.PERSONAL_DATA_REVEAL, _P.CLOCK_PAUSE}
)
_REGISTERS_EDIT = frozenset(
    {
        _P.SUBJECT_EDIT,
        _P.SUBJECT_MERGE,
        _P.LICENCE_EDIT,
        _P.PRODUCT_EDIT,
        _P.PERSON_EDIT,
        _P.DOCUMENT_ADD,
        _P.REGISTER_IMPORT,
        _P.PERSONAL_DATA_REVEAL,
        _P.TOKEN_MANAGE,
    }
)
_LICENSING = frozenset({_P.SUBJECT_EDIT, _P.LICENCE_EDIT, _P.PRODUCT_EDIT, _P.DOCUMENT_ADD, _P.CLOCK_PAUSE})

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    # The administrator keeps the machine running and has no business in the files.
    Role.ADMINISTRATOR: _EVERYBODY
    | {
        _P.PLAN_VIEW,
        _P.JOURNAL_VIEW,
        _P.SUBORDINATES_VIEW,
        _P.DESIGN_VIEW,
        _P.RULES_VIEW,
        _P.RULES_MANAGE,
        _P.ORGAN_VIEW,
        _P.ORGAN_MANAGE,
        _P.ACCOUNT_VIEW,
        _P.ACCOUNT_MANAGE,
        _P.TOKEN_MANAGE,
        _P.REGISTER_EXPORT,
    },
    # Who gives rights does not review them (separation of the three administrators, GB/T 22239 8.1.5).
    Role.SECURITY_OFFICER: _EVERYBODY
    | {
        _P.WORKLIST_VIEW,
        _P.JOURNAL_VIEW,
        _P.LOG_ATTEND,
        _P.SUBORDINATES_VIEW,
        _P.RULES_VIEW,
        _P.ORGAN_VIEW,
        _P.ACCOUNT_VIEW,
        _P.RIGHTS_REVIEW,
        _P.REGISTER_EXPORT,
    },
    Role.LEADER: _OFFICER
    | _DECIDES
    | {_P.CLOCK_PAUSE, _P.CLOCK_EXTEND, _P.WORKLIST_ASSIGN, _P.ACCOUNT_VIEW, _P.MANDATE_MANAGE}
    | {_P.LOG_ATTEND},
    Role.CHIEF: _OFFICER
    | _INSPECTS
    | _REGISTERS_EDIT
    | _STATES_DATA
    | _PLANS_AHEAD
    | {
        _P.WORKLIST_ASSIGN,
        _P.RISK_GRADE,
        _P.CLOCK_EXTEND,
        _P.ACCOUNT_VIEW,
        _P.RIGHTS_REVIEW,
        _P.STATISTIC_CONFIRM,
    },
    Role.REGISTRAR: _OFFICER | _REGISTERS_EDIT,
    Role.ACCEPTANCE_OFFICER: _OFFICER | _LICENSING,
    Role.REVIEWER: _OFFICER | {_P.DOCUMENT_ADD},
    Role.APPROVER: _OFFICER | _LICENSING | {_P.CLOCK_EXTEND},
    Role.INSPECTOR: _OFFICER | _INSPECTS | {_P.RISK_GRADE},
    Role.CASE_OFFICER: _OFFICER | {_P.DOCUMENT_ADD, _P.PERSONAL_DATA_REVEAL, _P.CLOCK_PAUSE},
    Role.LEGAL_REVIEWER: _OFFICER,
    Role.HEARING_HOST: _OFFICER,
    Role.SAMPLER: _OFFICER | _STATES_DATA,
    Role.COMPLAINT_OFFICER: _OFFICER | _STATES_DATA | {_P.PERSONAL_DATA_REVEAL, _P.CLOCK_PAUSE},
    Role.REACTION_MONITOR: _OFFICER | _STATES_DATA,
    Role.EMERGENCY_OFFICER: _OFFICER | _STATES_DATA,
    Role.ONLINE_MONITOR: _OFFICER | {_P.DOCUMENT_ADD},
    Role.CREDIT_OFFICER: _OFFICER,
    Role.PUBLICITY_OFFICER: _EVERYBODY | _REGISTERS | _STATES_DATA | {_P.WORKLIST_VIEW, _P.PLAN_VIEW},
    Role.TRAINING_OFFICER: _EVERYBODY
    | _STATES_DATA
    | {_P.WORKLIST_VIEW, _P.PERSON_VIEW, _P.ORGAN_VIEW, _P.PLAN_VIEW},
    Role.PLANNER: _OFFICER | _STATES_DATA | _PLANS_AHEAD | {_P.REGISTER_IMPORT, _P.PLAN_WEIGH},
    Role.QUALITY_MANAGER: _OFFICER,
    Role.TOWNSHIP: _EVERYBODY
    | _REGISTERS
    | {_P.WORKLIST_VIEW, _P.INSPECTION_VIEW, _P.DOCUMENT_VIEW, _P.RULES_VIEW},
    Role.LAB_RECEIVER: _LABORATORY,
    Role.LAB_ANALYST: _LABORATORY | {_P.DOCUMENT_ADD},
    Role.LAB_CHECKER: _LABORATORY,
    Role.LAB_SIGNATORY: _LABORATORY | {_P.DOCUMENT_ADD},
    Role.STANDARDS_KEEPER: _LABORATORY | {_P.DOCUMENT_ADD},
    Role.EXPERT: _EVERYBODY | {_P.WORKLIST_VIEW, _P.PRODUCT_VIEW, _P.RULES_VIEW},
    # Other departments and guests read what lies in their scope and change nothing.
    Role.PARTNER: _EVERYBODY | _REGISTERS | {_P.WORKLIST_VIEW},
    Role.GUEST: _EVERYBODY | _REGISTERS | {_P.INSPECTION_VIEW, _P.PLAN_VIEW, _P.RULES_VIEW},
}


SYSTEM = "system"
"""The user name of the platform itself; nobody can sign in with it."""


def roles_with(*permissions: Permission) -> list[str]:
    """The roles that include any of some permissions."""
    return [role.value for role in Role if ROLE_PERMISSIONS[role].intersection(permissions)]


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
    organ_tree: Tree = Tree.GOVERNMENT
    memo: dict[str, Any] = field(init=False, default_factory=dict, compare=False, repr=False)
    """What has been looked up for this actor already: the scope, once per request."""
    posting_id: int | None = None
    limited_to: frozenset[Permission] | None = None
    """What a token leaves of the role's permissions; None where a person is signed in."""
    on_behalf_of: str = ""
    """The name of the person whose deputy is acting; every act recorded so says it."""

    def may(self, permission: Permission) -> bool:
        """Whether the role of this posting, and the token if one is used, includes `permission`."""
        if self.limited_to is not None and permission not in self.limited_to:
            return False
        return permission in ROLE_PERMISSIONS[self.role]

    @property
    def role_name(self) -> Promise:
        """The role's display name in the reader's language."""
        return ROLE_NAMES[self.role]

    @property
    def takes_shares(self) -> bool:
        """Whether agreements with other organs reach this posting; guests get only what is the host's."""
        return self.role not in (Role.GUEST, Role.PARTNER)

    @property
    def sees_subordinates(self) -> bool:
        """Whether figures and lists of subordinate organs are open to this posting."""
        return self.may(Permission.SUBORDINATES_VIEW)
