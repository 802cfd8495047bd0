"""One's own account: postings and rights, password, sessions, deputy."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from yaojian.doors.administration.web.account_tabs import tabs_of
from yaojian.doors.administration.web.rights_in_words import rights_in_words
from yaojian.foundation.accounts.contracts import Permission
from yaojian.foundation.accounts.facade import (
    User,
    change_own_password,
    end_session,
    end_sessions,
    live_sessions,
)
from yaojian.foundation.accounts.second_factor import confirmed_factor, is_offered
from yaojian.foundation.accounts.web.access import ActingRequest, requires
from yaojian.foundation.errors import InvalidInput


def own(request: ActingRequest) -> User:
    """The signed-in person."""
    return User.objects.get(pk=request.actor.user_id)


@requires(Permission.OWN_ACCOUNT)
def own_account(request: ActingRequest) -> HttpResponse:
    """Who one is here: postings, rights in words, and where one is signed in."""
    user = own(request)
    context = {
        "tabs": tabs_of(request, "own_account"),
        "user": user,
        "postings": request.postings,
        "rights": rights_in_words(request.actor.role),
        "sessions": live_sessions(user),
        "this_session": request.session.session_key,
        "factor": confirmed_factor(user),
        "factor_offered": is_offered(),
    }
    return render(request, "administration/own_account.html", context)


class PasswordForm(forms.Form):
    """The present password, and the new one twice."""

    present = forms.CharField(
        label=gettext_lazy("Present password"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new = forms.CharField(
        label=gettext_lazy("New password"),
        strip=False,
        max_length=200,
        help_text=gettext_lazy(
            "At least 10 characters, not a common password and not like your name. Your other sessions end."
        ),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=gettext_lazy("New password again"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("new") and data.get("again") and data["new"] != data["again"]:
            self.add_error("again", _("The two new passwords differ."))
        return data


@requires(Permission.OWN_ACCOUNT, before_entry=True)
def own_password(request: ActingRequest) -> HttpResponse:
    """Change one's own password; at the first sign-in with a start password this comes before all else."""
    user = own(request)
    is_first = user.must_change_password
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            change_own_password(
                by=request.actor,
                user=user,
                present=data["present"],
                new=data["new"],
                session_key=request.session.session_key,
            )
        except InvalidInput as error:
            form.add_error(error.field, str(error))
        else:
            user.refresh_from_db()
            _keep_signed_in(request, user)
            messages.success(request, _("The password is changed. Your other sessions have ended."))
            return redirect("/" if is_first else "administration:own_account")
    context = {"tabs": tabs_of(request, "own_password"), "form": form, "is_first": is_first}
    return render(request, "administration/own_password.html", context, status=422 if form.errors else 200)


def _keep_signed_in(request: ActingRequest, user: User) -> None:
    """Give this session a new key that fits the new password, and keep its entry in the list."""
    old = request.session.session_key
    update_session_auth_hash(request, user)
    request.session.save()
    live_sessions(user).filter(session_key=old).update(session_key=request.session.session_key)


@require_POST
@requires(Permission.OWN_ACCOUNT)
def end_own_session(request: ActingRequest, session_id: int) -> HttpResponse:
    """End one of one's own sessions; ending the present one signs out."""
    end_session(by=request.actor, user=own(request), session_id=session_id)
    messages.success(request, _("The session is ended."))
    return redirect("administration:own_account")


@require_POST
@requires(Permission.OWN_ACCOUNT)
def end_other_sessions(request: ActingRequest) -> HttpResponse:
    """End all of one's own sessions but the present one."""
    count = end_sessions(own(request), "ended", by=request.actor, but=request.session.session_key)
    messages.success(request, _("%(n)s other sessions are ended.") % {"n": count})
    return redirect("administration:own_account")
