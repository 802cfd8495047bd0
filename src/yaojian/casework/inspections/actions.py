"""Writes to inspections: permission, state, change, act, event, in one transaction each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from yaojian.casework.inspections import clocks, rules
from yaojian.casework.inspections.bookkeeping import (
    advance,
    file_ref,
    give_work,
    next_number,
    record,
    refuse_second,
)
from yaojian.casework.inspections.claims import claimed_end, claimed_start, not_passed
from yaojian.casework.inspections.contracts import (
    EVALUATION,
    RECTIFICATION,
    Conclusion,
    InspectionKind,
    Severity,
)
from yaojian.casework.inspections.events import InspectionConcluded
from yaojian.casework.inspections.models import Finding, Inspection
from yaojian.casework.inspections.permissions import (
    check_user_can_conduct,
    check_user_can_open,
    check_user_can_verify,
)
from yaojian.casework.inspections.queries import inspection_visible_to
from yaojian.casework.inspections.teams import chosen_team, enter_team
from yaojian.casework.inspections.work_kinds import CONDUCT, RECTIFY, VERIFY
from yaojian.foundation.accounts.facade import Actor
from yaojian.foundation.documents.facade import store_photo
from yaojian.foundation.errors import InvalidInput, RuleBroken
from yaojian.foundation.outbox.facade import publish
from yaojian.foundation.timekeeping import local_date, now, today
from yaojian.foundation.worklist.facade import cancel_items_of_file, complete_items_of_file
from yaojian.registers.enterprises.facade import subject_visible_to


@transaction.atomic
def open_inspection(
    *,
    by: Actor,
    subject_id: int,
    kind: InspectionKind,
    officer_ids: Sequence[int],
    lead_id: int,
    basis: str = "",
    beside: bool = False,
) -> Inspection:
    """Open an inspection of a subject with a team; `beside` another of the organ that is not concluded yet.

    Raises Conflict (one is under way and `beside` was not said), NotFound and NotAllowed (scope),
    RuleBroken (fewer than two officers; subject closed), InvalidInput (an officer who cannot join, a
    lead outside the team).
    """
    subject = subject_visible_to(by, subject_id)
    check_user_can_open(by, subject)
    if not subject.is_open:
        raise RuleBroken(_("This subject is closed and cannot be inspected any more."))
    team = chosen_team(by, officer_ids, lead_id)
    number = next_number(by.organ_id, by.organ_short_name)
    if not beside:
        # The series of numbers is locked by now, so two people cannot both find nothing under way.
        refuse_second(by, subject)
    inspection = Inspection.objects.create(
        number=number,
        subject=subject,
        organ_id=by.organ_id,
        kind=kind.value,
        basis=basis[:300],
        opened_at=now(),
    )
    enter_team(inspection, team)
    record(
        by,
        inspection,
        "inspection.opened",
        facts={
            "number": inspection.number,
            "inspection_kind": kind.value,
            "team": [posting.user.display_name for posting in team],
            "basis": basis,
        },
    )
    give_work(inspection, CONDUCT, _("Conduct inspection %(n)s"), assignee_id=lead_id, n=inspection.number)
    return inspection


@transaction.atomic
def start_inspection(*, by: Actor, inspection_id: int, started_at: datetime | None = None) -> Inspection:
    """Note that the team is on site, since now or since a moment of the last three days.

    Raises NotFound, NotAllowed, Conflict, InvalidInput (a moment too long ago or still to come).
    """
    inspection = inspection_visible_to(by, inspection_id, for_update=True)
    by = check_user_can_conduct(by, inspection)
    advance(inspection, "start")
    inspection.started_at = claimed_start(started_at)
    inspection.save()
    record(by, inspection, "inspection.started", claimed_at=inspection.started_at)
    return inspection


@transaction.atomic
def record_finding(
    *,
    by: Actor,
    inspection_id: int,
    severity: Severity,
    description: str,
    clause: str = "",
    photos: Sequence[UploadedFile] = (),
) -> Finding:
    """Record a finding with its photos. Raises NotFound, NotAllowed, Conflict, InvalidInput."""
    inspection = inspection_visible_to(by, inspection_id, for_update=True)
    by = check_user_can_conduct(by, inspection)
    advance(inspection, "record_finding")
    if not description.strip():
        raise InvalidInput(
            _("The finding needs a description."), field="description", cure=_("Say what was found, where.")
        )
    last = inspection.findings.aggregate(last=Max("number"))["last"] or 0
    finding = Finding.objects.create(
        inspection=inspection,
        number=last + 1,
        severity=severity.value,
        clause=clause.strip()[:120],
        description=description.strip(),
    )
    documents = [
        store_photo(by=by, file=file_ref(inspection), upload=photo, part=f"finding:{finding.number}")
        for photo in photos
    ]
    record(
        by,
        inspection,
        "inspection.finding_recorded",
        evidence=[document.sha256 for document in documents],
        facts={
            "finding": finding.number,
            "severity": severity.value,
            "clause": finding.clause,
            "description": finding.description,
        },
    )
    return finding


@transaction.atomic
def conclude_inspection(
    *,
    by: Actor,
    inspection_id: int,
    conclusion: Conclusion,
    summary: str = "",
    rectify_by: date | None = None,
    concluded_at: datetime | None = None,
) -> Inspection:
    """Conclude an inspection; with findings the clock of the rectification starts.

    `rectify_by` is an earlier last day than the rule gives. Raises NotFound, NotAllowed, Conflict, RuleBroken
    (conclusion milder than the findings allow), InvalidInput (a last day that has passed or is too late).
    """
    inspection = inspection_visible_to(by, inspection_id, for_update=True)
    by = check_user_can_conduct(by, inspection)
    severities = [Severity(s) for s in inspection.findings.values_list("severity", flat=True)]
    _check_conclusion(conclusion, severities)
    advance(inspection, "conclude_with_findings" if severities else "conclude_without_findings")
    moment = inspection.concluded_at = claimed_end(inspection, concluded_at)
    inspection.conclusion = conclusion.value
    inspection.summary = summary.strip()
    complete_items_of_file(file_ref(inspection), {CONDUCT})
    clocks.report(by, inspection, moment)
    if severities:
        last_day = not_passed(rectify_by)
        inspection.rectify_by = clocks.start(by, inspection, RECTIFICATION, moment, last_day)
        words = _("Rectification of %(n)s findings")
        give_work(inspection, RECTIFY, words, inspection.rectify_by, by.user_id, n=len(severities))
    else:
        inspection.closed_at = now()
    inspection.save()
    record(
        by,
        inspection,
        "inspection.concluded",
        claimed_at=moment,
        facts=_conclusion_facts(by, inspection, severities),
    )
    if not severities:
        record(by, inspection, "inspection.closed")
    publish(InspectionConcluded(inspection.pk, inspection.subject_id, local_date(moment).isoformat()))
    return inspection


def _check_conclusion(conclusion: Conclusion, severities: Sequence[Severity]) -> None:
    if not rules.conclusion_is_allowed(conclusion, severities):
        raise RuleBroken(
            _("The findings do not allow this conclusion."),
            field="conclusion",
            cure=_(
                "A critical finding means non-compliant; any other finding means at least rectification; "
                "none means compliant."
            ),
        )


def _conclusion_facts(by: Actor, inspection: Inspection, severities: Sequence[Severity]) -> dict[str, object]:
    return {
        "number": inspection.number,
        "inspection_kind": inspection.kind,
        "organ_level": by.organ_level.value,
        "conclusion": inspection.conclusion,
        "findings": {severity.value: severities.count(severity) for severity in Severity},
        "rectify_by": inspection.rectify_by,
    }


@transaction.atomic
def submit_rectification(
    *, by: Actor, inspection_id: int, report: str, photos: Sequence[UploadedFile] = ()
) -> Inspection:
    """Enter the subject's rectification report. Raises NotFound, NotAllowed, Conflict, InvalidInput."""
    inspection = inspection_visible_to(by, inspection_id, for_update=True)
    by = check_user_can_conduct(by, inspection)
    advance(inspection, "submit_rectification")
    if not report.strip():
        raise InvalidInput(
            _("The rectification report is empty."),
            field="report",
            cure=_("Say what was done about each finding."),
        )
    inspection.rectification = report.strip()
    inspection.submitted_at = now()
    inspection.save()
    documents = [
        store_photo(by=by, file=file_ref(inspection), upload=photo, part="rectification") for photo in photos
    ]
    complete_items_of_file(file_ref(inspection), {RECTIFY})
    clocks.meet(by, inspection, RECTIFICATION)
    give_work(
        inspection,
        VERIFY,
        _("Verify the rectification of %(n)s"),
        clocks.start(by, inspection, EVALUATION, inspection.submitted_at),
        by.user_id,
        n=inspection.number,
    )
    record(
        by,
        inspection,
        "rectification.submitted",
        evidence=[document.sha256 for document in documents],
        facts={"report": inspection.rectification},
    )
    return inspection


