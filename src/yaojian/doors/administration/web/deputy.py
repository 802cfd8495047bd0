"""One's own deputy."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yaojian.doors.administration.web.account_tabs import tabs_of
from yaojian.doors.administration.web.people_changes import refuse
from yaojian.doors.administration.web.people_forms import DeputyForm
from yaojian.foundation.accounts.contracts import Permission
from yaojian.foundation.accounts.facade import Delegation
from yaojian.foundation.accounts.web.access import ActingRequest, requires
from yaojian.foundation.errors import DomainError
from yaojian.foundation.staffing.facade import (
    dismiss_deputy,
    own_delegations,
    possible_deputies,
    set_deputy,
)
from yaojian.foundation.timekeeping import today


def standing_of(delegation: Delegation) -> tuple[str, str]:
    """Meaning and words of how a delegation stands today."""
    if delegation.cancelled_at is not None:
        return "neutral", _("dismissed")
    if delegation.valid_to < today():
        return "neutral", _("over")
    return ("info", _("to come")) if delegation.valid_from > today() else ("done", _("in force"))


@requires(Permission.OWN_ACCOUNT)
def deputy(request: ActingRequest) -> HttpResponse:
    """Who does my work while I am away, and whose work I do."""
    colleagues = list(possible_deputies(request.actor))
    form = DeputyForm(request.POST or None, colleagues=colleagues, initial={"valid_from": today()})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            set_deputy(
                by=request.actor,
                deputy_id=int(data["deputy"]),
                valid_from=data["valid_from"],
                valid_to=data["valid_to"],
                reason=data["reason"],
            )
        except DomainError as error:
            refuse(form, error)
        else:
            messages.success(request, _("Your deputy is named. The delegation ends by itself."))
            return redirect("administration:deputy")
    context = {
        "tabs": tabs_of(request, "deputy"),
        "form": form,
        "has_colleagues": bool(colleagues),
        "rows": [
            {
                "delegation": one,
                "standing": standing_of(one),
                "is_mine": one.principal_id == request.actor.user_id,
            }
            for one in own_delegations(request.actor)[:30]
        ],
    }
    return render(request, "administration/deputy.html", context, status=422 if form.errors else 200)


@require_POST
@requires(Permission.OWN_ACCOUNT)
def dismiss(request: ActingRequest, delegation_id: int) -> HttpResponse:
    """End one's own delegation at once."""
    dismiss_deputy(by=request.actor, delegation_id=delegation_id)
    messages.success(request, _("The delegation is ended."))
    return redirect("administration:deputy")
