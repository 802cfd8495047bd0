"""The forms of signing in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yaojian.foundation.accounts.models import User
from yaojian.foundation.accounts.second_factor import SecondFactorRefused, check_second_factor
from yaojian.foundation.accounts.sign_in import SignInRefused, authenticate


class SignInForm(forms.Form):
    """User name and password; a refusal never tells which of the two was wrong."""

    username = forms.CharField(
        label=_("User name"),
        max_length=60,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autofocus": True, "autocapitalize": "none"}
        ),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        self.user: User | None = None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("username") and data.get("password"):
            try:
                self.user = authenticate(data["username"], data["password"])
            except SignInRefused as refusal:
                raise forms.ValidationError(str(refusal.detail)) from None
        return data


class CodeForm(forms.Form):
    """The second step: the code of the authenticator app, or a recovery code."""

    code = forms.CharField(
        label=pgettext_lazy("sign-in", "Code"),
        max_length=20,
        help_text=_("Six digits from your authenticator app, or one of your recovery codes."),
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "autofocus": True,
                "autocapitalize": "characters",
                "spellcheck": "false",
            }
        ),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("code"):
            try:
                check_second_factor(self.user, data["code"])
            except SecondFactorRefused as refusal:
                self.add_error("code", str(refusal.detail))
        return data
