"""Permissions and roles in words."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.contracts import ROLE_PERMISSIONS, Permission, Role

_P = Permission
PERMISSION_NAMES: dict[Permission, Promise] = {
    _P.HOME: _("See the start page"),
    _P.OWN_ACCOUNT: _("Keep one's own account"),
    _P.NOTICE_VIEW: _("Read one's own notices"),
    _P.WORKLIST_VIEW: _("See the worklist"),
    _P.WORKLIST_ASSIGN: _("Assign work"),
    _P.SUBJECT_VIEW: _("See subjects"),
    _P.SUBJECT_EDIT: _("Edit subjects"),
    _P.SUBJECT_MERGE: _("Merge duplicate subjects"),
    _P.RISK_GRADE: _("Set risk grades"),
    _P.LICENCE_VIEW: _("See licences and filings"),
    _P.LICENCE_EDIT: _("Edit licences and filings"),
    _P.PRODUCT_VIEW: _("See products"),
    _P.PRODUCT_EDIT: _("Edit products"),
    _P.PERSON_VIEW: _("See the register of people"),
    _P.PERSON_EDIT: _("Edit the register of people"),
    _P.PERSONAL_DATA_REVEAL: _("Reveal personal data, each time on record"),
    _P.REGISTER_IMPORT: _("Import registers"),
    _P.REGISTER_EXPORT: _("Export lists"),
    _P.INSPECTION_VIEW: _("See inspections"),
    _P.INSPECTION_CONDUCT: _("Conduct inspections"),
    _P.INSPECTION_VERIFY: _("Verify rectifications"),
    _P.DOCUMENT_VIEW: _("See documents"),
    _P.DOCUMENT_ADD: _("Add documents"),
    _P.CLOCK_VIEW: _("See statutory clocks"),
    _P.CLOCK_PAUSE: _("Pause statutory clocks"),
    _P.CLOCK_EXTEND: _("Extend statutory clocks"),
    _P.RULES_VIEW: _("See rules and calendars"),
    _P.RULES_MANAGE: _("Maintain rules and calendars"),
    _P.PLAN_VIEW: _("See plans and figures"),
    _P.PLAN_WEIGH: _("Decide the weights of an index"),
    _P.MANDATE_VIEW: _("See mandates"),
    _P.STATISTIC_VIEW: _("See statements of data"),
    _P.STATISTIC_ENTER: _("Enter statements of data"),
    _P.STATISTIC_CONFIRM: _("Confirm statements of data"),
    _P.PLAN_DRAFT: _("Draft plans"),
    _P.PLAN_ADOPT: _("Adopt drafts of plans"),
    _P.EVALUATION_VIEW: _("See milestones, tasks and evaluations"),
    _P.EVALUATION_PREPARE: _("Assign tasks, prepare evaluations, propose adjustments"),
    _P.EVALUATION_DECIDE: _("Freeze evaluations, approve adjustments"),
    _P.TASK_REPORT: _("Report progress of tasks and milestones"),
    _P.MANDATE_MANAGE: _("Set mandates, draw and schedule"),
    _P.JOURNAL_VIEW: _("Read the journal of acts"),
    _P.LOG_ATTEND: _("Settle alarms of the public log"),
    _P.SUBORDINATES_VIEW: _("See subordinate organs"),
    _P.ORGAN_VIEW: _("See organs"),
    _P.ORGAN_MANAGE: _("Maintain organs"),
    _P.ACCOUNT_VIEW: _("See people and their rights"),
    _P.ACCOUNT_MANAGE: _("Give and end postings"),
    _P.RIGHTS_REVIEW: _("Review rights"),
    _P.TOKEN_MANAGE: _("Make API tokens for oneself"),
    _P.DESIGN_VIEW: _("See the components for developers"),
}


def permission_name(value: str) -> str:
    """A permission in the reader's language; what is none (the name of a page open to all) stays as it is."""
    return str(PERMISSION_NAMES[Permission(value)]) if value in set(Permission) else value


def rights_in_words(role: Role) -> list[str]:
    """What a role may do, beside what everybody may."""
    everybody = {_P.HOME, _P.OWN_ACCOUNT, _P.NOTICE_VIEW}
    return [
        str(name)
        for permission, name in PERMISSION_NAMES.items()
        if permission in ROLE_PERMISSIONS[role] - everybody
    ]
