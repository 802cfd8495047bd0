"""Visits serve several mandates, weeks fill evenly and never beyond capacity, the same comes out twice."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yaojian.oversight.mandates.contracts import DutyState, Source
from yaojian.oversight.mandates.duties import duty, years_later
from yaojian.oversight.mandates.scheduling.solver import Task, more_teams, place, too_long
from yaojian.oversight.mandates.scheduling.visits import (
    CATCH_UP,
    Owed,
    Span,
    undrawn_periods,
    visits_of,
    wants_of,
)
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
@given(tasks, st.lists(st.integers(0, 8), min_size=12, max_size=12), st.integers(0, 4))
def test_no_team_has_more_in_a_week_than_it_can(asked: list[Task], per_team: list[int], teams: int) -> None:
    found = place(asked, per_team, teams)
    load: dict[tuple[int, int], int] = defaultdict(int)
    for task, week, team in zip(asked, found.weeks, found.teams, strict=True):
        if week is None or team is None:
            # Who has no week finds no team with room in the whole span.
            assert not any(found.has_room(w, task.half_days) for w in range(task.first, task.last + 1))
        else:
            assert task.first <= week <= task.last
            assert 1 <= team <= teams
            load[week, team] += task.half_days
    assert all(used <= per_team[week] for (week, _team), used in load.items())
    assert found == place(asked, per_team, teams)


def _most_by_hand(asked: list[Task], per_team: list[int], teams: int) -> int:
    """How many visits have room at best, by trying every team and week for each: slow and obvious."""
    best = 0

    def go(number: int, left: dict[tuple[int, int], int], placed: int) -> None:
        nonlocal best
        best = max(best, placed)
        if number == len(asked) or placed + len(asked) - number <= best:
            return
        task = asked[number]
        for slot, room in left.items():
            if task.first <= slot[0] <= task.last and room >= task.half_days:
                go(number + 1, left | {slot: room - task.half_days}, placed + 1)
        go(number + 1, left, placed)

    go(0, {(week, team): room for week, room in enumerate(per_team) for team in range(teams)}, 0)
    return best


few = st.lists(
    st.builds(
        lambda first, length, n: Task(first, min(first + length, 2), 4, (f"{n:04}",)),
        st.integers(0, 2),
        st.integers(0, 2),
        st.integers(0, 9999),
    ),
    max_size=6,
)


@settings(max_examples=60, deadline=None)
@given(few, st.lists(st.integers(0, 9), min_size=3, max_size=3), st.integers(0, 2))
def test_of_visits_of_one_length_as_many_are_placed_as_can_be(
    asked: list[Task], per_team: list[int], teams: int
) -> None:
    found = place(asked, per_team, teams)
    assert sum(week is not None for week in found.weeks) == _most_by_hand(asked, per_team, teams)


def test_two_teams_with_three_half_days_do_not_make_one_with_six() -> None:
    long = Task(0, 1, 6, ("x",))
    assert place([long], [3, 3], 2).weeks == (None,)
    assert too_long(long, [3, 3])
    assert more_teams([long], [3, 3], 2) == 0
    assert place([long], [3, 6], 1).weeks == (1,)


def test_load_is_spread_over_the_year() -> None:
    found = place([Task(0, 51, 1, (str(n),)) for n in range(520)], [10] * 52, 4)
    used = [40 - sum(left) for left in found.left]
    assert (min(used), max(used)) == (10, 10)
    assert all(max(left) - min(left) <= 1 for left in found.left)


@settings(max_examples=40, deadline=None)
@given(tasks, st.lists(st.integers(0, 8), min_size=12, max_size=12), st.integers(0, 3))
def test_with_the_teams_advised_all_that_can_be_is_placed(
    asked: list[Task], per_team: list[int], teams: int
) -> None:
    more = more_teams(asked, per_team, teams)
    weeks = place([task for task in asked if not too_long(task, per_team)], per_team, teams + more).weeks
    assert None not in weeks


def test_what_helps_is_as_many_teams_as_places_everything() -> None:
    asked = [Task(0, 3, 1, (str(n),)) for n in range(100)]
    short = [6] * 4
    assert place(asked, short, 1).weeks.count(None) == 76
    teams = more_teams(asked, short, 1)
    assert place(asked, short, 1 + teams).weeks.count(None) == 0
    assert place(asked, short, teams).weeks.count(None) > 0
    assert more_teams(asked, [100] * 4, 1) == 0
    with pytest.raises(ValueError, match="span"):
        place([Task(0, 4, 1, ("x",))], short, 1)


def test_nothing_is_planned_before_a_window_or_a_mandate_begins_nor_after_it_ends() -> None:
    late = Span(date(2026, 11, 22), date(2026, 12, 31), date(2026, 11, 22))
    window = {"unit": "window", "start": "2026-12-15", "end": "2026-12-31"}
    twice = visits(owed("w", window, date(2026, 12, 31), needed=2), span=late)
    assert [(v.earliest.day, v.latest.day) for v in twice] == [(15, 22), (23, 31)]
    assert (
        visits(
            owed("w", window | {"start": "2027-02-01", "end": "2027-12-31"}, date(2027, 12, 31)), span=late
        )
        == []
    )
    ends = replace(owed("y", {"unit": "year"}, date(2026, 12, 31)).rule, valid_to=date(2026, 6, 30))
    (one,) = visits(Owed(ends, date(2026, 12, 31), False, 0, 1))
    assert (one.earliest, one.latest) == (date(2026, 1, 1), date(2026, 6, 30))
    quarters = replace(ends, formula=owed("q", {"unit": "quarter"}, date(2026, 3, 31)).rule.formula)
    assert len(visits(Owed(quarters, date(2026, 3, 31), False, 0, 1))) == 2


def test_next_years_schedule_leaves_this_years_work_to_this_year() -> None:
    following = Span(date(2027, 1, 1), date(2027, 12, 31), date(2026, 11, 22))
    three = {"unit": "rolling_years", "n": 3}
    assert visits(owed("r", three, date(2026, 12, 20)), span=following) == []
    (one,) = visits(owed("r", {"unit": "rolling_years", "n": 1}, date(2026, 12, 20)), span=following)
    assert one.due_on == date(2027, 12, 20)
    (late,) = visits(owed("r", three, date(2026, 10, 1)), span=following)
    assert late.latest == date(2027, 3, 2)
    window = {"unit": "window", "start": "2025-01-01", "end": "2026-12-31"}
    assert visits(owed("w", window, date(2026, 12, 31)), span=following) == []


def test_shares_to_be_drawn_count_by_their_periods() -> None:
    quarter = owed("q", {"unit": "quarter"}, date(2026, 3, 31)).rule
    assert undrawn_periods(quarter, True, YEAR) == 3
    assert undrawn_periods(quarter, False, YEAR) == 4
    assert undrawn_periods(replace(quarter, valid_to=date(2026, 8, 1)), True, YEAR) == 2
    yearly = owed("y", {"unit": "year"}, date(2026, 12, 31)).rule
    assert undrawn_periods(yearly, True, Span(date(2027, 1, 1), date(2027, 12, 31), date(2026, 11, 22))) == 1


PERIODS: list[dict[str, Any]] = [
    {"unit": "quarter"},
    {"unit": "year"},
    {"unit": "rolling_years", "n": 1},
    {"unit": "rolling_years", "n": 2},
    {"unit": "window", "start": "2025-06-01", "end": "2026-09-30"},
    {"unit": "window", "start": "2026-07-01", "end": "2026-12-15"},
]


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(PERIODS),
    st.integers(1, 3),
    st.lists(st.integers(0, 900), max_size=4),
    st.integers(0, 300),
    st.integers(0, 800),
)
def test_whoever_makes_every_visit_at_its_last_day_is_never_overdue_and_none_is_too_many(
    period: dict[str, Any], minimum: int, ago: list[int], today: int, bound: int
) -> None:
    """The wants of a year against the duty itself, judged on each day of it."""
    read_on = date(2026, 1, 1) + timedelta(days=today)
    span = Span(read_on, date(2026, 12, 31), read_on)
    since = read_on - timedelta(days=bound)
    acts = sorted(read_on - timedelta(days=n) for n in ago if n <= bound)
    of = rule("x", Source.PLAN, period, minimum=minimum)
    found = of.formula.period
    assert found is not None
    now = duty(since, acts, found, minimum, read_on)
    runs_out: tuple[date, ...] = ()
    if found.unit == "rolling_years":
        counting = [since] * (minimum - len(acts[-minimum:])) + acts[-minimum:]
        runs_out = tuple(years_later(day, found.n or 1) for day in counting)
    wants = wants_of(
        Owed(of, now.due_on, now.state is DutyState.MET, now.done, now.needed, runs_out), "S1", span
    )
    made = [want.latest for want in wants]
    assert all(span.first <= want.earliest <= want.latest <= span.last for want in wants)
    days = [span.first + timedelta(days=n) for n in range((span.last - span.first).days + 1)]

    def missed(done: list[date]) -> list[date]:
        """The days on which it is overdue, or is the last day and not done."""
        judged = ((day, duty(since, acts + done, found, minimum, day)) for day in days)
        return [day for day, it in judged if it.state is not DutyState.MET and it.due_on <= day]

    # What is overdue is caught up with soon; a missed calendar period by the next visit there is.
    is_calendar = found.unit not in ("rolling_years", "window")
    soon = min(made, default=span.last) if is_calendar else span.first + CATCH_UP
    assert all(now.due_on < span.first and day <= soon for day in missed(made))
    for place_ in range(len(made)):
        assert len(missed(made[:place_] + made[place_ + 1 :])) > len(missed(made))
