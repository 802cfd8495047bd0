"""Promises to whoever an act concerns: signed by the application, because the log's key is not its to use."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from yaojian.foundation.ledger.models import Act
from yaojian.foundation.ledger.public_log import public_files
from yaojian.foundation.ledger.transparency.leaves import commitment_of
from yaojian.foundation.ledger.transparency.notes import Ed25519Signer, Note, Verifier
from yaojian.foundation.ledger.transparency.promises import PROMISED_WITHIN, PROMISES, Promise
from yaojian.foundation.timekeeping import now


@dataclass(frozen=True)
class ActPromise:
    """The promise of an act that waits for its entry: the file, and until when it is to be kept."""

    document: str
    name: str
    deadline: datetime

    @property
    def is_broken(self) -> bool:
        """Whether its time is over, for an act that still has no entry."""
        return now() > self.deadline


def public_policy() -> list[str]:
    """Whom to believe, as the platform tells it: keys of log, clock, promises, witnesses; the quorum."""
    lines, signer = public_files().policy(), _signer()
    return [*lines[:2], str(signer.verifier), *lines[2:]] if signer else lines


def promise_of_act(act: Act) -> ActPromise | None:
    """The promise of an act, always the same; None before the log has a name.

    For callers who let the asking person see the act.
    """
    signer = _signer()
    if signer is None:
        return None
    promise = Promise(
        signer.name.removesuffix(PROMISES),
        str(act.uid),
        commitment_of(bytes(act.canonical), bytes(act.salt)),
        act.recorded_at,
        act.recorded_at + PROMISED_WITHIN,
    )
    document = str(Note(promise.text, (signer.sign(promise.text),)))
    return ActPromise(document, f"promise-{act.uid}.txt", promise.deadline)


def _signer() -> Ed25519Signer | None:
    """Signs with a key that follows from the installation's; it changes when that is changed."""
    keys = public_files().public_keys()
    if not keys or not settings.INSTALLATION_KEYS:
        return None
    seed = hmac.digest(settings.INSTALLATION_KEYS[0].encode(), b"promises of the public log", "sha256")
    return Ed25519Signer(Verifier.parse(keys[0]).name + PROMISES, seed)
