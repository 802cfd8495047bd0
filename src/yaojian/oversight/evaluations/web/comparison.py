"""Plans of several levels side by side, and the data that their figures wait for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from yaojian.foundation.accounts.facade import Actor, Organ, Permission, organs_visible_to
from yaojian.foundation.accounts.web.access import ActingRequest, requires
from yaojian.foundation.exports.facade import export_of, exporting
from yaojian.foundation.timekeeping import today
from yaojian.oversight.evaluations.queries import values_of_organs
from yaojian.oversight.evaluations.web.listings import GAPS, LEVELS
from yaojian.oversight.evaluations.web.wording import language, tabs
from yaojian.oversight.plans.facade import (
    Cell,
    Figure,
    Plan,
    formula_of,
    needed,
    organ_of_figures,
    plans,
    values_at,
)
from yaojian.oversight.plans.web.asked import asked_day
from yaojian.oversight.plans.web.presentation import judgement, line_of
from yaojian.oversight.statistics.facade import Gap, catalogue, dims_in_words, gaps

FIRST_YEAR = 2015
MOST_COLUMNS = 14


@requires(Permission.EVALUATION_VIEW)
def levels(request: ActingRequest) -> HttpResponseBase:
    """One figure on each row: of several plans that share it, or of one plan for the organs below its own."""
    known = list(plans())
    organs = {plan.pk: organ_of_figures(request.actor, plan) for plan in known}
    own = [plan for plan in known if organs[plan.pk] is not None]
    chosen = next((plan for plan in own if plan.code == request.GET.get("plan")), None)
    day = asked_day(request)
    shown = _within(chosen, organs[chosen.pk], day) if chosen else _between(own or known, organs, day)
    if exporting(request):
        rows = levels_rows(shown)
        return export_of(request, LEVELS, rows, len(rows))
    context = {**shown, "tabs": tabs("evaluations:levels"), "plans": own, "plan": chosen, "day": day}
    return render(request, "evaluations/levels.html", context)


def levels_rows(shown: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The comparison as a plain table: a row for each figure and plan or organ."""
    return [
        {"title": row["title"], "column": column["title"], **part}
        for row in shown["rows"]
        for column, cell in zip(shown["columns"], row["cells"], strict=True)
        for part in cell or ()
    ]


def _between(shown: Sequence[Plan], organs: Mapping[int, Organ | None], day: date) -> dict[str, Any]:
    """Indicators that several plans share, a column for each plan."""
    figures = (
        Figure.objects.filter(row__plan__in=shown, version__isnull=False, same_as="")
        .select_related("row__plan__organ", "version")
        .order_by("row__plan", "row__position", "position")
    )
    by_indicator: dict[int, list[Figure]] = defaultdict(list)
    for figure in figures:
        if figure.version is not None:
            by_indicator[figure.version.indicator_id].append(figure)
    shared = {pk: own for pk, own in by_indicator.items() if len({figure.row.plan_id for figure in own}) > 1}
    cells = _cells(shared, organs, day)
    return {
        "columns": [
            {"title": _short(plan.organ), "url": reverse("plans:plan", args=[plan.code])} for plan in shown
        ],
        "rows": [
            {"title": own[0].title, "cells": [cells.get((pk, plan.pk)) for plan in shown]}
            for pk, own in shared.items()
        ],
    }


def _within(plan: Plan, organ: Organ | None, day: date) -> dict[str, Any]:
    """The figures of a plan, a column for its organ and each of those directly below."""
    if organ is None:
        return {"columns": [], "rows": []}
    below = Organ.objects.filter(parent=organ, closed_on=None).exclude(territories=[]).order_by("code")
    places = [organ, *below[:MOST_COLUMNS]]
    figures = list(
        Figure.objects.filter(row__plan=plan, version__isnull=False, same_as="")
        .select_related("row__plan__organ", "version")
        .order_by("row__position", "position")
    )
    values = values_at(figures, [(place, day) for place in places])
    return {
        "columns": [{"title": _short(place), "url": ""} for place in places],
        "rows": [
            {
                "title": figure.title,
                "regions": reverse("plans:regions", args=[figure.key]),
                "cells": [[_cell(figure, place, day, values[place.pk, day][figure.key])] for place in places],
            }
            for figure in figures
        ],
    }


def _short(organ: Organ) -> str:
    return organ.short_name or organ.label


def _cell(figure: Figure, organ: Organ, day: date, value: Any) -> dict[str, Any]:
    return {
        "figure": figure,
        "organ": organ,
        "line": line_of(figure, organ, day, value),
        "badge": judgement(figure, value),
    }


