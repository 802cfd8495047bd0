"""Every view declares who may open it; a guard test fails on one that does not."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.contracts import Actor, Permission
from yaojian.foundation.accounts.permissions import check_may
from yaojian.foundation.errors import NotAllowed

View = Callable[..., HttpResponseBase]
PUBLIC = "public"


class ActingRequest(HttpRequest):
    """A request that `requires` has let through: somebody acts."""

    actor: Actor


def requires(permission: Permission) -> Callable[[View], View]:
    """Declare that a view needs `permission`; strangers are sent to sign in, others are refused."""

    def declare(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            actor: Actor | None = getattr(request, "actor", None)
            if actor is None:
                if request.user.is_authenticated:
                    raise NotAllowed(
                        _("You have no posting in force today."),
                        cure=_("Ask the administrator of your organ to enter your posting."),
                    )
                # A form sent after the session has ended was not taken, and the sign-in page says so.
                expired = "?expired=1" if request.method == "POST" else ""
                return redirect_to_login(request.get_full_path(), resolve_url(settings.LOGIN_URL) + expired)
            check_may(actor, permission)
            return view(request, *args, **kwargs)

        cast(Any, guarded).yaojian_permission = permission
        return guarded

    return declare


def public(view: View) -> View:
    """Declare that anybody may open a view, signed in or not."""
    cast(Any, view).yaojian_permission = PUBLIC
    return view
