"""The states of a plan's draft. Pure."""

from enum import StrEnum

from yaojian.foundation.workflow.states import StateTable, Transition


class DraftState(StrEnum):
    """Where a draft stands; only an adopted one is a plan."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ADOPTED = "adopted"
    WITHDRAWN = "withdrawn"


_S = DraftState
OPEN_TO_CHANGE = (_S.DRAFT, _S.RETURNED)

DRAFT_STATES = StateTable(
    "plan_draft",
    _S.DRAFT,
    [
        Transition("change", OPEN_TO_CHANGE, _S.DRAFT),
        Transition("submit", OPEN_TO_CHANGE, _S.SUBMITTED),
        Transition("adopt", (_S.SUBMITTED,), _S.ADOPTED),
        Transition("return", (_S.SUBMITTED,), _S.RETURNED),
        Transition("withdraw", (_S.DRAFT, _S.RETURNED, _S.SUBMITTED), _S.WITHDRAWN),
    ],
)
