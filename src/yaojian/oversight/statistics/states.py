"""The states of a statement. Pure."""

from enum import StrEnum

from yaojian.foundation.workflow.states import StateTable, Transition


class StatisticState(StrEnum):
    """Where a statement stands; only a confirmed one counts."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    CONFIRMED = "confirmed"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"


_S = StatisticState
OPEN_TO_CHANGE = (_S.DRAFT, _S.RETURNED)
SETTLED = (_S.CONFIRMED, _S.REPLACED)
"""A statement that was confirmed once never changes its content again."""

STATISTIC_STATES = StateTable(
    "statistic",
    _S.DRAFT,
    [
        Transition("change", OPEN_TO_CHANGE, _S.DRAFT),
        Transition("submit", OPEN_TO_CHANGE, _S.SUBMITTED),
        Transition("confirm", (_S.SUBMITTED,), _S.CONFIRMED),
        Transition("return", (_S.SUBMITTED,), _S.RETURNED),
        Transition("replace", (_S.CONFIRMED,), _S.REPLACED),
        Transition("withdraw", (_S.DRAFT, _S.RETURNED, _S.SUBMITTED), _S.WITHDRAWN),
    ],
)
