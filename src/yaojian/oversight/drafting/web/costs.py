"""What the duties of a draft would come to: asked for, followed while it is counted, shown, exported."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yaojian.foundation.accounts.facade import Organ, Permission
from yaojian.foundation.accounts.web.access import ActingRequest, requires
from yaojian.foundation.errors import RuleBroken
from yaojian.foundation.exports.facade import Column, Listing, export_of, exporting
from yaojian.oversight.drafting import actions
from yaojian.oversight.drafting.checking import problems_in
from yaojian.oversight.drafting.costing import overdue_before
from yaojian.oversight.drafting.models import PlanDraft
from yaojian.oversight.drafting.queries import draft_visible_to
from yaojian.oversight.drafting.web.presentation import badge_of, tabs_of

FULL, NEARLY_FULL = 100, 85
"""Percent of the half days that an organ's teams have in a year."""

COST = Listing(
    "plan-draft-inspections",
    gettext_lazy("Inspections a year under a draft"),
    (
        Column(gettext_lazy("Organ"), lambda entry: entry["name"], 40),
        Column(gettext_lazy("Inspections a year now"), lambda entry: entry["before"], 16),
        Column(gettext_lazy("Inspections a year under the draft"), lambda entry: entry["after"], 16),
        Column(pgettext_lazy("inspections", "More"), lambda entry: entry["more"], 12),
        Column(gettext_lazy("Inspectors"), lambda entry: entry["inspectors"], 12),
        Column(gettext_lazy("Half days needed now"), lambda entry: entry["half_days_before"], 16),
        Column(gettext_lazy("Half days needed under the draft"), lambda entry: entry["half_days_after"], 16),
        Column(gettext_lazy("Half days of its teams"), lambda entry: entry["room"], 16),
        Column(gettext_lazy("Percent used under the draft"), lambda entry: entry["used_after"], 16),
    ),
)


@requires(Permission.PLAN_DRAFT)
def cost(request: ActingRequest, draft_id: int) -> HttpResponseBase:
    """Inspections a year for each organ under the draft, beside those of today and its capacity."""
    found = draft_visible_to(request.actor, draft_id)
    counted = cost_of(found)
    organs = counted["organs"] if counted is not None else []
    if exporting(request):
        return export_of(request, COST, organs, len(organs))
    context = {
        "draft": found,
        "state": badge_of(found),
        "tabs": tabs_of(found, "cost"),
        "cost": counted,
        "arrears": overdue_before(found) if found.plan is None else [],
        "problems": len(problems_in(found.pack)),
    }
    return render(request, "drafting/cost.html", context)


@requires(Permission.PLAN_DRAFT)
@require_POST
def reckon(request: ActingRequest, draft_id: int) -> HttpResponse:
    """Ask for what the duties of a draft would come to."""
    try:
        actions.ask_cost(by=request.actor, pk=draft_id)
        messages.success(request, _("The inspections are being counted; the page shows how far it is."))
    except RuleBroken as error:
        messages.error(request, str(error))
    return redirect("drafting:cost", draft_id)


def cost_of(found: PlanDraft) -> dict[str, Any] | None:
    """The cost as it is shown: whether it is being counted, is of an older version, and by organ."""
    if found.cost_version is None:
        return None
    kept = found.cost
    if kept is None:
        return {"running": True, "done": 0, "of": 0, "organs": []}
    names = {
        organ.code: organ.label
        for organ in Organ.objects.filter(code__in=[entry["code"] for entry in kept["organs"]])
    }
    english = (get_language() or "").startswith("en")
    organs = [_organ(entry, names) for entry in kept["organs"]]
    return {
        "running": kept["done"] < kept["of"],
        "done": kept["done"],
        "of": kept["of"],
        "year": kept["year"],
        "at": kept["at"],
        "stale": found.cost_version != found.version,
        "before": round(sum(entry["before"] for entry in organs), 1),
        "after": round(sum(entry["after"] for entry in organs), 1),
        "organs": organs,
        "full": sum(entry["meaning"] == "overdue" for entry in organs),
        "mandates": [
            {**entry, "name": entry["title_en"] if english else entry["title"]} for entry in kept["mandates"]
        ],
    }


def _organ(entry: dict[str, Any], names: dict[str, Any]) -> dict[str, Any]:
    room, after = entry["room"], entry["half_days_after"]
    used = round(after * 100 / room) if room else None
    if used is None:
        meaning, words = ("overdue", _("no team of two")) if after else ("neutral", _("nothing to do"))
    elif used > FULL:
        meaning, words = "overdue", _("beyond its capacity")
    elif used > NEARLY_FULL:
        meaning, words = "due_soon", _("nearly full")
    else:
        meaning, words = "done", _("has room")
    return {
        **entry,
        "name": names.get(entry["code"], entry["code"]),
        "more": round(entry["after"] - entry["before"], 1),
        "used_before": round(entry["half_days_before"] * 100 / room) if room else None,
        "used_after": used,
        "meaning": meaning,
        "words": words,
    }
