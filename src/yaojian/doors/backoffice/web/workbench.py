"""The workbench: what is to be done, by when, and the button that does it."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy
from django.views.decorators.http import require_POST

from yaojian import __version__
from yaojian.casework.inspections.facade import InspectionState
from yaojian.doors.backoffice.queries import inspections_under_way, system_status
from yaojian.doors.backoffice.web.lists import address, page_of
from yaojian.foundation.accounts.facade import Actor, Permission, officers_for_inspections
from yaojian.foundation.accounts.web.access import ActingRequest, requires
from yaojian.foundation.accounts.web.addresses import safe_next
from yaojian.foundation.design.templatetags.design import datetime_cn, number
from yaojian.foundation.errors import Conflict, InvalidInput
from yaojian.foundation.timekeeping import today
from yaojian.foundation.worklist.facade import (
    ItemFilter,
    Urgency,
    Whose,
    WorkItem,
    assign_items,
    counts_by_kind,
    counts_by_urgency,
    counts_by_whose,
    item_kind,
    items_visible_to,
    matching_items,
    narrowed_to,
    urgency_of,
)

WHOSE_NAMES: dict[Whose, Promise] = {
    Whose.MINE: gettext_lazy("Mine"),
    Whose.ORGAN: gettext_lazy("My organ"),
    Whose.ALL: gettext_lazy("Including subordinates"),
}
URGENCY_NAMES: dict[Urgency, Promise] = {
    Urgency.OVERDUE: pgettext_lazy("work", "Overdue"),
    Urgency.SOON: gettext_lazy("Due within 14 days"),
    Urgency.LATER: pgettext_lazy("work", "Later"),
    Urgency.UNDATED: gettext_lazy("Without a deadline"),
}
LONGEST_KEY = 18
ROW_MARKS = {Urgency.OVERDUE: "is-overdue", Urgency.SOON: "is-due_soon"}


@requires(Permission.HOME)
def workbench(request: ActingRequest) -> HttpResponse:
    """What the acting person has to do; for the administrator, how the installation is."""
    if not request.actor.may(Permission.WORKLIST_VIEW):
        return render(request, "backoffice/system_status.html", system_context())
    return render(request, "backoffice/workbench.html", worklist_context(request.actor, request.GET))


@require_POST
@requires(Permission.WORKLIST_ASSIGN)
def assign(request: ActingRequest) -> HttpResponse:
    """Give the ticked work items to an officer, then back to the list."""
    officers, items = keys_in(request.POST.getlist("officer")), keys_in(request.POST.getlist("item"))
    try:
        if not officers:
            raise InvalidInput(
                _("No officer was chosen, so nothing was assigned."),
                cure=_("Choose the officer, then assign."),
            )
        done = assign_items(by=request.actor, item_ids=items, user_id=officers[0])
    except (InvalidInput, Conflict) as error:
        messages.error(request, str(error))
    else:
        name = done[0].assignee.display_name if done[0].assignee else ""
        words = ngettext("%(n)s item assigned to %(name)s.", "%(n)s items assigned to %(name)s.", len(done))
        messages.success(request, words % {"n": len(done), "name": name})
    return redirect(safe_next(request, reverse("backoffice:workbench")))


def system_context() -> dict[str, Any]:
    """The context of the administrator's page."""
    system = system_status()
    return {
        "system": system,
        "pending_status": "due_soon" if system.pending_events else "done",
        "installation": [
            {"label": _("Version"), "value": __version__},
            {"label": "PostgreSQL", "value": system.postgres},
            {"label": _("Size of the database"), "value": filesizeformat(system.database_bytes)},
            {
                "label": _("Free space for documents"),
                "value": filesizeformat(system.free_bytes),
                "hint": _("on the disk that holds photos and other evidence"),
            },
            {"label": _("Acts in the journal"), "value": number(system.acts)},
            {
                "label": _("Last act recorded"),
                "value": datetime_cn(system.last_act_at) if system.last_act_at else None,
            },
        ],
    }


def keys_in(values: list[str]) -> list[int]:
    """The row keys among what a form sent; anything else is left out."""
    return [int(value) for value in values if value.isdecimal() and len(value) <= LONGEST_KEY]


def worklist_context(actor: Actor, query: QueryDict) -> dict[str, Any]:
    """The context of the worklist's page."""
    widths = counts_by_whose(actor)
    whose = chosen_width(actor, query.get("whose", ""), widths)
    wanted = ItemFilter(query.get("q", "").strip(), query.get("kind", ""), query.get("due", ""))
    visible = narrowed_to(items_visible_to(actor), actor, whose)
    items = matching_items(visible, ItemFilter())
    urgencies, kinds = counts_by_urgency(items), counts_by_kind(items)
    page = page_of(matching_items(visible, wanted), query)
    may_assign = actor.may(Permission.WORKLIST_ASSIGN) and page.paginator.count > 0
    return {
        "segments": segments(actor, whose, widths, query),
        "numbers": numbers(actor, whose, urgencies) if actor.sees_subordinates else [],
        "kinds": kind_choices(kinds, wanted, query),
        "filters": filters_in_force(wanted, query),
        "clear_url": address(query, q="", kind="", due=""),
        "wanted": wanted,
        "whose": whose.value,
        "page": page,
        "groups": groups(actor, page.object_list),
        "any_work": bool(sum(urgencies.values())),
        "officers": officers_for_inspections(actor) if may_assign else (),
        "subjects_url": reverse("backoffice:subjects"),
    }


