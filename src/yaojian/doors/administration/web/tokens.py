"""One's own API tokens: made, shown once, revoked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

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
from yaojian.doors.administration.web.rights_in_words import PERMISSION_NAMES, permission_name
from yaojian.foundation.accounts.contracts import Actor, Permission
from yaojian.foundation.accounts.facade import (
    ApiToken,
    make_token,
    own_tokens,
    permissions_for_tokens,
    revoke_token,
)
from yaojian.foundation.accounts.web.access import ActingRequest, requires
from yaojian.foundation.errors import InvalidInput
from yaojian.foundation.periods import in_force_q
from yaojian.foundation.timekeeping import local_date, now, today

USUAL_LIFE = timedelta(days=90)


class TokenForm(forms.Form):
    """What a token is for, what it may, and until when."""

    name = forms.CharField(
        label=gettext_lazy("What the token is for"),
        max_length=60,
        help_text=gettext_lazy("For instance the name of the system that will use it."),
    )
    expires_on = forms.DateField(
        label=gettext_lazy("Last day"),
        help_text=gettext_lazy("A year from today at most. The token also ends with your posting."),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    permissions = forms.MultipleChoiceField(
        label=gettext_lazy("What it may do"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(p.value, PERMISSION_NAMES[p]) for p in permissions_for_tokens(actor.role)]
        self.fields["permissions"].choices = choices  # type: ignore[attr-defined]


@requires(Permission.TOKEN_MANAGE)
@sensitive_variables()
def tokens(request: ActingRequest) -> HttpResponse:
    """One's tokens, and a new one, whose text is shown this once."""
    form = TokenForm(request.POST or None, actor=request.actor, initial={"expires_on": today() + USUAL_LIFE})
    text, made = "", None
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made, text = make_token(
                by=request.actor,
                name=data["name"],
                permissions=[Permission(value) for value in data["permissions"]],
                expires_on=data["expires_on"],
            )
        except InvalidInput as error:
            form.add_error(error.field, str(error))
        else:
            form = TokenForm(actor=request.actor, initial={"expires_on": today() + USUAL_LIFE})
    context = {
        "tabs": tabs_of(request, "tokens"),
        "form": form,
        "rows": rows_of(own_tokens(request.actor)),
        "text": text,
        "made": made,
        "posting": f"{request.actor.organ_name} · {request.actor.role_name}",
    }
    return render(request, "administration/tokens.html", context, status=422 if form.errors else 200)


def rows_of(tokens: Any) -> list[dict[str, Any]]:
    """Tokens as rows: whether each is in force, or why not."""
    holding = set(tokens.filter(in_force_q(today(), "posting__")).values_list("pk", flat=True))
    return [
        {
            "token": token,
            "standing": _standing(token, token.pk in holding),
            "last_day": local_date(token.expires_at - timedelta(microseconds=1)),
            "rights": [permission_name(value) for value in token.permissions],
        }
        for token in tokens
    ]


def _standing(token: ApiToken, posting_holds: bool) -> tuple[str, str]:
    if token.revoked_at is not None:
        return "neutral", _("revoked")
    if token.expires_at <= now():
        return "neutral", _("expired")
    return ("done", _("in force")) if posting_holds else ("neutral", _("posting ended"))


@require_POST
@requires(Permission.TOKEN_MANAGE)
def revoke(request: ActingRequest, token_id: int) -> HttpResponse:
    """End one of one's own tokens."""
    token = revoke_token(by=request.actor, user=own(request), token_id=token_id)
    messages.success(request, _("The token “%(name)s” is revoked.") % {"name": token.name})
    return redirect("administration:tokens")
