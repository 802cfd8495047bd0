"""The door of the register of subjects."""

from yaojian.registers.enterprises.actions import register_subjects, undo_registration
from yaojian.registers.enterprises.codes import is_unified_code, looks_unified, plain_code, unified_code
from yaojian.registers.enterprises.contracts import Change, Fault, Outcome, SubjectEntry
from yaojian.registers.enterprises.licence_numbers import note_licence_numbers
from yaojian.registers.enterprises.models import Enterprise, Subject
from yaojian.registers.enterprises.objections import Objection, merge_objections, object_to_merges_with
from yaojian.registers.enterprises.permissions import answers_for, user_can_edit
from yaojian.registers.enterprises.pinyin import initials
from yaojian.registers.enterprises.places import Box, Cluster, clusters, extent, nearest
from yaojian.registers.enterprises.queries import (
    FacetCounts,
    SubjectFilter,
    division_counts,
    facet_counts,
    facilities_visible_to,
    files_open_to,
    matching,
    public_subject,
    public_subjects,
    subject_visible_to,
    subjects_visible_to,
    subjects_within,
)
from yaojian.registers.enterprises.scopes import (
    CountedFacts,
    counts_by_organ,
    facts_counted,
    subjects_by_id,
    subjects_in_scope,
)
from yaojian.registers.enterprises.types import (
    FLAG_NAMES,
    HOSPITAL_LEVELS,
    RISK_NAMES,
    TYPE_NAMES,
    RiskGrade,
    SubjectType,
    flag_name,
    type_name,
)

__all__ = [
    "FLAG_NAMES",
    "HOSPITAL_LEVELS",
    "RISK_NAMES",
    "TYPE_NAMES",
    "Box",
    "Change",
    "Cluster",
    "CountedFacts",
    "Enterprise",
    "FacetCounts",
    "Fault",
    "Objection",
    "Outcome",
    "RiskGrade",
    "Subject",
    "SubjectEntry",
    "SubjectFilter",
    "SubjectType",
    "answers_for",
    "clusters",
    "counts_by_organ",
    "division_counts",
    "extent",
    "facet_counts",
    "facilities_visible_to",
    "facts_counted",
    "files_open_to",
    "flag_name",
    "initials",
    "is_unified_code",
    "looks_unified",
    "matching",
    "merge_objections",
    "nearest",
    "note_licence_numbers",
    "object_to_merges_with",
    "plain_code",
    "public_subject",
    "public_subjects",
    "register_subjects",
    "subject_visible_to",
    "subjects_by_id",
    "subjects_in_scope",
    "subjects_visible_to",
    "subjects_within",
    "type_name",
    "undo_registration",
    "unified_code",
    "user_can_edit",
]
