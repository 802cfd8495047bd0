"""The nightly look: what expires, and what looks like a lent certificate, becomes work and ceases to be."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import override

from yaojian.foundation.periods import ONE_DAY
from yaojian.foundation.timekeeping import now, today
from yaojian.foundation.worklist.facade import (
    ItemState,
    WorkItem,
    cancel_items_of_origin,
    complete_items_of_file,
    open_items,
)
from yaojian.registers.people.contracts import FILE_KIND, person_ref
from yaojian.registers.people.models import InspectorQualification, PharmacistRegistration
from yaojian.registers.people.queries import EXPIRING, suspected_registrations
from yaojian.registers.people.work_kinds import INSPECTOR_EXPIRES, REGISTRATION_EXPIRES, SUSPECTED

ORIGIN = "people.role"
LANGUAGE_OF_WORK = "zh-hans"
"""Reasons are kept as text; officers of every organ read them in Chinese."""


@transaction.atomic
def refresh_people_duties(as_of: date | None = None) -> int:
    """Open the work that a day brings about people's papers, and withdraw what no longer binds.

    Returns how many items are new. Safe to repeat.
    """
    day = as_of or today()
    with override(LANGUAGE_OF_WORK):
        return (
            _bring(REGISTRATION_EXPIRES, _of_registrations(_expiring(PharmacistRegistration, day), _expires))
            + _bring(INSPECTOR_EXPIRES, _of_inspectors(_expiring(InspectorQualification, day)))
            + _bring(SUSPECTED, _of_registrations(suspected_registrations(day), _suspected))
        )


def _expiring(model: Any, day: date) -> QuerySet[Any]:
    """Roles that end within the span and are not followed by another of the same person."""
    soon = model.objects.filter(valid_from__lte=day, valid_to__gte=day, valid_to__lte=day + EXPIRING)
    renewed = {
        (person, first - ONE_DAY)
        for person, first in model.objects.filter(valid_from__gt=day).values_list("person_id", "valid_from")
    }
    done = [
        pk
        for pk, person, last in soon.values_list("pk", "person_id", "valid_to")
        if (person, last) in renewed
    ]
    found: QuerySet[Any] = soon.exclude(pk__in=done)
    return found


def _expires(role: PharmacistRegistration) -> dict[str, Any]:
    reason = _("The registration %(number)s expires on %(day)s: renew, move or cancel it")
    return {
        "due_on": role.valid_to,
        "reason": reason % {"number": role.registration_no, "day": role.valid_to},
        "source": _("Measures on the registration of licensed pharmacists (2021 No. 36), five years"),
    }


def _suspected(role: PharmacistRegistration) -> dict[str, Any]:
    reason = _(
        "The pharmacist registered here under %(number)s seems to work elsewhere, or this place is closed"
    )
    return {
        "due_on": None,
        "reason": reason % {"number": role.registration_no},
        "source": _("Measures on the registration of licensed pharmacists (2021 No. 36)"),
    }


def _of_registrations(roles: QuerySet[PharmacistRegistration], words: Any) -> Iterable[WorkItem]:
    for role in roles.select_related("subject"):
        subject = role.subject
        yield WorkItem(
            organ_id=subject.responsible_organ_id,
            subject_id=subject.pk,
            subject_name=subject.name,
            division_code=subject.division_code,
            file_kind=FILE_KIND,
            file_id=role.person_id,
            origin_key=str(role.pk),
            **words(role),
        )


def _of_inspectors(roles: QuerySet[InspectorQualification]) -> Iterable[WorkItem]:
    for role in roles:
        yield WorkItem(
            organ_id=role.organ_id,
            file_kind=FILE_KIND,
            file_id=role.person_id,
            origin_key=str(role.pk),
            due_on=role.valid_to,
            reason=_("An inspector's certificate expires on %(day)s") % {"day": role.valid_to},
        )


def _bring(kind: str, wanted: Iterable[WorkItem]) -> int:
    """Open the items that are wanted and withdraw the open ones of the kind that no longer are."""
    items = {(item.subject_id, item.origin_key): item for item in wanted}
    open_now = WorkItem.objects.filter(kind=kind, origin_kind=ORIGIN, state=ItemState.OPEN.value)
    stale: list[tuple[int, str]] = []
    for subject_id, key, file_id in open_now.values_list("subject_id", "origin_key", "file_id"):
        if (subject_id, key) in items:
            continue
        if subject_id is None:  # an inspector's certificate: renewed or given up
            complete_items_of_file(person_ref(file_id or 0), [kind])
        else:
            stale.append((subject_id, key))
    cancel_items_of_origin(kind, ORIGIN, stale)
    moment = now()
    for item in items.values():
        item.kind, item.origin_kind, item.opened_at = kind, ORIGIN, moment
    return open_items(list(items.values()))
