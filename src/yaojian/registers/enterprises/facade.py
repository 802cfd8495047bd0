"""The door of the register of subjects."""

from yaojian.registers.enterprises.actions import register_subjects
from yaojian.registers.enterprises.models import Subject
from yaojian.registers.enterprises.queries import (
    SubjectFilter,
    answers_for,
    matching,
    public_subject,
    public_subjects,
    subject_visible_to,
    subjects_in_scope,
    subjects_visible_to,
    type_counts,
)
from yaojian.registers.enterprises.types import RISK_NAMES, TYPE_NAMES, RiskGrade, SubjectType, type_name

__all__ = [
    "RISK_NAMES",
    "TYPE_NAMES",
    "RiskGrade",
    "Subject",
    "SubjectFilter",
    "SubjectType",
    "answers_for",
    "matching",
    "public_subject",
    "public_subjects",
    "register_subjects",
    "subject_visible_to",
    "subjects_in_scope",
    "subjects_visible_to",
    "type_counts",
    "type_name",
]
