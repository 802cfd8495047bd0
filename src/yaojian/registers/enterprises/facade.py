"""The door of the register of subjects."""

from yaojian.registers.enterprises.actions import register_subjects, show_subjects_of_today, undo_registration
from yaojian.registers.enterprises.codes import is_unified_code, looks_unified, plain_code, unified_code
from yaojian.registers.enterprises.contracts import Change, Fault, Outcome, SubjectEntry
from yaojian.registers.enterprises.duplicates.finding import find_all_duplicates
from yaojian.registers.enterprises.grading.assessing import refresh_proposals
from yaojian.registers.enterprises.licence_numbers import note_licence_numbers
from yaojian.registers.enterprises.merging_port import Follower, follow_merges
from yaojian.registers.enterprises.models import Enterprise, Subject
from yaojian.registers.enterprises.objections import Objection, merge_objections, object_to_merges_with
from yaojian.registers.enterprises.permissions import answers_for, user_can_edit
from yaojian.registers.enterprises.pinyin import initials
from yaojian.registers.enterprises.places import Box, Cluster, Spread, clusters, nearest, spread
from yaojian.registers.enterprises.queries import (
    GAP_NAMES,
    FacetCounts,
    SubjectFilter,
    as_they_were,
    facet_counts,
    facilities_visible_to,
    files_open_to,
    keys_merged_into,
    matching,
    public_subject,
    public_subjects,
    recorded_since_q,
    related_visible_to,
    siblings_visible_to,
    subject_as_it_was,
    subject_visible_to,
    subjects_visible_to,
    subjects_within,
    survivor_visible_to,
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
    "GAP_NAMES",
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
    "Follower",
    "Objection",
    "Outcome",
    "RiskGrade",
    "Spread",
    "Subject",
    "SubjectEntry",
    "SubjectFilter",
    "SubjectType",
    "answers_for",
    "as_they_were",
    "clusters",
    "counts_by_organ",
    "facet_counts",
    "facilities_visible_to",
    "facts_counted",
    "files_open_to",
    "find_all_duplicates",
    "flag_name",
    "follow_merges",
    "initials",
    "is_unified_code",
    "keys_merged_into",
    "looks_unified",
    "matching",
    "merge_objections",
    "nearest",
    "note_licence_numbers",
    "object_to_merges_with",
    "plain_code",
    "public_subject",
    "public_subjects",
    "recorded_since_q",
    "refresh_proposals",
    "register_subjects",
    "related_visible_to",
    "show_subjects_of_today",
    "siblings_visible_to",
    "spread",
    "subject_as_it_was",
    "subject_visible_to",
    "subjects_by_id",
    "subjects_in_scope",
    "subjects_visible_to",
    "subjects_within",
    "survivor_visible_to",
    "type_name",
    "undo_registration",
    "unified_code",
    "user_can_edit",
]
