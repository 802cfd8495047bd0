"""Subjects with a history, and the rest as the plans' tests make it."""

from __future__ import annotations

from yaojian.foundation.accounts.facade import Organ
from yaojian.foundation.timekeeping import now
from yaojian.oversight.plans.tests import factories
from yaojian.oversight.plans.tests.factories import YEARLY, concluded, figure_with, officer, prefecture
from yaojian.registers.enterprises.models import Subject, SubjectFields, SubjectVersion

__all__ = ["YEARLY", "concluded", "figure_with", "officer", "prefecture", "subject"]


def subject(organ: Organ, code: str, **fields: object) -> Subject:
    """A pharmacy in 昌吉市 that has been as it is since its opening, unless told otherwise."""
    one = factories.subject(organ, code, **fields)
    if not SubjectVersion.objects.filter(subject=one).exists():
        values = {field.name: getattr(one, field.name) for field in SubjectFields._meta.get_fields()}
        SubjectVersion.objects.create(subject=one, valid_from=one.opened_on, recorded_at=now(), **values)
    return one
