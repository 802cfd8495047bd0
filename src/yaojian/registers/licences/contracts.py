"""What crosses the door of the room."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from yaojian.registers.licences.states import LicenceState

FILE_KIND = "licences.licence"
"""The kind of the pointer to a licence, in acts and work items."""
RENEWAL_DUE, EXPIRES_SOON, EXPIRED = "licence.renewal_due", "licence.expires_soon", "licence.expired"
"""Kinds of work that the calendar brings."""

Change = Literal["new", "changed", "unchanged", "refused"]
Text = str | Promise

_S = LicenceState
STATE_NAMES: dict[LicenceState, Promise] = {
    _S.ISSUED: pgettext_lazy("licence", "Issued, not in force yet"),
    _S.IN_FORCE: pgettext_lazy("licence", "In force"),
    _S.SUSPENDED: pgettext_lazy("licence", "Suspended"),
    _S.EXPIRED: pgettext_lazy("licence", "Expired"),
    _S.SUPERSEDED: pgettext_lazy("licence", "Superseded by a newer one"),
    _S.CANCELLED: pgettext_lazy("licence", "Cancelled"),
    _S.REVOKED: pgettext_lazy("licence", "Revoked"),
    _S.WITHDRAWN: pgettext_lazy("licence", "Withdrawn"),
}
STATE_MEANINGS: dict[LicenceState, str] = {
    _S.ISSUED: "info",
    _S.IN_FORCE: "done",
    _S.SUSPENDED: "due_soon",
    _S.EXPIRED: "overdue",
    _S.SUPERSEDED: "neutral",
    _S.CANCELLED: "neutral",
    _S.REVOKED: "overdue",
    _S.WITHDRAWN: "overdue",
}


@dataclass(frozen=True, slots=True)
class LicenceEntry:
    """A licence or filing as a list, an import or a form gives it.

    `kind` is a code of `KINDS`, `subject` the code of the subject that holds it. `valid_from` is the day it
    was issued when left out; `expires_on` the printed last day, None for a kind without one. `state` is what
    is written down ("in_force", "suspended", "cancelled", "revoked", "withdrawn"), since `state_since`.
    """

    kind: str
    number: str
    subject: str
    issued_on: date
    expires_on: date | None = None
    valid_from: date | None = None
    holder_name: str = ""
    scope: tuple[str, ...] = ()
    premises: str = ""
    issuer: str = ""
    state: str = _S.IN_FORCE.value
    state_since: date | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one entry; `errors` names for each field what is wrong and what to do."""

    code: str
    change: Change
    subject_id: int | None = None
    licence_id: int | None = None
    errors: Mapping[str, Text] = field(default_factory=dict)
