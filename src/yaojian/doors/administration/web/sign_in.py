"""Sign in, by password and second factor or with an outside identity; sign out; posting; language."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import login, logout
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import activate, check_for_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from yaojian.foundation.accounts import oidc
from yaojian.foundation.accounts.contracts import Permission
from yaojian.foundation.accounts.facade import User, actor_of, person_with_identity
from yaojian.foundation.accounts.second_factor import confirmed_factor, is_offered
from yaojian.foundation.accounts.sessions import close_session
from yaojian.foundation.accounts.sign_in import SignInRefused
from yaojian.foundation.accounts.web.access import ActingRequest, public, requires
from yaojian.foundation.accounts.web.addresses import own_address, safe_next
from yaojian.foundation.accounts.web.forms import CodeForm, SignInForm
from yaojian.foundation.accounts.web.middleware import CHOSEN_POSTING
from yaojian.foundation.errors import NotFound
from yaojian.foundation.ledger.facade import record_act
from yaojian.foundation.timekeeping import now, today

WAITING, ATTEMPT = "awaiting_second_factor", "outside_sign_in"
WAIT = timedelta(minutes=5)
"""How long the code may take after the password was right."""


@public
def sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in page."""
    form = SignInForm(request.POST or None, request=request)
    if request.method == "POST" and form.is_valid() and form.user is not None:
        return _pass_on(request, form.user, safe_next(request, "/"))
    return _sign_in_page(request, form, status=422 if form.errors else 200)


def _sign_in_page(request: HttpRequest, form: SignInForm, status: int, **more: Any) -> HttpResponse:
    context = {
        "form": form,
        "next": safe_next(request, "/"),
        "expired": "expired" in request.GET,
        "outside_label": (settings.OIDC_LABEL or _("your organisation's account"))
        if oidc.is_configured()
        else "",
        **more,
    }
    return render(request, "administration/sign_in.html", context, status=status)


def _pass_on(request: HttpRequest, user: User, target: str, *, factor_shown: bool = False) -> HttpResponse:
    """After the password or the outside sign-in: to the second factor if there is one, else in."""
    if is_offered() and not factor_shown and confirmed_factor(user) is not None:
        request.session.cycle_key()
        request.session[WAITING] = {"user": user.pk, "since": int(now().timestamp()), "next": target}
        return redirect("sign_in_code")
    return _let_in(request, user, target)


def _let_in(request: HttpRequest, user: User, target: str) -> HttpResponse:
    with transaction.atomic():
        # A key that somebody may have planted before is never the key of a signed-in session.
        request.session.flush()
        login(request, user, backend="django.contrib.auth.backends.ModelBackend")
        if actor := actor_of(user):
            record_act(by=actor, kind="session.opened")
    return redirect(target)


@public
def sign_in_code(request: HttpRequest) -> HttpResponse:
    """The second step: the code of the app, or a recovery code."""
    waiting = request.session.get(WAITING) or {}
    user = User.objects.filter(pk=waiting.get("user", 0)).first()
    in_time = waiting.get("since", 0) > (now() - WAIT).timestamp()
    if user is None or not in_time or not user.is_in_service(today()):
        request.session.pop(WAITING, None)
        return redirect("sign_in")
    form = CodeForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        return _let_in(request, user, own_address(waiting.get("next", ""), request) or "/")
    context = {"form": form}
    return render(request, "administration/sign_in_code.html", context, status=422 if form.errors else 200)


@public
def outside_begin(request: HttpRequest) -> HttpResponse:
    """Send somebody to the outside sign-in service."""
    if not oidc.is_configured():
        raise NotFound(_("This installation has no outside sign-in."))
    attempt = oidc.Attempt.fresh()
    try:
        address = oidc.authorization_address(attempt, _return_address(request))
    except oidc.OutsideSignInFailed as failure:
        return _sign_in_page(request, SignInForm(request=request), failure.status, failure=failure)
    request.session[ATTEMPT] = {**attempt.as_dict(), "next": safe_next(request, "/")}
    return redirect(address)


def _return_address(request: HttpRequest) -> str:
    return request.build_absolute_uri(reverse("outside_return"))


@public
def outside_return(request: HttpRequest) -> HttpResponse:
    """Take the answer of the outside sign-in service; an attempt is used up by its first answer."""
    if not oidc.is_configured():
        raise NotFound(_("This installation has no outside sign-in."))
    kept = request.session.pop(ATTEMPT, None) or {}
    target = kept.pop("next", "/")
    attempt = oidc.Attempt(**kept) if kept else oidc.Attempt.fresh()
    try:
        claims = oidc.claims_of_return(attempt, request.GET.dict(), _return_address(request))
        user = person_with_identity(claims)
    except (oidc.OutsideSignInFailed, SignInRefused) as failure:
        return _sign_in_page(request, SignInForm(request=request), failure.status, failure=failure)
    target = own_address(target, request) or "/"
    return _pass_on(request, user, target, factor_shown=oidc.used_second_factor(claims))


@require_POST
@public
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    with transaction.atomic():
        if actor := getattr(request, "actor", None):
            record_act(by=actor, kind="session.closed")
        close_session(request.session.session_key, "signed_out")
        logout(request)
    return redirect(settings.LOGIN_URL)


@require_POST
@requires(Permission.OWN_ACCOUNT)
def choose_posting(request: ActingRequest) -> HttpResponse:
    """Act in another of one's postings from now on, in this session."""
    wanted = request.POST.get("posting", "")
    if wanted not in {str(posting.pk) for posting in request.postings}:
        raise NotFound(_("This is not one of your postings in force today."))
    request.session[CHOSEN_POSTING] = int(wanted)
    # The page on which it was chosen may not be open to the other posting.
    return redirect("/")


@require_POST
@public
def set_language(request: HttpRequest) -> HttpResponse:
    """Remember the reader's language in a cookie and go back."""
    response = redirect(safe_next(request, "/"))
    language = request.POST.get("language", "")
    if check_for_language(language) and language in dict(settings.LANGUAGES):
        activate(language)
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, max_age=365 * 86400, samesite="Lax")
    return response
