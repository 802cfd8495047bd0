"""Pages of mandates: the list with coverage and what is due, one mandate, the calendar."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from yaojian.casework.inspections.facade import user_can_open
from yaojian.foundation.accounts.facade import Organ, Permission, organ_by_code
from yaojian.foundation.accounts.web.access import ActingRequest, requires
from yaojian.foundation.design.charts import Series, chart_option
from yaojian.foundation.design.templatetags.design import date_cn
from yaojian.foundation.exports.facade import export_of, exporting
from yaojian.foundation.timekeeping import today
from yaojian.oversight.mandates import queries
from yaojian.oversight.mandates.contracts import SOURCE_NAMES, Source
from yaojian.oversight.mandates.models import Mandate
from yaojian.oversight.mandates.offering import offers_to
from yaojian.oversight.mandates.reading import rule_of
from yaojian.oversight.mandates.web import listings, presentation
from yaojian.oversight.mandates.wording import acts_in_words, formula_in_words, frequency_in_words
from yaojian.oversight.plans.definitions import Formula
from yaojian.oversight.plans.facade import figure_by_key
from yaojian.oversight.plans.web.asked import asked_day

PAGE_SIZE = 25
MONTHS = 12
WEEKS = 13


@requires(Permission.MANDATE_VIEW)
def mandates(request: ActingRequest) -> HttpResponseBase:
    """The mandates that bind the actor's organ or those below it, with coverage and what is due."""
    day = asked_day(request)
    seen = queries.mandates_visible_to(request.actor, day, with_arrears=True)
    with queries.standings_on(day, [one.mandate for one in seen]) as table:
        tallies = queries.tallies(seen, request.actor.organ_path, day, table)
    rows = [presentation.row_of(one, tallies[one.mandate.pk], day) for one in seen]
    rows = [row for row in rows if not row["ended"] or row["tally"].overdue]
    counts = Counter(row["mandate"].source for row in rows)
    chosen = request.GET.get("source", "")
    if chosen in set(Source):
        rows = [row for row in rows if row["mandate"].source == chosen]
    else:
        chosen = ""
    # Mandates under which nobody stands come last, before them those that are over.
    rows.sort(key=lambda row: (row["tally"].empty, row["ended"]))
    if exporting(request):
        return export_of(request, listings.MANDATES, rows, len(rows))
    choices: list[tuple[str, Any, int]] = [("", pgettext("mandates", "All"), sum(counts.values()))]
    choices += [(source.value, SOURCE_NAMES[source], counts[source]) for source in Source if counts[source]]
    context = {
        "rows": rows,
        "as_of": day,
        "tabs": presentation.tabs("mandates:list"),
        "sources": [
            {
                "url": presentation.keeping(request, source=code),
                "label": label,
                "count": n,
                "active": code == chosen,
            }
            for code, label, n in choices
        ],
    }
    return render(request, "mandates/mandates.html", context)


@requires(Permission.MANDATE_VIEW)
def mandate(request: ActingRequest, key: str) -> HttpResponseBase:
    """One mandate: every subject with when it was last looked at and by when it must be again."""
    day = asked_day(request)
    seen = queries.mandate_visible_to(request.actor, key, day)
    found, path = seen.mandate, request.actor.organ_path
    with queries.standings_on(day, [found]) as table:
        tally = queries.tallies([seen], path, day, table)[found.pk]
        shown = {"not_drawn": found.share is not None, "nobody": tally.nobody > 0}
        ended = rule_of(found).ended_on(day) is not None
        shown |= {"due": not ended, "later": not ended}
        states = [state for state in queries.STATES if shown.get(state, True)]
        chosen = request.GET.get("state", "")
        if chosen not in states:
            chosen = "overdue" if ended or tally.overdue else "due"
        span = _span_asked(request)
        keys = queries.subjects_in_state(seen, path, day, chosen, table, span)
        if exporting(request):
            rows = list(listings.duty_rows(seen, keys, table))
            return export_of(request, listings.DUTIES, rows, len(rows))
        page = Paginator(keys, PAGE_SIZE).get_page(request.GET.get("page"))
        duties = queries.duties_of(seen, list(page), table)
        months = queries.due_by_month(seen, path, day, table)
    rule = rule_of(found)
    row = presentation.row_of(seen, tally, day)
    context = {
        **row,
        "basis": presentation.basis_of(found),
        "acts": acts_in_words(rule),
        "formula": formula_in_words(seen.formula),
        "as_of": day,
        "is_today": day == today(),
        "state_tabs": presentation.state_tabs(request, tally, chosen, states),
        "page": page,
        "items": [{"duty": one, "may_inspect": user_can_open(request.actor, one.subject)} for one in duties],
        "months": _months_chart(months),
        "after_plan": _after_plan(found, day),
        "versions": _versions(found),
        "pressing": chosen in ("overdue", "due", "later"),
        "nobody": chosen == "nobody",
        "recurs": seen.formula.period is not None and seen.formula.period.unit != "window",
        **_offered(request, found, in_force=found.enabled and not ended),
    }
    return render(request, "mandates/mandate.html", context)


def _offered(request: ActingRequest, found: Mandate, *, in_force: bool) -> dict[str, Any]:
    """What the reader can do with a mandate."""
    is_today = asked_day(request) == today()
    manages = in_force and is_today and request.actor.may(Permission.MANDATE_MANAGE)
    is_own = found.source == Source.OWN.value and found.organ_id == request.actor.organ_id
    return {
        **(_draw_offered(request, found) if in_force and found.share is not None else {}),
        "may_draw": manages and found.share is not None,
        "may_end": manages and is_own,
        "may_try": request.actor.may(Permission.MANDATE_VIEW),
    }


