"""Reminders and escalation with the clock held at successive days: exactly once each, whatever happens."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Actor, Permission, Role
from yaojian.foundation.ledger.facade import Act
from yaojian.foundation.notices.facade import Notice
from yaojian.foundation.reference.facade import CalendarYearMissing, seed_calendar
from yaojian.foundation.timekeeping import CHINA, held_at
from yaojian.foundation.worklist import escalation, kinds
from yaojian.foundation.worklist.facade import (
    AlarmPlan,
    AlarmsIncomplete,
    Firing,
    ItemKind,
    Whose,
    WorkItem,
    complete_items_of_origin,
    register_kind,
    remaining_working_days,
    ring_alarms,
    work_of,
)
from yaojian.foundation.worklist.models import AlarmSetting
from yaojian.foundation.worklist.tests.conftest import House, MakeItem, officer

DUE = date(2026, 10, 8)
"""The Thursday after the National Day's holiday: 25–27 September and 1–7 October are no working days."""
PLAN = AlarmPlan(remind=(3, 0), chief_after=1, leader_after=3)


@pytest.fixture(autouse=True)
def _kind(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "_kinds", {})
    permission = Permission.INSPECTION_CONDUCT
    register_kind(
        ItemKind("inspection.due", _("Inspection due"), _("Inspect"), lambda item: "/", permission, PLAN)
    )
    seed_calendar(2026, 2026)


@pytest.fixture
def people(house: House) -> dict[str, Actor]:
    """Wang has the work; the county has a chief, its leader sits in the prefecture."""
    return {
        "wang": officer("wang", house.county),
        "chief": officer("chief", house.county, Role.CHIEF),
        "leader": officer("leader", house.prefecture, Role.LEADER),
        "other_chief": officer("other_chief", house.neighbour, Role.CHIEF),
    }


def on(day: date, hour: int = 9) -> Any:
    return held_at(datetime.combine(day, time(hour), CHINA))


def run(first: date, last: date, hours: tuple[int, ...] = (9, 10)) -> dict[date, list[str]]:
    """Run the job on every day of a span, several times a day; which alarms rang on which day."""
    rang: dict[date, list[str]] = {}
    for n in range((last - first).days + 1):
        day = first + timedelta(days=n)
        before = set(Firing.objects.values_list("pk", flat=True))
        for hour in hours:
            with on(day, hour):
                ring_alarms()
        if new := Firing.objects.exclude(pk__in=before).order_by("pk").values_list("step", flat=True):
            rang[day] = list(new)
    return rang


def told(actor: Actor) -> list[str]:
    notices = Notice.objects.filter(recipient_id=actor.user_id).order_by("pk")
    return list(notices.values_list("kind", flat=True))


def test_day_by_day_each_alarm_rings_exactly_once(people: dict[str, Actor], item: MakeItem) -> None:
    item(subject_id=1, assignee_id=people["wang"].user_id, due_on=DUE)
    assert run(date(2026, 9, 21), date(2026, 10, 31)) == {
        date(2026, 9, 28): ["remind-3"],  # 29, 30 September and 8 October are the three working days left
        DUE: ["remind-0"],
        date(2026, 10, 9): ["chief"],
        date(2026, 10, 12): ["leader"],  # 9, 10 (a Saturday made a working day) and 12 October
    }
    assert told(people["wang"]) == ["work.due_soon", "work.due_today"]
    assert told(people["chief"]) == ["work.escalated"]
    assert told(people["leader"]) == ["work.escalated"]
    assert told(people["other_chief"]) == []
    acts = Act.objects.filter(kind="worklist.escalated").order_by("pk")
    assert [act.facts["escalation"] for act in acts] == ["chief", "leader"]
    assert acts[0].facts["due_on"] == "2026-10-08"


def test_escalation_marks_the_item_and_puts_it_on_the_chiefs_desk(
    people: dict[str, Actor], item: MakeItem
) -> None:
    late = item(subject_id=1, assignee_id=people["wang"].user_id, due_on=DUE)
    run(date(2026, 10, 8), date(2026, 10, 9), hours=(9,))
    late.refresh_from_db()
    assert (late.escalation_level, late.escalated_to) == (1, [people["chief"].user_id])
    assert late.escalated_at == datetime(2026, 10, 9, 9, tzinfo=CHINA)
    assert list(work_of(people["chief"], Whose.MINE, ())) == [late]
    assert not work_of(people["leader"], Whose.MINE, ()).exists()
    run(date(2026, 10, 12), date(2026, 10, 12), hours=(9,))
    late.refresh_from_db()
    assert late.escalation_level == 2
    assert set(late.escalated_to) == {people["chief"].user_id, people["leader"].user_id}


def test_the_notice_says_the_number_of_the_plan_that_is_set(people: dict[str, Actor], item: MakeItem) -> None:
    AlarmSetting.objects.create(
        kind="inspection.due", remind=[], chief_after=None, leader_after=2, set_at=datetime.now(CHINA)
    )
    item(subject_id=1, assignee_id=people["wang"].user_id, due_on=DUE)
    run(DUE, date(2026, 10, 12), hours=(9,))
    assert told(people["chief"]) == []
    assert Notice.objects.get(recipient_id=people["leader"].user_id).params["days"] == "2"


