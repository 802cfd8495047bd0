"""The tabs of a subject's file: each knows its name, its template, how much it holds and what it shows.

A room that has something to say about a subject adds its tab to `TABS`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cached_property
from typing import Any

from django.db.models import CharField, Count, QuerySet, Value
from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

from yaojian.casework.inspections.facade import (
    CONCLUSION_MEANINGS,
    CONCLUSION_NAMES,
    KIND_NAMES,
    STATE_MEANINGS,
    STATE_NAMES,
    Conclusion,
    InspectionKind,
    InspectionState,
    inspections_of_subject,
)
from yaojian.doors.backoffice.timelines import timeline_items
from yaojian.doors.backoffice.web.licences import row_of as licence_row
from yaojian.doors.backoffice.web.products import row_of as product_row
from yaojian.doors.backoffice.web.subject_record import record_of
from yaojian.doors.backoffice.web.work_rows import row_of as work_row
from yaojian.foundation.accounts.facade import Actor, Permission
from yaojian.foundation.design.as_of import AsOf
from yaojian.foundation.design.paging import PAGE_SIZE, page_of
from yaojian.foundation.documents.facade import latest_documents
from yaojian.foundation.documents.web.panel import documents_context
from yaojian.foundation.ledger.facade import Act, acts_of_subjects, subject_ref
from yaojian.foundation.reference.facade import division_names, place_of
from yaojian.foundation.timekeeping import CHINA, today
from yaojian.foundation.worklist.facade import (
    UNFINISHED,
    ItemState,
    WorkItem,
    items_of_subject,
    items_visible_to,
    unfinished_q,
    urgency_of,
)
from yaojian.oversight.mandates.facade import subject_context as mandates_context
from yaojian.registers.enterprises.facade import (
    Subject,
    answers_for,
    as_they_were,
    facilities_visible_to,
    keys_merged_into,
    related_visible_to,
    siblings_visible_to,
    subjects_visible_to,
    type_name,
)
from yaojian.registers.enterprises.web.grading import risk_context
from yaojian.registers.enterprises.web.history import history_context
from yaojian.registers.licences.facade import licences_of_subject
from yaojian.registers.licences.facade import states_of as states_of_licences
from yaojian.registers.licences.facade import user_can_edit as user_can_enter_licence
from yaojian.registers.people.facade import people_at_subject
from yaojian.registers.people.web.subject_tab import subject_people_context
from yaojian.registers.products.facade import products_of_subject
from yaojian.registers.products.facade import states_of as states_of_products

TIMELINE_SIZE = 20
SIBLINGS = 50
ITEM_STATES: dict[str, tuple[str, Promise]] = {
    ItemState.DONE.value: ("done", pgettext_lazy("work item", "Done")),
    ItemState.CANCELLED.value: ("neutral", pgettext_lazy("work item", "Withdrawn")),
}


@dataclass(frozen=True)
class Look:
    """Who looks at which subject, as of which day (`subject` is its state then), with which address."""

    actor: Actor
    subject: Subject
    shown: AsOf
    query: QueryDict
    files_open: bool
    """Whether what was done about the subject is the actor's to read, not only its register entry."""

    @cached_property
    def tabs(self) -> dict[str, Tab]:
        """The tabs that are open to the actor, by their role and by what is shared with their organ."""
        return {
            code: tab
            for code, tab in TABS.items()
            if tab.suits(self.actor) and (self.files_open or not tab.of_files)
        }

    @cached_property
    def open_items(self) -> list[WorkItem]:
        """The open duties of today, as far as the actor may read duties."""
        if "duties" not in self.tabs or not self.shown.is_today:
            return []
        return list(duties_of(self).filter(unfinished_q()))

    @cached_property
    def keys(self) -> list[int]:
        """The subject's key and those of the subjects merged into it."""
        return [self.subject.pk, *keys_merged_into(self.subject)]

    @cached_property
    def counts(self) -> dict[str, int]:
        """How much there is in each tab that counts."""
        return counts_of(self)

    @property
    def end_of_day(self) -> datetime:
        """The moment up to which the day shown reaches."""
        return datetime.combine(self.shown.day + timedelta(days=1), time.min, CHINA)


