"""The states of an inspection. Pure."""

from enum import StrEnum

from yaojian.foundation.workflow.states import StateTable, Transition


class InspectionState(StrEnum):
    """Where an inspection stands."""

    PLANNED = "planned"
    ON_SITE = "on_site"
    RECTIFYING = "rectifying"
    SUBMITTED = "submitted"
    CLOSED = "closed"
    CANCELLED = "cancelled"


_S = InspectionState

INSPECTION_STATES = StateTable(
    "inspection",
    _S.PLANNED,
    [
        Transition("start", (_S.PLANNED,), _S.ON_SITE),
        Transition("record_finding", (_S.ON_SITE,), _S.ON_SITE),
        Transition("conclude_without_findings", (_S.ON_SITE,), _S.CLOSED),
        Transition("conclude_with_findings", (_S.ON_SITE,), _S.RECTIFYING),
        Transition("submit_rectification", (_S.RECTIFYING,), _S.SUBMITTED),
        Transition("return_rectification", (_S.SUBMITTED,), _S.RECTIFYING),
        Transition("verify_rectification", (_S.SUBMITTED,), _S.CLOSED),
        Transition("cancel", (_S.PLANNED, _S.ON_SITE), _S.CANCELLED),
    ],
)
