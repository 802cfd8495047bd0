"""Closing the days of the log: once each, in order, whatever stood still meanwhile."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from django.db import connection, transaction
from django.db.models import Max

from yaojian.foundation.accounts.facade import Organ, system_actor
from yaojian.foundation.ledger.actions import record_act
from yaojian.foundation.ledger.contracts import SUBJECT_KIND
from yaojian.foundation.ledger.models import Act, ClosedDay
from yaojian.foundation.ledger.public_log import waiting_acts
from yaojian.foundation.ledger.transparency.days import (
    DAY_CLOSED,
    Closing,
    blocks_of,
    counted,
    places_for,
    root_of_blocks,
)
from yaojian.foundation.timekeeping import CHINA, now, today

CLOSING = 0x59_4A_44_41_59  # "YJDAY"
"""The advisory lock of who closes a day."""
SEED_BYTES = 32
ROWS_AT_ONCE = 10_000
ENTRIES_OF_DAY = f"""
SELECT l.entry, CASE WHEN a.subject_kind = '{SUBJECT_KIND}' THEN a.subject_id END
FROM ledger_leaf l LEFT JOIN ledger_act a ON a.id = l.act_id
WHERE l.index >= %s AND l.index < %s ORDER BY l.index
"""  # noqa: S608 — a constant of our own
_END_OF_DAY = """
SELECT max(l.index) + 1 FROM ledger_leaf l JOIN ledger_act a ON a.id = l.act_id
WHERE l.index >= %s AND a.recorded_at < %s
"""


def close_days() -> int:
    """Close every day that has ended and is not closed yet; how many were.

    A day ends with the last entry in the log that was recorded before midnight in Beijing. What comes into
    the log after the closing belongs to the next day, whatever time it was recorded at. Nothing is closed
    while an act of before midnight waits for its entry.
    """
    closed = 0
    while _close_next():
        closed += 1
    return closed


@transaction.atomic
def _close_next() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CLOSING])
    last = ClosedDay.objects.order_by("-day").first()
    day = last.day + timedelta(days=1) if last else today() - timedelta(days=1)
    midnight = datetime.combine(day + timedelta(days=1), time(), CHINA)
    organ = Organ.objects.filter(parent=None).order_by("pk").first()
    waiting = waiting_acts().since
    if now() < midnight or organ is None or (waiting is not None and waiting < midnight):
        return False
    begin = last.end if last else 0
    end = _end_of(begin, midnight)
    if last is None and end == 0:
        return False
    closing, seed, blocks = _closing_of(day, last.number + 1 if last else 1, begin, end)
    act = record_act(by=system_actor(organ), kind=DAY_CLOSED, facts=closing.facts)
    ClosedDay.objects.create(
        day=day, number=closing.number, begin=begin, end=end, act=act, seed=seed, blocks=b"".join(blocks)
    )
    return True


def _end_of(begin: int, midnight: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_END_OF_DAY, [begin, midnight])
        found = cursor.fetchone()[0]
    return begin if found is None else int(found)


def _closing_of(day: date, number: int, begin: int, end: int) -> tuple[Closing, bytes, list[bytes]]:
    found = counted(entries_of_day(begin, end))
    places = places_for(Act.objects.aggregate(highest=Max("subject_id"))["highest"] or 0)
    seed = secrets.token_bytes(SEED_BYTES)
    blocks = blocks_of(seed, day.isoformat(), places, found.subjects)
    root = root_of_blocks(blocks)
    closing = Closing(day.isoformat(), number, begin, end, len(found.subjects), places, root, found.organs)
    return closing, seed, blocks


def entries_of_day(begin: int, end: int) -> Iterator[tuple[bytes, int | None]]:
    """The entries of a run in order, each with the number of its subject."""
    with connection.cursor() as cursor:
        for first in range(begin, end, ROWS_AT_ONCE):
            cursor.execute(ENTRIES_OF_DAY, [first, min(first + ROWS_AT_ONCE, end)])
            for entry, subject in cursor.fetchall():
                yield bytes(entry), subject
