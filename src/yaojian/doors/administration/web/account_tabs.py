"""The tabs of one's own account."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.contracts import Permission
from yaojian.foundation.accounts.second_factor import is_offered
from yaojian.foundation.accounts.web.access import ActingRequest, first_step


def tabs_of(request: ActingRequest, active: str) -> list[dict[str, Any]]:
    """The pages of the own account that are open to the person now."""
    entries = [("own_account", _("Overview")), ("own_password", _("Password"))]
    if is_offered():
        entries.append(("second_factor", _("Second factor")))
    entries.append(("deputy", _("Deputy")))
    if request.actor.may(Permission.TOKEN_MANAGE):
        entries.append(("tokens", _("API tokens")))
    if first_step(request):
        return []
    return [
        {"label": label, "url": reverse(f"administration:{name}"), "active": name == active}
        for name, label in entries
    ]
