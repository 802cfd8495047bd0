"""One's own second factor: set up with a QR code, recovery codes, removal."""

from __future__ import annotations

import segno
from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST

from yaojian.doors.administration.web.account import own
from yaojian.doors.administration.web.account_tabs import tabs_of
from yaojian.foundation.accounts.contracts import Permission
from yaojian.foundation.accounts.facade import User
from yaojian.foundation.accounts.second_factor import (
    begin_enrolment,
    confirm_enrolment,
    confirmed_factor,
    is_demanded_of,
    is_offered,
    provisioning_uri,
    recovery_codes_left,
    remove_second_factor,
    renew_recovery_codes,
)
from yaojian.foundation.accounts.web.access import ActingRequest, requires
from yaojian.foundation.accounts.web.forms import CodeForm
from yaojian.foundation.errors import InvalidInput, NotFound, RuleBroken


class FirstCodeForm(forms.Form):
    """The first code of a new authenticator app."""

    code = forms.CharField(
        label=gettext_lazy("Code of the app"),
        max_length=10,
        help_text=gettext_lazy("The six digits that the app shows now."),
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}
        ),
    )


@requires(Permission.OWN_ACCOUNT, before_entry=True)
@sensitive_variables()
def second_factor(request: ActingRequest) -> HttpResponse:
    """Set up a second factor, or see how it stands."""
    if not is_offered():
        raise NotFound(_("This installation has no second factor."))
    user = own(request)
    if confirmed_factor(user) is not None:
        return _standing(request, user)
    form = FirstCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            codes = confirm_enrolment(by=request.actor, user=user, code=form.cleaned_data["code"])
        except InvalidInput as error:
            form.add_error("code", str(error))
        else:
            return _codes_page(request, codes)
    secret = begin_enrolment(user)
    qr = segno.make(provisioning_uri(user, secret), error="m")
    context = {
        "tabs": tabs_of(request, "second_factor"),
        "form": form,
        "secret": " ".join(secret[i : i + 4] for i in range(0, len(secret), 4)),
        "qr": qr.svg_data_uri(scale=5, border=2, light="#fff"),
        "is_demanded": is_demanded_of(request.postings),
    }
    status = 422 if form.errors else 200
    return render(request, "administration/second_factor_set_up.html", context, status=status)


def _standing(
    request: ActingRequest, user: User, form: CodeForm | None = None, doing: str = ""
) -> HttpResponse:
    context = {
        "tabs": tabs_of(request, "second_factor"),
        "factor": confirmed_factor(user),
        "codes_left": recovery_codes_left(user),
        "is_demanded": is_demanded_of(request.postings),
        "form": form or CodeForm(user=user),
        "doing": doing,
    }
    status = 422 if form and form.errors else 200
    return render(request, "administration/second_factor.html", context, status=status)


def _codes_page(request: ActingRequest, codes: list[str]) -> HttpResponse:
    context = {"tabs": tabs_of(request, "second_factor"), "codes": codes}
    return render(request, "administration/recovery_codes.html", context)


@require_POST
@requires(Permission.OWN_ACCOUNT)
@sensitive_variables()
def renew_codes(request: ActingRequest) -> HttpResponse:
    """New recovery codes, against a present code."""
    user = own(request)
    form = CodeForm(request.POST, user=user)
    if not form.is_valid():
        return _standing(request, user, form, "renew")
    return _codes_page(request, renew_recovery_codes(by=request.actor, user=user))


@require_POST
@requires(Permission.OWN_ACCOUNT)
def remove(request: ActingRequest) -> HttpResponse:
    """Remove the second factor, against a present code, unless the setting demands it."""
    if is_demanded_of(request.postings):
        raise RuleBroken(
            _("Your role must have a second factor."),
            cure=_("To change to another phone, ask the administrator of your organ to reset it."),
        )
    user = own(request)
    form = CodeForm(request.POST, user=user)
    if not form.is_valid():
        return _standing(request, user, form, "remove")
    remove_second_factor(user, by=request.actor, kind="second_factor.off")
    messages.success(request, _("The second factor is removed. Your password alone lets you in again."))
    return redirect("administration:own_account")
