"""Sign in, sign out, choose a language."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import login, logout
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import activate, check_for_language
from django.views.decorators.http import require_POST

from yaojian.foundation.accounts.facade import actor_of
from yaojian.foundation.accounts.web.access import public
from yaojian.foundation.accounts.web.forms import SignInForm
from yaojian.foundation.ledger.facade import record_act


def safe_next(request: HttpRequest, fallback: str) -> str:
    """Where to go afterwards: the asked page if it is an address of ours, else the fallback."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    own = url_has_allowed_host_and_scheme(target, allowed_hosts=None, require_https=request.is_secure())
    # Without the slash it would be taken for the name of a page, or for an address beside this one.
    return target if own and target.startswith("/") else fallback


@public
def sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in page."""
    form = SignInForm(request.POST or None, request=request)
    if request.method == "POST" and form.is_valid() and form.user is not None:
        with transaction.atomic():
            login(request, form.user, backend="django.contrib.auth.backends.ModelBackend")
            if actor := actor_of(form.user):
                record_act(by=actor, kind="session.opened")
        return redirect(safe_next(request, "/"))
    context = {"form": form, "next": safe_next(request, "/"), "expired": "expired" in request.GET}
    return render(request, "backoffice/sign_in.html", context, status=422 if form.errors else 200)


@require_POST
@public
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    with transaction.atomic():
        if actor := getattr(request, "actor", None):
            record_act(by=actor, kind="session.closed")
        logout(request)
    return redirect(settings.LOGIN_URL)


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
