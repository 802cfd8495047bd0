"""Entering clocks from before: past ones in bulk, as if each had been started and stopped then."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from yaojian.foundation.accounts.facade import Actor
from yaojian.foundation.copying import insert_all
from yaojian.foundation.deadlines.computing import set_due, standing_of
from yaojian.foundation.deadlines.models import RunningClock
from yaojian.foundation.deadlines.states import CLOCK_STATES, ClockState
from yaojian.foundation.deadlines.versions import RuleVersions
from yaojian.foundation.ledger.facade import Act, Ref, compose_act, subject_ref
from yaojian.foundation.reference.facade import rule_of, working_calendar
from yaojian.foundation.timekeeping import local_date
from yaojian.foundation.workflow.clocks import Standing


@dataclass(frozen=True, slots=True)
class PastClock:
    """A clock that was started at `triggered_at`, and met at `met_at` if it was; moments are aware.

    The journal shows each step as recorded `delay` after it happened.
    """

    by: Actor
    rule: str
    file: Ref
    subject_id: int
    organ_id: int
    triggered_at: datetime
    last_day: date | None
    met_at: datetime | None
    delay: timedelta
    met_by: Actor | None = None


def enter_past_clocks(pasts: Iterable[PastClock]) -> list[Act]:
    """Enter past clocks; returns their acts (unsaved), for the caller to insert among the others in order.

    Raises NotFound (no such rule) and RuleBroken when a rule was not in force on the day of its trigger.
    """
    calendar, versions = working_calendar(), RuleVersions()
    pairs = []
    for past in pasts:
        clock = RunningClock(
            rule=versions.of(past.rule, local_date(past.triggered_at)),
            organ_id=past.organ_id,
            file_kind=past.file.kind,
            file_id=past.file.id,
            subject_id=past.subject_id,
            triggered_at=past.triggered_at,
            started_at=past.triggered_at + past.delay,
        )
        set_due(clock, calendar)
        if past.last_day is not None and past.last_day != clock.due_on:
            clock.ordered_on = past.last_day
            set_due(clock, calendar)
        if past.met_at is not None:
            clock.state, clock.stopped_at = CLOCK_STATES.next(ClockState.RUNNING, "meet").value, past.met_at
        pairs.append((past, clock))
    insert_all([clock for _past, clock in pairs])
    return [act for past, clock in pairs for act in _acts(past, clock)]


def _acts(past: PastClock, clock: RunningClock) -> Iterator[Act]:
    steps: list[tuple[str, datetime, Actor]] = [("clock.started", past.triggered_at, past.by)]
    if past.met_at is not None:
        steps.append(("clock.met", past.met_at, past.met_by or past.by))
    for kind, at, by in steps:
        facts: dict[str, object] = {"rule": clock.rule.code, "clock": clock.pk, "due_on": clock.due_on}
        if kind == "clock.started" and clock.ordered_on is not None:
            facts["given"] = clock.ordered_on
        if kind == "clock.met" and standing_of(clock, at) is Standing.MET_LATE:
            facts["late"] = True
        yield compose_act(
            by=by,
            kind=kind,
            subject=subject_ref(past.subject_id),
            file=past.file,
            claimed_at=at,
            recorded_at=at + past.delay,
            legal_basis=[str(rule_of(clock.rule).source)[:200]],
            facts=facts,
        )
