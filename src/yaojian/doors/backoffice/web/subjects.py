"""The list of subjects: one search box, facets with counts, sorting, export."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django_htmx.http import HttpResponseClientRedirect

from yaojian.casework.inspections.facade import inspection_with_number
from yaojian.doors.backoffice.web.listings import SUBJECT_LISTING, subject_rows
from yaojian.foundation.accounts.facade import Actor, Level, Organ, Permission, Width
from yaojian.foundation.accounts.web.access import ActingRequest, requires
from yaojian.foundation.accounts.web.widths import chosen_width, why_so_few, width_tabs
from yaojian.foundation.design.as_of import day_shown
from yaojian.foundation.design.paging import address, page_of
from yaojian.foundation.exports.facade import export_of, exporting
from yaojian.foundation.reference.facade import division_names, place_of
from yaojian.foundation.timekeeping import today
from yaojian.foundation.worklist.facade import next_due_days
from yaojian.registers.enterprises.facade import (
    GAP_NAMES,
    RISK_NAMES,
    TYPE_NAMES,
    FacetCounts,
    RiskGrade,
    Subject,
    SubjectFilter,
    SubjectType,
    as_they_were,
    enterprise_with_code,
    facet_counts,
    matching,
    subjects_within,
    type_name,
)
from yaojian.registers.enterprises.web.tabs import register_pages

SORTS = {
    "name": ("pinyin", "name", "id"),
    "-name": ("-pinyin", "-name", "-id"),
    "type": ("subject_type", "pinyin", "id"),
    "-type": ("-subject_type", "pinyin", "id"),
    "place": ("division_code", "pinyin", "id"),
    "-place": ("-division_code", "pinyin", "id"),
    "risk": ("risk_grade", "pinyin", "id"),
    "-risk": ("-risk_grade", "pinyin", "id"),
}
STATUS_NAMES = {
    "open": gettext_lazy("In operation"),
    "closed": gettext_lazy("Closed down"),
    "all": gettext_lazy("All, closed ones too"),
}
RISK_MEANINGS = {"IV": "overdue", "III": "due_soon", "II": "info", "I": "neutral"}
COUNTY_DIGITS, TOWNSHIP_DIGITS = 6, 9
LONGEST_SEARCH = 100


@requires(Permission.SUBJECT_VIEW)
def subjects(request: ActingRequest) -> HttpResponseBase:
    """The subjects the actor may see; a file number typed into the search goes to that inspection."""
    if exporting(request):
        within = subjects_asked_for(request.actor, request.GET)
        found = ordered(matching(within, wanted_of(request.GET)), request.GET)
        return export_of(request, SUBJECT_LISTING, subject_rows(found), found.count())
    if inspection := inspection_typed(request.actor, request.GET):
        address_of_file = reverse("inspections:file", args=[inspection])
        by_script = request.headers.get("HX-Request") == "true"
        return HttpResponseClientRedirect(address_of_file) if by_script else redirect(address_of_file)
    return render(request, "backoffice/subjects.html", list_context(request.actor, request.GET))


def width_of(actor: Actor, query: QueryDict) -> Width:
    """Whose subjects an address asks for; a search without saying so looks at the whole area."""
    return chosen_width(actor, query.get("whose", ""), searching=bool(query.get("q", "").strip()))


def subjects_asked_for(actor: Actor, query: QueryDict) -> QuerySet[Subject]:
    """The visible subjects within the width that an address asks for, as they are on its day."""
    subjects, shown = subjects_within(actor, width_of(actor, query)), day_shown(query)
    return subjects if shown.is_today else as_they_were(subjects, shown.day)


def wanted_of(query: QueryDict) -> SubjectFilter:
    """The filter that an address asks for; a value that is none of the choices does not narrow."""
    division = query.get("place", "")
    kind, risk, status = query.get("type", ""), query.get("risk", ""), query.get("status", "")
    return SubjectFilter(
        text=query.get("q", "").strip()[:LONGEST_SEARCH],
        subject_type=kind if kind in set(SubjectType) else "",
        division=division if division.isdecimal() else "",
        risk_grade=risk if risk in {"none", *filter(None, RiskGrade)} else "",
        status=status if status in STATUS_NAMES else "open",
        missing=query.get("missing", "") if query.get("missing", "") in GAP_NAMES else "",
        organ=query.get("organ", "").replace("\x00", "")[:60],
    )


def ordered(found: QuerySet[Subject], query: QueryDict) -> QuerySet[Subject]:
    """Subjects in the order that an address asks for; by pinyin of the name when it asks for none."""
    order = SORTS.get(query.get("sort", ""), SORTS["name"])
    return found.select_related("responsible_organ").order_by(*order)


def division_digits(actor: Actor) -> int:
    """How fine the facet of places is: counties, or townships for those who have one county only."""
    return TOWNSHIP_DIGITS if actor.organ_level in (Level.COUNTY, Level.TOWNSHIP) else COUNTY_DIGITS


def list_context(actor: Actor, query: QueryDict) -> dict[str, Any]:
    """The context of the list's page."""
    visible, wanted = subjects_asked_for(actor, query), wanted_of(query)
    width = width_of(actor, query)
    counts = facet_counts(visible, wanted, division_digits(actor))
    page = page_of(ordered(matching(visible, wanted), query), query, total=counts.total, keep=True)
    codes = [subject.division_code for subject in page]
    names = division_names([*counts.divisions, *(code[:6] for code in codes), *codes, wanted.division])
    due = next_due_days([subject.pk for subject in page])
    return {
        "wanted": wanted,
        "facets": facets(counts, wanted, names),
        "filters": filters_in_force(wanted, query, names),
        "here": address(query, whose=width.value),
        "clear_url": address(QueryDict(day_shown(query).parameter), whose=width.value),
        "width": width.value,
        "widths": width_tabs(actor, width, lambda whose: address(query, whose=whose)),
        "why_so_few": why_so_few(actor, width, lambda whose: address(query, whose=whose)),
        "statuses": STATUS_NAMES.items(),
        "page": page,
        "entity": enterprise_with_code(actor, wanted.text),
        "care": register_pages(actor),
        "rows": [row_of(subject, names, due.get(subject.pk)) for subject in page],
        "may_enter": actor.may(Permission.SUBJECT_EDIT) and day_shown(query).is_today,
        "day": day_shown(query).parameter,
        "is_narrowed": wanted != SubjectFilter(),
    }


