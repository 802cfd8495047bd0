"""The states of tasks, evaluations and adjustments. Pure."""

from enum import StrEnum

from yaojian.foundation.workflow.states import StateTable, Transition


class TaskState(StrEnum):
    """Where a task or milestone stands."""

    OPEN = "open"
    REPORTED = "reported"
    DONE = "done"
    CANCELLED = "cancelled"


class EvaluationState(StrEnum):
    """Whether an evaluation can still be changed."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    FROZEN = "frozen"
    DISCARDED = "discarded"


class AdjustmentState(StrEnum):
    """Where a proposed change of a target stands."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


_T, _E, _A = TaskState, EvaluationState, AdjustmentState

TASK_STATES = StateTable(
    "task",
    _T.OPEN,
    [
        Transition("progress", (_T.OPEN,), _T.OPEN),
        Transition("report", (_T.OPEN,), _T.REPORTED),
        Transition("confirm", (_T.REPORTED,), _T.DONE),
        Transition("return", (_T.REPORTED,), _T.OPEN),
        Transition("cancel", (_T.OPEN, _T.REPORTED), _T.CANCELLED),
    ],
)

EVALUATION_STATES = StateTable(
    "evaluation",
    _E.DRAFT,
    [
        Transition("comment", (_E.DRAFT,), _E.DRAFT),
        Transition("submit", (_E.DRAFT,), _E.SUBMITTED),
        Transition("return", (_E.SUBMITTED,), _E.DRAFT),
        Transition("freeze", (_E.SUBMITTED,), _E.FROZEN),
        Transition("discard", (_E.DRAFT, _E.SUBMITTED), _E.DISCARDED),
    ],
)

ADJUSTMENT_STATES = StateTable(
    "adjustment",
    _A.PROPOSED,
    [
        Transition("approve", (_A.PROPOSED,), _A.APPROVED),
        Transition("reject", (_A.PROPOSED,), _A.REJECTED),
        Transition("withdraw", (_A.PROPOSED,), _A.WITHDRAWN),
    ],
)