def chosen_width(actor: Actor, asked: str, widths: dict[Whose, dict[str, int]]) -> Whose:
    """How wide the inbox looks: as asked, else the narrowest width that holds any work."""
    if not actor.sees_subordinates:
        return Whose.ALL
    if asked in set(Whose):
        return Whose(asked)
    return next((whose for whose in Whose if widths[whose]["open"]), Whose.MINE)


def segments(
    actor: Actor, chosen: Whose, widths: dict[Whose, dict[str, int]], query: QueryDict
) -> list[dict[str, Any]]:
    """The widths of the inbox as tabs; none for those who see only one."""
    if not actor.sees_subordinates:
        return []
    return [
        {
            "label": WHOSE_NAMES[whose],
            "url": address(query, whose=whose.value),
            "active": whose is chosen,
            "count": widths[whose]["open"],
        }
        for whose in Whose
    ]


def numbers(actor: Actor, whose: Whose, urgencies: dict[Urgency, int]) -> list[dict[str, Any]]:
    """The line of numbers on top: each leads to the items it counts."""
    home, inspections = reverse("backoffice:workbench"), reverse("inspections:list")
    mine = whose is Whose.MINE
    under_way = inspections_under_way(actor, mine=mine)
    team = "&mine=on" if mine else ""
    overdue, soon = urgencies[Urgency.OVERDUE], urgencies[Urgency.SOON]
    on_site, submitted = under_way[InspectionState.ON_SITE], under_way[InspectionState.SUBMITTED]
    return [
        {
            "label": _("Overdue items"),
            "value": overdue,
            "status": "overdue" if overdue else "done",
            "status_text": _("Do these first") if overdue else "",
            "unit": pgettext("work", "items"),
            "href": f"{home}?whose={whose.value}&due=overdue",
        },
        {
            "label": URGENCY_NAMES[Urgency.SOON],
            "value": soon,
            "status": "due_soon" if soon else "neutral",
            "unit": pgettext("work", "items"),
            "href": f"{home}?whose={whose.value}&due=soon",
        },
        {
            "label": _("Inspections on site"),
            "value": on_site,
            "status": "info",
            "unit": pgettext("inspections", "files"),
            "href": f"{inspections}?whose=area&state=on_site{team}",
        },
        {
            "label": _("Rectifications to verify"),
            "value": submitted,
            "status": "due_soon" if submitted else "neutral",
            "unit": pgettext("inspections", "files"),
            "href": f"{inspections}?whose=area&state=submitted{team}",
        },
    ]


def kind_choices(counts: dict[str, int], wanted: ItemFilter, query: QueryDict) -> list[dict[str, Any]]:
    """A chip for each kind of work there is; pressing the chosen one again shows all."""
    return [
        {
            "label": item_kind(code).name,
            "count": count,
            "active": code == wanted.kind,
            "url": address(query, kind="" if code == wanted.kind else code),
        }
        for code, count in counts.items()
    ]


def filters_in_force(wanted: ItemFilter, query: QueryDict) -> list[dict[str, Any]]:
    """The filters that no chip shows, each with the address that removes it."""
    filters: list[dict[str, Any]] = []
    if wanted.urgency in set(Urgency):
        name = URGENCY_NAMES[Urgency(wanted.urgency)]
        filters.append({"label": _("Due"), "value": name, "remove_url": address(query, due="")})
    if wanted.text:
        filters.append({"label": _("Search"), "value": wanted.text, "remove_url": address(query, q="")})
    return filters


def groups(actor: Actor, items: Any) -> list[dict[str, Any]]:
    """The page's items under headings by urgency; they come in that order."""
    day = today()
    return [
        {
            "name": URGENCY_NAMES[urgency],
            "code": urgency.value,
            "rows": [row_of(actor, item, urgency) for item in members],
        }
        for urgency, members in groupby(items, key=lambda item: urgency_of(item, day))
    ]


def row_of(actor: Actor, item: WorkItem, urgency: Urgency) -> dict[str, Any]:
    """One work item as a row; `action_url` is empty for those who cannot do it."""
    kind = item_kind(item.kind)
    return {
        "item": item,
        "kind": kind.name,
        "verb": kind.verb,
        "css": ROW_MARKS.get(urgency, ""),
        "action_url": kind.url(item) if actor.may(kind.permission) else "",
        "subject_url": reverse("backoffice:subject", args=[item.subject_id]) if item.subject_id else "",
    }
