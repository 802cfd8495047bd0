"""The half days that the teams of an organ have in each week, by inspectors entered and calendar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count

from yaojian.foundation.accounts.contracts import roles_with
from yaojian.foundation.accounts.facade import Permission, Posting
from yaojian.foundation.periods import in_force_q
from yaojian.foundation.reference.facade import saying_which_year_is_missing, working_calendar
from yaojian.registers.people.facade import inspectors_by_organ

WEEK = timedelta(days=7)
DAY = timedelta(days=1)
TEAM = 2
"""Officers on site (行政处罚法 第四十二条)."""
HALF_DAYS = 2


@dataclass(frozen=True, slots=True)
class Week:
    """A week of a schedule: its Monday, its first and last day within the schedule, its working days."""

    monday: date
    first: date
    last: date
    working_days: int


def weeks_between(first: date, last: date) -> list[Week]:
    """The weeks from a day to a day, with their working days. Raises CalendarYearMissing."""
    calendar = working_calendar()
    weeks = []
    monday = first - timedelta(days=first.weekday())
    while monday <= last:
        begin, end = max(monday, first), min(monday + WEEK - DAY, last)
        days = [begin + n * DAY for n in range((end - begin).days + 1)]
        with saying_which_year_is_missing():
            weeks.append(Week(monday, begin, end, sum(map(calendar.is_working, days))))
        monday += WEEK
    return weeks


def inspectors_on(day: date) -> dict[int, int]:
    """Inspectors by organ: those in the register of people; where it has none, officers who may inspect."""
    entered = inspectors_by_organ(day)
    posted = (
        Posting.objects.filter(in_force_q(day), role__in=roles_with(Permission.INSPECTION_CONDUCT))
        .order_by()
        .values_list("organ_id")
        .annotate(n=Count("user_id", distinct=True))
    )
    return {**dict(posted), **entered}


def teams_of(inspectors: int) -> int:
    """How many teams of two so many inspectors make."""
    return max(inspectors, 0) // TEAM


def per_team(weeks: Sequence[Week], percent: int) -> list[int]:
    """The half days that one team has for planned inspections in each week, rounded down."""
    return [week.working_days * HALF_DAYS * percent // 100 for week in weeks]