def _cells(
    shared: Mapping[int, list[Figure]], organs: Mapping[int, Organ | None], day: date
) -> dict[tuple[int, int], list[dict[str, Any]]]:
    """By indicator and plan, the figures with value and target; values are read together."""
    figures = [figure for own in shared.values() for figure in own]
    seen = {organ.pk: organ for organ in organs.values() if organ is not None}
    values = values_of_organs(figures, seen.values(), day) if figures else {}
    cells: dict[tuple[int, int], list[dict[str, Any]]] = defaultdict(list)
    for pk, own in shared.items():
        for figure in own:
            organ = organs[figure.row.plan_id]
            if organ is None:
                continue
            value = values[organ.pk][figure.key]
            cells[pk, figure.row.plan_id].append(_cell(figure, organ, day, value))
    return cells


@requires(Permission.EVALUATION_VIEW)
def missing(request: ActingRequest) -> HttpResponseBase:
    """The data that figures of a plan wait for in a year: which organs lack them, and where to enter them."""
    actor = request.actor
    own = [plan for plan in plans() if organ_of_figures(actor, plan) is not None]
    plan = next((one for one in own if one.code == request.GET.get("plan")), own[0] if own else None)
    years = list(range(today().year, FIRST_YEAR - 1, -1))
    year = next((one for one in years if str(one) == request.GET.get("year")), today().year - 1)
    organ = _organ(actor, plan, request.GET.get("organ", ""))
    rows = gap_rows(actor, plan, organ, year) if plan and organ else []
    lacking = [row for row in rows if row["gaps"]]
    if exporting(request):
        return export_of(request, GAPS, lacking, len(lacking))
    context = {
        "tabs": tabs("evaluations:gaps"),
        "plans": own,
        "plan": plan,
        "years": years,
        "year": year,
        "organ": organ,
        "day": min(today(), date(year, 12, 31)),
        "organs": organs_visible_to(actor).filter(path__startswith=plan.organ.path or "-").order_by("code")
        if plan
        else [],
        "rows": lacking,
        "complete": len(rows) - len(lacking),
        "may_enter": actor.may(Permission.STATISTIC_ENTER),
    }
    return render(request, "evaluations/gaps.html", context)


def _organ(actor: Actor, plan: Plan | None, code: str) -> Organ | None:
    """The organ asked for, within the plan and the actor's area; else the plan's as far as the actor sees."""
    if plan is None:
        return None
    own = organs_visible_to(actor).filter(path__startswith=plan.organ.path or "-")
    chosen = own.filter(code=code).first() if code and "\0" not in code else None
    return chosen or organ_of_figures(actor, plan)


def gap_rows(actor: Actor, plan: Plan, organ: Organ, year: int) -> list[dict[str, Any]]:
    """Every datum and breakdown that figures of a plan need from people, with the organs that lack it."""
    needs: dict[tuple[str, tuple[tuple[str, str], ...]], list[Figure]] = {}
    figures = Figure.objects.filter(row__plan=plan, formula__isnull=False, same_as="").select_related("row")
    for figure in figures.order_by("row__position", "position"):
        for cell in needed(formula_of(figure)):
            for dims in _stated(cell):
                waiting = needs.setdefault((cell.datum, tuple(sorted(dims.items()))), [])
                if figure not in waiting:
                    waiting.append(figure)
    wanted = [(datum, dict(dims)) for datum, dims in needs]
    found = gaps(wanted, organ, year)
    return [
        _gap_row(actor, datum, dims, waiting, lacking, year)
        for ((datum, dims), waiting), lacking in zip(
            ((one, needs[one[0], tuple(sorted(one[1].items()))]) for one in wanted), found, strict=True
        )
    ]


def _stated(cell: Cell) -> list[dict[str, str]]:
    datum = catalogue().data.get(cell.datum)
    return list(cell.exact()) if datum is not None and datum.is_entered else []


def _gap_row(
    actor: Actor, key: str, dims: Mapping[str, str], waiting: list[Figure], lacking: list[Gap], year: int
) -> dict[str, Any]:
    datum = catalogue().data[key]
    enter = reverse("statistics:enter")
    return {
        "datum": datum.label.text(language()),
        "breakdown": dims_in_words(datum, dims),
        "year": year,
        "figures": waiting,
        "gaps": lacking,
        "shown": [
            {
                "gap": gap,
                "days": " – ".join(day.isoformat() for day in gap.days),
                "url": enter
                + "?"
                + urlencode({"datum": key, "organ": gap.organ_code, "year": year, "span": "year", **dims})
                if gap.organ_path.startswith(actor.organ_path)
                else "",
            }
            for gap in lacking[:8]
        ],
        "more": max(0, len(lacking) - 8),
    }
