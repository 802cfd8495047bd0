"""What every action on an inspection does beside the change itself: state, act, work, number."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import F
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from yaojian.casework.inspections.contracts import FILE_KIND
from yaojian.casework.inspections.models import Inspection, NumberSeries
from yaojian.casework.inspections.rules import file_number
from yaojian.casework.inspections.states import INSPECTION_STATES, InspectionState
from yaojian.foundation.accounts.facade import Actor
from yaojian.foundation.errors import Conflict
from yaojian.foundation.ledger.facade import Act, Ref, record_act, subject_ref
from yaojian.foundation.timekeeping import now, today
from yaojian.foundation.worklist.facade import WorkItem, open_item

BASIS_INSPECT = "药品管理法 第九十九条"
BASIS_PROCEDURE = "药品检查管理办法（试行）"


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


def record(by: Actor, inspection: Inspection, kind: str, **what: Any) -> Act:
    """Record an act of the inspection's file."""
    return record_act(
        by=by,
        kind=kind,
        subject=subject_ref(inspection.subject_id),
        file=file_ref(inspection),
        legal_basis=[BASIS_INSPECT, BASIS_PROCEDURE],
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
    open_item(
        WorkItem(
            kind=kind,
            organ_id=inspection.organ_id,
            assignee_id=assignee_id,
            subject_id=subject.pk,
            subject_name=subject.name,
            division_code=subject.division_code,
            file_kind=FILE_KIND,
            file_id=inspection.pk,
            due_on=due_on,
            reason=words[:300],
            source=BASIS_PROCEDURE,
            origin_kind=FILE_KIND,
            origin_key=str(inspection.pk),
            opened_at=now(),
        )
    )


def next_number(organ_id: int, organ_short_name: str) -> str:
    """The organ's next number this year; the row lock of its series leaves no gap and no double."""
    year = today().year
    NumberSeries.objects.get_or_create(organ_id=organ_id, year=year)
    NumberSeries.objects.filter(organ_id=organ_id, year=year).update(last=F("last") + 1)
    last = NumberSeries.objects.get(organ_id=organ_id, year=year).last
    return file_number(organ_short_name, year, last)
