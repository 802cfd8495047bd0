"""Readings of the mandate engine inside a filled scratch installation, each beside a count written by hand.

Called by the part of `bench plans` that runs inside the installation; goals in seconds or milliseconds.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import date, datetime
from statistics import median
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection, transaction

from yaojian.bench.contracts import BenchFailed, Reading
from yaojian.foundation.accounts.facade import Actor, actor_of
from yaojian.foundation.ledger.facade import record_act, subject_ref
from yaojian.foundation.timekeeping import CHINA, held_at, today
from yaojian.oversight.mandates.facade import (
    Schedule,
    Standing,
    ask_schedule,
    load_mandates,
    recount,
    refresh_duties,
    run_schedule,
    work_with,
)
from yaojian.registers.people.facade import inspectors_by_organ

FULL_GOAL_S = 10.0
ONE_ACT_GOAL_MS = 50.0
YEAR_GOAL_S = 300.0
ACTS = 30

# Yearly coverage of one type, as an officer would ask the database for it.
_BY_HAND = """SELECT count(*), count(*) FILTER (WHERE EXISTS (
    SELECT FROM ledger_act a WHERE a.subject_id = s.id AND a.kind = 'inspection.concluded'
       AND a.claimed_at >= %(first)s AND a.claimed_at < %(after)s))
  FROM enterprises_subject s
 WHERE s.subject_type = %(type)s AND s.closed_on IS NULL AND s.merged_into_id IS NULL"""
_ONE_BY_HAND = """SELECT count(*) FROM ledger_act
 WHERE subject_id = %s AND kind = 'inspection.concluded' AND claimed_at >= %s"""
_STANDINGS_BY_HAND = "SELECT organ_id, count(*) FROM mandates_standing WHERE NOT met GROUP BY organ_id"


def readings(username: str) -> Iterator[Reading]:
    """All readings of the mandates, by an actor who may set them (the name of a chief or leader)."""
    yield first()
    yield inspectors()
    yield full()
    yield one_act(username)
    yield year(username)


def first() -> Reading:
    """`mandates.first`: all duties counted and written, where none or those of fewer subjects are."""
    load_mandates()
    seconds = _timed(recount)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE mandates_standing")
    return Reading.beside("mandates.first", seconds, "s", size=Standing.objects.count(), peer=None)


def inspectors() -> Reading:
    """`schedule.inspectors`: who the year schedule can send."""
    entered = sum(inspectors_by_organ(today()).values())
    return Reading.beside("schedule.inspectors", entered, "inspectors", size=None, peer=None)


def full() -> Reading:
    """`mandates.full`: every mandate counted anew for every subject; size: duties; peer: one yearly count."""
    seconds = median(_timed(recount) for _n in range(3))
    peer = median(_timed(_by_hand) for _n in range(3))
    return Reading.beside(
        "mandates.full", seconds, "s", size=Standing.objects.count(), peer=peer, limit=FULL_GOAL_S
    )


def one_act(username: str) -> Reading:
    """`mandates.one_act`: duties and work after one more act; median of 30; peer: its subject counted."""
    actor = _actor(username)
    keys = list(Standing.objects.order_by("subject_id").values_list("subject_id", flat=True).distinct())
    chosen = keys[:: max(1, len(keys) // ACTS)][:ACTS]
    if not chosen:
        raise BenchFailed("no subject has a duty")
    first = datetime(today().year, 1, 1, tzinfo=CHINA)
    spent, peers = [], []
    for subject_id in chosen:
        with transaction.atomic():
            record_act(
                by=actor,
                kind="inspection.concluded",
                subject=subject_ref(subject_id),
                facts={"inspection_kind": "routine", "organ_level": actor.organ_level.value},
            )
        began = time.perf_counter()
        refresh_duties([subject_id])
        spent.append(1000 * (time.perf_counter() - began))
        began = time.perf_counter()
        with connection.cursor() as cursor:
            cursor.execute(_ONE_BY_HAND, [subject_id, first])
            cursor.fetchone()
        peers.append(1000 * (time.perf_counter() - began))
    return Reading.beside(
        "mandates.one_act", median(spent), "ms", size=len(keys), peer=median(peers), limit=ONE_ACT_GOAL_MS
    )


def year(username: str) -> Reading:
    """`schedule.year`: a whole year's visits placed; size: visits; peer: duties to do counted by organ."""
    actor = _actor(username)
    worker = work_with(None)  # else the installation's worker would take it up before us
    try:
        with held_at(datetime(today().year, 1, 1, 9, tzinfo=CHINA)):
            recount()
            schedule = ask_schedule(by=actor, year=today().year)
            seconds = _timed(lambda: run_schedule(schedule.pk))
    finally:
        work_with(worker)
    schedule.refresh_from_db()
    if schedule.state != "done":
        raise BenchFailed(f"the schedule was not drawn up: {schedule.state} {schedule.refusal}")
    peer = median(_timed(_standings_by_hand) for _n in range(3))
    recount()
    visits = Schedule.objects.get(pk=schedule.pk).visits.count()
    return Reading.beside("schedule.year", seconds, "s", size=visits, peer=peer, limit=YEAR_GOAL_S)


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _by_hand() -> None:
    present = date(today().year, 1, 1)
    asked: dict[str, Any] = {
        "first": datetime(present.year, 1, 1, tzinfo=CHINA),
        "after": datetime(present.year + 1, 1, 1, tzinfo=CHINA),
        "type": "device_operator",
    }
    with connection.cursor() as cursor:
        cursor.execute(_BY_HAND, asked)
        cursor.fetchone()


def _standings_by_hand() -> None:
    with connection.cursor() as cursor:
        cursor.execute(_STANDINGS_BY_HAND)
        cursor.fetchall()


def _actor(username: str) -> Actor:
    actor = actor_of(get_user_model().objects.get(username=username))
    if actor is None:
        raise BenchFailed(f"{username} has no posting")
    return actor
