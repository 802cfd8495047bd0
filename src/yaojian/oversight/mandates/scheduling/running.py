"""A schedule from the asking to the last visit: organ by organ, each in a transaction of its own."""

from __future__ import annotations

import hashlib
import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import groupby
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Organ
from yaojian.foundation.copying import copy_rows
from yaojian.foundation.errors import DomainError
from yaojian.foundation.timekeeping import now, today
from yaojian.oversight.mandates.duties import years_later
from yaojian.oversight.mandates.models import Draw, OrganLoad, Schedule, Visit
from yaojian.oversight.mandates.reading import acts_about, first_day_read, rules_on
from yaojian.oversight.mandates.rules import DoneAct, Rule
from yaojian.oversight.mandates.scheduling.capacity import (
    TEAM,
    Week,
    inspectors_on,
    per_team,
    teams_of,
    weeks_between,
)
from yaojian.oversight.mandates.scheduling.effort import effort
from yaojian.oversight.mandates.scheduling.solver import Placement, Task, more_teams, place, too_long
from yaojian.oversight.mandates.scheduling.visits import (
    Asked,
    Owed,
    Span,
    undrawn_periods,
    visits_of,
    wants_of,
)
from yaojian.oversight.mandates.states import SCHEDULE_STATES, ScheduleState

NO_TEAM, NO_ROOM, TOO_LONG = "no_team", "no_room", "too_long"
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
       s.needed, s.since, s.opened_on
  FROM mandates_standing s JOIN enterprises_subject e ON e.id = s.subject_id
 WHERE s.organ_id = %s AND s.needed > 0 AND NOT s.nobody ORDER BY e.id, s.mandate_id"""

_SHARED = """SELECT s.mandate_id, e.subject_type, count(*), sum(s.done)
  FROM mandates_standing s JOIN enterprises_subject e ON e.id = s.subject_id
 WHERE s.organ_id = %s AND s.mandate_id = ANY(%s) AND NOT s.nobody GROUP BY 1, 2 ORDER BY 1, 2"""


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

    Safe to call twice: whoever comes second finds it begun; whoever was given up for dead keeps nothing more.
    A refusal or a fault ends the schedule and is kept with it.
    """
    schedule = _begin(schedule_id)
    if schedule is None:
        return False
    try:
        year = year_of(schedule.year, schedule.percent, today())
        day = max(today(), year.span.first)
        rules = {rule.key: rule for rule in rules_on(day, with_arrears=True)}
        inspectors = inspectors_on(today())
        organs = _organs(schedule)
        Schedule.objects.filter(pk=schedule.pk).update(organs_all=len(organs))
        digest = hashlib.sha256()
        for number, organ_id in enumerate(organs, 1):
            if Schedule.objects.filter(pk=schedule.pk, cancel_asked=True).exists():
                _end(schedule, "cancel")
                return False
            people = max(inspectors.get(organ_id, 0) + schedule.extra, 0)
            with transaction.atomic():
                if not _mine(schedule).update(organs_done=number, beat_at=now()):
                    return False
                digest.update(_one_organ(schedule, organ_id, people, year, rules))
            if moved is not None:
                moved(number)
    except DomainError as error:
        _end(schedule, "fail", refusal=str(error)[:300])
        return False
    except Exception:
        _end(schedule, "fail", refusal=str(_("A fault ended the work. The operator finds it in the log.")))
        raise
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
        schedule.started_at = schedule.beat_at = now()
        schedule.attempts += 1
        schedule.organs_done = 0
        schedule.save()
    return schedule


def _end(schedule: Schedule, verb: str, **kept: str) -> None:
    state = SCHEDULE_STATES.next(ScheduleState.RUNNING, verb).value
    _mine(schedule).update(state=state, finished_at=now(), **kept)


def _mine(schedule: Schedule) -> QuerySet[Schedule]:
    """The schedule as long as no other worker has begun it anew."""
    return Schedule.objects.filter(
        pk=schedule.pk, state=ScheduleState.RUNNING.value, attempts=schedule.attempts
    )


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
    several = {key for key, rule in rules.items() if _counts_several(rule)}
    acts = (
        acts_about(
            {row[0] for row in rows if row[4] in several},
            first_day_read([rules[key] for key in several], year.span.read_on),
            year.span.read_on,
        )
        if several
        else {}
    )
    stops = []
    for (key, code, subject_type, division), owed in groupby(rows, key=lambda row: row[:4]):
        wants = [
            want
            for row in owed
            if row[4] in rules
            for want in wants_of(_owed(row, rules[row[4]], acts.get(key, ())), code, year.span)
        ]
        stops += [Stop(key, code, division, lengths[subject_type], asked) for asked in visits_of(wants)]
    return stops


