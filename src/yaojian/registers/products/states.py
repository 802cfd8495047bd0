"""The states of a product's approval, and which of them holds on a day. Pure."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from yaojian.foundation.workflow.states import StateTable, Transition


class ProductState(StrEnum):
    """Where the approval, registration or filing of a product stands."""

    VALID = "valid"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


_S = ProductState
KEPT = (_S.VALID, _S.SUSPENDED, _S.CANCELLED)
"""The states that are written down; expiry comes with the calendar."""

PRODUCT_STATES = StateTable(
    "product",
    _S.VALID,
    [
        Transition("change", (_S.VALID,), _S.VALID),
        Transition("suspend", (_S.VALID,), _S.SUSPENDED),
        Transition("resume", (_S.SUSPENDED,), _S.VALID),
        Transition("expire", (_S.VALID, _S.SUSPENDED), _S.EXPIRED),
        Transition("renew", (_S.VALID, _S.EXPIRED), _S.VALID),
        Transition("cancel", (_S.VALID, _S.SUSPENDED, _S.EXPIRED), _S.CANCELLED),
    ],
)


def state_on(day: date, kept: ProductState, since: date, expires_on: date | None) -> ProductState:
    """The state that holds on a day: what is written down since a day, and what the calendar makes of it."""
    if kept is _S.CANCELLED and since <= day:
        return _S.CANCELLED
    if expires_on is not None and expires_on < day:
        return _S.EXPIRED
    return _S.SUSPENDED if kept is _S.SUSPENDED and since <= day else _S.VALID