def facets(counts: FacetCounts, wanted: SubjectFilter, names: dict[str, str]) -> list[dict[str, Any]]:
    """The choices beside the search: value, label, count and whether chosen."""
    risk_order = [(grade or "none", n) for grade, n in counts.risks.items()]
    return [
        _facet(
            "type",
            pgettext("subject", "Type"),
            [(code, type_name(code), n) for code, n in counts.types.items()],
            wanted.subject_type,
            TYPE_NAMES[SubjectType(wanted.subject_type)] if wanted.subject_type else "",
        ),
        _facet(
            "place",
            pgettext("subject", "Place"),
            [(code, names.get(code, code), n) for code, n in counts.divisions.items()],
            wanted.division,
            names.get(wanted.division, wanted.division),
        ),
        _facet(
            "risk",
            _("Risk grade"),
            [(code, risk_name(code), n) for code, n in risk_order],
            wanted.risk_grade,
            risk_name(wanted.risk_grade) if wanted.risk_grade else "",
        ),
    ]


def _facet(
    name: str, label: str, choices: list[tuple[str, object, int]], chosen: str, chosen_label: object
) -> dict[str, Any]:
    if chosen and chosen not in {value for value, _label, _n in choices}:
        choices = [*choices, (chosen, chosen_label, 0)]
    return {"name": name, "label": label, "choices": choices, "chosen": chosen}


def risk_name(code: str) -> str:
    """The name of a risk grade as the list's address writes it ("none" is not graded)."""
    return str(RISK_NAMES[RiskGrade("" if code == "none" else code)])


def filters_in_force(wanted: SubjectFilter, query: QueryDict, names: dict[str, str]) -> list[dict[str, Any]]:
    """The filters now in force, each with the address that removes it."""
    shown: list[tuple[str, str, object]] = []
    if wanted.text:
        shown.append(("q", _("Search"), wanted.text))
    if wanted.subject_type:
        shown.append(("type", pgettext("subject", "Type"), type_name(wanted.subject_type)))
    if wanted.division:
        shown.append(("place", pgettext("subject", "Place"), names.get(wanted.division, wanted.division)))
    if wanted.risk_grade:
        shown.append(("risk", _("Risk grade"), risk_name(wanted.risk_grade)))
    if wanted.missing:
        shown.append(("missing", _("Missing"), GAP_NAMES[wanted.missing]))
    if wanted.organ:
        shown.append(("organ", _("Responsible organ"), organ_name(wanted.organ)))
    if wanted.status != "open":
        shown.append(("status", _("State"), STATUS_NAMES[wanted.status]))
    return [
        {"label": label, "value": value, "remove_url": address(query, **{name: ""})}
        for name, label, value in shown
    ]


def organ_name(code: str) -> str:
    """The name of an organ as a filter shows it; the code where there is none."""
    organ = Organ.objects.filter(code=code).first()
    return organ.label if organ else code


def row_of(subject: Subject, names: dict[str, str], due: Any) -> dict[str, Any]:
    """One subject as a row."""
    return {
        "subject": subject,
        "type": type_name(subject.subject_type),
        "place": place_of(subject.division_code, names),
        "risk": RISK_NAMES[RiskGrade(subject.risk_grade)] if subject.risk_grade else "",
        "risk_kind": RISK_MEANINGS.get(subject.risk_grade, "neutral"),
        "status": subject.status,
        "due": due,
        "css": "is-overdue" if due and due < today() else "",
    }


def inspection_typed(actor: Actor, query: QueryDict) -> int | None:
    """The key of the inspection whose number was typed into the search, if the actor may see it."""
    if not actor.may(Permission.INSPECTION_VIEW):
        return None
    found = inspection_with_number(actor, query.get("q", "")[:LONGEST_SEARCH])
    return found.pk if found else None
