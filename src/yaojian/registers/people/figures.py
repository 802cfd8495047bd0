"""People as figures of plans count them: inspectors and licensed pharmacists of an organ on a day."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db.models import QuerySet

from yaojian.foundation.accounts.facade import Organ, responsibility_q
from yaojian.foundation.periods import in_force_q
from yaojian.registers.enterprises.facade import stood_on_land_q
from yaojian.registers.people.models import InspectorQualification, PharmacistRegistration


def inspectors_on(
    organ: Organ, day: date, *, tiers: Collection[str] = (), sequences: Collection[str] = ()
) -> QuerySet[InspectorQualification]:
    """Qualifications in force at an organ and those below it, of some tiers and sequences when given."""
    found = InspectorQualification.objects.filter(
        in_force_q(day), responsibility_q(organ.path or "", "organ")
    )
    if tiers:
        found = found.filter(tier__in=list(tiers))
    return found.filter(sequence__in=list(sequences)) if sequences else found


def pharmacists_on(organ: Organ, day: date) -> QuerySet[PharmacistRegistration]:
    """Registrations in force at subjects that stood on an organ's land; a pharmacist has one at a time."""
    return PharmacistRegistration.objects.filter(in_force_q(day), stood_on_land_q(organ, day))
