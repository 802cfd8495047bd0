"""Inspection teams as figures of plans count them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.db.models import QuerySet

from yaojian.casework.inspections.models import TeamMember
from yaojian.foundation.accounts.facade import Organ, responsibility_q
from yaojian.foundation.timekeeping import CHINA


def team_members(
    organ: Organ, first: date, last: date, *, full_time: bool | None = None
) -> QuerySet[TeamMember]:
    """Members of the teams of an organ and those below it in inspections concluded between two days."""
    found = TeamMember.objects.filter(
        responsibility_q(organ.path or "", "inspection__organ"),
        inspection__concluded_at__gte=datetime.combine(first, time.min, tzinfo=CHINA),
        inspection__concluded_at__lt=datetime.combine(last + timedelta(days=1), time.min, tzinfo=CHINA),
    )
    return found if full_time is None else found.filter(full_time=full_time)
