"""When officers work: working days of the State Council's calendar, office hours in Beijing time. Pure."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import chinese_calendar

BEIJING = ZoneInfo("Asia/Shanghai")
MORNING = (time(10, 0), time(14, 0))
AFTERNOON = (time(15, 30), time(19, 30))
"""Offices in Xinjiang work two hours later by the clock than those in the east."""

DAY = timedelta(days=1)


@lru_cache(maxsize=4096)
def is_working_day(day: date) -> bool:
    """Whether offices are open; for years without a published holiday notice, Monday to Friday."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


def working_day_from(day: date, step: int = 1) -> date:
    """`day` itself if offices are open, else the next such day in the direction of `step` (1 or -1)."""
    while not is_working_day(day):
        day += step * DAY
    return day


def add_working_days(day: date, amount: int) -> date:
    """The day on which `amount` working days after `day` end (before it, for a negative amount)."""
    step = 1 if amount > 0 else -1
    for _ in range(abs(amount)):
        day = working_day_from(day + step * DAY, step)
    return day


def moment(day: date, minutes: int) -> datetime:
    """The aware moment `minutes` after midnight in Beijing."""
    return datetime(day.year, day.month, day.day, minutes // 60, minutes % 60, tzinfo=BEIJING)


def is_office_hours(at: datetime) -> bool:
    """Whether offices are open at a moment (aware)."""
    local = at.astimezone(BEIJING)
    clock = local.time()
    return is_working_day(local.date()) and any(start <= clock <= end for start, end in (MORNING, AFTERNOON))
