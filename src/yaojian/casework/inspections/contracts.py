"""What crosses the door of the inspections room."""

from __future__ import annotations

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yaojian.casework.inspections.states import InspectionState

FILE_KIND = "inspections.inspection"
TEAM_REPORT = "inspection.team_report"
RECTIFICATION = "inspection.rectification"
EVALUATION = "inspection.evaluation"
"""The statutory clocks of an inspection: codes of rules."""
DUE_INSPECTION = "inspection.due"
"""The kind of work item that asks for an inspection of a subject."""


class InspectionKind(StrEnum):
    """Why an inspection is made."""

    ROUTINE = "routine"
    FULL_ITEM = "full_item"
    FLIGHT = "flight"
    SPECIAL = "special"
    FOLLOW_UP = "follow_up"
    RANDOM = "random"


KIND_NAMES: dict[InspectionKind, Promise] = {
    InspectionKind.ROUTINE: pgettext_lazy("inspection", "Routine"),
    InspectionKind.FULL_ITEM: pgettext_lazy("inspection", "Full-item"),
    InspectionKind.FLIGHT: pgettext_lazy("inspection", "Unannounced (flight)"),
    InspectionKind.SPECIAL: pgettext_lazy("inspection", "Special campaign"),
    InspectionKind.FOLLOW_UP: pgettext_lazy("inspection", "Follow-up"),
    InspectionKind.RANDOM: pgettext_lazy("inspection", "Double-random"),
}


class Severity(StrEnum):
    """How grave a finding is (缺陷等级)."""

    CRITICAL = "critical"
    MAJOR = "major"
    GENERAL = "general"


SEVERITY_NAMES: dict[Severity, Promise] = {
    Severity.CRITICAL: pgettext_lazy("finding", "Critical"),
    Severity.MAJOR: pgettext_lazy("finding", "Major"),
    Severity.GENERAL: pgettext_lazy("finding", "General"),
}


SEVERITY_MEANINGS = {Severity.CRITICAL: "overdue", Severity.MAJOR: "due_soon", Severity.GENERAL: "info"}
"""Which of the design's five meanings each has; likewise below."""


class Conclusion(StrEnum):
    """What the inspection came to (检查结论)."""

    COMPLIANT = "compliant"
    RECTIFY = "rectify"
    NON_COMPLIANT = "non_compliant"


CONCLUSION_NAMES: dict[Conclusion, Promise] = {
    Conclusion.COMPLIANT: _("Compliant"),
    Conclusion.RECTIFY: _("To be assessed after rectification"),
    Conclusion.NON_COMPLIANT: _("Non-compliant"),
}
CONCLUSION_MEANINGS = {
    Conclusion.COMPLIANT: "done",
    Conclusion.RECTIFY: "due_soon",
    Conclusion.NON_COMPLIANT: "overdue",
}


STATE_NAMES: dict[InspectionState, Promise] = {
    InspectionState.PLANNED: pgettext_lazy("inspection state", "Planned"),
    InspectionState.ON_SITE: pgettext_lazy("inspection state", "On site"),
    InspectionState.RECTIFYING: pgettext_lazy("inspection state", "Rectifying"),
    InspectionState.SUBMITTED: pgettext_lazy("inspection state", "To be verified"),
    InspectionState.CLOSED: pgettext_lazy("inspection state", "Closed"),
    InspectionState.CANCELLED: pgettext_lazy("inspection state", "Cancelled"),
}
STATE_MEANINGS = {
    InspectionState.PLANNED: "neutral",
    InspectionState.ON_SITE: "info",
    InspectionState.RECTIFYING: "due_soon",
    InspectionState.SUBMITTED: "info",
    InspectionState.CLOSED: "done",
    InspectionState.CANCELLED: "neutral",
}
