"""What a schedule would be with other numbers of inspectors; nothing is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from yaojian.foundation.timekeeping import local_date
from yaojian.oversight.mandates.models import OrganLoad, Visit
from yaojian.oversight.mandates.scheduling.capacity import teams_of
from yaojian.oversight.mandates.scheduling.running import Year, why_not, would_fit, year_of
from yaojian.oversight.mandates.scheduling.solver import Task, place


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A visit that would have no week, why, and the first later week with room."""

    visit: Visit
    reason: str
    would_fit: date | None


@dataclass(frozen=True, slots=True)
class Supposed:
    """What an organ's year would be with another number of inspectors; half days of a team by month."""

    inspectors: int
    teams: int
    placed: int
    load: tuple[int, ...]
    capacity: tuple[int, ...]
    unplaced: tuple[Unplaced, ...]


def suppose(load: OrganLoad, extra: int) -> Supposed:
    """Place the visits of one organ's schedule anew with more or fewer inspectors."""
    schedule = load.schedule
    year = year_of(schedule.year, schedule.percent, local_date(schedule.started_at or schedule.asked_at))
    visits = list(Visit.objects.filter(schedule=schedule, organ_id=load.organ_id).select_related("subject"))
    inspectors = max(load.inspectors + extra, 0)
    teams, tasks = teams_of(inspectors), _tasks(visits, year)
    placement = place(tasks, year.per_team, teams)
    work, room = [0] * 12, [0] * 12
    for task, week in zip(tasks, placement.weeks, strict=True):
        if week is not None:
            work[year.weeks[week].first.month - 1] += task.half_days
    for each, half_days in zip(year.weeks, year.per_team, strict=True):
        room[each.first.month - 1] += half_days * teams
    unplaced = tuple(
        Unplaced(visit, why_not(task, year, teams), would_fit(task, placement, year))
        for visit, task, week in zip(visits, tasks, placement.weeks, strict=True)
        if week is None
    )
    placed = len(visits) - len(unplaced)
    return Supposed(inspectors, teams, placed, tuple(work), tuple(room), unplaced)


def _tasks(visits: Sequence[Visit], year: Year) -> list[Task]:
    return [
        Task(
            year.place_of(visit.earliest),
            max(year.place_of(visit.latest), year.place_of(visit.earliest)),
            visit.half_days,
            (str(visit.subject_id),),
        )
        for visit in visits
    ]
