"""The control beside a list that offers it as a file."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import RequestContext

from yaojian.foundation.accounts.contracts import Permission
from yaojian.foundation.exports.answers import PARAMETER
from yaojian.foundation.exports.contracts import ExportFormat

register = template.Library()


@register.inclusion_tag("exports/menu.html", takes_context=True)
def export_menu(context: RequestContext, count: int = 0) -> dict[str, Any]:
    """The formats of this page's list, as it is filtered and ordered; nothing without permission."""
    request = context["request"]
    actor = getattr(request, "actor", None)
    choices = []
    if count and actor is not None and actor.may(Permission.REGISTER_EXPORT):
        for wanted in ExportFormat:
            query = request.GET.copy()
            query.pop("page", None)
            query[PARAMETER] = wanted.value
            choices.append((wanted.name, f"?{query.urlencode()}"))
    return {"choices": choices, "count": count}
