"""How far the worker is with an import, told over a connection of its own, beside its transaction."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Any, Self

from django.db import connection

from yaojian.registers.intake.tables.reading import Row

LOCK_CLASS = 0x494D50
"""The class of advisory locks by which a worker holds an import; the database frees a dead one's."""

SECONDS_BETWEEN = 0.4


class Stopped(Exception):
    """Somebody has cancelled the import."""


class Watch:
    """Holds an import for this worker, says how far it is, and hears when it shall stop.

    Over a connection of its own: what is written in the worker's transaction nobody would see before its end.
    """

    def __init__(self, job_id: int) -> None:
        self.job_id = job_id
        self.side: Any = connection.copy()
        self.is_mine = False
        self.rows: list[Row] | None = None
        """What reading a table leaves to its check, so that it is read once."""
        self._told = 0.0

    def __enter__(self) -> Self:
        self.is_mine = bool(self._ask("SELECT pg_try_advisory_lock(%s, %s)", LOCK_CLASS, self.job_id)[0])
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.side.close()

    def begin(self, phase: str, total: int) -> None:
        """Start counting a phase."""
        self._told = time.monotonic()
        self._ask(
            "UPDATE intake_progress SET phase = %s, done = 0, total = %s, started_at = clock_timestamp(),"
            " moved_at = clock_timestamp() WHERE job_id = %s RETURNING cancel_asked",
            phase,
            total,
            self.job_id,
        )

    def moved(self, done: int) -> None:
        """Say how many rows are done, at most a few times a second. Raises Stopped."""
        if time.monotonic() - self._told < SECONDS_BETWEEN:
            return
        self._told = time.monotonic()
        asked = self._ask(
            "UPDATE intake_progress SET done = %s, moved_at = clock_timestamp() WHERE job_id = %s"
            " RETURNING cancel_asked",
            done,
            self.job_id,
        )
        if asked and asked[0]:
            raise Stopped

    def _ask(self, statement: str, *values: object) -> Any:
        with self.side.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchone()


def is_held(job_id: int) -> bool:
    """Whether a living worker holds the import."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND classid = %s AND objid = %s"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))",
            [LOCK_CLASS, job_id],
        )
        return bool(cursor.fetchone()[0])
