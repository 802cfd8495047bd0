"""Due dates of mandates against a slow reference that walks the calendar day by day."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from yaojian.oversight.mandates.contracts import DutyState
from yaojian.oversight.mandates.duties import duty, needed_in, years_later
from yaojian.oversight.plans.definitions import Period

days = st.dates(date(2019, 1, 1), date(2026, 12, 31))
calendar_units = st.sampled_from(["quarter", "half_year", "year"])


def met_by_walking(acts: list[date], period: Period, minimum: int, as_of: date) -> bool:
    """Whether the period that as_of looks at holds enough acts, found by walking back day by day."""
    found, day = 0, as_of
    while True:
        if period.unit == "rolling_years":
            inside = years_later(day, period.n or 1) > as_of
        else:
            inside = period.bounds(day) == period.bounds(as_of)
        if not inside:
            return found >= minimum
        found += acts.count(day)
        day -= timedelta(days=1)


@given(days, st.lists(days, max_size=6), calendar_units, st.integers(1, 3), days)
def test_calendar_duties_agree_with_the_walk(
    opened: date, acts: list[date], unit: str, minimum: int, as_of: date
) -> None:
    period = Period(unit)
    standing = duty(opened, acts, period, minimum, as_of)
    needed = needed_in(opened, *period.bounds(as_of), minimum)
    assert (standing.state is DutyState.MET) == met_by_walking(acts, period, needed, as_of)
    if standing.state is DutyState.OVERDUE:
        assert standing.due_on < as_of
    else:
        assert standing.due_on >= as_of


@given(days, st.lists(days, max_size=6), st.integers(1, 5), st.integers(1, 2), days)
def test_rolling_duties_agree_with_the_walk(
    opened: date, acts: list[date], years: int, minimum: int, as_of: date
) -> None:
    period = Period("rolling_years", n=years)
    standing = duty(opened, acts, period, minimum, as_of)
    assert (standing.state is DutyState.MET) == met_by_walking(acts, period, minimum, as_of)
    if standing.state is DutyState.DUE:
        assert standing.due_on >= as_of
    if standing.state is DutyState.MET:
        # The next act is due just when the count would fall below the minimum.
        assert not met_by_walking([d for d in acts if d <= as_of], period, minimum, standing.due_on)


def test_a_whole_year_missed_is_overdue_from_its_end() -> None:
    standing = duty(date(2015, 1, 1), [date(2024, 6, 1)], Period("year"), 1, date(2026, 11, 22))
    assert (standing.state, standing.due_on) == (DutyState.OVERDUE, date(2025, 12, 31))


def test_a_subject_opened_last_year_has_not_missed_it() -> None:
    standing = duty(date(2025, 6, 1), [], Period("year"), 1, date(2026, 11, 22))
    assert (standing.state, standing.due_on) == (DutyState.DUE, date(2026, 12, 31))


def test_a_window_that_has_passed_leaves_the_subject_overdue() -> None:
    window = Period("window", start=date(2021, 1, 1), end=date(2025, 12, 31))
    assert duty(date(2015, 1, 1), [], window, 1, date(2026, 1, 1)).state is DutyState.OVERDUE
    assert duty(date(2015, 1, 1), [date(2025, 12, 31)], window, 1, date(2026, 1, 1)).state is DutyState.MET


def test_a_missed_window_is_met_late_by_acts_after_its_end() -> None:
    window = Period("window", start=date(2021, 1, 1), end=date(2025, 12, 31))
    acts = [date(2026, 5, 1)]
    assert duty(date(2021, 1, 1), acts, window, 1, date(2026, 4, 30)).state is DutyState.OVERDUE
    standing = duty(date(2021, 1, 1), acts, window, 1, date(2026, 11, 22))
    assert (standing.state, standing.late) == (DutyState.MET, True)


@given(days, st.lists(days, max_size=6), days, st.integers(0, 1500), st.integers(1, 3), days)
def test_window_duties_agree_with_the_walk(
    opened: date, acts: list[date], start: date, length: int, minimum: int, as_of: date
) -> None:
    window = Period("window", start=start, end=start + timedelta(days=length))
    standing = duty(opened, acts, window, minimum, as_of)
    found, day, met_on = 0, start, None
    while day <= as_of and met_on is None:
        found += acts.count(day)
        met_on = day if found >= minimum else None
        day += timedelta(days=1)
    assert (standing.state is DutyState.MET) == (met_on is not None)
    assert standing.late == (met_on is not None and met_on > start + timedelta(days=length))
    if met_on is None:
        late = as_of > start + timedelta(days=length)
        assert standing.state is (DutyState.OVERDUE if late else DutyState.DUE)


def test_leap_day() -> None:
    assert years_later(date(2024, 2, 29), 1) == date(2025, 3, 1)
    assert years_later(date(2024, 2, 29), 4) == date(2028, 2, 29)
