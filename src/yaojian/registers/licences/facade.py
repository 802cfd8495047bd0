"""The door of the register of licences."""

from yaojian.registers.licences.bulk import register_licences
from yaojian.registers.licences.contracts import (
    FILE_KIND,
    STATE_MEANINGS,
    STATE_NAMES,
    LicenceEntry,
    Outcome,
)
from yaojian.registers.licences.kinds import KINDS, LicenceKind, kind_name, kinds_for
from yaojian.registers.licences.merging import active_licences_of
from yaojian.registers.licences.models import Licence
from yaojian.registers.licences.queries import (
    LicenceFilter,
    licences_of_subject,
    licences_visible_to,
    matching,
    public_licences,
    snapshot,
    states_of,
)
from yaojian.registers.licences.states import LicenceState
from yaojian.registers.licences.undo import Undone, undo_licences

__all__ = [
    "FILE_KIND",
    "KINDS",
    "STATE_MEANINGS",
    "STATE_NAMES",
    "Licence",
    "LicenceEntry",
    "LicenceFilter",
    "LicenceKind",
    "LicenceState",
    "Outcome",
    "Undone",
    "active_licences_of",
    "kind_name",
    "kinds_for",
    "licences_of_subject",
    "licences_visible_to",
    "matching",
    "public_licences",
    "register_licences",
    "snapshot",
    "states_of",
    "undo_licences",
]
