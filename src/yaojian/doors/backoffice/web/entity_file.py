"""A legal entity: who it is, its facilities with what they are licensed for, and how it came about."""

from __future__ import annotations

from typing import Any

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from yaojian.doors.backoffice.web.listings import SUBJECT_LISTING, subject_rows
from yaojian.foundation.accounts.facade import Actor, Permission
from yaojian.foundation.accounts.web.access import ActingRequest, requires
from yaojian.foundation.design.as_of import AsOf, as_of
from yaojian.foundation.design.paging import page_of
from yaojian.foundation.errors import NotFound
from yaojian.foundation.exports.facade import export_of, exporting
from yaojian.foundation.reference.facade import division_names, place_of
from yaojian.registers.enterprises.facade import (
    Enterprise,
    EnterpriseStatus,
    EnterpriseVersion,
    Subject,
    enterprise_as_it_was,
    enterprise_visible_to,
    facilities_of,
    type_name,
    user_can_edit_enterprise,
)
from yaojian.registers.enterprises.web.history import entity_history_context
from yaojian.registers.licences.facade import counts_by_subject

STATUS_MEANINGS = {
    EnterpriseStatus.ACTIVE: "done",
    EnterpriseStatus.REVOKED: "overdue",
    EnterpriseStatus.DISSOLVED: "neutral",
}


@requires(Permission.SUBJECT_VIEW)
def entity(request: ActingRequest, enterprise_id: int) -> HttpResponseBase:
    """The file of one legal entity."""
    present, shown = enterprise_visible_to(request.actor, enterprise_id), as_of(request)
    found = enterprise_as_it_was(present, shown.day)
    if found is None:
        raise NotFound(
            _("The register did not know this legal entity on %(day)s.") % {"day": shown.day.isoformat()},
            cure=_("Choose a later day."),
        )
    facilities = facilities_of(request.actor, present, shown.day)
    if exporting(request):
        return export_of(request, SUBJECT_LISTING, subject_rows(facilities), facilities.count())
    page = page_of(facilities, request.GET)
    view = "history" if request.GET.get("view") == "history" else "facilities"
    context = {
        "entity": found,
        "shown": shown,
        "status": (STATUS_MEANINGS[EnterpriseStatus(found.status)], found.get_status_display()),
        "key_facts": key_facts(found),
        "tabs": tabs(view, shown, page.paginator.count),
        "view": view,
        "list_count": page.paginator.count,
        "may_edit": shown.is_today and user_can_edit_enterprise(request.actor, present),
        **opened(request.actor, present, view, page, shown),
    }
    return render(request, "backoffice/entity.html", context)


def opened(actor: Actor, present: Enterprise, view: str, page: Any, shown: AsOf) -> dict[str, Any]:
    """What the tab that is open shows."""
    if view == "history":
        return entity_history_context(present)
    return {"page": page, "rows": rows_of(list(page), shown)}


def tabs(view: str, shown: AsOf, facilities: int) -> list[dict[str, Any]]:
    """The two views of a legal entity."""
    day = f"&{shown.parameter}" if shown.parameter else ""
    return [
        {
            "label": _("Facilities"),
            "url": f"?view=facilities{day}",
            "active": view == "facilities",
            "count": facilities,
        },
        {"label": pgettext("register", "History"), "url": f"?view=history{day}", "active": view == "history"},
    ]


def key_facts(found: EnterpriseVersion) -> list[dict[str, Any]]:
    """Who it is."""
    facts: list[dict[str, Any]] = [
        {"label": _("Kind of legal entity"), "value": found.get_kind_display()},
        {"label": _("Established on"), "value": found.established_on and found.established_on.isoformat()},
        {"label": _("Registered address"), "value": found.registered_address, "wide": True},
    ]
    if found.dissolved_on:
        facts.insert(2, {"label": _("Deregistered on"), "value": found.dissolved_on.isoformat()})
    return facts


def rows_of(facilities: list[Subject], shown: AsOf) -> list[dict[str, Any]]:
    """Facilities as rows, with how many licences and filings each has and how many of them hold."""
    names = division_names([s.division_code[:n] for s in facilities for n in (6, 9)])
    counts = counts_by_subject([s.pk for s in facilities], shown.day)
    return [
        {
            "subject": s,
            "type": type_name(s.subject_type),
            "place": place_of(s.division_code, names),
            "status": s.status,
            "licences": counts[s.pk],
        }
        for s in facilities
    ]
