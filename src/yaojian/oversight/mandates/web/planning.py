"""Pages of schedules: load against capacity, what other numbers of inspectors would change, the visits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from yaojian.foundation.accounts.facade import Permission
from yaojian.foundation.accounts.web.access import ActingRequest, requires
from yaojian.foundation.design.charts import Series, chart_option
from yaojian.foundation.errors import DomainError, InvalidInput
from yaojian.foundation.exports.facade import export_of, exporting
from yaojian.oversight.mandates.models import Mandate, OrganLoad, Schedule, Visit
from yaojian.oversight.mandates.scheduling import asking
from yaojian.oversight.mandates.scheduling.effort import FILE, effort
from yaojian.oversight.mandates.scheduling.supposing import Supposed, suppose
from yaojian.oversight.mandates.states import AT_WORK, ScheduleState
from yaojian.oversight.mandates.web import listings, presentation
from yaojian.registers.enterprises.facade import type_name

PAGE_SIZE = 25
MONTH_NAMES = [f"{month:02}" for month in range(1, 13)]
REFRESH_SECONDS = 3
AT_ONCE = 2_000
"""With up to so many visits all organs are placed anew at once; with more the one chosen."""
MOST_SHOWN = 25


def _number(request: HttpRequest, name: str, default: int, low: int, high: int) -> int:
    """A whole number from the address; the default for none or nonsense."""
    try:
        return min(max(int(request.GET.get(name, "")), low), high)
    except ValueError:
        return default


@requires(Permission.MANDATE_VIEW)
def planner(request: ActingRequest) -> HttpResponseBase:
    """Load against capacity by organ and month, of the schedule in force or the latest one."""
    schedules = list(asking.schedules_of(request.actor)[:20])
    shown = next((s for s in schedules if s.state == ScheduleState.ADOPTED.value), None) or next(
        (s for s in schedules if s.state == ScheduleState.DONE.value), None
    )
    extra = _number(request, "extra", 0, -50, 50)
    loads = _loads(request, shown) if shown is not None else []
    chosen_load = _chosen_load(request, loads)
    rows = _supposed_rows(loads, chosen_load, extra) if extra else [_load_row(load) for load in loads]
    if exporting(request):
        return export_of(request, listings.LOADS, rows, len(rows))
    chosen = next((row for row in rows if row["load"] is chosen_load), None)
    years, unknown = asking.years_to_ask()
    context: dict[str, Any] = {
        "tabs": presentation.tabs("mandates:planner"),
        "schedules": [(one, presentation.SCHEDULE_STATES[one.state]) for one in schedules],
        "shown": shown,
        "rows": rows,
        "extra": extra,
        "chosen": chosen,
        "months": MONTH_NAMES,
        "may_ask": request.actor.may(Permission.MANDATE_MANAGE),
        "years": years,
        "unknown_year": unknown,
        "may_enter_year": request.actor.may(Permission.RULES_MANAGE),
        "percent": effort().percent,
        "effort": [(type_name(code), number) for code, number in effort().half_days.items()],
        "effort_file": f"packs/schedule/{FILE.name}",
        "may_see_people": request.actor.may(Permission.PERSON_VIEW),
    }
    if chosen is not None:
        context["chart"] = _load_chart(chosen)
        if extra:
            context |= {"supposed": chosen["supposed"], **_without_a_week(chosen["supposed"])}
            context["left_elsewhere"] = sum(row["unplaced"] or 0 for row in rows if row is not chosen)
    return render(request, "mandates/planner.html", context)


def _loads(request: ActingRequest, schedule: Schedule) -> list[OrganLoad]:
    loads = schedule.loads.filter(organ__path__startswith=request.actor.organ_path)
    return list(loads.select_related("organ", "schedule").order_by("organ__path"))


def _supposed_rows(loads: list[OrganLoad], chosen: OrganLoad | None, extra: int) -> list[dict[str, Any]]:
    """The organs with more or fewer inspectors; of very many visits those of the chosen organ alone."""
    all_of_them = sum(load.asked for load in loads) <= AT_ONCE
    return [
        _load_row(load, suppose(load, extra)) if all_of_them or load is chosen else _not_placed(load, extra)
        for load in loads
    ]


def _not_placed(load: OrganLoad, extra: int) -> dict[str, Any]:
    """An organ whose visits have not been placed anew: how many have no week is not known."""
    people = max(load.inspectors + extra, 0)
    return _row(load, people, [0] * 12, [0] * 12) | {"unplaced": None}


def _load_row(load: OrganLoad, supposed: Supposed | None = None) -> dict[str, Any]:
    if supposed is not None:
        row = _row(load, supposed.inspectors, supposed.load, supposed.capacity)
        return row | {"unplaced": len(supposed.unplaced), "supposed": supposed}
    advice = ngettext(
        "%(n)s inspector more would place everything",
        "%(n)s inspectors more would place everything",
        load.more_inspectors,
    ) % {"n": load.more_inspectors}
    row = _row(load, load.inspectors, load.load, load.capacity)
    return row | {"unplaced": load.asked - load.placed, "advice": advice if load.more_inspectors else ""}


def _row(load: OrganLoad, people: int, work: Sequence[int], room: Sequence[int]) -> dict[str, Any]:
    cells = [
        {"load": asked, "room": half_days, "over": asked > half_days}
        for asked, half_days in zip(work, room, strict=True)
    ]
    return {"load": load, "cells": cells, "inspectors": people, "work": sum(work), "room": sum(room)}


def _without_a_week(supposed: Supposed) -> dict[str, Any]:
    """What could not be placed, the most urgent first, and how many there are by reason."""
    found = sorted(supposed.unplaced, key=lambda one: (one.visit.due_on, one.visit.pk))
    reasons = Counter(one.reason for one in found)
    return {
        "left": [
            {"visit": one.visit, "why": presentation.REASON_NAMES[one.reason], "would_fit": one.would_fit}
            for one in found[:MOST_SHOWN]
        ],
        "left_more": max(0, len(found) - MOST_SHOWN),
        "left_by_reason": [(presentation.REASON_NAMES[name], n) for name, n in sorted(reasons.items())],
    }


def _chosen_load(request: HttpRequest, loads: list[OrganLoad]) -> OrganLoad | None:
    wanted = request.GET.get("organ", "")
    found = next((load for load in loads if str(load.organ_id) == wanted), None)
    return found or max(loads, key=lambda load: load.asked, default=None)


def _load_chart(row: dict[str, Any]) -> dict[str, Any]:
    cells = row["cells"]
    months = [
        (cell, name) for cell, name in zip(cells, MONTH_NAMES, strict=True) if cell["room"] or cell["load"]
    ]
    option = chart_option(
        "bar",
        [name for _cell, name in months],
        [
            Series(_("Load"), [cell["load"] for cell, _name in months]),
            Series(_("Capacity"), [cell["room"] for cell, _name in months]),
        ],
        unit=_("half days"),
    )
    words = {"organ": row["load"].organ.label, "load": row["work"], "room": row["room"]}
    title = _("%(organ)s: %(load)s of %(room)s half days are planned") % words
    if row["unplaced"]:
        left = ngettext("%(n)s visit has no week", "%(n)s visits have no week", row["unplaced"]) % {
            "n": row["unplaced"]
        }
        title = _("%(title)s; %(left)s") % {"title": title, "left": left}
    return {"option": option, "title": title}


@require_POST
@requires(Permission.MANDATE_MANAGE)
def ask(request: ActingRequest) -> HttpResponse:
    """Ask for a schedule of the actor's organ and those below."""
    try:
        schedule = asking.ask_schedule(
            by=request.actor,
            year=_posted(request, "year"),
            percent=_posted(request, "percent"),
            extra=_posted(request, "extra", 0),
        )
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("mandates:planner")
    return redirect("mandates:schedule", schedule.pk)


