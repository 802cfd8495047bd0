"""Running clocks: started, paused, resumed, extended, stopped; what is refused; what leaves an act."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import pytest

from yaojian.foundation.accounts.facade import Actor, Role
from yaojian.foundation.deadlines.facade import (
    ClockState,
    Ground,
    RunningClock,
    badge,
    badges_of_files,
    clock_visible_to,
    clocks_of,
    due,
    explanation,
    extend_clock,
    pause_clock,
    recompute_clocks,
    resume_clock,
    stop_clock,
)
from yaojian.foundation.deadlines.tests.conftest import FILE, at
from yaojian.foundation.errors import Conflict, InvalidInput, NotAllowed, NotFound, RuleBroken
from yaojian.foundation.ledger.facade import Act
from yaojian.foundation.reference.facade import CalendarDay, CalendarYearMissing, working_calendar
from yaojian.foundation.timekeeping import held_at

pytestmark = pytest.mark.django_db
Person = Callable[..., Actor]
Start = Callable[..., RunningClock]
RULE = "inspection.rectification"
FIRST = "2026-07-06T10:00"
LEADER_AT = "xj.hami.barkol"


def test_a_clock_starts_with_the_due_day_of_its_rule_and_an_act(running: Start) -> None:
    with held_at(at(FIRST)):
        clock = running(RULE, FIRST)
    assert (clock.due_on, clock.due_at) == (date(2026, 8, 3), at("2026-08-04T00:00"))
    assert due(RULE, at(FIRST)) == date(2026, 8, 3)
    act = Act.objects.get(kind="clock.started")
    assert act.file_kind == FILE
    assert act.facts == {"rule": RULE, "clock": clock.pk, "due_on": "2026-08-03"}
    assert act.legal_basis == ["药品检查管理办法（试行）"]


def test_the_explanation_names_every_step(running: Start, person: Person) -> None:
    with held_at(at(FIRST)):
        clock = running(RULE, FIRST)
    with held_at(at("2026-07-08T10:00")):
        pause_clock(by=person(Role.INSPECTOR), clock=clock, ground=Ground.TESTING)
    with held_at(at("2026-07-10T10:00")):
        resume_clock(by=person(Role.INSPECTOR), clock=clock)
        extend_clock(by=person(Role.LEADER), clock=clock, amount=5, reason="设备到货延迟")
        words = explanation(clocks_of(clock.file)[0])
    text = " ".join(words.sentences)
    for part in ("2026-07-06 10:00", "2026-07-07", "20", "2026-07-08", "2026-07-10", "5", "2026-08-12"):
        assert part in text
    assert words.source == "药品检查管理办法（试行）"
    assert words.confidence
    clock.refresh_from_db()
    assert clock.due_on == date(2026, 8, 12)


def test_hours_are_due_at_a_moment(running: Start) -> None:
    with held_at(at("2026-10-02T17:00")):
        clock = running("coercion.report_on_spot", "2026-10-02T16:40")
        assert clock.due_at == at("2026-10-03T16:40")
    assert due("coercion.report_on_spot", at("2026-10-02T16:40")) == at("2026-10-03T16:40")


def test_no_clock_runs_on_what_is_not_verified_unless_it_is_said(running: Start) -> None:
    with held_at(at(FIRST)):
        with pytest.raises(RuleBroken) as refused:
            running("complaint.accept", FIRST)
        assert refused.value.field == "rule"
        clock = running("complaint.accept", FIRST, even_unverified=True)
    assert clock.due_on == date(2026, 7, 15)


def test_the_version_is_that_of_the_day_of_the_trigger(running: Start) -> None:
    with held_at(at(FIRST)):
        assert running("complaint.accept", "2026-04-14T23:59", 1).rule.confidence == "H"
        with pytest.raises(RuleBroken):
            running("complaint.accept", "2026-04-15T00:00", 2)
        with pytest.raises(RuleBroken, match="2007-01-01"):
            running("recall.notify.level_1", "2007-01-01T10:00")
        with pytest.raises(NotFound):
            running("no.such", FIRST)


def test_what_a_start_refuses(running: Start) -> None:
    with held_at(at(FIRST)):
        with pytest.raises(InvalidInput) as future:
            running(RULE, "2026-07-06T10:01")
        assert future.value.field == "triggered_at"
        running(RULE, FIRST)
        with pytest.raises(Conflict):
            running(RULE, FIRST)
    with pytest.raises(InvalidInput) as naive:
        due(RULE, datetime(2026, 7, 6))  # noqa: DTZ001 — naive on purpose
    assert naive.value.field == "triggered_at"


def test_an_organ_may_give_less_time_but_not_more(running: Start, person: Person) -> None:
    with held_at(at(FIRST)):
        clock = running(RULE, FIRST, last_day=date(2026, 7, 20))
        assert (clock.due_on, clock.ordered_on) == (date(2026, 7, 20), date(2026, 7, 20))
        with pytest.raises(InvalidInput, match="2026-08-03"):
            running(RULE, FIRST, 2, last_day=date(2026, 8, 4))
        with pytest.raises(InvalidInput):
            running(RULE, FIRST, 2, last_day=date(2026, 7, 5))
        with pytest.raises(InvalidInput):
            running("coercion.report_on_spot", FIRST, 2, last_day=date(2026, 7, 6))
        at_once = running(RULE, FIRST, 3, last_day=date(2026, 7, 6))
        assert at_once.due_at == at("2026-07-07T00:00")
        extended = extend_clock(by=person(Role.LEADER), clock=clock, amount=5, reason="整改工程量大")
        assert extended.due_on == date(2026, 7, 27)


def test_a_missing_year_leaves_the_clock_without_a_day_until_it_is_entered(
    running: Start, person: Person
) -> None:
    with pytest.raises(CalendarYearMissing):
        due(RULE, at("2026-12-10T10:00"))
    with held_at(at("2026-12-10T10:00")):
        clock = running(RULE, "2026-12-10T10:00")
        assert (clock.due_on, clock.missing_on) == (None, date(2027, 1, 1))
        assert any("2027-01-01" in sentence for sentence in explanation(clock).sentences)
        assert badge(clock, working_calendar()).kind == "due_soon"
        days = [date.fromordinal(date(2027, 1, 1).toordinal() + n) for n in range(365)]
        CalendarDay.objects.bulk_create(CalendarDay(day=d, is_working=d.weekday() < 5) for d in days)
        assert recompute_clocks(by=person(Role.LEADER)) == 1
        assert recompute_clocks(by=person(Role.LEADER)) == 0
    clock.refresh_from_db()
    assert (clock.due_on, clock.missing_on) == (date(2027, 1, 7), None)
    assert Act.objects.get(kind="clock.moved").facts["due_on"] == "2027-01-07"


def test_a_pause_needs_a_ground_of_the_rule_and_a_clock_that_runs(running: Start, person: Person) -> None:
    officer = person(Role.INSPECTOR)
    with held_at(at("2026-07-08T10:00")):
        clock = running(RULE, FIRST)
        with pytest.raises(RuleBroken) as ground:
            pause_clock(by=officer, clock=clock, ground=Ground.ANNOUNCEMENT)
        assert ground.value.field == "ground"
        with pytest.raises(RuleBroken):
            pause_clock(by=officer, clock=clock, ground=Ground.TESTING, at=at("2026-07-06T09:00"))
        with pytest.raises(InvalidInput):
            pause_clock(by=officer, clock=clock, ground=Ground.TESTING, at=at("2026-07-08T10:01"))
        with pytest.raises(Conflict):
            resume_clock(by=officer, clock=clock)
        clock = pause_clock(by=officer, clock=clock, ground=Ground.TESTING, at=at("2026-07-07T10:00"))
        assert (clock.state, clock.due_on) == (ClockState.PAUSED.value, None)
        with pytest.raises(Conflict):
            pause_clock(by=officer, clock=clock, ground=Ground.TESTING)
        with pytest.raises(InvalidInput):
            resume_clock(by=officer, clock=clock, at=at("2026-07-07T09:00"))
        resume_clock(by=officer, clock=clock)
        with pytest.raises(RuleBroken):
            pause_clock(by=officer, clock=clock, ground=Ground.TESTING, at=at("2026-07-07T12:00"))
    with held_at(at("2026-09-01T10:00")), pytest.raises(Conflict):
        pause_clock(by=officer, clock=clock, ground=Ground.TESTING)


def test_only_an_approver_extends_and_only_as_far_as_the_rule_permits(running: Start, person: Person) -> None:
    leader = person(Role.LEADER)
    with held_at(at("2026-07-08T10:00")):
        clock = running(RULE, FIRST)
        with pytest.raises(NotAllowed):
            extend_clock(by=person(Role.INSPECTOR), clock=clock, amount=5, reason="x")
        with pytest.raises(NotAllowed):
            extend_clock(by=person(Role.APPROVER), clock=clock, amount=5, reason="x")
        with pytest.raises(RuleBroken):
            extend_clock(by=leader, clock=clock, amount=11, reason="x")
        with pytest.raises(InvalidInput):
            extend_clock(by=leader, clock=clock, amount=0, reason="x")
        with pytest.raises(InvalidInput):
            extend_clock(by=leader, clock=clock, amount=5, reason=" ")
        extend_clock(by=leader, clock=clock, amount=10, reason="整改工程量大")
        with pytest.raises(RuleBroken):
            extend_clock(by=leader, clock=clock, amount=1, reason="x")
        report = running("inspection.team_report", FIRST)
        with pytest.raises(RuleBroken):
            extend_clock(by=leader, clock=report, amount=1, reason="x")
    with held_at(at("2026-12-01T10:00")), pytest.raises(Conflict):
        extend_clock(by=leader, clock=clock, amount=1, reason="x")


def test_a_clock_of_another_organ_does_not_exist(running: Start, person: Person) -> None:
    with held_at(at("2026-07-08T10:00")):
        clock = running(RULE, FIRST)
        stranger = person(Role.LEADER, "xj.changji")
        with pytest.raises(NotFound):
            clock_visible_to(stranger, clock.pk)
        with pytest.raises(NotFound):
            extend_clock(by=stranger, clock=clock, amount=1, reason="x")
        above = person(Role.LEADER, "xj.hami")
        assert extend_clock(by=above, clock=clock, amount=1, reason="上级批准").due_on == date(2026, 8, 4)


def test_it_stops_in_time_late_or_without_being_met(running: Start, person: Person) -> None:
    officer = person(Role.INSPECTOR)
    with held_at(at("2026-08-04T10:00")):
        for file, moment, late in ((1, "2026-08-03T23:59", None), (2, "2026-08-04T00:00", True)):
            clock = stop_clock(by=officer, clock=running(RULE, FIRST, file), at=at(moment))
            assert clock.state == ClockState.MET.value
            assert Act.objects.filter(kind="clock.met").latest("pk").facts.get("late") is late
        with pytest.raises(Conflict):
            stop_clock(by=officer, clock=clock)
        lapsed = stop_clock(by=officer, clock=running(RULE, FIRST, 3), met=False)
        assert lapsed.state == ClockState.WITHDRAWN.value
        with pytest.raises(InvalidInput):
            stop_clock(by=officer, clock=running(RULE, FIRST, 4), at=at("2026-07-01T10:00"))


def test_badges_of_many_files_read_the_calendar_once(
    running: Start, django_assert_max_num_queries: Callable[..., object]
) -> None:
    with held_at(at("2026-07-29T12:00")):
        for file in range(1, 6):
            running(RULE, FIRST, file)
        with django_assert_max_num_queries(4):  # type: ignore[attr-defined]
            shown = badges_of_files(FILE, range(1, 6))
    assert {badge.kind for many in shown.values() for badge in many} == {"due_soon"}
    assert "3" in shown[1][0].text
