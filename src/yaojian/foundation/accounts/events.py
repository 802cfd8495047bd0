"""What the room says when organs or people change: inside the transaction, to whoever keeps the record.

The journal lies above this room and cannot be called from here; the composition root hands it in. A record
that cannot be written undoes the change.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from yaojian.foundation.accounts.contracts import Actor
from yaojian.foundation.accounts.models import Organ, Posting, SharingAgreement, User


@dataclass(frozen=True, slots=True)
class OrganRegistered:
    """An organ was entered, or fields of it changed."""

    organ: Organ
    is_new: bool
    changed: Sequence[str]


@dataclass(frozen=True, slots=True)
class OrganAct:
    """Somebody changed the tree of organs or an agreement; `kind` is a kind of act."""

    by: Actor
    kind: str
    facts: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class PlannedChangeApplied:
    """The day of a planned change came, and the organ's present row follows it."""

    organ: Organ


@dataclass(frozen=True, slots=True)
class AgreementRegistered:
    """A sharing agreement came with the packs."""

    agreement: SharingAgreement


@dataclass(frozen=True, slots=True)
class AccountCreated:
    """A person was entered; `organ` is that of the first posting."""

    user: User
    organ: Organ


@dataclass(frozen=True, slots=True)
class PersonPosted:
    """A person got a posting."""

    posting: Posting


@dataclass(frozen=True, slots=True)
class AccountLocked:
    """There were too many wrong passwords in a row."""

    user: User
    until: datetime


@dataclass(frozen=True, slots=True)
class PasswordSet:
    """The operator gave a person a new password."""

    user: User


@dataclass(frozen=True, slots=True)
class Deed:
    """Something done with a person's way in: `by` whom, or by the platform where nobody is signed in."""

    kind: str
    user: User
    by: Actor | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


Change = (
    OrganRegistered
    | OrganAct
    | PlannedChangeApplied
    | AgreementRegistered
    | AccountCreated
    | PersonPosted
    | AccountLocked
    | PasswordSet
    | Deed
)
_record: Callable[[Change], None] | None = None


def record_with(recorder: Callable[[Change], None]) -> None:
    """Say who keeps the record of changes; called once when the apps are ready."""
    global _record
    _record = recorder


def announce(change: Change) -> None:
    """Have a change recorded in the present transaction. Raises RuntimeError when nobody keeps the record."""
    if _record is None:
        raise RuntimeError("no recorder of changes is installed (accounts.events.record_with)")
    _record(change)