def test_an_item_whose_clock_stands_still_is_escalated_no_more(
    people: dict[str, Actor], item: MakeItem
) -> None:
    late = item(subject_id=1, assignee_id=people["wang"].user_id, due_on=DUE)
    run(date(2026, 10, 9), date(2026, 10, 9), hours=(9,))
    WorkItem.objects.filter(pk=late.pk, escalation_level=1).update(due_on=None)
    run(date(2026, 10, 10), date(2026, 10, 10), hours=(9,))
    late.refresh_from_db()
    assert (late.escalation_level, late.escalated_to) == (0, [])
    assert not work_of(people["chief"], Whose.MINE, ()).exists()


def test_after_days_of_silence_the_past_is_not_told_and_nothing_is_lost(
    people: dict[str, Actor], item: MakeItem
) -> None:
    item(subject_id=1, assignee_id=people["wang"].user_id, due_on=DUE)
    item(subject_id=2, assignee_id=people["wang"].user_id, due_on=date(2026, 10, 21))
    # The worker stood still from 20 September to 19 October.
    assert run(date(2026, 10, 19), date(2026, 10, 21)) == {
        date(2026, 10, 19): ["chief", "leader", "remind-3"],
        date(2026, 10, 21): ["remind-0"],
    }
    assert told(people["wang"]) == ["work.due_soon", "work.due_today"]


def test_a_run_that_fails_in_the_middle_is_resumed(
    house: House, people: dict[str, Actor], item: MakeItem, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer("town_chief", house.town, Role.CHIEF)
    for n in range(3):
        item(subject_id=n, due_on=DUE)
        item(subject_id=10 + n, organ=house.town, due_on=DUE)
    monkeypatch.setattr(escalation, "AT_ONCE", 2)
    real, calls = escalation.notify, []

    def breaks_down(**what: Any) -> Any:
        calls.append(what)
        if len(calls) in (2, 3):
            raise ConnectionError("the line is dead")
        return real(**what)

    monkeypatch.setattr(escalation, "notify", breaks_down)
    with on(date(2026, 10, 9)):
        with pytest.raises(AlarmsIncomplete):
            ring_alarms()
        first = Firing.objects.count()
        assert 0 < first < 6
        assert Act.objects.filter(kind="worklist.escalated").count() == first
        assert WorkItem.objects.filter(escalation_level=1).count() == first
        assert ring_alarms() == 6 - first
        assert ring_alarms() == 0
    assert Act.objects.filter(kind="worklist.escalated").count() == 6
    assert WorkItem.objects.filter(escalation_level=1).count() == 6


def test_what_is_done_or_undated_stays_silent(people: dict[str, Actor], item: MakeItem) -> None:
    item(subject_id=1, due_on=DUE)
    item(subject_id=2)
    complete_items_of_origin("inspection.due", "tests", [(1, "m1")])
    assert run(date(2026, 9, 28), date(2026, 10, 14), hours=(9,)) == {}


def test_many_items_are_told_in_one_notice_with_the_count(people: dict[str, Actor], item: MakeItem) -> None:
    for n in range(5):
        item(subject_id=n, assignee_id=people["wang"].user_id, due_on=DUE)
    run(date(2026, 10, 9), date(2026, 10, 9))
    notice = Notice.objects.get()
    assert notice.params == {"work_kind": "inspection.due", "organ": "cj.qt", "days": "1", "count": "5"}
    assert notice.link == "/?whose=mine&kind=inspection.due&due=overdue"
    assert Firing.objects.count() == 5


def test_what_nobody_has_is_told_to_the_chief(people: dict[str, Actor], item: MakeItem) -> None:
    item(subject_id=1, due_on=DUE)
    run(DUE, DUE)
    assert told(people["chief"]) == ["work.due_today"]


def test_a_new_due_day_calms_down_and_rings_anew(people: dict[str, Actor], item: MakeItem) -> None:
    late = item(subject_id=1, assignee_id=people["wang"].user_id, due_on=DUE)
    run(date(2026, 10, 9), date(2026, 10, 9))
    WorkItem.objects.update(due_on=date(2026, 10, 20))
    assert run(date(2026, 10, 12), date(2026, 10, 21)) == {
        date(2026, 10, 15): ["remind-3"],
        date(2026, 10, 20): ["remind-0"],
        date(2026, 10, 21): ["chief"],
    }
    late.refresh_from_db()
    assert late.escalation_level == 1


def test_where_the_calendar_ends_escalation_still_rings_and_the_gap_is_told(
    people: dict[str, Actor], item: MakeItem
) -> None:
    item(subject_id=1, due_on=date(2026, 12, 29))
    with on(date(2026, 12, 31)):
        with pytest.raises(AlarmsIncomplete) as incomplete:
            ring_alarms()
        assert isinstance(incomplete.value.__cause__, CalendarYearMissing)
    assert list(Firing.objects.values_list("step", flat=True)) == ["chief"]


def test_an_organ_without_chief_escalates_to_the_one_above(
    house: House, people: dict[str, Actor], item: MakeItem
) -> None:
    item(subject_id=1, organ=house.town, due_on=DUE)
    run(date(2026, 10, 9), date(2026, 10, 9))
    assert told(people["chief"]) == ["work.escalated"]


def test_working_days_left_are_told_where_the_calendar_knows(item: MakeItem) -> None:
    soon, late = item(subject_id=1, due_on=DUE), item(subject_id=2, due_on=date(2026, 9, 24))
    beyond, undated = item(subject_id=3, due_on=date(2027, 3, 1)), item(subject_id=4)
    with on(date(2026, 9, 28)):
        assert remaining_working_days([soon, late, beyond, undated]) == {soon.pk: 3, late.pk: -1}