@dataclass(frozen=True, slots=True)
class Tab:
    """One view of the file; `rows` are what the tab counts, `needs` the rights one of which opens it.

    With `of_files` it tells what was done about the subject, which an agreement may keep back.
    """

    name: Promise
    template: str
    context: Callable[[Look], dict[str, Any]]
    rows: Callable[[Look], QuerySet[Any]] | None = None
    needs: tuple[Permission, ...] = ()
    of_files: bool = False

    def suits(self, actor: Actor) -> bool:
        """Whether the role of the actor opens this tab."""
        return not self.needs or any(actor.may(permission) for permission in self.needs)


def counts_of(look: Look) -> dict[str, int]:
    """How much there is in each tab that counts, by one query."""
    counted = [
        tab.rows(look)
        .order_by()
        .annotate(tab=Value(code, CharField()))
        .values("tab")
        .annotate(n=Count("pk"))
        .values_list("tab", "n")
        for code, tab in look.tabs.items()
        if tab.rows is not None
    ]
    counts = dict(counted[0].union(*counted[1:], all=True))
    return {**counts, "duties": len(look.open_items)} if "duties" in look.tabs else counts


def _acts(look: Look) -> QuerySet[Act]:
    acts = acts_of_subjects(look.keys)
    return acts if look.shown.is_today else acts.filter(claimed_at__lt=look.end_of_day)


def timeline_of(look: Look) -> dict[str, Any]:
    """Every act about the subject, newest first; those of subjects merged into it among them."""
    page = page_of(_acts(look), look.query, TIMELINE_SIZE, look.counts["timeline"])
    may_prove = look.actor.may(Permission.JOURNAL_VIEW)
    proof_url = reverse("backoffice:proof", args=[look.subject.pk]) if may_prove else ""
    return {"page": page, "timeline": timeline_items(page), "proof_url": proof_url}


def _inspections(look: Look) -> QuerySet[Any]:
    inspections = inspections_of_subject(look.subject.pk)
    return inspections if look.shown.is_today else inspections.filter(opened_at__lt=look.end_of_day)


def inspections_shown(look: Look) -> dict[str, Any]:
    """The inspections of the subject."""
    page = page_of(_inspections(look), look.query, total=look.counts["inspections"])
    return {"page": page, "rows": [inspection_row(inspection) for inspection in page]}


def duties_of(look: Look) -> QuerySet[WorkItem]:
    """The duties about the subject; to a role that reads no inspections only those of its own worklist."""
    items = items_of_subject(look.subject.pk)
    if look.actor.may(Permission.INSPECTION_VIEW):
        return items
    return items.filter(pk__in=items_visible_to(look.actor).order_by().values("pk"))


def duties_shown(look: Look) -> dict[str, Any]:
    """What is and was to be done about the subject."""
    page = page_of(duties_of(look), look.query, PAGE_SIZE)
    return {"page": page, "rows": [duty_row(look.actor, item) for item in page]}


def licences_shown(look: Look) -> dict[str, Any]:
    """The licences and filings of the subject, as they are on the day."""
    day = look.shown
    page = page_of(licences_of_subject(look.subject.pk, day.day), look.query, total=look.counts["licences"])
    states = states_of_licences(list(page), day.day)
    return {
        "page": page,
        "rows": [licence_row(licence, states[licence.pk], day) for licence in page],
        "may_enter_licence": day.is_today
        and look.subject.is_open
        and user_can_enter_licence(look.actor, look.subject),
    }


def products_shown(look: Look) -> dict[str, Any]:
    """The products that the subject holds or makes, as they are on the day."""
    day = look.shown
    page = page_of(products_of_subject(look.subject.pk, day.day), look.query, total=look.counts["products"])
    states = states_of_products(list(page), day.day)
    return {
        "page": page,
        "rows": [product_row(product, product, states[product.pk], day) for product in page],
    }


def record_shown(look: Look) -> dict[str, Any]:
    """The entry in the register."""
    code = look.subject.division_code
    place = place_of(code, division_names(code[:digits] for digits in (4, 6, 9)))
    return {"record": record_of(look.subject, place)}


