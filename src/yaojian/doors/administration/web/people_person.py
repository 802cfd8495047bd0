"""The page of a person: postings over time, rights in words, way in, deputies, acts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST

from yaojian.doors.administration.web.people_list import state_of
from yaojian.doors.administration.web.rights_in_words import rights_in_words
from yaojian.doors.administration.web.tokens import rows_of
from yaojian.foundation.accounts.contracts import ROLE_NAMES, Permission, Role
from yaojian.foundation.accounts.facade import ApiToken, Delegation, Posting, User, live_sessions
from yaojian.foundation.accounts.second_factor import confirmed_factor, is_offered, recovery_codes_left
from yaojian.foundation.accounts.web.access import ActingRequest, requires
from yaojian.foundation.design.as_of import AsOf, as_of
from yaojian.foundation.errors import DomainError
from yaojian.foundation.exports.facade import Column, Listing, export_of, exporting
from yaojian.foundation.ledger.facade import Act, kind_name, late_entries, meaning_of_kind
from yaojian.foundation.staffing.facade import (
    burdens_of,
    end_sessions_of,
    give_start_password,
    link_person,
    person_visible_to,
    postings_visible_to,
    reset_second_factor,
    revoke_token_of,
    user_can_manage,
)
from yaojian.foundation.timekeeping import now

VIEWS = {
    "postings": gettext_lazy("Postings and rights"),
    "way_in": gettext_lazy("Sign-in"),
    "acts": gettext_lazy("Acts"),
}
ACTS_ON_A_PAGE = 25
ACTS = Listing(
    "account-acts",
    gettext_lazy("Acts"),
    (
        Column(gettext_lazy("Act"), lambda act: kind_name(act.kind), 30),
        Column(gettext_lazy("Organ"), lambda act: act.organ_name, 36),
        Column(gettext_lazy("Role"), lambda act: ROLE_NAMES[Role(act.role)], 18),
        Column(gettext_lazy("Done at"), lambda act: act.claimed_at, 17),
        Column(gettext_lazy("Recorded at"), lambda act: act.recorded_at, 17),
        Column(gettext_lazy("Identifier"), lambda act: act.uid, 38),
    ),
)


def _tabs(user: User, active: str) -> list[dict[str, Any]]:
    url = reverse("administration:person", args=[user.pk])
    return [
        {"label": label, "url": url if key == "postings" else f"{url}?view={key}", "active": key == active}
        for key, label in VIEWS.items()
    ]


def _holds(posting: Posting, at: AsOf) -> bool:
    return posting.valid_from <= at.day and (posting.valid_to is None or posting.valid_to >= at.day)


def _postings(request: ActingRequest, user: User) -> dict[str, Any]:
    at = as_of(request)
    postings = list(postings_visible_to(request.actor, user))
    rows = []
    for posting in postings:
        if _holds(posting, at):
            standing = ("done", _("in force") if at.is_today else _("in force on that day"))
        elif posting.valid_from > at.day:
            standing = ("info", _("to come"))
        else:
            standing = ("neutral", _("over"))
        rows.append({"posting": posting, "standing": standing, "open": standing[0] != "neutral"})
    held = [posting for posting in postings if _holds(posting, at)]
    rights = sorted({right for posting in held for right in rights_in_words(Role(posting.role))})
    delegations = Delegation.objects.filter(principal=user) | Delegation.objects.filter(deputy=user)
    return {
        "at": at,
        "rows": rows,
        "rights": rights,
        "delegations": delegations.select_related("principal", "deputy")[:10],
        "departure": user.departures.filter(withdrawn_at__isnull=True).select_related("successor").first(),
        "burdens": len(burdens_of(user.pk)),
    }


def _way_in(user: User) -> dict[str, Any]:
    tokens = ApiToken.objects.filter(posting__user=user).select_related("posting__organ")
    return {
        "factor": confirmed_factor(user),
        "factor_offered": is_offered(),
        "codes_left": recovery_codes_left(user),
        "sessions": live_sessions(user),
        "tokens": rows_of(tokens),
        "issuer": settings.OIDC_ISSUER,
        "subject": (user.identity or "").partition("|")[2],
    }


def _acts_of(request: ActingRequest, user: User) -> QuerySet[Act]:
    return Act.objects.defer("canonical", "salt").filter(
        actor_id=user.pk, organ__path__startswith=request.actor.organ_path
    )


def _acts(request: ActingRequest, user: User) -> dict[str, Any]:
    page = Paginator(_acts_of(request, user), ACTS_ON_A_PAGE).get_page(request.GET.get("page"))
    late = late_entries(page)
    rows = [
        {
            "act": act,
            "entered_after": late.get(act.pk),
            "meaning": meaning_of_kind(act.kind),
            "name": kind_name(act.kind),
            "role": ROLE_NAMES[Role(act.role)],
        }
        for act in page
    ]
    return {"page": page, "rows": rows}


@requires(Permission.ACCOUNT_VIEW)
def person(request: ActingRequest, user_id: int) -> HttpResponseBase:
    """One person, as they stand today or stood on another day."""
    user = person_visible_to(request.actor, user_id)
    view = request.GET.get("view", "postings")
    view = view if view in VIEWS else "postings"
    if exporting(request) and view == "acts":
        # The export is an act itself, and a later one than those that it holds.
        acts = _acts_of(request, user).filter(recorded_at__lt=now())
        return export_of(request, ACTS, acts.iterator(chunk_size=500), acts.count())
    details: dict[str, Callable[[], dict[str, Any]]] = {
        "postings": lambda: _postings(request, user),
        "way_in": lambda: _way_in(user),
        "acts": lambda: _acts(request, user),
    }
    return render(request, "administration/person.html", _head(request, user, view) | details[view]())


def _head(request: ActingRequest, user: User, view: str) -> dict[str, Any]:
    today_ = as_of(request).is_today
    postings = list(postings_visible_to(request.actor, user))
    present = [posting for posting in postings if _holds(posting, AsOf(as_of(request).day, True))]
    return {
        "person": user,
        "view": view,
        "tabs": _tabs(user, view),
        "state": state_of(user, bool(present), bool(postings) and not present),
        "may_manage": today_ and user_can_manage(request.actor, user),
        "has_left": user.left_on is not None,
        "is_self": user.pk == request.actor.user_id,
    }


def _after(request: ActingRequest, user_id: int, text: str) -> HttpResponse:
    messages.success(request, text)
    return redirect(reverse("administration:person", args=[user_id]) + "?view=way_in")


@require_POST
@requires(Permission.ACCOUNT_MANAGE)
@sensitive_variables()
def start_password(request: ActingRequest, user_id: int) -> HttpResponse:
    """A start password for somebody who has lost theirs, shown this once."""
    password = give_start_password(by=request.actor, user_id=user_id)
    return password_page(request, person_visible_to(request.actor, user_id), password)


def password_page(request: ActingRequest, user: User, password: str) -> HttpResponse:
    """The page that shows a start password, once."""
    context = {"person": user, "password": password}
    return render(request, "administration/start_password.html", context)


@require_POST
@requires(Permission.ACCOUNT_MANAGE)
def reset_factor(request: ActingRequest, user_id: int) -> HttpResponse:
    """Take a lost second factor away."""
    reset_second_factor(by=request.actor, user_id=user_id)
    return _after(request, user_id, _("The second factor is reset; the person sets up a new one."))


@require_POST
@requires(Permission.ACCOUNT_MANAGE)
def end_sessions(request: ActingRequest, user_id: int) -> HttpResponse:
    """End all sessions of a person."""
    count = end_sessions_of(by=request.actor, user_id=user_id)
    return _after(request, user_id, _("%(n)s sessions are ended.") % {"n": count})


@require_POST
@requires(Permission.ACCOUNT_MANAGE)
def link(request: ActingRequest, user_id: int) -> HttpResponse:
    """Link a person with a subject of the outside sign-in, or remove the link."""
    subject = request.POST.get("subject", "").strip()
    try:
        link_person(by=request.actor, user_id=user_id, subject=subject)
    except DomainError as error:
        if error.field != "subject":
            raise
        messages.error(request, str(error))
        return redirect(reverse("administration:person", args=[user_id]) + "?view=way_in")
    text = _("The account is linked.") if subject else _("The link is removed.")
    return _after(request, user_id, text)


@require_POST
@requires(Permission.ACCOUNT_MANAGE)
def revoke_token(request: ActingRequest, user_id: int, token_id: int) -> HttpResponse:
    """Revoke a token of a person."""
    revoke_token_of(by=request.actor, user_id=user_id, token_id=token_id)
    return _after(request, user_id, _("The token is revoked."))
