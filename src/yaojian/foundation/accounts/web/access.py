"""Every view declares who may open it; a guard test fails on one that does not."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.contracts import Actor, Permission
from yaojian.foundation.accounts.models import Posting, User
from yaojian.foundation.accounts.permissions import check_may
from yaojian.foundation.accounts.second_factor import confirmed_factor, is_demanded_of
from yaojian.foundation.errors import NotAllowed

View = Callable[..., HttpResponseBase]
PUBLIC = "public"


class ActingRequest(HttpRequest):
    """A request that `requires` has let through: somebody acts."""

    actor: Actor
    postings: list[Posting]


def first_step(request: HttpRequest) -> str:
    """The page that the signed-in person must see before all others; empty when there is none.

    A start password is changed first; then a second factor is set up where the setting demands one. That is
    asked at each request: postings begin while a session lasts.
    """
    user = request.user
    if not isinstance(user, User):
        return ""
    if user.must_change_password:
        return "administration:own_password"
    if is_demanded_of(getattr(request, "postings", ())) and confirmed_factor(user) is None:
        return "administration:second_factor"
    return ""


def requires(permission: Permission, *, before_entry: bool = False) -> Callable[[View], View]:
    """Declare that a view needs `permission`; strangers are sent to sign in, others are refused.

    `before_entry`: it is open although the person must change the password or set up a second factor first.
    """

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
            if not before_entry and (first := first_step(request)):
                return redirect(first)
            check_may(actor, permission)
            # By way of the attribute, so that a test can put the guard before an empty view.
            return cast(Any, guarded).__wrapped__(request, *args, **kwargs)

        cast(Any, guarded).yaojian_permission = permission
        return guarded

    return declare


def public(view: View) -> View:
    """Declare that anybody may open a view, signed in or not."""
    cast(Any, view).yaojian_permission = PUBLIC
    return view
