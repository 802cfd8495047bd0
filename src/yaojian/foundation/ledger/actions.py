"""The journal's only write."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from django.db import transaction

from yaojian.foundation.accounts.contracts import Actor
from yaojian.foundation.errors import InvalidInput
from yaojian.foundation.ledger.canonical import SCHEMA, as_json, canonical_bytes
from yaojian.foundation.ledger.contracts import Ref
from yaojian.foundation.ledger.kinds import KINDS
from yaojian.foundation.ledger.models import Act
from yaojian.foundation.timekeeping import now

SALT_BYTES = 32


class Recorded(Protocol):
    """The columns of an act, however they were read."""

    uid: Any
    kind: Any
    actor_id: Any
    actor_name: Any
    role: Any
    organ_id: Any
    organ_name: Any
    subject_kind: Any
    subject_id: Any
    file_kind: Any
    file_id: Any
    claimed_at: Any
    recorded_at: Any
    legal_basis: Any
    evidence: Any
    facts: Any


def content_of(act: Recorded) -> dict[str, Any]:
    """What an act says, from its columns: the object whose canonical bytes are kept."""
    return {
        "schema": SCHEMA,
        "uid": str(act.uid),
        "kind": act.kind,
        "actor": {"id": act.actor_id, "name": act.actor_name, "role": act.role},
        "organ": {"id": act.organ_id, "name": act.organ_name},
        "subject": f"{act.subject_kind}:{act.subject_id}" if act.subject_id else None,
        "file": f"{act.file_kind}:{act.file_id}" if act.file_id else None,
        "claimed_at": act.claimed_at,
        "recorded_at": act.recorded_at,
        "legal_basis": list(act.legal_basis),
        "evidence": list(act.evidence),
        "facts": act.facts,
    }


def _facts(by: Actor, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts, and for whom a deputy acted."""
    return {**facts, "on_behalf_of": by.on_behalf_of} if by.on_behalf_of else dict(facts)


def compose_act(
    *,
    by: Actor,
    kind: str,
    subject: Ref | None = None,
    file: Ref | None = None,
    claimed_at: datetime | None = None,
    recorded_at: datetime | None = None,
    legal_basis: Sequence[str] = (),
    evidence: Sequence[str] = (),
    facts: Mapping[str, Any] | None = None,
    uid: uuid.UUID | None = None,
) -> Act:
    """An act ready to be inserted, with its canonical bytes and a fresh 32-byte salt.

    `uid` is for callers who have marked their rows with the act before they know all its facts.
    """
    if kind not in KINDS:
        raise InvalidInput(f"{kind!r} is not a kind of act; add it to ledger/kinds.py.", field="kind")
    recorded = recorded_at or now()
    act = Act(
        uid=uid or uuid.uuid4(),
        kind=kind,
        actor_id=by.user_id,
        actor_name=by.display_name,
        role=by.role.value,
        organ_id=by.organ_id,
        organ_name=by.organ_name,
        subject_kind=subject.kind if subject else "",
        subject_id=subject.id if subject else None,
        file_kind=file.kind if file else "",
        file_id=file.id if file else None,
        claimed_at=claimed_at or recorded,
        recorded_at=recorded,
        legal_basis=list(legal_basis),
        evidence=list(evidence),
        facts=as_json(_facts(by, facts or {})),
        salt=secrets.token_bytes(SALT_BYTES),
    )
    if act.claimed_at > recorded:
        raise InvalidInput("An act cannot claim a time that has not come yet.", field="claimed_at")
    act.canonical = canonical_bytes(content_of(act))
    return act


def record_act(**what: Any) -> Act:
    """Record an act (see `compose_act`) in the transaction that changes the business row.

    Raises RuntimeError outside a transaction: an act and its change stand or fall together.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("record_act must run inside the transaction of the change it records")
    act = compose_act(**what)
    act.save(force_insert=True)
    return act
