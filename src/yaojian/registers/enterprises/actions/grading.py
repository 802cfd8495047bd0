"""Decisions about risk grades: people set them, the scheme only proposes."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Actor, Permission
from yaojian.foundation.errors import Conflict, DomainError, InvalidInput, NotFound
from yaojian.foundation.timekeeping import now, today
from yaojian.registers.enterprises.actions.changing import (
    check_day,
    check_reason,
    editable_subject,
    history_of,
    record,
    set_columns,
)
from yaojian.registers.enterprises.grading.assessing import assessed, reasons_as_json
from yaojian.registers.enterprises.grading.scheme import Assessment, risk_scheme
from yaojian.registers.enterprises.models import RiskDecision, RiskProposal, Subject
from yaojian.registers.enterprises.types import RiskGrade
from yaojian.registers.enterprises.versions import span_on

MOST_AT_ONCE = 200


@transaction.atomic
def set_grade(*, by: Actor, subject_id: int, grade: str, on: date, note: str) -> None:
    """Set a subject's risk grade by hand from a day, with the reason.

    Raises InvalidInput, and Conflict when it has this grade on that day already.
    """
    subject = editable_subject(by, subject_id, Permission.RISK_GRADE)
    if grade not in {g.value for g in RiskGrade if g}:
        raise InvalidInput(_("This is no risk grade."), field="grade", cure=_("Choose I, II, III or IV."))
    check_day(history_of(subject), on, note, field="on")
    check_reason(note, field="note")
    _decide(by, subject, grade, on, note=note, by_hand=True, assessment=assessed(subject))


@transaction.atomic
def accept_proposal(*, by: Actor, subject_id: int, on: date) -> None:
    """Set the grade that the scheme proposes. Raises NotFound when it proposes none (any more)."""
    subject = editable_subject(by, subject_id, Permission.RISK_GRADE)
    proposal = _proposal(subject)
    check_day(history_of(subject), on, str(_("Proposal accepted")), field="on")
    _decide(by, subject, proposal.grade, on, note="", by_hand=False, assessment=assessed(subject))


def accept_proposals(*, by: Actor, subject_ids: Collection[int]) -> tuple[int, list[str]]:
    """Accept several proposals from today; how many were, and why the others were not."""
    accepted, refusals = 0, []
    for key in list(dict.fromkeys(subject_ids))[:MOST_AT_ONCE]:
        try:
            accept_proposal(by=by, subject_id=key, on=today())
        except DomainError as error:
            refusals.append(str(error))
        else:
            accepted += 1
    return accepted, refusals


@transaction.atomic
def keep_grade(*, by: Actor, subject_id: int, note: str) -> None:
    """Keep the grade against a proposal, with the reason; it is proposed again when the reasons change."""
    subject = editable_subject(by, subject_id, Permission.RISK_GRADE)
    proposal = _proposal(subject)
    check_reason(note, field="note")
    if not subject.risk_grade:
        raise Conflict(
            _("The subject has no grade yet that could be kept."),
            cure=_("Accept the proposal or set a grade."),
        )
    assessment = assessed(subject)
    act = record(
        by, subject, "subject.grade_kept", {"risk_grade": subject.risk_grade, "reason": note.strip()}
    )
    _note(by, subject, subject.risk_grade, today(), note, assessment, act=act, by_hand=False, kept=True)
    proposal.delete()


def _proposal(subject: Subject) -> RiskProposal:
    proposal = RiskProposal.objects.filter(subject=subject).first()
    if proposal is None:
        raise NotFound(_("Nothing is proposed for this subject any more."))
    return proposal


def _decide(
    by: Actor,
    subject: Subject,
    grade: str,
    on: date,
    *,
    note: str,
    by_hand: bool,
    assessment: Assessment,
) -> None:
    before = span_on(history_of(subject), on).values["risk_grade"]
    if before == grade:
        raise Conflict(_("The subject has this grade on that day already."), field="grade")
    facts = {"risk_grade": grade, "grade_before": before, "score": assessment.score, "by_hand": by_hand}
    act = set_columns(by, subject, on, {"risk_grade": grade}, "subject.graded", note, facts)
    _note(by, subject, grade, on, note, assessment, act=act, by_hand=by_hand, kept=False, before=before)
    RiskProposal.objects.filter(subject=subject).delete()


def _note(
    by: Actor,
    subject: Subject,
    grade: str,
    on: date,
    note: str,
    assessment: Assessment,
    *,
    act: UUID,
    by_hand: bool,
    kept: bool,
    before: str = "",
) -> None:
    """Keep the decision with the reasons of its moment."""
    RiskDecision.objects.create(
        subject=subject,
        grade=grade,
        before=before,
        valid_from=on,
        by_hand=by_hand,
        kept=kept,
        note=note.strip(),
        scheme=risk_scheme().code,
        score=assessment.score,
        proposed=assessment.grade.value,
        reasons=reasons_as_json(assessment),
        fingerprint=assessment.fingerprint,
        decided_at=now(),
        decided_by=by.display_name,
        organ_name=by.organ_name,
        act=act,
    )
