"""The list of licences and filings: search, facets, what ends soon, export; as of any day."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db.models import F, QuerySet
from django.http import QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from yaojian.doors.backoffice.web.listings import LICENCE_LISTING, licence_rows
from yaojian.doors.backoffice.web.subjects import LONGEST_SEARCH
from yaojian.foundation.accounts.facade import Actor, Permission, Width
from yaojian.foundation.accounts.web.access import ActingRequest, requires
from yaojian.foundation.accounts.web.widths import chosen_width, why_so_few, width_tabs
from yaojian.foundation.design.as_of import AsOf, as_of
from yaojian.foundation.design.paging import address, page_of
from yaojian.foundation.exports.facade import export_of, exporting
from yaojian.registers.licences.facade import (
    KINDS,
    LAST_DAY,
    STATE_MEANINGS,
    STATE_NAMES,
    FacetCounts,
    Licence,
    LicenceFilter,
    LicenceState,
    Snapshot,
    facet_counts,
    having_text,
    kind_name,
    licences_within,
    matching,
    snapshot,
    states_of,
)

SORTS: dict[str, tuple[Any, ...]] = {
    "ends": (LAST_DAY.asc(), "id"),
    "-ends": (F("valid_to").desc(nulls_last=True), "-id"),
    "number": ("number", "id"),
    "-number": ("-number", "-id"),
    "holder": ("subject__pinyin", "id"),
    "-holder": ("-subject__pinyin", "-id"),
}
ENDS_WITHIN = {
    "30": gettext_lazy("within 30 days"),
    "90": gettext_lazy("within 90 days"),
    "180": gettext_lazy("within half a year"),
}
ALL = "all"
SOON_DAYS = 180


@requires(Permission.LICENCE_VIEW)
def licences(request: ActingRequest) -> HttpResponseBase:
    """The licences and filings of the subjects the actor may see."""
    actor, query, day = request.actor, request.GET, as_of(request)
    named = having_text(asked_for(actor, query, day), wanted_of(query).text)
    if exporting(request):
        rows = ordered(matching(named, facets_of(query)).licences, query)
        return export_of(request, LICENCE_LISTING, licence_rows(rows, day.day), rows.count())
    return render(request, "backoffice/licences.html", list_context(actor, query, day, named))


def width_of(actor: Actor, query: QueryDict) -> Width:
    """Whose licences an address asks for; a search without saying so looks at the whole area."""
    return chosen_width(actor, query.get("whose", ""), searching=bool(query.get("q", "").strip()))


def asked_for(actor: Actor, query: QueryDict, day: AsOf) -> Snapshot:
    """The licences of the day within the width that an address asks for."""
    return snapshot(licences_within(actor, width_of(actor, query)), day.day)


def wanted_of(query: QueryDict) -> LicenceFilter:
    """The filter an address asks for: those in force when it names no state and looks for nothing."""
    text, state = query.get("q", "").strip()[:LONGEST_SEARCH], query.get("state", "")
    if state not in {*LicenceState, ALL}:
        state = ALL if text or query.get("ends") in ENDS_WITHIN else LicenceState.IN_FORCE.value
    kind, ends = query.get("kind", ""), query.get("ends", "")
    return LicenceFilter(
        text=text,
        kind=kind if kind in KINDS else "",
        state="" if state == ALL else state,
        ends_within=int(ends) if ends in ENDS_WITHIN else 0,
    )


def ordered(found: QuerySet[Licence], query: QueryDict) -> QuerySet[Licence]:
    """Licences in the order an address asks for; what ends first comes first when it asks for none."""
    order = SORTS.get(query.get("sort", ""), SORTS["ends"])
    return found.select_related("subject__responsible_organ").order_by(*order)


def facets_of(query: QueryDict) -> LicenceFilter:
    """The filter an address asks for, but for the words."""
    return replace(wanted_of(query), text="")


def list_context(actor: Actor, query: QueryDict, day: AsOf, named: Snapshot) -> dict[str, Any]:
    """The context of the list's page; `named` has been narrowed by the words."""
    wanted, width = wanted_of(query), width_of(actor, query)
    counts = facet_counts(named, facets_of(query))
    found = matching(named, facets_of(query))
    page = page_of(ordered(found.licences, query), query, total=counts.total, keep=True)
    states = states_of(list(page), day.day)
    return {
        "wanted": wanted,
        "as_of": day,
        "facets": facets(counts, wanted),
        "filters": filters_in_force(wanted, query),
        "clear_url": address(QueryDict(day.parameter), whose=width.value, state=ALL),
        "width": width.value,
        "widths": width_tabs(actor, width, lambda whose: address(query, whose=whose)),
        "why_so_few": why_so_few(actor, width, lambda whose: address(query, whose=whose)),
        "ends_choices": ENDS_WITHIN.items(),
        "ends_chosen": str(wanted.ends_within),
        "page": page,
        "rows": [row_of(licence, states[licence.pk], day) for licence in page],
        "is_narrowed": wanted != LicenceFilter(),
        "may_enter": actor.may(Permission.LICENCE_EDIT) and day.is_today,
    }


def facets(counts: FacetCounts, wanted: LicenceFilter) -> list[dict[str, Any]]:
    """The choices beside the search: value, label, count and whether chosen."""
    kinds = [(code, kind_name(code), n) for code, n in counts.kinds.items()]
    if wanted.kind and wanted.kind not in counts.kinds:
        kinds.append((wanted.kind, kind_name(wanted.kind), 0))
    states = [(state.value, STATE_NAMES[state], counts.states.get(state.value, 0)) for state in LicenceState]
    return [
        {"name": "kind", "label": _("Kind of licence"), "choices": kinds, "chosen": wanted.kind, "all": ""},
        {"name": "state", "label": _("State"), "choices": states, "chosen": wanted.state, "all": ALL},
    ]


def filters_in_force(wanted: LicenceFilter, query: QueryDict) -> list[dict[str, Any]]:
    """The filters now in force, each with the address that removes it."""
    shown: list[tuple[str, str, object, str]] = []
    if wanted.text:
        shown.append(("q", _("Search"), wanted.text, ""))
    if wanted.kind:
        shown.append(("kind", _("Kind of licence"), kind_name(wanted.kind), ""))
    if wanted.state:
        shown.append(("state", _("State"), STATE_NAMES[LicenceState(wanted.state)], ALL))
    if wanted.ends_within:
        shown.append(("ends", pgettext("licence", "Ends"), ENDS_WITHIN[str(wanted.ends_within)], ""))
    return [
        {"label": label, "value": value, "remove_url": address(query, **{name: without})}
        for name, label, value, without in shown
    ]


def state_badge(state: LicenceState) -> tuple[str, Any]:
    """A state's meaning and name."""
    return STATE_MEANINGS[state], STATE_NAMES[state]


def row_of(licence: Licence, state: LicenceState, day: AsOf) -> dict[str, Any]:
    """One licence as a row."""
    running = state in (LicenceState.IN_FORCE, LicenceState.SUSPENDED)
    soon = running and licence.valid_to is not None and (licence.valid_to - day.day).days <= SOON_DAYS
    return {
        "licence": licence,
        "kind": kind_name(licence.kind),
        "state": state_badge(state),
        "ends_soon": soon and day.is_today,
        "css": "is-overdue" if state is LicenceState.EXPIRED else "",
    }