def history_shown(look: Look) -> dict[str, Any]:
    """What held from when until when."""
    return history_context(look.actor, look.subject, changeable=look.shown.is_today)


def risk_shown(look: Look) -> dict[str, Any]:
    """The grade, why, and how it came about."""
    return risk_context(look.actor, look.subject, subject_ids=look.keys, changeable=look.shown.is_today)


def _facilities(look: Look) -> QuerySet[Subject]:
    if look.shown.is_today:
        return facilities_visible_to(look.actor, look.subject)
    then = as_they_were(subjects_visible_to(look.actor), look.shown.day)
    return then.filter(parent_id=look.subject.pk).order_by("pinyin", "id")


def related_shown(look: Look) -> dict[str, Any]:
    """What the subject belongs to, what belongs to it, and the other facilities of its legal entity."""
    page = page_of(_facilities(look), look.query, PAGE_SIZE)
    siblings = siblings_visible_to(look.actor, look.subject)[:SIBLINGS]
    return {
        "page": page,
        "rows": related_rows(page),
        "parent": parent_of(look.actor, look.subject),
        "siblings": related_rows(siblings),
    }


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


TABS: dict[str, Tab] = {
    "timeline": Tab(
        gettext_lazy("Timeline"),
        "backoffice/_subject_timeline.html",
        timeline_of,
        _acts,
        # Township officers and guests keep no journal; of one subject they read what was done.
        needs=(Permission.JOURNAL_VIEW, Permission.INSPECTION_VIEW),
        of_files=True,
    ),
    "inspections": Tab(
        gettext_lazy("Inspections"),
        "backoffice/_subject_inspections.html",
        inspections_shown,
        _inspections,
        needs=(Permission.INSPECTION_VIEW,),
        of_files=True,
    ),
    "duties": Tab(
        gettext_lazy("Duties"),
        "backoffice/_subject_duties.html",
        duties_shown,
        needs=(Permission.WORKLIST_VIEW,),
        of_files=True,
    ),
    "mandates": Tab(
        gettext_lazy("Mandates"),
        "mandates/_subject.html",
        lambda look: mandates_context(look.subject, look.shown.day),
        needs=(Permission.MANDATE_VIEW,),
        of_files=True,
    ),
    "licences": Tab(
        gettext_lazy("Licences"),
        "backoffice/_subject_licences.html",
        licences_shown,
        lambda look: licences_of_subject(look.subject.pk, look.shown.day),
        needs=(Permission.LICENCE_VIEW,),
    ),
    "products": Tab(
        gettext_lazy("Products"),
        "backoffice/_subject_products.html",
        products_shown,
        lambda look: products_of_subject(look.subject.pk, look.shown.day),
        needs=(Permission.PRODUCT_VIEW,),
    ),
    "people": Tab(
        pgettext_lazy("register", "People"),
        "people/_subject_people.html",
        lambda look: subject_people_context(look.actor, look.keys, look.shown),
        lambda look: people_at_subject(look.keys, look.shown.day),
        needs=(Permission.PERSON_VIEW,),
    ),
    "documents": Tab(
        gettext_lazy("Documents"),
        "documents/_documents.html",
        lambda look: documents_context(
            look.actor,
            subject_ref(look.subject.pk),
            may_change=look.shown.is_today,
            answers=answers_for(look.actor, look.subject),
        ),
        lambda look: latest_documents(subject_ref(look.subject.pk)),
        needs=(Permission.DOCUMENT_VIEW,),
    ),
    "record": Tab(gettext_lazy("Register entry"), "backoffice/_subject_record.html", record_shown),
    "history": Tab(pgettext_lazy("register", "History"), "enterprises/_history.html", history_shown),
    "risk": Tab(gettext_lazy("Risk grade"), "enterprises/_risk.html", risk_shown),
    "related": Tab(
        gettext_lazy("Related subjects"),
        "backoffice/_subject_related.html",
        related_shown,
        lambda look: related_visible_to(look.actor, look.subject),
    ),
}
