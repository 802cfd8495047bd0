"""What the list of inspections shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from yaojian.casework.inspections.contracts import (
    CONCLUSION_NAMES,
    FILE_KIND,
    KIND_NAMES,
    STATE_NAMES,
    Conclusion,
    InspectionKind,
)
from yaojian.casework.inspections.models import Finding, Inspection
from yaojian.casework.inspections.queries import (
    InspectionFilter,
    counts_by_state,
    inspections_within,
    matching,
    overdue,
)
from yaojian.casework.inspections.states import InspectionState
from yaojian.casework.inspections.web import wording
from yaojian.casework.inspections.web.forms import ListForm
from yaojian.foundation.accounts.facade import Actor, Permission, Width
from yaojian.foundation.accounts.web.widths import chosen_width, why_so_few, width_tabs
from yaojian.foundation.deadlines.facade import Badge, badges_of_files
from yaojian.foundation.design.paging import address, page_of
from yaojian.foundation.exports.facade import Column, Listing
from yaojian.foundation.kept.facade import kept_count
from yaojian.foundation.timekeeping import local_date

LISTING = Listing(
    "inspections",
    gettext_lazy("Inspections"),
    (
        Column(gettext_lazy("Number"), lambda row: row.number, 28),
        Column(gettext_lazy("Subject"), lambda row: row.subject.name, 40),
        Column(gettext_lazy("Code"), lambda row: row.subject.code, 22),
        Column(gettext_lazy("Kind of inspection"), lambda row: KIND_NAMES[InspectionKind(row.kind)], 16),
        Column(gettext_lazy("Inspecting organ"), lambda row: row.organ.label, 30),
        Column(gettext_lazy("Opened"), lambda row: local_date(row.opened_at), 12),
        Column(
            pgettext_lazy("inspection", "Conclusion"),
            lambda row: CONCLUSION_NAMES[Conclusion(row.conclusion)] if row.conclusion else "",
            18,
        ),
        Column(pgettext_lazy("inspection", "Findings"), lambda row: row.finding_count, 10),
        Column(gettext_lazy("State"), lambda row: STATE_NAMES[InspectionState(row.state)], 14),
        Column(gettext_lazy("Rectification deadline"), lambda row: row.rectify_by, 14),
    ),
)
SORTS = {
    "opened": F("opened_at").asc(),
    "-opened": F("opened_at").desc(),
    "due": F("rectify_by").asc(nulls_last=True),
    "-due": F("rectify_by").desc(nulls_last=True),
    "number": F("number").asc(),
    "-number": F("number").desc(),
}


def state_choices(
    counts: Mapping[str, int], late: int, wanted: InspectionFilter, query: QueryDict
) -> list[dict[str, Any]]:
    """A chip for each state and for what is `late`, with how many the other filters leave in it."""
    choices = [
        {
            "label": pgettext("inspections", "All"),
            "count": sum(counts.values()),
            "url": address(query, state="", overdue=""),
            "active": not wanted.state and not wanted.overdue,
        },
        {
            "label": _("Rectification overdue"),
            "count": late,
            "url": address(query, state="", overdue="1"),
            "active": wanted.overdue,
            "meaning": "overdue" if late else "",
        },
    ]
    return choices + [
        {
            "label": STATE_NAMES[state],
            "count": counts.get(state.value, 0),
            "url": address(query, state=state.value, overdue=""),
            "active": wanted.state == state.value and not wanted.overdue,
        }
        for state in InspectionState
    ]


def filters_in_force(wanted: InspectionFilter, query: QueryDict) -> list[dict[str, Any]]:
    """The filters beside the state chips, each with the address that removes it."""
    filters: list[dict[str, Any]] = []
    if wanted.text:
        filters.append(
            {"label": _("Number or subject"), "value": wanted.text, "remove_url": address(query, q="")}
        )
    if wanted.kind:
        name = KIND_NAMES[InspectionKind(wanted.kind)]
        filters.append(
            {"label": _("Kind of inspection"), "value": name, "remove_url": address(query, kind="")}
        )
    if wanted.mine:
        filters.append(
            {
                "label": pgettext("inspection", "Team"),
                "value": _("With me in the team"),
                "remove_url": address(query, mine=""),
            }
        )
    return filters


def rows_in_order(found: QuerySet[Inspection], query: QueryDict) -> QuerySet[Inspection]:
    """Inspections with what a line shows of them, in the order that an address asks for."""
    order = SORTS.get(query.get("sort", ""), SORTS["-opened"])
    # Counted for the rows that are shown, not for all that are put in order.
    findings = Finding.objects.filter(inspection=OuterRef("pk")).order_by().values("inspection")
    finding_count = Coalesce(Subquery(findings.annotate(n=Count("pk")).values("n")), 0)
    return (
        found.select_related("subject", "organ").annotate(finding_count=finding_count).order_by(order, "-pk")
    )


def width_of(actor: Actor, query: QueryDict) -> Width:
    """Whose inspections an address asks for; a search without saying so looks at the whole area."""
    return chosen_width(actor, query.get("whose", ""), searching=bool(query.get("q", "").strip()))


def rows_wanted(actor: Actor, query: QueryDict) -> QuerySet[Inspection]:
    """All inspections that the list of an address has, on whatever page."""
    wanted = ListForm(query, auto_id="filter_%s").wanted()
    return rows_in_order(matching(inspections_within(actor, width_of(actor, query)), wanted, actor), query)


def list_context(actor: Actor, query: QueryDict) -> dict[str, Any]:
    """The context of the list's page."""
    form = ListForm(query, auto_id="filter_%s")
    width = width_of(actor, query)
    wanted = form.wanted()
    of_any_state = matching(inspections_within(actor, width), replace(wanted, state="", overdue=False), actor)
    found = matching(of_any_state, InspectionFilter(state=wanted.state, overdue=wanted.overdue), actor)
    rows = rows_in_order(found, query)
    counts = counts_by_state(of_any_state)
    late = kept_count(overdue(of_any_state))
    total = late if wanted.overdue else counts.get(wanted.state, 0) if wanted.state else sum(counts.values())
    page = page_of(rows, query, total=total, keep=True)
    shown = badges_of_files(FILE_KIND, [inspection.pk for inspection in page])
    return {
        "form": form,
        "wanted": wanted,
        "choices": state_choices(counts, late, wanted, query),
        "width": width.value,
        "widths": width_tabs(actor, width, lambda whose: address(query, whose=whose)),
        "why_so_few": why_so_few(actor, width, lambda whose: address(query, whose=whose)),
        "filters": filters_in_force(wanted, query),
        "clear_url": address(query, q="", kind="", mine=""),
        "page": page,
        "rows": [row_of(inspection, shown.get(inspection.pk)) for inspection in page],
        "may_open": actor.may(Permission.INSPECTION_CONDUCT),
        "is_narrowed": bool(wanted.text or wanted.kind or wanted.mine or wanted.state or wanted.overdue),
    }


def row_of(inspection: Inspection, clocks: list[Badge] | None) -> dict[str, Any]:
    """One line of the list; `clocks` are the badges of its open clocks."""
    return {
        "inspection": inspection,
        "kind": KIND_NAMES[InspectionKind(inspection.kind)],
        "state": wording.state_badge(inspection),
        "conclusion": wording.conclusion_badge(inspection),
        "clock": clocks[0] if clocks else None,
        "css": "is-overdue" if wording.is_overdue(inspection) else "",
    }
