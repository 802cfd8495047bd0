"""Acts about organs and people, written when the accounts room says that they changed.

Accounts lies below the journal and cannot call it. Signals run inside the transaction of the change: when an
act cannot be written, the change does not happen either.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.dispatch import Signal

from yaojian.foundation.accounts import events
from yaojian.foundation.accounts.contracts import Actor
from yaojian.foundation.accounts.facade import (
    Organ,
    Posting,
    User,
    organ_answering_for,
    system_actor,
)
from yaojian.foundation.errors import Misconfigured
from yaojian.foundation.ledger.actions import record_act


def _platform_for(user: User) -> Actor:
    organ = organ_answering_for(user)
    if organ is None:
        raise Misconfigured("No organ has been entered, so nobody answers for this account.")
    return system_actor(organ)


def _organ_registered(organ: Organ, is_new: bool, changed: Sequence[str], **_: Any) -> None:
    facts = {"organ": organ.code, "name": organ.name, "is_new": is_new}
    record_act(
        by=system_actor(organ),
        kind="organ.registered",
        facts=facts if is_new else facts | {"changed": sorted(changed)},
    )


def _account_created(user: User, organ: Organ, **_: Any) -> None:
    record_act(by=system_actor(organ), kind="account.created", facts={"username": user.username})


def _person_posted(posting: Posting, **_: Any) -> None:
    record_act(
        by=system_actor(posting.organ),
        kind="person.posted",
        facts={
            "username": posting.user.username,
            "organ": posting.organ.code,
            "role": posting.role,
            "full_time": posting.full_time,
            "valid_from": posting.valid_from,
        },
    )


def _account_locked(user: User, until: datetime, **_: Any) -> None:
    facts = {"username": user.username, "until": until}
    record_act(by=_platform_for(user), kind="account.locked", facts=facts)


def _password_set(user: User, **_: Any) -> None:
    record_act(by=_platform_for(user), kind="account.password_set", facts={"username": user.username})


LISTENERS: tuple[tuple[Signal, Callable[..., None]], ...] = (
    (events.organ_registered, _organ_registered),
    (events.account_created, _account_created),
    (events.person_posted, _person_posted),
    (events.account_locked, _account_locked),
    (events.password_set, _password_set),
)


def listen() -> None:
    """Connect the journal with the accounts room; called once when the apps are ready."""
    for signal, listener in LISTENERS:
        signal.connect(listener, dispatch_uid=listener.__name__)
