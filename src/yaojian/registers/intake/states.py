"""The states of an import. Pure."""

from enum import StrEnum

from yaojian.foundation.workflow.states import StateTable, Transition


class ImportState(StrEnum):
    """Where an import stands."""

    RECEIVED = "received"
    MAPPING = "mapping"
    CHECKING = "checking"
    CHECKED = "checked"
    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    FAILED = "failed"
    UNDOING = "undoing"
    UNDONE = "undone"


_S = ImportState

IMPORT_STATES = StateTable(
    "import",
    _S.RECEIVED,
    [
        Transition("ask", (_S.RECEIVED,), _S.MAPPING),
        Transition("recognise", (_S.RECEIVED,), _S.CHECKING),
        Transition("refuse", (_S.RECEIVED, _S.CHECKING, _S.RUNNING), _S.REFUSED),
        Transition("choose_sheet", (_S.MAPPING, _S.CHECKED), _S.RECEIVED),
        Transition("map", (_S.MAPPING, _S.CHECKED), _S.CHECKING),
        Transition("check", (_S.CHECKING,), _S.CHECKED),
        Transition("confirm", (_S.CHECKED,), _S.RUNNING),
        Transition("finish", (_S.RUNNING,), _S.DONE),
        Transition(
            "cancel", (_S.RECEIVED, _S.MAPPING, _S.CHECKING, _S.CHECKED, _S.RUNNING, _S.FAILED), _S.CANCELLED
        ),
        Transition("fail", (_S.RECEIVED, _S.CHECKING, _S.RUNNING), _S.FAILED),
        Transition("retry", (_S.FAILED,), _S.RECEIVED),
        Transition("undo", (_S.DONE,), _S.UNDOING),
        Transition("give_up_undoing", (_S.UNDOING,), _S.DONE),
        Transition("finish_undoing", (_S.UNDOING,), _S.UNDONE),
    ],
)

AT_WORK = frozenset({_S.RECEIVED, _S.CHECKING, _S.RUNNING, _S.UNDOING})
"""The worker is at it, or will be."""

OVER = frozenset({_S.DONE, _S.REFUSED, _S.CANCELLED, _S.UNDONE})
"""The file is not needed any more."""
