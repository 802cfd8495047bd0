"""Puts a refusal on record after the request's own transaction has been undone."""

from __future__ import annotations

from django.http import HttpRequest

from yaojian.foundation.accounts.contracts import Actor
from yaojian.foundation.accounts.denials import record_denial
from yaojian.foundation.accounts.permissions import RightMissing
from yaojian.foundation.errors import DomainError, NotAllowed


def note_denial(request: HttpRequest, error: DomainError) -> None:
    """Record that the acting person was refused: the page's name and the right it demands.

    Nothing is recorded for strangers, nor for errors other than NotAllowed. A repetition within ten minutes
    is only counted (`denials`).
    """
    actor = getattr(request, "actor", None)
    match = request.resolver_match
    if not isinstance(error, NotAllowed) or not isinstance(actor, Actor) or match is None:
        return
    declared = getattr(match.func, "yaojian_permission", "")
    permission = error.permission if isinstance(error, RightMissing) else declared
    record_denial(actor, route=match.view_name or match.route, permission=str(permission))
