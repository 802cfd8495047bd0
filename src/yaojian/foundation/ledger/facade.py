"""The door of the journal."""

from yaojian.foundation.ledger.actions import compose_act, content_of, record_act
from yaojian.foundation.ledger.canonical import canonical_bytes
from yaojian.foundation.ledger.contracts import SUBJECT_KIND, Ref, subject_ref
from yaojian.foundation.ledger.kinds import KINDS, kind_name
from yaojian.foundation.ledger.meanings import MEANINGS, meaning_of_kind
from yaojian.foundation.ledger.models import Act
from yaojian.foundation.ledger.queries import (
    acts_between,
    acts_of_file,
    acts_of_subject,
    acts_of_subjects,
    altered_acts,
    newest_act_key,
    nobody_is_writing,
    row_matches_canonical,
)

__all__ = [
    "KINDS",
    "MEANINGS",
    "SUBJECT_KIND",
    "Act",
    "Ref",
    "acts_between",
    "acts_of_file",
    "acts_of_subject",
    "acts_of_subjects",
    "altered_acts",
    "canonical_bytes",
    "compose_act",
    "content_of",
    "kind_name",
    "meaning_of_kind",
    "newest_act_key",
    "nobody_is_writing",
    "record_act",
    "row_matches_canonical",
    "subject_ref",
]
