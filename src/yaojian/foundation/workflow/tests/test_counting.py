"""The clock engine against a reference that walks day by day, and by hand at the edges of the calendar."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

import chinese_calendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yaojian.foundation.timekeeping import CHINA
from yaojian.foundation.workflow.calendar import WorkingCalendar, YearMissing
from yaojian.foundation.workflow.clocks import (
    ClockRefused,
    ClockRule,
    Confidence,
    Direction,
    Extension,
    ExtensionRule,
    Ground,
    Pause,
    Purpose,
    Refusal,
    Remaining,
    Source,
    Standing,
    StepKind,
    Unit,
    Words,
)
from yaojian.foundation.workflow.counting import due, in_time, remaining, standing
from yaojian.foundation.workflow.tests import slow_clocks

SOURCE = Source("某法", "第一条", Confidence.HIGH)
LEADER = ExtensionRule(10, ("leader",), SOURCE, times=1, then_collective=True)
RULE = ClockRule(
    code="test.rule",
    topic="test",
    purpose=Purpose.DEADLINE,
    name=Words("测试", "Test"),
    trigger=Words("受理", "acceptance"),
    consequence=Words("", ""),
    amount=20,
    unit=Unit.WORKING_DAY,
    source=SOURCE,
    valid_from=date(2000, 1, 1),
    pauses=tuple(Ground),
    extension=LEADER,
)
FIRST, LAST = date(2004, 1, 1), date(2026, 12, 31)


def working_days(year: int) -> list[date] | None:
    if not FIRST.year <= year <= LAST.year:
        return None
    days = (date(year, 1, 1) + timedelta(days=n) for n in range(366))
    return [day for day in days if day.year == year and chinese_calendar.is_workday(day)]


CALENDAR = WorkingCalendar(working_days)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


def rule(amount: int, unit: Unit, **fields: object) -> ClockRule:
    return replace(RULE, amount=amount, unit=unit, **fields)


@st.composite
def cases(draw: st.DrawFn) -> tuple[ClockRule, datetime, list[Pause], list[Extension]]:
    unit = draw(st.sampled_from(list(Unit)))
    most = {Unit.HOUR: 100, Unit.DAY: 120, Unit.WORKING_DAY: 60, Unit.MONTH: 14, Unit.YEAR: 2}[unit]
    direction = draw(st.sampled_from([Direction.AFTER, Direction.AFTER, Direction.BEFORE]))
    subject = rule(
        draw(st.integers(1, most)),
        unit,
        direction=direction,
        trigger_day_counts=draw(st.booleans()) and direction is Direction.AFTER,
        last_day_moves=draw(st.booleans()) and direction is Direction.AFTER,
    )
    trigger = datetime.combine(
        draw(st.dates(date(2021, 1, 1), date(2022, 12, 31))), datetime.min.time(), tzinfo=CHINA
    ) + timedelta(hours=draw(st.integers(0, 23)))
    pauses = []
    cursor = trigger
    for _ in range(draw(st.integers(0, 3)) if direction is Direction.AFTER else 0):
        start = cursor + timedelta(hours=draw(st.integers(0, 400)))
        cursor = start + timedelta(hours=draw(st.integers(0, 500)))
        pauses.append(Pause(draw(st.sampled_from(list(Ground))), start, cursor))
    extensions = [
        Extension(amount)
        for amount in draw(st.lists(st.integers(1, 1 if unit is Unit.YEAR else 10), max_size=1))
    ]
    return subject, trigger, pauses, extensions


@settings(max_examples=400, deadline=None)
@given(cases())
def test_the_engine_agrees_with_the_walk(
    case: tuple[ClockRule, datetime, list[Pause], list[Extension]],
) -> None:
    subject, trigger, pauses, extensions = case
    found = due(subject, trigger, CALENDAR, pauses, extensions)
    amount = subject.amount + sum(extension.amount for extension in extensions)
    if subject.unit is Unit.HOUR:
        assert found.moment == slow_clocks.due_hour(subject, trigger, pauses, amount)
    else:
        slow = slow_clocks.due_day(subject, trigger, chinese_calendar.is_workday, pauses, extensions)
        assert found.day == slow
        assert found.moment == datetime.combine(slow + timedelta(days=1), datetime.min.time(), tzinfo=CHINA)
    assert found.soon_at is not None
    assert found.moment is not None
    assert found.soon_at < found.moment


@settings(max_examples=150, deadline=None)
@given(cases(), st.integers(0, 80))
def test_what_is_left_agrees_with_the_walk(
    case: tuple[ClockRule, datetime, list[Pause], list[Extension]], hours: int
) -> None:
    subject, trigger, _pauses, _extensions = case
    if subject.direction is Direction.BEFORE or subject.unit in (Unit.HOUR, Unit.MONTH, Unit.YEAR):
        return
    now = trigger + timedelta(hours=hours * 24)
    found = due(subject, trigger, CALENDAR)
    assert found.day is not None
    left = remaining(subject, trigger, CALENDAR, now)
    today, end = now.date(), found.day
    span = [min(today, end) + timedelta(days=n + 1) for n in range(abs((end - today).days))]
    counted = [day for day in span if subject.unit is Unit.DAY or chinese_calendar.is_workday(day)]
    assert left == Remaining(len(counted), subject.unit, is_overdue=today > end)


@settings(max_examples=150, deadline=None)
@given(cases(), st.integers(0, 30), st.integers(1, 400))
def test_standing_still_keeps_what_is_left(
    case: tuple[ClockRule, datetime, list[Pause], list[Extension]], wait: int, length: int
) -> None:
    """When a clock goes on, as much is left as when it was stopped, today included."""
    subject, trigger, _pauses, _extensions = case
    subject = replace(subject, direction=Direction.AFTER, last_day_moves=False, trigger_day_counts=False)
    if subject.unit in (Unit.MONTH, Unit.YEAR):
        return
    start = trigger + timedelta(hours=wait)
    if start >= due(subject, trigger, CALENDAR).moment:  # type: ignore[operator]
        return
    still = remaining(subject, trigger, CALENDAR, LATER, [Pause(Ground.TESTING, start)])
    end = start + timedelta(hours=length * 24)
    over = due(subject, trigger, CALENDAR, [Pause(Ground.TESTING, start, end)])
    assert over.day is not None
    assert over.moment is not None
    if subject.unit is Unit.HOUR:
        assert int((over.moment - end) / timedelta(hours=1)) == still.amount
        return
    day, counted = max(end.date() - timedelta(days=1), over.begins_after), 0
    while day < over.day:
        day += timedelta(days=1)
        counted += subject.unit is Unit.DAY or chinese_calendar.is_workday(day)
    assert counted == still.amount


LATER = at("2026-06-01T12:00")


@pytest.mark.parametrize(
    ("amount", "unit", "trigger", "day"),
    [
        (1, Unit.MONTH, "2026-01-31T09:00", date(2026, 2, 28)),
        (1, Unit.MONTH, "2024-01-31T09:00", date(2024, 2, 29)),
        (3, Unit.MONTH, "2025-12-31T23:59", date(2026, 3, 31)),
        (13, Unit.MONTH, "2025-01-31T00:00", date(2026, 2, 28)),
        (1, Unit.YEAR, "2024-02-29T10:00", date(2025, 2, 28)),
        (5, Unit.YEAR, "2021-03-01T10:00", date(2026, 3, 1)),
        (1, Unit.DAY, "2024-02-28T10:00", date(2024, 2, 29)),
        # National Day 2026: 1 to 7 October are free; Saturday 10 October is worked.
        (3, Unit.WORKING_DAY, "2026-09-30T18:00", date(2026, 10, 10)),
        (1, Unit.WORKING_DAY, "2025-12-31T09:00", date(2026, 1, 4)),
    ],
)
def test_ends_of_months_leap_days_and_holidays(amount: int, unit: Unit, trigger: str, day: date) -> None:
    assert due(rule(amount, unit), at(trigger), CALENDAR).day == day


def test_the_end_of_a_month_is_explained() -> None:
    steps = due(rule(1, Unit.MONTH), at("2026-01-31T09:00"), CALENDAR).steps
    assert [step.kind for step in steps] == [
        StepKind.TRIGGERED,
        StepKind.COUNT_BEGINS,
        StepKind.NO_SUCH_DAY,
        StepKind.COUNTED,
        StepKind.DUE_DAY,
    ]


def test_a_term_that_begins_with_its_first_day_ends_the_day_before_the_same_number() -> None:
    term = rule(5, Unit.YEAR, trigger_day_counts=True, purpose=Purpose.TERM)
    assert due(term, at("2021-03-01T08:00"), CALENDAR).day == date(2026, 2, 28)
    month = rule(1, Unit.MONTH, trigger_day_counts=True)
    assert due(month, at("2026-03-01T08:00"), CALENDAR).day == date(2026, 3, 31)
    assert due(month, at("2026-03-31T08:00"), CALENDAR).day == date(2026, 4, 30)


def test_a_last_day_that_is_not_worked_moves_where_the_rule_says_so() -> None:
    # 15 days from 18 September 2026 end on 3 October, in the holiday; offices open on the 8th.
    stays, moves = rule(15, Unit.DAY), rule(15, Unit.DAY, last_day_moves=True)
    assert due(stays, at("2026-09-18T10:00"), CALENDAR).day == date(2026, 10, 3)
    found = due(moves, at("2026-09-18T10:00"), CALENDAR)
    assert found.day == date(2026, 10, 8)
    assert StepKind.MOVED in [step.kind for step in found.steps]


def test_days_are_beijing_days_wherever_the_moment_was_written() -> None:
    tokyo = datetime(2026, 7, 7, 0, 30, tzinfo=timezone(timedelta(hours=9)))  # 23:30 of 6 July in Beijing
    assert due(rule(5, Unit.WORKING_DAY), tokyo, CALENDAR).day == date(2026, 7, 13)


def test_hours_run_through_nights_and_holidays() -> None:
    found = due(rule(24, Unit.HOUR), at("2026-10-01T20:15"), CALENDAR)
    assert found.moment == at("2026-10-02T20:15")
    half = Pause(Ground.TESTING, at("2026-10-01T21:15"), at("2026-10-01T21:45"))
    assert due(rule(24, Unit.HOUR), at("2026-10-01T20:15"), CALENDAR, [half]).moment == at("2026-10-02T20:45")


def test_before_a_day_counts_back_on_the_calendar() -> None:
    closes = rule(30, Unit.WORKING_DAY, direction=Direction.BEFORE)
    assert due(closes, at("2026-11-20T00:00"), CALENDAR).day == date(2026, 10, 10)


def test_a_missing_year_is_an_error_that_names_the_day() -> None:
    with pytest.raises(YearMissing, match="2027-01-01"):
        due(rule(2, Unit.WORKING_DAY), at("2026-12-30T10:00"), CALENDAR)
    with pytest.raises(YearMissing, match="2027-02-20"):
        due(rule(90, Unit.DAY, last_day_moves=True), at("2026-11-22T10:00"), CALENDAR)
    assert due(rule(90, Unit.DAY), at("2026-11-22T10:00"), CALENDAR).day == date(2027, 2, 20)


TRIGGER = at("2026-07-06T10:00")
TESTING = Pause(Ground.TESTING, at("2026-07-08T10:00"), at("2026-07-10T10:00"))


@pytest.mark.parametrize(
    ("subject", "trigger", "pauses", "extensions", "refusal"),
    [
        (rule(0, Unit.DAY), TRIGGER, [], [], Refusal.AMOUNT_NOT_POSITIVE),
        (rule(-3, Unit.HOUR), TRIGGER, [], [], Refusal.AMOUNT_NOT_POSITIVE),
        (RULE, datetime(2026, 7, 6, 10), [], [], Refusal.NAIVE_TIME),  # noqa: DTZ001 — naive on purpose
        (RULE, TRIGGER, [Pause(Ground.TESTING, datetime(2026, 7, 7))], [], Refusal.NAIVE_TIME),  # noqa: DTZ001
        (rule(1, Unit.DAY, valid_from=date(2026, 7, 7)), TRIGGER, [], [], Refusal.NOT_IN_FORCE),
        (rule(1, Unit.DAY, valid_to=date(2026, 7, 5)), TRIGGER, [], [], Refusal.NOT_IN_FORCE),
        (
            RULE,
            TRIGGER,
            [replace(TESTING, started_at=at("2026-07-06T09:59"))],
            [],
            Refusal.PAUSE_BEFORE_TRIGGER,
        ),
        (
            RULE,
            TRIGGER,
            [replace(TESTING, ended_at=at("2026-07-08T09:00"))],
            [],
            Refusal.PAUSE_ENDS_BEFORE_IT_BEGINS,
        ),
        (
            RULE,
            TRIGGER,
            [TESTING, Pause(Ground.HEARING, at("2026-07-09T10:00"))],
            [],
            Refusal.PAUSES_OVERLAP,
        ),
        (
            RULE,
            TRIGGER,
            [Pause(Ground.HEARING, at("2026-07-07T10:00")), TESTING],
            [],
            Refusal.PAUSES_OVERLAP,
        ),
        (replace(RULE, pauses=()), TRIGGER, [TESTING], [], Refusal.GROUND_UNKNOWN_TO_RULE),
        (replace(RULE, extension=None), TRIGGER, [], [Extension(1)], Refusal.NO_EXTENSION),
        (RULE, TRIGGER, [], [Extension(11)], Refusal.EXTENSION_TOO_LONG),
        (RULE, TRIGGER, [], [Extension(0)], Refusal.AMOUNT_NOT_POSITIVE),
        (RULE, TRIGGER, [], [Extension(10), Extension(10)], Refusal.EXTENSIONS_USED_UP),
        (RULE, TRIGGER, [], [Extension(10, collective=True)], Refusal.COLLECTIVE_TOO_EARLY),
        (
            replace(RULE, extension=replace(LEADER, then_collective=False)),
            TRIGGER,
            [],
            [Extension(10), Extension(5, collective=True)],
            Refusal.NO_COLLECTIVE,
        ),
    ],
)
def test_what_no_clock_does(
    subject: ClockRule,
    trigger: datetime,
    pauses: list[Pause],
    extensions: list[Extension],
    refusal: Refusal,
) -> None:
    with pytest.raises(ClockRefused) as refused:
        due(subject, trigger, CALENDAR, pauses, extensions)
    assert refused.value.refusal is refusal


def test_after_the_ordinary_extension_the_collective_one_sets_its_own_length() -> None:
    longer = due(RULE, TRIGGER, CALENDAR, [], [Extension(10), Extension(40, collective=True)])
    assert longer.day == due(rule(70, Unit.WORKING_DAY), TRIGGER, CALENDAR).day


def test_how_a_clock_stands() -> None:
    found = due(RULE, TRIGGER, CALENDAR)  # ends on Monday 3 August
    assert found.day == date(2026, 8, 3)
    assert standing(found, at("2026-07-24T12:00")) is Standing.RUNNING
    assert standing(found, at("2026-07-27T00:00")) is Standing.DUE_SOON
    assert standing(found, at("2026-08-03T23:59")) is Standing.DUE_SOON
    assert standing(found, at("2026-08-04T00:00")) is Standing.OVERDUE
    assert in_time(RULE, found, at("2026-08-03T23:59"))
    assert not in_time(RULE, found, at("2026-08-04T00:00"))
    assert remaining(RULE, TRIGGER, CALENDAR, at("2026-07-29T12:00")) == Remaining(3, Unit.WORKING_DAY)
    # On the Saturday after a Friday's end no working day has passed, and yet it is overdue.
    friday = rule(4, Unit.WORKING_DAY)
    late = remaining(friday, TRIGGER, CALENDAR, at("2026-07-11T12:00"))
    assert late == Remaining(0, Unit.WORKING_DAY, is_overdue=True)
    still = due(RULE, TRIGGER, CALENDAR, [replace(TESTING, ended_at=None)])
    assert (still.day, standing(still, LATER)) == (None, Standing.PAUSED)
    assert in_time(RULE, still, LATER)


def test_what_is_left_of_months_is_told_in_months_and_days() -> None:
    assert remaining(rule(3, Unit.MONTH), at("2026-01-31T09:00"), CALENDAR, at("2026-02-10T09:00")) == (
        Remaining(2, Unit.MONTH, days=20)
    )