def _counts_several(rule: Rule) -> bool:
    period = rule.formula.period
    return period is not None and period.unit == "rolling_years" and rule.formula.minimum > 1


def _owed(row: Sequence[Any], rule: Rule, acts: Sequence[DoneAct]) -> Owed:
    due_on, met, done, needed, since, opened_on = row[5:]
    runs_out: tuple[date, ...] = ()
    if _counts_several(rule):
        assert rule.formula.period is not None
        days = [
            max(act.day, since)
            for act in acts
            if act.day >= opened_on and rule.counts(act.inspection_kind, act.organ_level)
        ][-needed:]
        years = rule.formula.period.n or 1
        counting = [*[since] * (needed - len(days)), *days]
        runs_out = tuple(sorted(years_later(day, years) for day in counting))
    return Owed(rule, due_on, met, done, needed, runs_out)


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
    placement = place(tasks, year.per_team, teams)
    rows = []
    for stop, task, week, team in zip(stops, tasks, placement.weeks, placement.teams, strict=True):
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
                why_not(task, year, teams) if week is None else "",
                would_fit(task, placement, year) if week is None else None,
            )
        )
    copy_rows(Visit, _VISIT, rows)
    _keep_load(schedule, organ_id, inspectors, stops, tasks, placement, year, rules)
    text = "\n".join(f"{row[2]} {row[3]} {row[9]} {row[10]}" for row in rows)
    return hashlib.sha256(text.encode()).digest()


def why_not(task: Task, year: Year, teams: int) -> str:
    """Why a visit has no week."""
    if not teams:
        return NO_TEAM
    return TOO_LONG if too_long(task, year.per_team) else NO_ROOM


def would_fit(task: Task, placement: Placement, year: Year) -> date | None:
    """The first week after the visit's span that has room for it."""
    for week in range(task.last + 1, len(year.weeks)):
        if placement.has_room(week, task.half_days):
            return year.weeks[week].monday
    return None


def to_draw_in(organ_id: int, year: Year, rules: Mapping[int, Rule]) -> dict[str, Fraction]:
    """By type of subject, how many visits can be expected of the shares still to be drawn in a schedule.

    Nobody knows whom: they have no week. Those inspected in the present period count towards its share.
    """
    shares = {key: rule for key, rule in rules.items() if rule.share is not None}
    drawn = _drawn_for(organ_id, year.span.read_on)
    with connection.cursor() as cursor:
        cursor.execute(_SHARED, [organ_id, list(shares)])
        rows = cursor.fetchall()
    found: dict[str, Fraction] = defaultdict(Fraction)
    for mandate_id, subject_type, members, done in rows:
        rule = shares[mandate_id]
        assert rule.share is not None
        each = members * rule.share * rule.formula.minimum
        periods = undrawn_periods(rule, mandate_id in drawn, year.span)
        is_new = mandate_id not in drawn and year.span.first == year.span.read_on
        found[subject_type] += max(Fraction(0), each * periods - (done if is_new else 0))
    return found


def _drawn_for(organ_id: int, day: date) -> set[int]:
    """The mandates for whose period that contains a day a draw has been made that covers an organ."""
    made = Draw.objects.filter(
        drawn_at__isnull=False, period_start__lte=day, period_end__gte=day
    ).select_related("organ")
    path = Organ.objects.get(pk=organ_id).path or "-"
    return {draw.mandate_id for draw in made if path.startswith(draw.organ.path or "-")}


def _keep_load(
    schedule: Schedule,
    organ_id: int,
    inspectors: int,
    stops: Sequence[Stop],
    tasks: Sequence[Task],
    placement: Placement,
    year: Year,
    rules: Mapping[int, Rule],
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
    unplaced = sum(week is None for week in placement.weeks)
    missing = more_teams(tasks, year.per_team, teams) if unplaced else 0
    to_draw = to_draw_in(organ_id, year, rules)
    OrganLoad.objects.create(
        schedule=schedule,
        organ_id=organ_id,
        inspectors=inspectors,
        asked=len(stops),
        placed=len(stops) - unplaced,
        late=late,
        load=load,
        capacity=room,
        more_inspectors=missing * TEAM - inspectors % TEAM if missing else 0,
        to_draw=math.ceil(sum(to_draw.values())),
        to_draw_half_days=math.ceil(sum(n * effort().half_days[t] for t, n in to_draw.items())),
    )
