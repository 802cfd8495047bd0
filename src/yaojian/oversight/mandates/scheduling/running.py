"""A schedule from the asking to the last visit: organ by organ, each in a transaction of its own."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.db import connection, transaction

from yaojian.foundation.accounts.facade import Organ
from yaojian.foundation.copying import copy_rows
from yaojian.foundation.errors import DomainError
from yaojian.foundation.timekeeping import now, today
from yaojian.oversight.mandates.models import OrganLoad, Schedule, Visit
from yaojian.oversight.mandates.reading import rules_on
from yaojian.oversight.mandates.rules import Rule
from yaojian.oversight.mandates.scheduling.capacity import (
    TEAM,
    Week,
    inspectors_on,
    per_team,
    teams_of,
    weeks_between,
)
from yaojian.oversight.mandates.scheduling.effort import effort
from yaojian.oversight.mandates.scheduling.solver import Placement, Task, Teams, more_teams, place
from yaojian.oversight.mandates.scheduling.visits import Asked, Owed, Span, visits_of, wants_of
from yaojian.oversight.mandates.states import SCHEDULE_STATES, ScheduleState

NO_TEAM, NO_ROOM = "no_team", "no_room"
_VISIT = (
    "schedule",
    "organ",
    "subject",
    "mandates",
    "kind",
    "half_days",
    "earliest",
    "latest",
    "due_on",
    "week",
    "team",
    "reason",
    "would_fit",
)
_OWED = """SELECT e.id, e.code, e.subject_type, e.division_code, s.mandate_id, s.due_on, s.met, s.done,
       s.needed
  FROM mandates_standing s JOIN enterprises_subject e ON e.id = s.subject_id
 WHERE s.organ_id = %s AND s.needed > 0 AND NOT s.nobody ORDER BY e.id, s.mandate_id"""


@dataclass(frozen=True, slots=True)
class Stop:
    """One subject to be visited: where it is, how long it takes, what for."""

    subject_id: int
    code: str
    division_code: str
    half_days: int
    asked: Asked


@dataclass(frozen=True, slots=True)
class Year:
    """The weeks of a schedule and what a team has in each."""

    span: Span
    weeks: Sequence[Week]
    per_team: Sequence[int]

    def place_of(self, day: date) -> int:
        """Which week a day of the schedule lies in."""
        return min(max((day - self.weeks[0].monday).days // 7, 0), len(self.weeks) - 1)


def year_of(year: int, percent: int, day: date) -> Year:
    """The weeks of a year that are still to come on a day. Raises CalendarYearMissing."""
    first = max(date(year, 1, 1), day)
    span = Span(first, date(year, 12, 31), day)
    weeks = weeks_between(first, span.last)
    return Year(span, weeks, per_team(weeks, percent))


def run_schedule(schedule_id: int, moved: Callable[[int], None] | None = None) -> bool:
    """Work on a schedule until it is done or somebody cancels it; returns whether it was done.

    Safe to call twice: whoever comes second finds it begun. A refusal is kept with the schedule.
    """
    schedule = _begin(schedule_id)
    if schedule is None:
        return False
    try:
        year = year_of(schedule.year, schedule.percent, today())
        rules = {rule.key: rule for rule in rules_on(max(today(), year.span.first))}
        inspectors = inspectors_on(today())
        organs = _organs(schedule)
        Schedule.objects.filter(pk=schedule.pk).update(organs_all=len(organs))
        digest = hashlib.sha256()
        for number, organ_id in enumerate(organs, 1):
            with transaction.atomic():
                if Schedule.objects.filter(pk=schedule.pk, cancel_asked=True).exists():
                    _end(schedule, "cancel")
                    return False
                people = max(inspectors.get(organ_id, 0) + schedule.extra, 0)
                digest.update(_one_organ(schedule, organ_id, people, year, rules))
                Schedule.objects.filter(pk=schedule.pk).update(organs_done=number)
            if moved is not None:
                moved(number)
    except DomainError as error:
        _end(schedule, "fail", refusal=str(error)[:300])
        return False
    _end(schedule, "finish", digest=digest.hexdigest())
    return True


def _begin(schedule_id: int) -> Schedule | None:
    with transaction.atomic():
        schedule = (
            Schedule.objects.select_for_update(of=("self",), skip_locked=True)
            .select_related("organ")
            .filter(pk=schedule_id, state=ScheduleState.QUEUED.value)
            .first()
        )
        if schedule is None:
            return None
        schedule.visits.all().delete()
        schedule.loads.all().delete()
        schedule.state = SCHEDULE_STATES.next(ScheduleState.QUEUED, "start").value
        schedule.started_at = now()
        schedule.organs_done = 0
        schedule.save()
    return schedule


def _end(schedule: Schedule, verb: str, **kept: str) -> None:
    state = SCHEDULE_STATES.next(ScheduleState.RUNNING, verb).value
    Schedule.objects.filter(pk=schedule.pk).update(state=state, finished_at=now(), **kept)


def _organs(schedule: Schedule) -> list[int]:
    """The organ and those below it that carry out any duty, in the order of their keys."""
    below = Organ.objects.filter(path__startswith=schedule.organ.path or "-").order_by()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT o.id FROM unnest(%s::bigint[]) AS o (id)"
            " WHERE EXISTS (SELECT FROM mandates_standing s WHERE s.organ_id = o.id) ORDER BY o.id",
            [list(below.values_list("pk", flat=True))],
        )
        return [key for (key,) in cursor.fetchall()]


def stops_of(organ_id: int, year: Year, rules: Mapping[int, Rule]) -> list[Stop]:
    """The visits that the duties of one organ come to within a schedule, in the order of the subjects."""
    lengths = effort().half_days
    with connection.cursor() as cursor:
        cursor.execute(_OWED, [organ_id])
        rows = cursor.fetchall()
    stops = []
    for (key, code, subject_type, division), owed in groupby(rows, key=lambda row: row[:4]):
        wants = [
            want
            for row in owed
            if row[4] in rules
            for want in wants_of(Owed(rules[row[4]], *row[5:]), code, year.span)
        ]
        stops += [Stop(key, code, division, lengths[subject_type], asked) for asked in visits_of(wants)]
    return stops


def tasks_of(stops: Sequence[Stop], year: Year) -> list[Task]:
    """Stops as the solver takes them; among equals those of one township follow one another."""
    return [
        Task(
            year.place_of(stop.asked.earliest),
            max(year.place_of(stop.asked.latest), year.place_of(stop.asked.earliest)),
            stop.half_days,
            (stop.division_code, stop.code),
        )
        for stop in stops
    ]


def _one_organ(
    schedule: Schedule, organ_id: int, inspectors: int, year: Year, rules: Mapping[int, Rule]
) -> bytes:
    """Place the visits of one organ and keep them; returns the digest of what was placed where."""
    stops = stops_of(organ_id, year, rules)
    tasks = tasks_of(stops, year)
    teams = teams_of(inspectors)
    capacity = [half_days * teams for half_days in year.per_team]
    placement = place(tasks, capacity)
    crews = _crews(tasks, placement, teams)
    rows = []
    for stop, task, week, team in zip(stops, tasks, placement.weeks, crews, strict=True):
        reason = "" if week is not None else NO_ROOM if teams else NO_TEAM
        rows.append(
            (
                schedule.pk,
                organ_id,
                stop.subject_id,
                list(stop.asked.mandates),
                stop.asked.kind,
                stop.half_days,
                stop.asked.earliest,
                stop.asked.latest,
                stop.asked.due_on,
                year.weeks[week].monday if week is not None else None,
                team,
                reason,
                _would_fit(task, placement, year) if week is None else None,
            )
        )
    copy_rows(Visit, _VISIT, rows)
    _keep_load(schedule, organ_id, inspectors, stops, tasks, placement, year)
    text = "\n".join(f"{row[2]} {row[3]} {row[9]} {row[10]}" for row in rows)
    return hashlib.sha256(text.encode()).digest()


def _crews(tasks: Sequence[Task], placement: Placement, teams: int) -> list[int | None]:
    """The team of each visit: the longest first, to the team with the least in that week."""
    by_week: dict[int, Teams] = {}
    crews: list[int | None] = [None] * len(tasks)
    order = sorted(range(len(tasks)), key=lambda n: (-tasks[n].half_days, tasks[n].order))
    for number in order:
        week = placement.weeks[number]
        if week is not None:
            crews[number] = by_week.setdefault(week, Teams.of(teams)).take(tasks[number].half_days)
    return crews


def _would_fit(task: Task, placement: Placement, year: Year) -> date | None:
    """The first week after the visit's span that has room for it."""
    for week in range(task.last + 1, len(year.weeks)):
        if placement.left[week] >= task.half_days:
            return year.weeks[week].monday
    return None


def _keep_load(
    schedule: Schedule,
    organ_id: int,
    inspectors: int,
    stops: Sequence[Stop],
    tasks: Sequence[Task],
    placement: Placement,
    year: Year,
) -> None:
    load, room = [0] * 12, [0] * 12
    teams = teams_of(inspectors)
    late = 0
    for stop, task, week in zip(stops, tasks, placement.weeks, strict=True):
        if week is not None:
            load[year.weeks[week].first.month - 1] += task.half_days
            late += year.weeks[week].first > stop.asked.due_on
    for each, half_days in zip(year.weeks, year.per_team, strict=True):
        room[each.first.month - 1] += half_days * teams
    missing = more_teams(tasks, [half_days * teams for half_days in year.per_team], year.per_team)
    unplaced = sum(week is None for week in placement.weeks)
    OrganLoad.objects.create(
        schedule=schedule,
        organ_id=organ_id,
        inspectors=inspectors,
        asked=len(stops),
        placed=len(stops) - unplaced,
        late=late,
        load=load,
        capacity=room,
        more_inspectors=(missing or 1) * TEAM - inspectors % TEAM if unplaced else 0,
    )