def _posted(request: HttpRequest, name: str, default: int | None = None) -> int:
    text = request.POST.get(name, "").strip()
    if not text and default is not None:
        return default
    try:
        return int(text)
    except ValueError:
        raise InvalidInput(
            _("%(text)s is not a whole number.") % {"text": text[:20]},
            field=name,
            cure=_("Write digits only."),
        ) from None


@requires(Permission.MANDATE_VIEW)
def schedule(request: ActingRequest, schedule_id: int) -> HttpResponseBase:
    """One schedule: how far it is, what it came to by organ, its visits, and what has no week and why."""
    found = asking.schedule_visible_to(request.actor, schedule_id)
    visits = (
        Visit.objects.filter(schedule=found, organ__path__startswith=request.actor.organ_path)
        .select_related("organ", "subject")
        .order_by("week", "organ_id", "team", "id")
    )
    only = request.GET.get("show", "")
    organ = request.GET.get("organ", "")
    if only == "unplaced":
        visits = visits.filter(week=None)
    if organ.isdecimal():
        visits = visits.filter(organ_id=int(organ[:18]))
    if exporting(request):
        return export_of(request, listings.VISITS, visits.iterator(chunk_size=500), visits.count())
    page = Paginator(visits, PAGE_SIZE).get_page(request.GET.get("page"))
    titles = {m.code: m for m in Mandate.objects.filter(code__in={c for v in page for c in v.mandates})}
    rows = [_load_row(load) for load in _loads(request, found)]
    context = {
        "schedule": found,
        "state": presentation.SCHEDULE_STATES[found.state],
        "at_work": ScheduleState(found.state) in AT_WORK,
        "refresh": REFRESH_SECONDS,
        "rows": rows,
        "months": MONTH_NAMES,
        "asked": sum(row["load"].asked for row in rows),
        "placed": sum(row["load"].placed for row in rows),
        "late": sum(row["load"].late for row in rows),
        "unplaced": sum(row["unplaced"] for row in rows),
        "to_draw": sum(row["load"].to_draw for row in rows),
        "to_draw_half_days": sum(row["load"].to_draw_half_days for row in rows),
        "page": page,
        "only_unplaced": only == "unplaced",
        "visits": [
            {
                "visit": visit,
                "mandates": [titles[code] for code in visit.mandates if code in titles],
                "why": presentation.REASON_NAMES[visit.reason] if visit.reason else "",
            }
            for visit in page
        ],
        "mine": found.organ_id == request.actor.organ_id and request.actor.may(Permission.MANDATE_MANAGE),
        "may_adopt": found.state == ScheduleState.DONE.value and not found.extra,
    }
    return render(request, "mandates/schedule.html", context)


@require_POST
@requires(Permission.MANDATE_MANAGE)
def cancel(request: ActingRequest, schedule_id: int) -> HttpResponse:
    """Stop a schedule that is being drawn up."""
    asking.cancel_schedule(by=request.actor, schedule_id=schedule_id)
    return redirect("mandates:schedule", schedule_id)


@require_POST
@requires(Permission.MANDATE_MANAGE)
def adopt(request: ActingRequest, schedule_id: int) -> HttpResponse:
    """Adopt a schedule."""
    asking.adopt_schedule(by=request.actor, schedule_id=schedule_id)
    messages.success(request, _("The schedule is adopted: its visits appear on the worklist in time."))
    return redirect("mandates:schedule", schedule_id)
