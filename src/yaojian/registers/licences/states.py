"""The states of a licence, and which of them holds on a day. Pure."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from yaojian.foundation.workflow.states import StateTable, Transition


class LicenceState(StrEnum):
    """Where a licence or filing stands."""

    ISSUED = "issued"
    IN_FORCE = "in_force"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"
    REVOKED = "revoked"
    WITHDRAWN = "withdrawn"


_S = LicenceState

KEPT = (_S.IN_FORCE, _S.SUSPENDED, _S.SUPERSEDED, _S.CANCELLED, _S.REVOKED, _S.WITHDRAWN)
"""The states that are written down; the calendar brings the other two by itself."""
ENDED = (_S.SUPERSEDED, _S.CANCELLED, _S.REVOKED, _S.WITHDRAWN)
"""The states that nothing leads out of."""
CALENDAR_VERBS = frozenset({"begin", "expire"})
"""What nobody does: the day comes."""

LICENCE_STATES = StateTable(
    "licence",
    _S.ISSUED,
    [
        Transition("begin", (_S.ISSUED,), _S.IN_FORCE),
        Transition("change", (_S.IN_FORCE,), _S.IN_FORCE),
        Transition("suspend", (_S.IN_FORCE,), _S.SUSPENDED),
        Transition("resume", (_S.SUSPENDED,), _S.IN_FORCE),
        Transition("expire", (_S.IN_FORCE, _S.SUSPENDED), _S.EXPIRED),
        Transition("renew", (_S.IN_FORCE, _S.EXPIRED), _S.SUPERSEDED),
        Transition("cancel", (_S.ISSUED, _S.IN_FORCE, _S.SUSPENDED, _S.EXPIRED), _S.CANCELLED),
        Transition("revoke", (_S.IN_FORCE, _S.SUSPENDED, _S.EXPIRED), _S.REVOKED),
        Transition("withdraw", (_S.ISSUED, _S.IN_FORCE, _S.SUSPENDED, _S.EXPIRED), _S.WITHDRAWN),
    ],
)


def state_on(
    day: date, kept: LicenceState, since: date, valid_from: date, valid_to: date | None
) -> LicenceState:
    """The state that holds on a day: what is written down, and what the calendar makes of it.

    `kept` is written down from the day `since` on, which may still be to come; `valid_from` and `valid_to`
    are the span in which the licence holds, the latter the day before the end when it ended early.
    """
    if kept in ENDED and since <= day:
        return kept
    if day < valid_from:
        return _S.ISSUED
    if valid_to is not None and day > valid_to:
        return _S.EXPIRED
    return _S.SUSPENDED if kept is _S.SUSPENDED and since <= day else _S.IN_FORCE
