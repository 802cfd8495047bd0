"""Puts the acting person on the request."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

from yaojian.foundation.accounts.contracts import Actor
from yaojian.foundation.accounts.models import Posting, User
from yaojian.foundation.accounts.queries import actor_in, postings_in_force
from yaojian.foundation.accounts.sessions import close_session, has_run_out, note_seen
from yaojian.foundation.timekeeping import today

CHOSEN_POSTING = "posting"
"""The posting in which a person with several has chosen to act, kept in the session."""


class ActorMiddleware:
    """Sets `request.actor` to the person in the posting of today they chose, or None.

    A session that has lain idle too long or lived too long, or whose person has left, ends here.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor, request.postings = self._acting(request)  # type: ignore[attr-defined]
        return self.get_response(request)

    def _acting(self, request: HttpRequest) -> tuple[Actor | None, list[Posting]]:
        user = request.user
        if not isinstance(user, User):
            return None, []
        if not user.is_in_service(today()) or has_run_out(request.session):
            close_session(request.session.session_key, "ran_out")
            logout(request)
            return None, []
        note_seen(request.session)
        postings = list(postings_in_force(user, today()))
        wanted = request.session.get(CHOSEN_POSTING)
        chosen = next((one for one in postings if one.pk == wanted), postings[0] if postings else None)
        return (actor_in(chosen, user) if chosen else None), postings
