"""Which acts have no leaf yet, found without a queue that business transactions would have to fill.

Keys are drawn in order and committed out of order. A key that is missing below one that is there was drawn
by a transaction that keeps a lock on the sequence of keys to its end. Once every transaction that held such a
lock when the gap was seen has ended, the key is there or never will be.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import class_row

_COLUMNS = (
    "a.id, a.kind, o.code AS organ, a.claimed_at, a.canonical, a.salt, a.facts->>'corrects' AS corrects"
)
_FROM = "ledger_act a JOIN accounts_organ o ON o.id = a.organ_id"
_BEYOND = f"SELECT {_COLUMNS} FROM {_FROM} WHERE a.id > %s ORDER BY a.id LIMIT %s"  # noqa: S608
_IN_GAPS = f"""
SELECT {_COLUMNS} FROM unnest(%s::bigint[], %s::bigint[]) AS gap(first, last)
JOIN ledger_act a ON a.id BETWEEN gap.first AND gap.last JOIN accounts_organ o ON o.id = a.organ_id
ORDER BY a.id LIMIT %s
"""  # noqa: S608
_WITHOUT_LEAF = f"""
SELECT {_COLUMNS} FROM {_FROM}
WHERE a.id <= %s AND NOT EXISTS (SELECT FROM ledger_leaf l WHERE l.act_id = a.id)
ORDER BY a.id LIMIT %s
"""  # noqa: S608
_HOLDERS = """
SELECT DISTINCT virtualtransaction FROM pg_locks
WHERE locktype = 'relation' AND mode = 'RowExclusiveLock' AND pid IS DISTINCT FROM pg_backend_pid()
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND relation IN ('ledger_act'::regclass, pg_get_serial_sequence('ledger_act', 'id')::regclass)
"""


@dataclass(frozen=True, slots=True)
class WaitingAct:
    """What the sequencer needs of an act. `corrects` is the identifier of another act."""

    id: int
    kind: str
    organ: str
    claimed_at: datetime
    canonical: bytes
    salt: bytes
    corrects: str | None


@dataclass(frozen=True, slots=True)
class Gap:
    """Keys from `first` to `last` that are missing, and the transactions that may still bring them."""

    first: int
    last: int
    holders: frozenset[str] | None = None


def gaps_between(after: int, keys: Iterable[int]) -> list[Gap]:
    """The keys missing between `after` and the last of `keys`, which ascend."""
    gaps = []
    for key in keys:
        if key > after + 1:
            gaps.append(Gap(after + 1, key - 1))
        after = key
    return gaps


def without(gap: Gap, keys: Iterable[int]) -> list[Gap]:
    """What is left of a gap when some keys, ascending, have come."""
    inside = [key for key in keys if gap.first <= key <= gap.last]
    return [
        Gap(left.first, left.last, gap.holders)
        for left in gaps_between(gap.first - 1, [*inside, gap.last + 1])
    ]


class Frontier:
    """Reads acts without a leaf through a connection in autocommit mode."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        self._seen = 0
        self._gaps: list[Gap] = []
        self._sweep: Gap | None = None
        self._swept_once = False

    def begin(self) -> None:
        """Compare both tables up to here: at the start of a process, and once a day."""
        row = self._connection.execute("SELECT coalesce(max(act_id), 0) FROM ledger_leaf").fetchone()
        self._seen = max(self._seen, row[0] if row else 0)
        self._sweep, self._swept_once, self._gaps = Gap(1, self._seen, self._holders()), False, []

    def take(self, most: int) -> list[WaitingAct]:
        """Up to `most` acts that have no leaf; each must have got one before the next call."""
        found = self._from_sweep(self._sweep, most) if self._sweep else []
        if len(found) < most and self._gaps:
            found += self._from_gaps(most - len(found))
        if len(found) < most:
            found += self._beyond(most - len(found))
        return found

    def _from_sweep(self, sweep: Gap, most: int) -> list[WaitingAct]:
        """Acts without a leaf that the comparison finds; it is made again when its holders have ended."""
        has_ended = not (self._holders() & (sweep.holders or frozenset()))
        if self._swept_once and not has_ended:
            return []
        found = self._read(_WITHOUT_LEAF, [sweep.last, most])
        if len(found) < most:
            self._swept_once = True
            if has_ended:
                self._sweep = None
        return found

    def _from_gaps(self, most: int) -> list[WaitingAct]:
        alive = self._holders()  # before the look: who has ended by now is seen by it
        gaps = self._gaps
        found = self._read(_IN_GAPS, [[gap.first for gap in gaps], [gap.last for gap in gaps], most])
        keys = [act.id for act in found]
        left = [part for gap in gaps for part in without(gap, keys)]
        if len(found) < most:
            left = [gap for gap in left if gap.holders is None or gap.holders & alive]
        self._gaps = left
        return found

    def _beyond(self, most: int) -> list[WaitingAct]:
        found = self._read(_BEYOND, [self._seen, most])
        if not found:
            return []
        fresh = gaps_between(self._seen, [act.id for act in found])
        if fresh:
            holders = (
                self._holders()
            )  # after the look: who drew a missing key and is not among them has ended
            self._gaps += [Gap(gap.first, gap.last, holders) for gap in fresh]
        self._seen = found[-1].id
        return found

    def _read(self, statement: str, parameters: list[Any]) -> list[WaitingAct]:
        with self._connection.cursor(row_factory=class_row(WaitingAct), binary=True) as cursor:
            return cursor.execute(statement, parameters).fetchall()

    def _holders(self) -> frozenset[str]:
        return frozenset(name for (name,) in self._connection.execute(_HOLDERS).fetchall())