@transaction.atomic
def verify_rectification(*, by: Actor, inspection_id: int, note: str = "") -> Inspection:
    """Find the rectification sufficient and close the file. Raises NotFound, NotAllowed, Conflict."""
    inspection = inspection_visible_to(by, inspection_id, for_update=True)
    check_user_can_verify(by, inspection)
    advance(inspection, "verify_rectification")
    inspection.verification = note.strip()
    inspection.verified_at = inspection.closed_at = now()
    inspection.save()
    inspection.findings.update(verified=True)
    complete_items_of_file(file_ref(inspection), {VERIFY})
    clocks.meet(by, inspection, EVALUATION)
    late = inspection.rectify_by is not None and today() > inspection.rectify_by
    record(
        by,
        inspection,
        "rectification.verified",
        facts={"note": inspection.verification, "rectify_by": inspection.rectify_by, "late": late},
    )
    record(by, inspection, "inspection.closed")
    return inspection


@transaction.atomic
def return_rectification(
    *, by: Actor, inspection_id: int, reason: str, rectify_by: date | None = None
) -> Inspection:
    """Send the rectification back with a reason; its clock starts anew, perhaps with an earlier last day.

    Raises NotFound, NotAllowed, Conflict, InvalidInput.
    """
    inspection = inspection_visible_to(by, inspection_id, for_update=True)
    check_user_can_verify(by, inspection)
    advance(inspection, "return_rectification")
    if not reason.strip():
        raise InvalidInput(
            _("Say why it is returned."), field="reason", cure=_("Name what is still missing.")
        )
    clocks.meet(by, inspection, EVALUATION)
    last_day = not_passed(rectify_by)
    inspection.rectify_by = clocks.start(by, inspection, RECTIFICATION, now(), last_day)
    inspection.save()
    complete_items_of_file(file_ref(inspection), {VERIFY})
    lead = inspection.team.filter(is_lead=True).first()
    give_work(
        inspection,
        RECTIFY,
        _("Rectification returned: %(why)s"),
        inspection.rectify_by,
        lead.officer_id if lead else None,
        why=reason.strip(),
    )
    facts = {"reason": reason.strip(), "rectify_by": inspection.rectify_by}
    record(by, inspection, "rectification.returned", facts=facts)
    return inspection


@transaction.atomic
def cancel_inspection(*, by: Actor, inspection_id: int, reason: str) -> Inspection:
    """Give up an inspection that was not concluded. Raises NotFound, NotAllowed, Conflict, InvalidInput."""
    inspection = inspection_visible_to(by, inspection_id, for_update=True)
    by = check_user_can_conduct(by, inspection)
    advance(inspection, "cancel")
    if not reason.strip():
        raise InvalidInput(_("Say why it is cancelled."), field="reason", cure=_("One sentence is enough."))
    inspection.closed_at = now()
    inspection.save()
    cancel_items_of_file(file_ref(inspection))
    record(by, inspection, "inspection.cancelled", facts={"reason": reason.strip()})
    return inspection
