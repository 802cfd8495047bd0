"""Visits serve several mandates, weeks fill evenly and never beyond capacity, the same comes out twice."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yaojian.oversight.mandates.contracts import Source
from yaojian.oversight.mandates.scheduling.solver import Task, Teams, more_teams, place
from yaojian.oversight.mandates.scheduling.visits import Owed, Span, visits_of, wants_of
from yaojian.oversight.mandates.tests.test_law_pack import rule

YEAR = Span(date(2026, 1, 1), date(2026, 12, 31), date(2026, 1, 1))


def owed(
    code: str, period: dict[str, Any], due_on: date, needed: int = 1, done: int = 0, **more: Any
) -> Owed:
    return Owed(rule(code, Source.PLAN, period, minimum=needed, **more), due_on, done >= needed, done, needed)


def visits(*duties: Owed, span: Span = YEAR) -> list[Any]:
    return visits_of([want for duty in duties for want in wants_of(duty, "S1", span)])


def test_one_visit_serves_what_it_can() -> None:
    year = owed("year", {"unit": "year"}, date(2026, 12, 31))
    three = owed("three", {"unit": "rolling_years", "n": 3}, date(2026, 8, 1))
    full = owed("full", {"unit": "year"}, date(2026, 12, 31), act={"inspection_kinds": ["full_item"]})
    special = owed("special", {"unit": "year"}, date(2026, 12, 31), act={"inspection_kinds": ["special"]})
    (joint,) = visits(year, three, full)
    assert set(joint.mandates) == {"year", "three", "full"}
    assert (joint.kind, joint.latest) == ("full_item", date(2026, 8, 1))
    assert len(visits(full, special)) == 2


def test_several_in_a_period_have_each_their_part_of_it() -> None:
    quarterly = visits(owed("q", {"unit": "quarter"}, date(2026, 3, 31)))
    assert [visit.latest for visit in quarterly] == [
        date(2026, 3, 31),
        date(2026, 6, 30),
        date(2026, 9, 30),
        date(2026, 12, 31),
    ]
    twice = visits(owed("2", {"unit": "year"}, date(2026, 12, 31), needed=2))
    assert twice[0].latest < twice[1].earliest
    assert len(visits(owed("2", {"unit": "year"}, date(2026, 12, 31), needed=2, done=1))) == 1
    # A year that is met asks for nothing more, an overdue one is caught up with first.
    assert visits(owed("y", {"unit": "year"}, date(2027, 12, 31), done=1)) == []
    (late,) = visits(owed("r", {"unit": "rolling_years", "n": 3}, date(2025, 2, 1)))
    assert (late.earliest, late.latest, late.due_on) == (date(2026, 1, 1), date(2026, 3, 2), date(2025, 2, 1))


def test_a_window_beyond_the_year_is_spread_over_the_years_left() -> None:
    window = {"unit": "window", "start": "2024-01-01", "end": "2029-12-31"}
    chosen = sum(bool(wants_of(owed("w", window, date(2029, 12, 31)), f"S{n}", YEAR)) for n in range(400))
    assert 60 < chosen < 140


tasks = st.lists(
    st.builds(
        lambda first, length, half_days, n: Task(first, min(first + length, 11), half_days, (f"{n:04}",)),
        st.integers(0, 11),
        st.integers(0, 11),
        st.sampled_from([1, 2, 4, 6]),
        st.integers(0, 9999),
    ),
    max_size=60,
)


@settings(max_examples=60, deadline=None)
@given(tasks, st.lists(st.integers(0, 30), min_size=12, max_size=12))
def test_weeks_never_hold_more_than_they_can(asked: list[Task], capacity: list[int]) -> None:
    found = place(asked, capacity)
    load = [0] * 12
    for task, week in zip(asked, found.weeks, strict=True):
        if week is not None:
            assert task.first <= week <= task.last
            load[week] += task.half_days
    assert all(used <= room for used, room in zip(load, capacity, strict=True))
    assert found == place(asked, capacity)
    # Who has no week finds none with room in the whole span.
    for task, week in zip(asked, found.weeks, strict=True):
        if week is None:
            assert all(found.left[w] < task.half_days for w in range(task.first, task.last + 1))


def test_load_is_spread_over_the_year() -> None:
    found = place([Task(0, 51, 1, (str(n),)) for n in range(520)], [40] * 52)
    used = [40 - left for left in found.left]
    assert (min(used), max(used)) == (10, 10)


def test_what_helps_is_as_many_teams_as_places_everything() -> None:
    asked = [Task(0, 3, 1, (str(n),)) for n in range(100)]
    short = [6] * 4
    assert place(asked, short).weeks.count(None) == 76
    teams = more_teams(asked, short, [6] * 4)
    assert place(asked, [6 + 6 * teams] * 4).weeks.count(None) == 0
    assert place(asked, [6 + 6 * (teams - 1)] * 4).weeks.count(None) > 0
    assert more_teams(asked, [100] * 4, [6] * 4) == 0
    with pytest.raises(ValueError, match="span"):
        place([Task(0, 4, 1, ("x",))], short)


def test_the_least_loaded_team_goes_next() -> None:
    teams = Teams.of(2)
    assert [teams.take(n) for n in (4, 1, 1, 2, 1)] == [1, 2, 2, 2, 1]
