"""The API's counterpart of `requires`: every operation declares which permission it demands."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.contracts import Actor, Permission
from yaojian.foundation.accounts.permissions import check_may
from yaojian.foundation.errors import DomainError, NotAllowed


class SignInNeeded(DomainError):
    """The request carries no session of a signed-in person."""

    code, status, title = "sign_in_needed", 401, _("Sign-in is needed")


class Needs:
    """Authentication of an API operation by session: `@router.get(..., auth=Needs(Permission.X))`.

    Gives the acting person, which ninja puts on `request.auth`. Raises SignInNeeded (401) without a session
    and NotAllowed (403) without a posting or the permission.
    """

    openapi_security_schema: dict[str, Any] = {  # noqa: RUF012 — ninja reads it from the instance
        "type": "apiKey",
        "in": "cookie",
        "name": "yaojian_session_8000",
        "description": "The session cookie of a signed-in officer; its name ends in the installation's port.",
    }

    def __init__(self, permission: Permission) -> None:
        self.permission = permission

    def __call__(self, request: HttpRequest) -> Actor:
        actor: Actor | None = getattr(request, "actor", None)
        if actor is None:
            if request.user.is_authenticated:
                raise NotAllowed(
                    _("You have no posting in force today."),
                    cure=_("Ask the administrator of your organ to enter your posting."),
                )
            raise SignInNeeded(
                _("This address answers only to signed-in officers."),
                cure=_("Sign in and send the session cookie with the request."),
            )
        check_may(actor, self.permission)
        return actor
