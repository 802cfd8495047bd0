"""Acts about organs and people, written when the accounts room says that they changed.

Accounts lies below the journal and cannot call it; it announces, and this recorder is handed to it. It runs
inside the transaction of the change: when an act cannot be written, the change does not happen either.
"""

from __future__ import annotations

from yaojian.foundation.accounts import events
from yaojian.foundation.accounts.contracts import Actor
from yaojian.foundation.accounts.facade import organ_answering_for, system_actor
from yaojian.foundation.accounts.models import User
from yaojian.foundation.errors import Misconfigured
from yaojian.foundation.ledger.actions import record_act


def record_change(change: events.Change) -> None:
    """Write the act of a change of organs or people, in the name of who made it or of the platform."""
    match change:
        case events.OrganRegistered(organ, is_new, changed):
            facts: dict[str, object] = {"organ": organ.code, "name": organ.name, "is_new": is_new}
            if not is_new:
                facts["changed"] = sorted(changed)
            record_act(by=system_actor(organ), kind="organ.registered", facts=facts)
        case events.OrganAct(by, kind, told):
            record_act(by=by, kind=kind, facts=told)
        case events.PlannedChangeApplied(organ):
            facts = {"organ": organ.code, "name": organ.name}
            record_act(by=system_actor(organ), kind="organ.change_applied", facts=facts)
        case events.AgreementRegistered(agreement):
            facts = {
                "organ": agreement.giver.code,
                "taker": agreement.taker.code,
                "shares": agreement.shares,
                "document": agreement.document,
                "valid_from": agreement.valid_from,
            }
            record_act(by=system_actor(agreement.giver), kind="agreement.entered", facts=facts)
        case events.AccountCreated(user, organ):
            record_act(by=system_actor(organ), kind="account.created", facts={"username": user.username})
        case events.PersonPosted(posting):
            facts = {
                "username": posting.user.username,
                "organ": posting.organ.code,
                "role": posting.role,
                "full_time": posting.full_time,
                "valid_from": posting.valid_from,
            }
            record_act(by=system_actor(posting.organ), kind="person.posted", facts=facts)
        case events.AccountLocked(user, until):
            facts = {"username": user.username, "until": until}
            record_act(by=_platform_for(user), kind="account.locked", facts=facts)
        case events.PasswordSet(user):
            record_act(by=_platform_for(user), kind="account.password_set", facts={"username": user.username})
        case events.Deed():
            facts = {"username": change.user.username, **change.facts}
            record_act(by=change.by or _platform_for(change.user), kind=change.kind, facts=facts)


def _platform_for(user: User) -> Actor:
    organ = organ_answering_for(user)
    if organ is None:
        raise Misconfigured("No organ has been entered, so nobody answers for this account.")
    return system_actor(organ)
