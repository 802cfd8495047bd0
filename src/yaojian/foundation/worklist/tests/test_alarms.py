"""When alarms ring: against a slow reference, on calendars with holidays. No database."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yaojian.foundation.workflow.calendar import WorkingCalendar, YearMissing
from yaojian.foundation.worklist.alarms import (
    AlarmPlan,
    escalations_today,
    horizon,
    overdue_since,
    reminders_today,
    working_days_left,
)

TODAY = date(2026, 10, 1)
DAYS = 60


@st.composite
def calendars(draw: st.DrawFn) -> dict[date, bool]:
    """Sixty days around today; weeks without any working day do occur, but none is endless."""
    flags = draw(st.lists(st.booleans(), min_size=2 * DAYS + 1, max_size=2 * DAYS + 1))
    days = {TODAY + timedelta(days=n - DAYS): flag for n, flag in enumerate(flags)}
    # At least every fifth day is one of work, so that the counts end within the calendar.
    return {day: flag or day.toordinal() % 5 == 0 for day, flag in days.items()}


def held(calendar: dict[date, bool]) -> WorkingCalendar:
    """The calendar as the rules take it: whole years, without those of which it knows nothing."""
    return WorkingCalendar(
        lambda year: [day for day, works in sorted(calendar.items()) if works and day.year == year] or None
    )


def working_days(calendar: dict[date, bool], after: date, until: date) -> int:
    return sum(flag for day, flag in calendar.items() if after < day <= until)


@given(calendars(), st.integers(0, 8))
def test_the_horizon_is_the_last_day_within_the_amount(calendar: dict[date, bool], amount: int) -> None:
    last = horizon(held(calendar), TODAY, amount)
    assert working_days(calendar, TODAY, last) <= amount
    assert working_days(calendar, TODAY, last + timedelta(days=1)) == amount + 1


@given(calendars(), st.integers(1, 8))
def test_overdue_since_is_the_last_day_that_long_ago(calendar: dict[date, bool], amount: int) -> None:
    last = overdue_since(held(calendar), TODAY, amount)
    assert working_days(calendar, last, TODAY) >= amount
    assert working_days(calendar, last + timedelta(days=1), TODAY) == amount - 1


@given(calendars(), st.integers(-50, 50))
def test_working_days_left_counts_as_one_would_by_hand(calendar: dict[date, bool], days: int) -> None:
    other = TODAY + timedelta(days=days)
    expected = working_days(calendar, TODAY, other) - working_days(calendar, other, TODAY)
    assert working_days_left(held(calendar), TODAY, other) == expected


@given(calendars(), st.lists(st.integers(0, 6), unique=True, max_size=4))
def test_each_due_day_gets_the_nearest_reminder_only(calendar: dict[date, bool], before: list[int]) -> None:
    steps = reminders_today(AlarmPlan(remind=tuple(before)), held(calendar), TODAY)
    for n in range(30):
        due = TODAY + timedelta(days=n)
        left = working_days(calendar, TODAY, due)
        rings = [step.code for step in steps if step.first and step.first <= due <= step.last]
        nearest = min((amount for amount in before if amount >= left), default=None)
        assert rings == ([] if nearest is None else [f"remind-{nearest}"])


def test_across_the_national_day() -> None:
    closed = {date(2026, 10, n) for n in range(1, 8)} | {date(2026, 9, 26), date(2026, 9, 27)}
    days = [date(2026, 9, 1) + timedelta(days=n) for n in range(60)]
    calendar = {day: day.weekday() < 5 and day not in closed for day in days}
    plan = AlarmPlan(remind=(1, 0), chief_after=1, leader_after=3)
    due = date(2026, 10, 8)
    ringing = {
        day: [
            s.code for s in reminders_today(plan, held(calendar), day) if s.first and s.first <= due <= s.last
        ]
        for day in (date(2026, 9, 29), date(2026, 9, 30), date(2026, 10, 4), due)
    }
    assert list(ringing.values()) == [[], ["remind-1"], ["remind-1"], ["remind-0"]]
    late = {
        day: [s.code for s in escalations_today(plan, held(calendar), day) if date(2026, 9, 30) <= s.last]
        for day in (date(2026, 10, 7), date(2026, 10, 8), date(2026, 10, 9), date(2026, 10, 12))
    }
    assert list(late.values()) == [[], ["chief"], ["chief"], ["chief", "leader"]]


def test_where_the_calendar_ends_there_is_no_guess() -> None:
    calendar = {date(2026, 12, 31): True}
    with pytest.raises(YearMissing):
        horizon(held(calendar), date(2026, 12, 31), 1)
    with pytest.raises(YearMissing):
        overdue_since(held(calendar), date(2026, 12, 31), 2)


@pytest.mark.parametrize(
    "wrong",
    [{"remind": (-1,)}, {"chief_after": 0}, {"chief_after": 5, "leader_after": 5}, {"leader_after": -2}],
)
def test_plans_that_make_no_sense(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"reminders|leader"):
        AlarmPlan(**wrong)  # type: ignore[arg-type]
