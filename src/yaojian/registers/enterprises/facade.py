"""The door of the register of subjects."""

from yaojian.registers.enterprises.actions import register_subjects
from yaojian.registers.enterprises.licence_numbers import note_licence_numbers
from yaojian.registers.enterprises.models import Subject
from yaojian.registers.enterprises.objections import Objection, merge_objections, object_to_merges_with
from yaojian.registers.enterprises.queries import (
    FacetCounts,
    SubjectFilter,
    answers_for,
    division_counts,
    facet_counts,
    facilities_visible_to,
    files_open_to,
    matching,
    public_subject,
    public_subjects,
    risk_counts,
    subject_visible_to,
    subjects_visible_to,
    subjects_within,
    type_counts,
)
from yaojian.registers.enterprises.scopes import subjects_by_id, subjects_in_scope
from yaojian.registers.enterprises.types import (
    FLAG_NAMES,
    RISK_NAMES,
    TYPE_NAMES,
    RiskGrade,
    SubjectType,
    flag_name,
    type_name,
)

__all__ = [
    "FLAG_NAMES",
    "RISK_NAMES",
    "TYPE_NAMES",
    "FacetCounts",
    "Objection",
    "RiskGrade",
    "Subject",
    "SubjectFilter",
    "SubjectType",
    "answers_for",
    "division_counts",
    "facet_counts",
    "facilities_visible_to",
    "files_open_to",
    "flag_name",
    "matching",
    "merge_objections",
    "note_licence_numbers",
    "object_to_merges_with",
    "public_subject",
    "public_subjects",
    "register_subjects",
    "risk_counts",
    "subject_visible_to",
    "subjects_by_id",
    "subjects_in_scope",
    "subjects_visible_to",
    "subjects_within",
    "type_counts",
    "type_name",
]
