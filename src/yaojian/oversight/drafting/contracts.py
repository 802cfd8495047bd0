"""What crosses the door of the drafting room."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from yaojian.oversight.drafting.states import DraftState

FILE_KIND = "drafting.plandraft"
LARGEST_ROW = 20_000
"""Characters of one row's definition."""
LARGEST_NUMBER = 10**15
DEEPEST_ROW = 12
"""Lists and mappings within each other; those of the packs go half as deep."""

STATE_NAMES: dict[DraftState, Promise] = {
    DraftState.DRAFT: pgettext_lazy("plan draft", "Being drafted"),
    DraftState.SUBMITTED: pgettext_lazy("plan draft", "Waits for adoption"),
    DraftState.RETURNED: pgettext_lazy("plan draft", "Returned"),
    DraftState.ADOPTED: pgettext_lazy("plan draft", "Adopted"),
    DraftState.WITHDRAWN: pgettext_lazy("plan draft", "Withdrawn"),
}
STATE_MEANINGS: dict[DraftState, str] = {
    DraftState.DRAFT: "neutral",
    DraftState.SUBMITTED: "due_soon",
    DraftState.RETURNED: "overdue",
    DraftState.ADOPTED: "done",
    DraftState.WITHDRAWN: "neutral",
}
