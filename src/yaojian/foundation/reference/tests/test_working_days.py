"""Counting working days over holidays and worked weekends; a year that is not there is an error."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yaojian.foundation.reference.facade import CalendarYearMissing, add_working_days, seed_calendar
from yaojian.foundation.reference.models import CalendarDay

pytestmark = pytest.mark.django_db


@pytest.fixture
def calendar() -> None:
    CalendarDay.objects.all().delete()
    seed_calendar(2025, 2026)


@pytest.mark.parametrize(
    ("start", "amount", "end"),
    [
        # National Day 2026: 1 to 7 October are free, Saturday 10 October and Sunday 20 September are worked.
        (date(2026, 9, 30), 1, date(2026, 10, 8)),
        (date(2026, 9, 30), 2, date(2026, 10, 9)),
        (date(2026, 9, 30), 3, date(2026, 10, 10)),
        (date(2026, 9, 30), 4, date(2026, 10, 12)),
        (date(2026, 9, 18), 1, date(2026, 9, 20)),
        # A day of the holiday as trigger: the count begins with the first working day after it.
        (date(2026, 10, 3), 1, date(2026, 10, 8)),
        # Over New Year.
        (date(2025, 12, 31), 1, date(2026, 1, 4)),
        # An ordinary week.
        (date(2026, 7, 6), 5, date(2026, 7, 13)),
    ],
)
def test_deadlines_over_holidays(calendar: None, start: date, amount: int, end: date) -> None:
    assert add_working_days(start, amount) == end


def test_a_missing_year_is_an_error_and_names_the_day(calendar: None) -> None:
    assert add_working_days(date(2026, 12, 30), 1) == date(2026, 12, 31)
    with pytest.raises(CalendarYearMissing, match="2027-01-01"):
        add_working_days(date(2026, 12, 30), 2)


def test_a_deadline_has_at_least_one_day(calendar: None) -> None:
    with pytest.raises(ValueError, match="at least one day"):
        add_working_days(date(2026, 7, 6), 0)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(st.dates(date(2025, 1, 1), date(2026, 6, 1)), st.integers(1, 60))
def test_a_deadline_is_a_working_day_with_the_amount_before_it(
    calendar: None, start: date, amount: int
) -> None:
    end = add_working_days(start, amount)
    worked = CalendarDay.objects.filter(day__gt=start, day__lte=end, is_working=True)
    assert CalendarDay.objects.get(day=end).is_working
    assert worked.count() == amount


def test_seeding_again_keeps_what_was_edited(calendar: None) -> None:
    CalendarDay.objects.filter(day=date(2026, 7, 7)).update(is_working=False, note="那达慕")
    seed_calendar(2025, 2026)
    assert not CalendarDay.objects.get(day=date(2026, 7, 7)).is_working
    assert add_working_days(date(2026, 7, 6), 1) == date(2026, 7, 8)


def test_a_seeded_year_has_all_its_days(calendar: None) -> None:
    days = set(CalendarDay.objects.values_list("day", flat=True))
    assert days == {date(2025, 1, 1) + timedelta(days=n) for n in range(730)}
