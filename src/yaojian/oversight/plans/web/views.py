"""Pages of plans and figures."""

from __future__ import annotations

from collections import Counter

from django.core.paginator import Paginator
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from yaojian.foundation.accounts.facade import Organ, Permission
from yaojian.foundation.accounts.web.access import ActingRequest, requires
from yaojian.foundation.exports.facade import export_of, exporting
from yaojian.oversight.plans import drilldown
from yaojian.oversight.plans.behind import Side, sides
from yaojian.oversight.plans.beside import panels_of
from yaojian.oversight.plans.contracts import CLASS_NAMES, FigureValue, RowClass
from yaojian.oversight.plans.evaluation import formula_of
from yaojian.oversight.plans.models import Figure
from yaojian.oversight.plans.queries import (
    carrier_of,
    duty_bearing_figures,
    figure_by_key,
    organ_of_figures,
    plan_by_code,
    value_of,
)
from yaojian.oversight.plans.web import figures, listings, presentation
from yaojian.oversight.plans.web.asked import asked_day, asked_organ
from yaojian.oversight.plans.web.entries import all_entries, entries_of, in_order
from yaojian.oversight.statistics.facade import evidence_in_words

PAGE_SIZE = 25


@requires(Permission.PLAN_VIEW)
def plan(request: ActingRequest, code: str) -> HttpResponseBase:
    """One plan: every row with its line, class, target and value or what it waits for."""
    found = plan_by_code(code)
    day = asked_day(request)
    rows = presentation.rows_with_lines(found, request.actor, day)
    classes = Counter(item.row.klass for item in rows)
    chosen = request.GET.get("class", "")
    if chosen in classes:
        rows = [item for item in rows if item.row.klass == chosen]
    elif chosen == "computed":
        rows = [item for item in rows if any(line.figure.computable for line in item.lines)]
    else:
        chosen = ""
    lines = [(item, line) for item in rows for line in item.lines]
    if exporting(request):
        return export_of(request, listings.ROWS, lines, len(lines))
    context = {
        "plan": found,
        "line_count": len(lines),
        "organ": organ_of_figures(request.actor, found),
        "rows": rows,
        "tabs": _class_tabs(classes, chosen),
        "findings": found.findings.all(),
        "as_of": day,
        "may_draft": request.actor.may(Permission.PLAN_DRAFT),
    }
    return render(request, "plans/plan.html", context)


def _class_tabs(classes: Counter[str], chosen: str) -> list[dict[str, object]]:
    entries: list[tuple[str, object, int | None]] = [("", _("All"), sum(classes.values()))]
    entries.append(("computed", _("Computed today"), None))
    entries += [
        (klass.value, CLASS_NAMES[klass], classes[klass.value]) for klass in RowClass if classes[klass.value]
    ]
    return [
        {"url": f"?class={code}" if code else "?", "label": label, "count": count, "active": code == chosen}
        for code, label, count in entries
    ]


@requires(Permission.PLAN_VIEW)
def figure(request: ActingRequest, key: str) -> HttpResponseBase:
    """One figure: value, target, formula in words, trend, parts, and the subjects and acts behind it."""
    found = figure_by_key(key)
    organ = asked_organ(request.actor, found, request.GET.get("organ", ""))
    day = asked_day(request)
    carrier = carrier_of(found)
    value = value_of(found, organ, day) if organ is not None else None
    group = _chosen_group(request, carrier, organ, value)[0] if organ is not None and value else None
    if exporting(request) and organ is not None and value is not None:
        answer = _exported(request, carrier, organ, value, group)
        if answer is not None:
            return answer
    context: dict[str, object] = {
        "figure": found,
        "row": found.row,
        "plan": found.row.plan,
        "organ": organ,
        "as_of": day,
        "line": presentation.line_of(found, organ, day, value),
        "targets": presentation.targets_with_sources(found),
        "panels": panels_of(request.actor, found, day),
        "may_evaluate": organ is not None and request.actor.may(Permission.EVALUATION_VIEW),
        "indicator": presentation.indicator_number(found.row),
        "formula": presentation.formula_in_words(carrier),
        "version": carrier.version,
        "may_enter": request.actor.may(Permission.STATISTIC_ENTER),
        "mandate_page": organ is not None and found.key in {f.key for f in duty_bearing_figures()},
        "flaws": found.row.plan.findings.filter(rows__contains=[found.row.row_id]),
    }
    if value is not None and carrier.formula is None and found.unit == "milestone":
        context["milestone"] = value.outcome
    if organ is not None and value is not None and carrier.formula is not None:
        context |= {"value": value, **figures.around(found, carrier, organ, day)}
        context |= figures.card_of(found, value)
        context |= _behind(request, carrier, organ, value)
    return render(request, "plans/figure.html", context)


