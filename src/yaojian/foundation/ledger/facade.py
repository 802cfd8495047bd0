"""The door of the journal."""

from yaojian.foundation.ledger.actions import compose_act, content_of, record_act
from yaojian.foundation.ledger.audit_runs import AuditRun, last_audit, run_audit
from yaojian.foundation.ledger.bundling import MadeBundle, closed_days, proof_bundle
from yaojian.foundation.ledger.canonical import canonical_bytes
from yaojian.foundation.ledger.closing import close_days
from yaojian.foundation.ledger.contracts import SUBJECT_KIND, Ref, subject_ref
from yaojian.foundation.ledger.kinds import KINDS, kind_name
from yaojian.foundation.ledger.lateness import late_entries
from yaojian.foundation.ledger.meanings import MEANINGS, meaning_of_kind
from yaojian.foundation.ledger.models import Act
from yaojian.foundation.ledger.paper_codes import drawn, entry_behind, paper_code, public_code
from yaojian.foundation.ledger.promising import ActPromise, promise_of_act, public_policy
from yaojian.foundation.ledger.public_log import (
    ActReceipt,
    Explained,
    Standing,
    Waiting,
    entered_since,
    explained_receipt,
    log_standing,
    public_files,
    public_receipt,
    receipt_of_act,
    waiting_acts,
    words_of_verdicts,
)
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
from yaojian.foundation.ledger.timelines import timeline_of_acts
from yaojian.foundation.ledger.transparency.promises import PROMISED_WITHIN

__all__ = [
    "KINDS",
    "MEANINGS",
    "PROMISED_WITHIN",
    "SUBJECT_KIND",
    "Act",
    "ActPromise",
    "ActReceipt",
    "AuditRun",
    "Explained",
    "MadeBundle",
    "Ref",
    "Standing",
    "Waiting",
    "acts_between",
    "acts_of_file",
    "acts_of_subject",
    "acts_of_subjects",
    "altered_acts",
    "canonical_bytes",
    "close_days",
    "closed_days",
    "compose_act",
    "content_of",
    "drawn",
    "entered_since",
    "entry_behind",
    "explained_receipt",
    "kind_name",
    "last_audit",
    "late_entries",
    "log_standing",
    "meaning_of_kind",
    "newest_act_key",
    "nobody_is_writing",
    "paper_code",
    "promise_of_act",
    "proof_bundle",
    "public_code",
    "public_files",
    "public_policy",
    "public_receipt",
    "receipt_of_act",
    "record_act",
    "row_matches_canonical",
    "run_audit",
    "subject_ref",
    "timeline_of_acts",
    "waiting_acts",
    "words_of_verdicts",
]
