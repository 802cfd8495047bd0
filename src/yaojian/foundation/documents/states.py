"""The states of a document. Pure."""

from enum import StrEnum

from yaojian.foundation.workflow.states import StateTable, Transition


class DocumentState(StrEnum):
    """Where a document stands: nobody gets its bytes before it is clean."""

    WAITING = "waiting"
    CLEAN = "clean"
    REFUSED = "refused"


DOCUMENT_STATES = StateTable(
    "document",
    DocumentState.WAITING,
    [
        Transition("pass", (DocumentState.WAITING,), DocumentState.CLEAN),
        Transition("refuse", (DocumentState.WAITING,), DocumentState.REFUSED),
    ],
)
