"""What every action on an inspection does beside the change itself: state, act, work, number."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import F
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from yaojian.casework.inspections.basis import basis_of
from yaojian.casework.inspections.contracts import EVALUATION, FILE_KIND, RECTIFICATION
from yaojian.casework.inspections.models import Inspection, NumberSeries
from yaojian.casework.inspections.rules import file_number
from yaojian.casework.inspections.states import INSPECTION_STATES, InspectionState
from yaojian.casework.inspections.work_kinds import CONDUCT, RECTIFY, VERIFY
from yaojian.foundation.accounts.facade import Actor
from yaojian.foundation.deadlines.facade import open_clock_of
from yaojian.foundation.errors import Conflict
from yaojian.foundation.ledger.facade import Act, Ref, record_act, subject_ref
from yaojian.foundation.timekeeping import local_date, now, today
from yaojian.foundation.worklist.facade import WorkItem, open_item
from yaojian.registers.enterprises.facade import Subject

RULE_OF_WORK = {RECTIFY: RECTIFICATION, VERIFY: EVALUATION}
"""The clock by which work of a kind is due."""


def file_ref(inspection: Inspection) -> Ref:
    """The pointer to an inspection's file."""
    return Ref(FILE_KIND, inspection.pk)


def advance(inspection: Inspection, verb: str) -> None:
    """Move the inspection along the state table. Raises Conflict when its state does not permit `verb`."""
    state = InspectionState(inspection.state)
    if not INSPECTION_STATES.permits(state, verb):
        raise Conflict(
            _("The inspection has moved on in the meantime, so this step is no longer possible."),
            cure=_("The page shows where it stands now. What you typed is kept, so that you can copy it."),
        )
    inspection.state = INSPECTION_STATES.next(state, verb).value


def legal_basis(subject: Subject, at: datetime) -> list[str]:
    """The instruments that an inspection of the subject rests on at a moment, as acts keep them."""
    return [str(citation) for citation in basis_of(subject.subject_type).on(local_date(at))]


def source_of_work(subject: Subject, kind: str) -> str:
    """The instrument that work of a kind names: going on site, or rectification and its verification."""
    basis = basis_of(subject.subject_type)
    return str(basis.instruments[0] if kind == CONDUCT else basis.rectification)


def record(by: Actor, inspection: Inspection, kind: str, **what: Any) -> Act:
    """Record an act of the inspection's file, on the legal basis of the subject's type."""
    return record_act(
        by=by,
        kind=kind,
        subject=subject_ref(inspection.subject_id),
        file=file_ref(inspection),
        legal_basis=legal_basis(inspection.subject, what.get("claimed_at") or now()),
        **what,
    )


def give_work(
    inspection: Inspection,
    kind: str,
    reason: Promise,
    due_on: date | None = None,
    assignee_id: int | None = None,
    **values: object,
) -> None:
    """Put work on the inspection on the list of its organ and, when known, of an officer.

    The reason (with `values` filled in) is kept in the installation's language, whoever writes it.
    """
    with override(settings.LANGUAGE_CODE):
        words = str(reason) % values
    subject = inspection.subject
    rule = RULE_OF_WORK.get(kind)
    open_item(
        WorkItem(
            kind=kind,
            organ_id=inspection.organ_id,
            assignee_id=assignee_id,
            clock=open_clock_of(file_ref(inspection), rule) if rule else None,
            subject_id=subject.pk,
            subject_name=subject.name,
            division_code=subject.division_code,
            file_kind=FILE_KIND,
            file_id=inspection.pk,
            due_on=due_on,
            reason=words[:300],
            source=source_of_work(subject, kind),
            origin_kind=FILE_KIND,
            origin_key=str(inspection.pk),
            opened_at=now(),
        )
    )


def refuse_second(by: Actor, subject: Subject) -> None:
    """Raise Conflict when the actor's organ has an inspection of the subject that is not concluded yet."""
    under_way = Inspection.objects.filter(
        subject=subject,
        organ_id=by.organ_id,
        state__in=[InspectionState.PLANNED.value, InspectionState.ON_SITE.value],
    ).first()
    if under_way is not None:
        raise Conflict(
            _("Inspection %(n)s of this subject is already under way.") % {"n": under_way.number},
            field="beside",
            cure=_("Continue that one, or tick that this is another matter."),
        )


def next_number(organ_id: int, organ_short_name: str) -> str:
    """The organ's next number this year; the row lock of its series leaves no gap and no double."""
    year = today().year
    NumberSeries.objects.get_or_create(organ_id=organ_id, year=year)
    NumberSeries.objects.filter(organ_id=organ_id, year=year).update(last=F("last") + 1)
    last = NumberSeries.objects.get(organ_id=organ_id, year=year).last
    return file_number(organ_short_name, year, last)