def _versions(found: Mandate) -> list[dict[str, Any]]:
    """What the mandate said before, each with the days on which it held."""
    return [
        {
            "version": version,
            "enabled": was.enabled,
            "ends": was.valid_to,
            "frequency": frequency_in_words(Formula.from_dict(was.formula), was.share),
            "formula": formula_in_words(Formula.from_dict(was.formula)),
        }
        for version, was in queries.versions_of(found)
    ]


def _draw_offered(request: ActingRequest, found: Mandate) -> dict[str, Any]:
    offers = offers_to(organ_by_code(request.actor.organ_code), [found], today())
    return presentation.offer_of(offers[found.pk])


def _after_plan(found: Mandate, day: date) -> str:
    """What became of a mandate whose plan's years are over; empty before that."""
    if found.source != Source.PLAN.value or not found.enabled:
        return ""
    end = figure_by_key(found.figure_key).row.plan.end_year
    if day.year <= end:
        return ""
    if found.valid_to is None:
        return _("The plan ended in %(year)s; its mandates bind on until its organ adopts the next plan.") % {
            "year": end
        }
    return _(
        "The next plan of its organ has been adopted: this mandate bound until %(day)s. What was overdue then"
        " stays on the worklist until it is inspected; what was not due yet fell to the new plan."
    ) % {"day": date_cn(found.valid_to)}


def _span_asked(request: HttpRequest) -> tuple[date, date] | None:
    """The days `?from=…&to=…` that the calendar leads to; None where none or nonsense is asked."""
    try:
        return date.fromisoformat(request.GET["from"]), date.fromisoformat(request.GET["to"])
    except (KeyError, ValueError):
        return None


def _months_chart(counts: dict[str, int]) -> dict[str, Any]:
    option = chart_option(
        "bar", list(counts), [Series(_("Subjects falling due"), list(counts.values()))], unit=_("subjects")
    )
    busiest = max(counts, key=lambda month: counts[month])
    if not counts[busiest]:
        return {"option": option, "title": _("Nothing falls due in the next twelve months")}
    words = {"month": busiest, "n": counts[busiest], "all": sum(counts.values())}
    return {"option": option, "title": _("%(n)s of %(all)s subjects fall due in %(month)s") % words}


def _steps(day: date, unit: str) -> list[date]:
    """The first days of the months or weeks that the calendar shows."""
    if unit == "week":
        monday = day - timedelta(days=day.weekday())
        return [monday + timedelta(weeks=n) for n in range(WEEKS)]
    first, steps = day.replace(day=1), []
    for _n in range(MONTHS):
        steps.append(first)
        first = (first + timedelta(days=32)).replace(day=1)
    return steps


@requires(Permission.MANDATE_VIEW)
def calendar(request: ActingRequest) -> HttpResponseBase:
    """What falls due when, by organ and month or week, beside the visits that an adopted schedule plans."""
    unit = "week" if request.GET.get("by") == "week" else "month"
    day = today()
    steps = _steps(day, unit)
    after = steps[-1] + timedelta(days=32)
    last = (steps[-1] + timedelta(days=7) if unit == "week" else after.replace(day=1)) - timedelta(days=1)
    organs = list(Organ.objects.filter(path__startswith=request.actor.organ_path).order_by("path"))
    keys = [organ.pk for organ in organs]
    due = queries.due_by_organ(keys, day, last, unit, day)
    planned = queries.planned_by_organ(keys, steps[0], last, unit)
    rows: list[dict[str, Any]] = []
    for organ in organs:
        cells: list[dict[str, Any]] = [
            {"start": step, "due": due.get((organ.pk, step), 0), "planned": planned.get((organ.pk, step), 0)}
            for step in steps
        ]
        if any(cell["due"] or cell["planned"] for cell in cells):
            rows.append({"organ": organ, "cells": cells, "all": sum(cell["due"] for cell in cells)})
    labels = [step.strftime("%m-%d" if unit == "week" else "%Y-%m") for step in steps]
    if exporting(request):
        flat = [
            {"organ": row["organ"], "period": label, "due": cell["due"], "planned": cell["planned"]}
            for row in rows
            for label, cell in zip(labels, row["cells"], strict=True)
        ]
        return export_of(request, listings.CALENDAR, flat, len(flat))
    totals = [sum(row["cells"][n]["due"] for row in rows) for n in range(len(steps))]
    plans = [sum(row["cells"][n]["planned"] for row in rows) for n in range(len(steps))]
    context = {
        "rows": rows,
        "labels": labels,
        "totals": totals,
        "by_week": unit == "week",
        "tabs": presentation.tabs("mandates:calendar"),
        "chart": _calendar_chart(labels, totals, plans),
        "row_count": len(rows) * len(steps),
    }
    return render(request, "mandates/calendar.html", context)


def _calendar_chart(labels: list[str], due: list[int], planned: list[int]) -> dict[str, Any]:
    series = [Series(_("Subjects falling due"), due), Series(_("Planned visits"), planned)]
    option = chart_option("bar", labels, series, unit=_("subjects"))
    if not any(due):
        return {"option": option, "title": _("Nothing falls due in this time")}
    busiest = max(range(len(due)), key=lambda n: due[n])
    words = {"period": labels[busiest], "n": due[busiest]}
    return {"option": option, "title": _("Most subjects fall due in %(period)s: %(n)s") % words}
