"""What the page shows on which an inspection is opened."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet

from yaojian.casework.inspections.contracts import InspectionKind
from yaojian.casework.inspections.models import Inspection
from yaojian.casework.inspections.permissions import user_can_open
from yaojian.casework.inspections.queries import inspections_visible_to
from yaojian.casework.inspections.states import InspectionState
from yaojian.casework.inspections.web.file_page import duties_of, subject_facts, subject_url
from yaojian.casework.inspections.web.forms import Officer, OpenForm
from yaojian.foundation.accounts.facade import Actor, officers_for_inspections
from yaojian.foundation.worklist.facade import WorkItem
from yaojian.registers.enterprises.facade import (
    Subject,
    SubjectFilter,
    matching,
    subjects_visible_to,
    type_name,
)
from yaojian.registers.people.facade import qualifications_in_words

PAGE_SIZE = 25
SETTLED = (InspectionState.CLOSED.value, InspectionState.CANCELLED.value)


def eligible_officers(actor: Actor) -> list[Officer]:
    """Who may join the team: the actor first, then the actor's own organ, then those below; each once."""
    postings: dict[int, Any] = {}
    for posting in officers_for_inspections(actor):
        postings.setdefault(posting.user_id, posting)
    near_first = sorted(
        postings.values(), key=lambda p: (p.user_id != actor.user_id, p.organ_id != actor.organ_id)
    )
    qualified = qualifications_in_words(list(postings))
    return [
        Officer(p.user_id, p.user.display_name, p.organ.label, p.full_time, qualified.get(p.user_id, ""))
        for p in near_first
    ]


def beginning(actor: Actor, item: WorkItem | None) -> dict[str, Any]:
    """What the form begins with: kind and basis of the work item, the actor as lead."""
    kind = (item.parameters or {}).get("inspection_kind", "") if item else ""
    basis = item.reason if item else ""
    if item and item.source:
        basis = f"{basis}（{item.source}）"
    return {
        "kind": kind if kind in {k.value for k in InspectionKind} else InspectionKind.ROUTINE.value,
        "officers": [actor.user_id],
        "lead": actor.user_id,
        "basis": basis[:300],
    }


def item_behind(actor: Actor, subject: Subject, wanted: str) -> WorkItem | None:
    """The work item the reader came from, or else the most urgent duty of the subject."""
    duties = duties_of(actor, subject)
    chosen = duties.filter(pk=int(wanted)).first() if wanted.isdecimal() and len(wanted) < 19 else None
    return chosen or duties.first()


def open_context(actor: Actor, subject: Subject, item: WorkItem | None, form: OpenForm) -> dict[str, Any]:
    """The context of the form page."""
    duties = duties_of(actor, subject)
    return {
        "form": form,
        "subject": subject,
        "subject_facts": subject_facts(subject),
        "subject_url": subject_url(actor, subject),
        "may_open": user_can_open(actor, subject),
        "item": item,
        "other_duties": [duty for duty in duties if item is None or duty.pk != item.pk],
        "running": running_inspections(actor, subject),
    }


def running_inspections(actor: Actor, subject: Subject) -> QuerySet[Inspection]:
    """Inspections of a subject that are not closed yet, as far as the actor sees them."""
    return (
        inspections_visible_to(actor)
        .filter(subject=subject)
        .exclude(state__in=SETTLED)
        .select_related("organ")
    )


def choice_context(actor: Actor, text: str, page_number: str | None) -> dict[str, Any]:
    """The context of the step in which the subject is looked for."""
    found = Subject.objects.none()
    if text.strip():
        found = matching(subjects_visible_to(actor), SubjectFilter(text=text))
    subjects = found.select_related("responsible_organ").order_by("name", "pk")
    page = Paginator(subjects, PAGE_SIZE).get_page(page_number)
    return {
        "text": text,
        "page": page,
        "rows": [
            {
                "subject": subject,
                "type": type_name(subject.subject_type),
                "may_open": user_can_open(actor, subject),
            }
            for subject in page
        ],
    }
