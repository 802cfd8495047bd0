"""The door of the register of licences."""

from yaojian.registers.licences.actions import (
    Contents,
    change_licence,
    file_ref,
    issue_licence,
    move_licence,
    renew_licence,
)
from yaojian.registers.licences.bulk import register_licences
from yaojian.registers.licences.contracts import (
    FILE_KIND,
    STATE_MEANINGS,
    STATE_NAMES,
    LicenceEntry,
    Outcome,
)
from yaojian.registers.licences.expiry import refresh_expiry, renewal_window
from yaojian.registers.licences.kinds import KINDS, LicenceKind, kind_name, kinds_for
from yaojian.registers.licences.merging import active_licences_of
from yaojian.registers.licences.models import Licence, LicenceVersion
from yaojian.registers.licences.permissions import user_can_edit
from yaojian.registers.licences.queries import (
    LAST_DAY,
    FacetCounts,
    LicenceCount,
    LicenceFilter,
    Snapshot,
    counts_by_subject,
    facet_counts,
    having_text,
    licence_visible_to,
    licences_of_subject,
    licences_visible_to,
    licences_within,
    matching,
    public_licences,
    renewal_of,
    snapshot,
    states_of,
    verbs_open,
    version_among,
    version_on,
    versions_on,
)
from yaojian.registers.licences.rules import last_day
from yaojian.registers.licences.states import LicenceState
from yaojian.registers.licences.undo import Undone, undo_licences

__all__ = [
    "FILE_KIND",
    "KINDS",
    "LAST_DAY",
    "STATE_MEANINGS",
    "STATE_NAMES",
    "Contents",
    "FacetCounts",
    "Licence",
    "LicenceCount",
    "LicenceEntry",
    "LicenceFilter",
    "LicenceKind",
    "LicenceState",
    "LicenceVersion",
    "Outcome",
    "Snapshot",
    "Undone",
    "active_licences_of",
    "change_licence",
    "counts_by_subject",
    "facet_counts",
    "file_ref",
    "having_text",
    "issue_licence",
    "kind_name",
    "kinds_for",
    "last_day",
    "licence_visible_to",
    "licences_of_subject",
    "licences_visible_to",
    "licences_within",
    "matching",
    "move_licence",
    "public_licences",
    "refresh_expiry",
    "register_licences",
    "renew_licence",
    "renewal_of",
    "renewal_window",
    "snapshot",
    "states_of",
    "undo_licences",
    "user_can_edit",
    "verbs_open",
    "version_among",
    "version_on",
    "versions_on",
]