def _exported(
    request: ActingRequest, carrier: Figure, organ: Organ, value: FigureValue, group: drilldown.Group | None
) -> HttpResponseBase | None:
    """What is behind a figure as a table: subjects or statements; None for a figure without either."""
    if group is not None:
        rows = listings.rows_behind(carrier, group, value.as_of)
        return export_of(request, listings.BEHIND, rows, group.subjects.count())
    if carrier.formula is None:
        return None
    side, _sides = _chosen_side(request, carrier, organ, value)
    if side is None:
        return None
    if side.rows is not None:
        entries = all_entries(request.actor, side.rows)
        return export_of(request, listings.ENTRIES, entries, side.count)
    return export_of(request, listings.STATED, side.statements, side.count)


def _chosen_group(
    request: ActingRequest, carrier: Figure, organ: Organ, value: FigureValue
) -> tuple[drilldown.Group | None, list[drilldown.Group]]:
    groups = drilldown.groups(carrier, organ, value.as_of, value)
    chosen = request.GET.get("show", "")
    return next((group for group in groups if group.code == chosen), groups[0] if groups else None), groups


def _behind(request: ActingRequest, carrier: Figure, organ: Organ, value: FigureValue) -> dict[str, object]:
    group, groups = _chosen_group(request, carrier, organ, value)
    if group is None:
        return _stated(request, carrier, organ, value)
    page = Paginator(group.subjects, PAGE_SIZE).get_page(request.GET.get("page"))
    return {
        "groups": [
            {"url": _keeping(request, show=g.code), "label": g.label, "count": g.count, "active": g is group}
            for g in groups
        ],
        "numerator_url": _leading_to(request, "reached"),
        "denominator_url": _leading_to(
            request, next((g.code for g in groups if g.code == "members"), groups[0].code)
        ),
        "page": page,
        "behind": drilldown.with_acts(carrier, list(page.object_list), value.as_of),
    }


def _chosen_side(
    request: HttpRequest, carrier: Figure, organ: Organ, value: FigureValue
) -> tuple[Side | None, list[Side]]:
    found = sides(formula_of(carrier), organ, value.as_of)
    chosen = request.GET.get("show", "")
    return next((side for side in found if side.code == chosen), found[0] if found else None), found


def _stated(request: ActingRequest, carrier: Figure, organ: Organ, value: FigureValue) -> dict[str, object]:
    side, found = _chosen_side(request, carrier, organ, value)
    if side is None:
        return {}
    if side.rows is not None:
        page = Paginator(in_order(side.rows), PAGE_SIZE).get_page(request.GET.get("page"))
        shown: dict[str, object] = {"entries": entries_of(request.actor, page)}
    else:
        page = Paginator(side.statements, PAGE_SIZE).get_page(request.GET.get("page"))
        shown = {"stated": [(row, evidence_in_words(row)) for row in page]}
    return {
        **shown,
        "of_register": side.rows is not None,
        "numerator_url": _leading_to(request, found[0].code),
        "denominator_url": _leading_to(request, found[min(1, len(found) - 1)].code),
        "sides": [
            {"url": _keeping(request, show=s.code), "label": s.label, "count": s.count, "active": s is side}
            for s in found
        ],
        "page": page,
    }


def _leading_to(request: HttpRequest, code: str) -> str:
    """The place on the page where a group or side of the figure is listed."""
    return f"{_keeping(request, show=code)}#behind"


def _keeping(request: HttpRequest, **changes: str) -> str:
    query = request.GET.copy()
    query.pop("page", None)
    for name, value in changes.items():
        query[name] = value
    return f"?{query.urlencode()}"
