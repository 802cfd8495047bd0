"""What the page of an inspection's file shows: gathered here, decided by queries and permissions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from yaojian.casework.inspections.basis import Citation, basis_of
from yaojian.casework.inspections.bookkeeping import file_ref
from yaojian.casework.inspections.contracts import (
    DUE_INSPECTION,
    KIND_NAMES,
    SEVERITY_MEANINGS,
    SEVERITY_NAMES,
    InspectionKind,
    Severity,
)
from yaojian.casework.inspections.models import Finding, Inspection, TeamMember
from yaojian.casework.inspections.permissions import verbs_open_to
from yaojian.casework.inspections.states import InspectionState
from yaojian.casework.inspections.web import wording
from yaojian.casework.inspections.web.deadlines import Proposal, proposed_deadline
from yaojian.casework.inspections.web.forms import (
    CancelForm,
    ConcludeForm,
    FindingForm,
    ReturnForm,
    StartForm,
    SubmitForm,
    VerifyForm,
)
from yaojian.foundation.accounts.facade import Actor, Permission
from yaojian.foundation.deadlines.web.rows import clock_rows
from yaojian.foundation.documents.facade import Document, documents_of
from yaojian.foundation.ledger.facade import acts_of_file
from yaojian.foundation.reference.facade import division_names, place_of
from yaojian.foundation.timekeeping import local_date
from yaojian.foundation.worklist.facade import WorkItem, item_kind, items_visible_to, unfinished_q
from yaojian.registers.enterprises.facade import (
    RISK_NAMES,
    RiskGrade,
    Subject,
    subjects_visible_to,
    type_name,
)

VERBS_OF_STEP = {
    "start": "start",
    "finding": "record_finding",
    "conclude": "conclude_with_findings",
    "submit": "submit_rectification",
    "verify": "verify_rectification",
    "return": "return_rectification",
    "cancel": "cancel",
}
"""Each step of the page with the verb of the state table that opens it."""


def severities_of(inspection: Inspection) -> list[Severity]:
    """The severities of an inspection's findings."""
    return [Severity(value) for value in inspection.findings.values_list("severity", flat=True)]


def new_forms(severities: Sequence[Severity], proposal: Proposal) -> dict[str, Callable[[], forms.Form]]:
    """How each step's form begins."""
    return {
        "start": lambda: StartForm(auto_id="start_%s"),
        "finding": lambda: FindingForm(auto_id="finding_%s"),
        "conclude": lambda: ConcludeForm(
            auto_id="conclude_%s",
            severities=severities,
            hint=proposal.words,
            initial={"rectify_by": proposal.day},
        ),
        "submit": lambda: SubmitForm(auto_id="submit_%s"),
        "verify": lambda: VerifyForm(auto_id="verify_%s"),
        "return": lambda: ReturnForm(
            auto_id="return_%s", hint=proposal.words, initial={"rectify_by": proposal.day}
        ),
        "cancel": lambda: CancelForm(auto_id="cancel_%s"),
    }


def file_context(actor: Actor, inspection: Inspection, bound: Mapping[str, forms.Form]) -> dict[str, Any]:
    """The context of the file's page; `bound` holds the forms that were refused, by step."""
    verbs = verbs_open_to(actor, inspection)
    severities = severities_of(inspection)
    needs_deadline = {"conclude_with_findings", "return_rectification"} & verbs
    proposal = proposed_deadline(inspection.subject) if needs_deadline else Proposal(None, "")
    begin = new_forms(severities, proposal)
    steps = {step: bound.get(step) or begin[step]() for step, verb in VERBS_OF_STEP.items() if verb in verbs}
    documents = list(documents_of(file_ref(inspection)))
    team = list(inspection.team.select_related("officer"))
    clocks = clock_rows(file_ref(inspection), actor)
    return {
        "inspection": inspection,
        "state": wording.state_badge(inspection),
        "conclusion": wording.conclusion_badge(inspection),
        "is_overdue": wording.is_overdue(inspection),
        "kind": KIND_NAMES[InspectionKind(inspection.kind)],
        "steps": steps,
        "refused": [form for step, form in bound.items()],
        "unplaced": {step: typed_in(form) for step, form in bound.items() if step not in steps},
        "stepper": wording.steps_of(inspection),
        "next_step": wording.NEXT_STEPS[InspectionState(inspection.state)],
        "who_acts": who_acts(inspection, team, bool(steps)),
        "team": team,
        "legal_basis": legal_basis_of(inspection),
        "subject": inspection.subject,
        "subject_facts": subject_facts(inspection.subject),
        "subject_url": subject_url(actor, inspection.subject),
        "findings": findings_with_photos(inspection, documents),
        "counts": wording.counts_in_words({s.value: severities.count(s) for s in Severity}),
        "rectification_photos": photos_of(inspection, documents, "rectification"),
        "timeline": wording.timeline_of(list(acts_of_file(file_ref(inspection))), actor),
        "work": open_work(actor, inspection),
        "clocks": clocks,
        "open_clock": next((row for row in clocks if row["clock"].stopped_at is None), None),
        "duty": None if inspection.concluded_at else earliest_duty(actor, inspection),
        "may_see_photos": actor.may(Permission.DOCUMENT_VIEW),
    }


