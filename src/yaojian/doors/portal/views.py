"""The public's pages: find a subject, read what everybody may know about it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy
from django.views.decorators.http import require_safe

from yaojian.casework.inspections.facade import FILE_KIND as INSPECTION_KIND
from yaojian.casework.inspections.facade import (
    Conclusion,
    InspectionState,
    inspections_of_subject,
)
from yaojian.doors.portal.limits import count_look_up
from yaojian.doors.portal.papers import papers_found
from yaojian.doors.portal.shell import shell
from yaojian.foundation.accounts.web.access import public
from yaojian.foundation.accounts.web.addresses import client_address
from yaojian.foundation.ledger.facade import Ref, entry_behind
from yaojian.foundation.reference.facade import division_names, place_of
from yaojian.registers.enterprises.facade import Subject, public_subject, public_subjects, type_name

LARGEST_ANSWER = 20
SHORTEST_QUESTION = 2
PUBLIC_CONCLUSIONS = {
    Conclusion.COMPLIANT: ("done", pgettext_lazy("public", "Meets the requirements")),
    Conclusion.RECTIFY: ("due_soon", pgettext_lazy("public", "To be assessed after rectification")),
    Conclusion.NON_COMPLIANT: ("overdue", pgettext_lazy("public", "Does not meet the requirements")),
}
SETTLED = ("done", pgettext_lazy("public", "Defects put right"))


@require_safe
@public
def look_up(request: HttpRequest) -> HttpResponse:
    """Find a pharmacy, company or operator by part of its name, or by its exact code or licence number."""
    question = request.GET.get("q", "").strip()[:100]
    context: dict[str, Any] = {**shell(), "question": question, "asked": "q" in request.GET}
    if question:
        count_look_up(client_address(request))
        found = public_subjects(question, LARGEST_ANSWER)
        context |= {
            "rows": rows_of(found[:LARGEST_ANSWER]),
            "has_more": len(found) > LARGEST_ANSWER,
            **papers_found(question),
            "is_too_short": len(question) < SHORTEST_QUESTION,
        }
    return render(request, "portal/look_up.html", context)


@require_safe
@public
def subject(request: HttpRequest, code: str) -> HttpResponse:
    """What everybody may know about one subject."""
    found = public_subject(code)
    names = division_names(found.division_code[:digits] for digits in (4, 6, 9))
    context = {
        **shell(),
        "subject": found,
        "type": type_name(found.subject_type),
        "status": found.status,
        "facts": facts_of(found, place_of(found.division_code, names)),
        "inspection": last_inspection(found),
    }
    return render(request, "portal/subject.html", context)


def rows_of(subjects: list[Subject]) -> list[dict[str, Any]]:
    """Subjects as rows of an answer."""
    codes = {subject.division_code[:digits] for subject in subjects for digits in (4, 6, 9)}
    names = division_names(codes)
    return [
        {
            "subject": subject,
            "type": type_name(subject.subject_type),
            "place": place_of(subject.division_code, names),
            "status": subject.status,
        }
        for subject in subjects
    ]


def facts_of(subject: Subject, place: str) -> list[dict[str, Any]]:
    """The public part of the register entry."""
    facts = [
        {"label": pgettext("subject", "Type"), "value": type_name(subject.subject_type)},
        {"label": _("Located in"), "value": place},
        {"label": _("Unified social credit code or facility code"), "value": subject.code},
        {"label": _("Licence number"), "value": subject.licence_no},
        {"label": _("Responsible organ"), "value": subject.responsible_organ.label},
        {"label": _("In operation since"), "value": subject.opened_on.isoformat()},
    ]
    if subject.closed_on:
        facts.append({"label": _("Closed on"), "value": subject.closed_on.isoformat()})
    return facts


def last_inspection(subject: Subject) -> dict[str, Any] | None:
    """The last inspection that came to a conclusion: its day, its outcome, and whether that is settled."""
    last = (
        inspections_of_subject(subject.pk)
        .filter(concluded_at__isnull=False)
        .exclude(state=InspectionState.CANCELLED.value)
        .order_by("-concluded_at")
        .first()
    )
    if last is None:
        return None
    conclusion = Conclusion(last.conclusion)
    settled = last.state == InspectionState.CLOSED.value and conclusion is not Conclusion.COMPLIANT
    kind, words = SETTLED if settled else PUBLIC_CONCLUSIONS[conclusion]
    return {
        "on": last.concluded_at,
        "organ": last.organ.label,
        "kind": kind,
        "conclusion": words,
        "settled": settled,
        "entry": entry_behind(Ref(INSPECTION_KIND, last.pk)),
    }
