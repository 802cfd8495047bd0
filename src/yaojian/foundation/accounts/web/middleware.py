"""Puts the acting person on the request."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from yaojian.foundation.accounts.models import User
from yaojian.foundation.accounts.queries import actor_of


class ActorMiddleware:
    """Sets `request.actor` to the person in their posting of today, or None."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        request.actor = actor_of(user) if isinstance(user, User) and user.is_active else None  # type: ignore[attr-defined]
        return self.get_response(request)