def record_context(context: Mapping[str, Any]) -> dict[str, Any]:
    """What the paper needs beside the page's context: the address in words, the photos with their hashes,
    the act by which the inspection was concluded.
    """
    acts = acts_of_file(file_ref(context["inspection"])).defer(None)
    return {
        "act": acts.filter(kind="inspection.concluded").last(),
        "address": next(fact["value"] for fact in context["subject_facts"] if fact.get("key") == "address"),
        "evidence": [
            (row["finding"].number, photo) for row in context["findings"] for photo in row["photos"]
        ],
    }


def typed_in(form: forms.Form) -> list[tuple[object, object]]:
    """What was typed into a form that no longer has a place on the page."""
    return [
        (field.label, field.value())
        for field in form
        if isinstance(field.value(), str) and field.value() and not isinstance(field.field, forms.ChoiceField)
    ]


def who_acts(inspection: Inspection, team: Sequence[TeamMember], is_reader: bool) -> str:
    """Whose turn it is, in words."""
    state = InspectionState(inspection.state)
    if is_reader and state is InspectionState.RECTIFYING:
        return _("You enter its report when it comes in.")
    if is_reader:
        return _("It is your turn.")
    if state in (InspectionState.PLANNED, InspectionState.ON_SITE, InspectionState.RECTIFYING):
        return _("Team: %(names)s") % {"names": _(", ").join(str(member.officer) for member in team)}
    if state is InspectionState.SUBMITTED:
        return _("Officers of %(organ)s or of an organ above it") % {"organ": inspection.organ}
    return ""


def subject_facts(subject: Subject) -> list[dict[str, object]]:
    """The key facts of a subject, for a definition list."""
    place = place_of(subject.division_code, division_names([subject.division_code[:n] for n in (4, 6, 9)]))
    return [
        {"label": _("Code of the subject"), "value": subject.code},
        {"label": _("Type of the subject"), "value": type_name(subject.subject_type)},
        {"label": _("Licence number"), "value": subject.licence_no or None},
        {"key": "address", "label": _("Address"), "value": subject.address or place or None},
        {"label": _("Risk grade"), "value": RISK_NAMES[RiskGrade(subject.risk_grade)]},
        {"label": _("Responsible organ"), "value": subject.responsible_organ},
    ]


def legal_basis_of(inspection: Inspection) -> tuple[Citation, ...]:
    """The instruments that the inspection rests on, as they stood on the day of the visit."""
    day = local_date(inspection.started_at or inspection.opened_at)
    return basis_of(inspection.subject.subject_type).on(day)


def subject_url(actor: Actor, subject: Subject) -> str:
    """The subject's file, for those who may open it; else empty."""
    visible = actor.may(Permission.SUBJECT_VIEW) and subjects_visible_to(actor).filter(pk=subject.pk).exists()
    return reverse("backoffice:subject", args=[subject.pk]) if visible else ""


def findings_with_photos(inspection: Inspection, documents: Sequence[Document]) -> list[dict[str, Any]]:
    """The findings with the name and meaning of their severity and their photos."""
    return [
        {
            "finding": finding,
            "severity": SEVERITY_NAMES[Severity(finding.severity)],
            "meaning": SEVERITY_MEANINGS[Severity(finding.severity)],
            "photos": photos_of(inspection, documents, f"finding:{finding.number}"),
        }
        for finding in Finding.objects.filter(inspection=inspection)
    ]


def photos_of(inspection: Inspection, documents: Sequence[Document], part: str) -> list[dict[str, Any]]:
    """The photos of one part of a file, for the grid."""
    photos = []
    for number, document in enumerate((d for d in documents if d.part == part), start=1):
        url = reverse("inspections:photo", args=[inspection.pk, document.pk])
        photos.append(
            {
                "document": document,
                "thumb_url": f"{url}?size=thumb",
                "preview_url": f"{url}?size=preview",
                "original_url": f"{url}?size=original",
                "caption": pgettext("photo", "Photo %(n)s") % {"n": number},
            }
        )
    return photos


def _open_items(actor: Actor) -> QuerySet[WorkItem]:
    return items_visible_to(actor).filter(unfinished_q()).select_related("organ", "assignee")


def open_work(actor: Actor, inspection: Inspection) -> list[dict[str, Any]]:
    """The open work items of a file that the actor may see."""
    file = file_ref(inspection)
    items = _open_items(actor).filter(file_kind=file.kind, file_id=file.id)
    return [{"item": item, "name": item_kind(item.kind).name} for item in items]


def duties_of(actor: Actor, subject: Subject) -> QuerySet[WorkItem]:
    """The open work items that ask for an inspection of a subject, the most urgent first."""
    return _open_items(actor).filter(kind=DUE_INSPECTION, subject_id=subject.pk).order_by("due_on", "id")


def earliest_duty(actor: Actor, inspection: Inspection) -> WorkItem | None:
    """The most urgent duty that this inspection will meet."""
    return duties_of(actor, inspection.subject).first()
