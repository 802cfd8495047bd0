"""The door of the inspections room."""

from yaojian.casework.inspections.contracts import (
    CONCLUSION_MEANINGS,
    CONCLUSION_NAMES,
    DUE_INSPECTION,
    FILE_KIND,
    KIND_NAMES,
    SEVERITY_NAMES,
    STATE_MEANINGS,
    STATE_NAMES,
    Conclusion,
    InspectionKind,
    Severity,
)
from yaojian.casework.inspections.figures import team_members
from yaojian.casework.inspections.history import (
    PastConclusion,
    PastFinding,
    PastInspection,
    PastRound,
    enter_history,
)
from yaojian.casework.inspections.models import TeamMember
from yaojian.casework.inspections.permissions import user_can_open
from yaojian.casework.inspections.queries import (
    counts_by_state,
    inspection_with_number,
    inspections_of,
    inspections_of_subject,
    inspections_visible_to,
    inspections_within,
    latest_of_subjects,
    rectifications_due,
)
from yaojian.casework.inspections.states import InspectionState

__all__ = [
    "CONCLUSION_MEANINGS",
    "CONCLUSION_NAMES",
    "DUE_INSPECTION",
    "FILE_KIND",
    "KIND_NAMES",
    "SEVERITY_NAMES",
    "STATE_MEANINGS",
    "STATE_NAMES",
    "Conclusion",
    "InspectionKind",
    "InspectionState",
    "PastConclusion",
    "PastFinding",
    "PastInspection",
    "PastRound",
    "Severity",
    "TeamMember",
    "counts_by_state",
    "enter_history",
    "inspection_with_number",
    "inspections_of",
    "inspections_of_subject",
    "inspections_visible_to",
    "inspections_within",
    "latest_of_subjects",
    "rectifications_due",
    "team_members",
    "user_can_open",
]
