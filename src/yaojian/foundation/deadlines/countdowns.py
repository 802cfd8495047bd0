"""Clocks that count back from a day to come, kept for many files at once: a renewal is due before the end."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import QuerySet

from yaojian.foundation.accounts.facade import Actor, Organ, system_actor
from yaojian.foundation.copying import insert_all
from yaojian.foundation.deadlines.computing import set_due
from yaojian.foundation.deadlines.models import RunningClock
from yaojian.foundation.deadlines.states import CLOCK_STATES, ClockState
from yaojian.foundation.deadlines.versions import RuleVersions
from yaojian.foundation.deadlines.windows import trigger_of
from yaojian.foundation.ledger.facade import Act, Ref, compose_act, subject_ref
from yaojian.foundation.reference.facade import rule_of, working_calendar
from yaojian.foundation.timekeeping import local_date, now
from yaojian.foundation.workflow.clocks import Direction

BATCH = 1000
Key = tuple[int, str, date]
"""File, code of the rule, and the day counted back from."""


@dataclass(frozen=True, slots=True)
class Countdown:
    """What has to happen for a file, by a rule, before a day; one that does not start only goes on."""

    rule: str
    file: Ref
    subject_id: int
    organ_id: int
    before: date
    starts: bool = True


@transaction.atomic
def keep_countdowns(file_kind: str, wanted: Iterable[Countdown]) -> dict[int, RunningClock]:
    """Let exactly the wanted clocks run for files of a kind; returns those that run, by file.

    A clock that is no longer wanted lapses: whether what it asked for was done in time is known to the room
    of that work, not here. Each start and each lapse leaves an act of the platform. The rules are verified
    ones; running it again changes nothing.
    """
    asked = {(one.file.id, one.rule, one.before): one for one in wanted}
    running = {_key(clock): clock for clock in _open_clocks(file_kind)}
    stale = [clock for key, clock in running.items() if key not in asked]
    fresh = [one for key, one in asked.items() if one.starts and key not in running]
    platform = _Platform()
    acts = _lapsed(stale, platform.of_clock)
    started = _started(fresh)
    acts += [_act(platform.of_clock(clock), clock, "clock.started") for clock in started]
    insert_all(acts)
    going_on = [clock for clock in running.values() if clock.stopped_at is None]
    return {clock.file_id: clock for clock in (*going_on, *started)}


def end_countdowns(by: Actor, file: Ref) -> None:
    """The matter of a file is settled by a person's act: its clocks that count back lapse at once."""
    clocks = list(_open_clocks(file.kind).filter(file_id=file.id))
    insert_all(_lapsed(clocks, lambda _clock: by))


def _open_clocks(file_kind: str) -> QuerySet[RunningClock]:
    clocks = RunningClock.objects.select_related("rule", "organ")
    return clocks.filter(
        file_kind=file_kind, state__in=["running", "paused"], rule__direction=Direction.BEFORE
    )


def _key(clock: RunningClock) -> Key:
    return clock.file_id, clock.rule.code, local_date(clock.triggered_at)


class _Platform:
    """The platform acting for the organ of a clock, looked up once for each organ."""

    def __init__(self) -> None:
        self._actors: dict[int, Actor] = {}

    def of_clock(self, clock: RunningClock) -> Actor:
        if clock.organ_id not in self._actors:
            self._actors[clock.organ_id] = system_actor(Organ.objects.get(pk=clock.organ_id))
        return self._actors[clock.organ_id]


def _lapsed(clocks: list[RunningClock], by: Callable[[RunningClock], Actor]) -> list[Act]:
    """Write down that clocks lapse; their acts, unsaved."""
    moment = now()
    for clock in clocks:
        clock.state = CLOCK_STATES.next(ClockState(clock.state), "withdraw").value
        clock.stopped_at = moment
    RunningClock.objects.bulk_update(clocks, ["state", "stopped_at"], batch_size=BATCH)
    return [_act(by(clock), clock, "clock.withdrawn") for clock in clocks]


def _started(wanted: list[Countdown]) -> list[RunningClock]:
    """Start clocks; the rules and the calendar are read once for all."""
    calendar, versions = working_calendar(), RuleVersions()
    versions.read({one.rule for one in wanted})
    moment, clocks = now(), []
    for one in wanted:
        clock = RunningClock(
            rule=versions.of(one.rule, one.before),
            organ_id=one.organ_id,
            file_kind=one.file.kind,
            file_id=one.file.id,
            subject_id=one.subject_id,
            triggered_at=trigger_of(one.before),
            started_at=moment,
        )
        set_due(clock, calendar)
        clocks.append(clock)
    insert_all(clocks)
    return clocks


def _act(by: Actor, clock: RunningClock, kind: str) -> Act:
    return compose_act(
        by=by,
        kind=kind,
        subject=subject_ref(clock.subject_id) if clock.subject_id else None,
        file=clock.file,
        legal_basis=[str(rule_of(clock.rule).source)[:200]],
        facts={
            "rule": clock.rule.code,
            "clock": clock.pk,
            "due_on": clock.due_on,
            "expires_on": local_date(clock.triggered_at),
        },
    )
