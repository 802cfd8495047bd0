"""One subject, one file (一企一档): who it is, what is due, and everything that was done about it."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from yaojian.casework.inspections.facade import (
    CONCLUSION_MEANINGS,
    CONCLUSION_NAMES,
    DUE_INSPECTION,
    KIND_NAMES,
    STATE_MEANINGS,
    STATE_NAMES,
    Conclusion,
    InspectionKind,
    InspectionState,
    inspections_of_subject,
    user_can_open,
)
from yaojian.doors.backoffice.act_words import timeline_item
from yaojian.doors.backoffice.web.licences import row_of as licence_row
from yaojian.doors.backoffice.web.lists import PAGE_SIZE, page_of
from yaojian.doors.backoffice.web.products import row_of as product_row
from yaojian.doors.backoffice.web.subjects import RISK_MEANINGS
from yaojian.doors.backoffice.web.work_rows import row_of as work_row
from yaojian.foundation.accounts.facade import Actor, Permission
from yaojian.foundation.accounts.web.access import ActingRequest, requires
from yaojian.foundation.design.as_of import AsOf
from yaojian.foundation.design.wording import due_in_words
from yaojian.foundation.ledger.facade import acts_of_subject
from yaojian.foundation.reference.facade import division_names, place_of
from yaojian.foundation.timekeeping import today
from yaojian.foundation.worklist.facade import (
    UNFINISHED,
    ItemState,
    WorkItem,
    items_of_subject,
    unfinished_q,
    urgency_of,
)
from yaojian.registers.enterprises.facade import (
    RISK_NAMES,
    RiskGrade,
    Subject,
    answers_for,
    facilities_visible_to,
    flag_name,
    subject_visible_to,
    subjects_visible_to,
    type_name,
)
from yaojian.registers.licences.facade import licences_of_subject
from yaojian.registers.licences.facade import states_of as states_of_licences
from yaojian.registers.licences.facade import user_can_edit as user_can_enter_licence
from yaojian.registers.products.facade import products_of_subject
from yaojian.registers.products.facade import states_of as states_of_products

VIEWS: dict[str, Promise] = {
    "timeline": gettext_lazy("Timeline"),
    "inspections": gettext_lazy("Inspections"),
    "duties": gettext_lazy("Duties"),
    "licences": gettext_lazy("Licences"),
    "products": gettext_lazy("Products"),
    "record": gettext_lazy("Register entry"),
    "related": gettext_lazy("Related subjects"),
}
ITEM_STATES: dict[str, tuple[str, Promise]] = {
    ItemState.DONE.value: ("done", pgettext_lazy("work item", "Done")),
    ItemState.CANCELLED.value: ("neutral", pgettext_lazy("work item", "Withdrawn")),
}
TIMELINE_SIZE = 20


@requires(Permission.SUBJECT_VIEW)
def subject(request: ActingRequest, subject_id: int) -> HttpResponse:
    """The file of one subject."""
    actor, found = request.actor, subject_visible_to(request.actor, subject_id)
    asked = request.GET.get("view", "")
    view = asked if asked in VIEWS else "timeline"
    return render(request, "backoffice/subject.html", file_context(actor, found, view, request.GET))


def file_context(actor: Actor, subject: Subject, view: str, query: QueryDict) -> dict[str, Any]:
    """The context of the file: its head, the counts on its tabs, and the one view that is open."""
    duties = items_of_subject(subject.pk)
    open_items = list(duties.filter(unfinished_q()))
    names = division_names(subject.division_code[:digits] for digits in (4, 6, 9))
    place = place_of(subject.division_code, names)
    rows: dict[str, QuerySet[Any]] = {
        "timeline": acts_of_subject(subject.pk),
        "inspections": inspections_of_subject(subject.pk),
        "duties": duties,
        "licences": licences_of_subject(subject.pk, today()),
        "products": products_of_subject(subject.pk, today()),
        "related": facilities_visible_to(actor, subject),
    }
    counts = {
        "timeline": rows["timeline"].count(),
        "inspections": rows["inspections"].count(),
        "duties": len(open_items),
        "licences": rows["licences"].count(),
        "products": rows["products"].count(),
        "related": rows["related"].count() + (subject.parent_id is not None),
    }
    context: dict[str, Any] = {
        "subject": subject,
        "type": type_name(subject.subject_type),
        "status": subject.status,
        "place": place,
        "key_facts": key_facts(subject, place, open_items),
        "tabs": tabs(view, counts),
        "view_template": f"backoffice/_subject_{view}.html",
        "inspect_url": inspect_address(actor, subject, open_items),
        "answers": answers_for(actor, subject),
        "may_enter_licence": user_can_enter_licence(actor, subject) and subject.is_open,
        "next_duties": [work_row(actor, item, urgency_of(item, today())) for item in open_items[:3]],
    }
    if view == "record":
        return {**context, "record": record_of(subject, place)}
    size = TIMELINE_SIZE if view == "timeline" else PAGE_SIZE
    return {**context, **view_context(actor, subject, view, page_of(rows[view], query, size))}


def view_context(actor: Actor, subject: Subject, view: str, page: Page[Any]) -> dict[str, Any]:
    """What one page of a view shows."""
    match view:
        case "timeline":
            return {"page": page, "timeline": [timeline_item(act) for act in page]}
        case "inspections":
            return {"page": page, "rows": [inspection_row(inspection) for inspection in page]}
        case "duties":
            return {"page": page, "rows": [duty_row(actor, item) for item in page]}
        case "licences":
            return {"page": page, "rows": licence_rows_of(page)}
        case "products":
            return {"page": page, "rows": product_rows_of(page)}
        case _:
            return {"page": page, "rows": related_rows(page), "parent": parent_of(actor, subject)}


def licence_rows_of(page: Page[Any]) -> list[dict[str, Any]]:
    """The licences of a subject as rows of today."""
    day = AsOf(today(), True)
    states = states_of_licences(list(page), day.day)
    return [licence_row(licence, states[licence.pk], day) for licence in page]


def product_rows_of(page: Page[Any]) -> list[dict[str, Any]]:
    """The products of a subject as rows of today."""
    day = AsOf(today(), True)
    states = states_of_products(list(page), day.day)
    return [product_row(product, product, states[product.pk], day) for product in page]


def tabs(view: str, counts: dict[str, int]) -> list[dict[str, Any]]:
    """The views of the file, with how much there is in each."""
    return [
        {"label": name, "url": f"?view={code}", "active": code == view, "count": counts.get(code)}
        for code, name in VIEWS.items()
    ]


def key_facts(subject: Subject, place: str, open_items: list[WorkItem]) -> list[dict[str, Any]]:
    """Who answers, where it is, how risky it is, what is next and by when."""
    first = open_items[0] if open_items else None
    organ = subject.responsible_organ
    return [
        {
            "label": _("Responsible organ"),
            "value": organ.label,
            "href": reverse("jurisdiction:subject", args=[subject.pk]),
            "hint": _("Who is responsible in which matter, and why"),
            "wide": True,
        },
        {"label": _("Located in"), "value": place},
        {
            "label": _("Risk grade"),
            "value": RISK_NAMES[RiskGrade(subject.risk_grade)],
            "kind": RISK_MEANINGS.get(subject.risk_grade, "neutral"),
        },
        {
            "label": _("Next duty"),
            "value": first.reason if first else _("Nothing is due"),
            "hint": due_hint(first) if first else "",
            "wide": True,
        },
    ]


def due_hint(item: WorkItem) -> str:
    """By when a duty is due, in words and as a date, and for which organ."""
    organ = item.organ.short_name or item.organ.label
    if item.due_on is None:
        return str(organ)
    return f"{item.due_on.isoformat()} · {due_in_words(item.due_on, today()).text} · {organ}"


def inspect_address(actor: Actor, subject: Subject, open_items: list[WorkItem]) -> str:
    """Where the actor opens an inspection of it, with the duty that fulfils; nothing if they may not."""
    if not subject.is_open or not user_can_open(actor, subject):
        return ""
    due = next((item for item in open_items if item.kind == DUE_INSPECTION), None)
    reason = f"&item={due.pk}" if due else ""
    return f"{reverse('inspections:open')}?subject={subject.pk}{reason}"


def inspection_row(inspection: Any) -> dict[str, Any]:
    """One inspection as a row."""
    state = InspectionState(inspection.state)
    conclusion = Conclusion(inspection.conclusion) if inspection.conclusion else None
    return {
        "inspection": inspection,
        "url": reverse("inspections:file", args=[inspection.pk]),
        "kind": KIND_NAMES[InspectionKind(inspection.kind)],
        "state": (STATE_MEANINGS[state], STATE_NAMES[state]),
        "conclusion": (CONCLUSION_MEANINGS[conclusion], CONCLUSION_NAMES[conclusion]) if conclusion else None,
    }


def duty_row(actor: Actor, item: WorkItem) -> dict[str, Any]:
    """One duty as a row: with its button while it is open, with how it ended afterwards."""
    row = work_row(actor, item, urgency_of(item, today()))
    if item.state in UNFINISHED:
        return row
    return {**row, "css": "", "action_url": "", "ended": ITEM_STATES[item.state]}


def record_of(subject: Subject, place: str) -> list[dict[str, Any]]:
    """The subject's entry in the register."""
    flags = [flag_name(flag) for flag in subject.flags]
    return [
        {"label": _("Name"), "value": subject.name},
        {"label": _("Unified social credit code or facility code"), "value": subject.code},
        {"label": pgettext("subject", "Type"), "value": type_name(subject.subject_type)},
        {"label": _("Licence number"), "value": subject.licence_no},
        {
            "label": _("Located in"),
            "value": f"{place}（{subject.division_code}）" if place else subject.division_code,
        },
        {"label": _("Address"), "value": subject.address},
        {"label": _("Responsible organ"), "value": subject.responsible_organ.label},
        {"label": _("Risk grade"), "value": RISK_NAMES[RiskGrade(subject.risk_grade)]},
        {
            "label": _("Marks"),
            "value": _(", ").join(flags),
            "hint": _("Plans choose subjects by these marks."),
        },
        {"label": _("In operation since"), "value": subject.opened_on.isoformat()},
        {
            "label": _("Closed on"),
            "value": subject.closed_on.isoformat() if subject.closed_on else _("not closed"),
        },
    ]


def parent_of(actor: Actor, subject: Subject) -> dict[str, Any] | None:
    """The subject it belongs to (a store's chain headquarters), linked if the actor may see it."""
    if subject.parent is None or subject.parent_id is None:
        return None
    may_see = subjects_visible_to(actor).filter(pk=subject.parent_id).exists()
    url = reverse("backoffice:subject", args=[subject.parent_id]) if may_see else ""
    return {"subject": subject.parent, "type": type_name(subject.parent.subject_type), "url": url}


def related_rows(page: Any) -> list[dict[str, Any]]:
    """The facilities of a subject as rows."""
    members = list(page)
    names = division_names([code[:n] for code in (s.division_code for s in members) for n in (6, 9)])
    return [
        {
            "subject": s,
            "place": place_of(s.division_code, names),
            "status": s.status,
            "type": type_name(s.subject_type),
        }
        for s in members
    ]
