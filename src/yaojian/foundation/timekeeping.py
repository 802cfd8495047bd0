"""The one clock: every room asks here what time it is, so that tests can hold it still."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

CHINA = ZoneInfo("Asia/Shanghai")
"""Statutory days are days in Beijing time, wherever the machine stands."""

_held: ContextVar[datetime | None] = ContextVar("held_time", default=None)


def now() -> datetime:
    """The present moment, aware."""
    return _held.get() or timezone.now()


def today() -> date:
    """Today's date in Beijing time."""
    return local_date(now())


def local_date(moment: datetime) -> date:
    """The Beijing date on which `moment` (aware) falls."""
    return moment.astimezone(CHINA).date()


@contextmanager
def held_at(moment: datetime) -> Iterator[None]:
    """Hold the clock at `moment` (aware) for the current context; for tests and the simulator."""
    token = _held.set(moment)
    try:
        yield
    finally:
        _held.reset(token)
