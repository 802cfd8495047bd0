"""The API's counterpart of `requires`: every operation declares which permission it demands."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja.utils import check_csrf

from yaojian.foundation.accounts.contracts import Actor, Permission
from yaojian.foundation.accounts.permissions import check_may
from yaojian.foundation.accounts.tokens import actor_of_token
from yaojian.foundation.accounts.web.access import first_step
from yaojian.foundation.errors import DomainError, NotAllowed

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class SignInNeeded(DomainError):
    """The request carries no session of a signed-in person."""

    code, status, title = "sign_in_needed", 401, _("Sign-in is needed")


class Needs:
    """Authentication of an API operation: `@router.get(..., auth=Needs(Permission.X))`.

    By token (`Authorization: Bearer yj_…`) or by the session of a signed-in person; with a session, writes
    need the CSRF token as on every page. Gives the acting person, which ninja puts on `request.auth`.
    Raises SignInNeeded (401) without either or with a token that is not in force, and NotAllowed (403)
    without a posting or the permission.
    """

    openapi_security_schema: dict[str, Any] = {  # noqa: RUF012 — ninja reads it from the instance
        "type": "http",
        "scheme": "bearer",
        "description": "An API token, made on the own-account page; or the session of a signed-in officer.",
    }

    def __init__(self, permission: Permission) -> None:
        self.permission = permission

    def __call__(self, request: HttpRequest) -> Actor:
        scheme, _space, text = request.headers.get("Authorization", "").partition(" ")
        actor = self._by_token(request, text.strip()) if scheme.lower() == "bearer" else _by_session(request)
        check_may(actor, self.permission)
        return actor

    @staticmethod
    def _by_token(request: HttpRequest, text: str) -> Actor:
        actor = actor_of_token(text)
        if actor is None:
            raise SignInNeeded(
                _("This token is not in force."),
                cure=_("It may have expired or been revoked, or its posting has ended. Make a new one."),
            )
        request.actor = actor  # type: ignore[attr-defined]
        return actor


def _by_session(request: HttpRequest) -> Actor:
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None:
        if request.user.is_authenticated:
            raise NotAllowed(
                _("You have no posting in force today."),
                cure=_("Ask the administrator of your organ to enter your posting."),
            )
        raise SignInNeeded(
            _("This address answers only to signed-in officers and to tokens."),
            cure=_("Send an API token in the header Authorization, or sign in."),
        )
    if first_step(request):
        raise NotAllowed(
            _("The password must be changed or a second factor set up first."),
            cure=_("Sign in on the pages."),
        )
    if request.method not in SAFE and check_csrf(request):
        raise NotAllowed(
            _("The request does not carry the protection token of the session."),
            cure=_("Send X-CSRFToken as the pages do, or use an API token."),
        )
    return actor
