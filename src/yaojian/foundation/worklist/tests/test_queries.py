"""Whose work one sees, and how the inbox is narrowed, ordered and counted."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from yaojian.foundation.accounts.facade import Role
from yaojian.foundation.errors import NotFound
from yaojian.foundation.timekeeping import CHINA, held_at, now
from yaojian.foundation.worklist.facade import (
    ItemFilter,
    Mark,
    Urgency,
    Whose,
    WorkItem,
    complete_items_of_origin,
    counts_by_whose,
    item_visible_to,
    items_of_subject,
    items_visible_to,
    matching_items,
    next_due_days,
    open_item_of_duty,
    tally_of,
    urgency_of,
    work_of,
)
from yaojian.foundation.worklist.tests.conftest import House, MakeItem, officer, stand_in

TODAY = date(2026, 7, 1)


@pytest.fixture(autouse=True)
def _held() -> object:
    with held_at(datetime.combine(TODAY, time(9), CHINA)):
        yield


def subjects(items: object) -> list[int]:
    return [item.subject_id for item in items]  # type: ignore[attr-defined]


def test_one_sees_the_work_of_ones_organ_and_those_below(house: House, item: MakeItem) -> None:
    item(subject_id=1, organ=house.prefecture)
    item(subject_id=2, organ=house.county)
    item(subject_id=3, organ=house.town)
    item(subject_id=4, organ=house.neighbour, division_code="654301")
    assert subjects(items_visible_to(officer("p", house.prefecture))) == [1, 2, 3]
    assert subjects(items_visible_to(officer("n", house.neighbour))) == [4]


def test_only_a_township_sees_the_work_of_others_on_its_land(house: House, item: MakeItem) -> None:
    item(subject_id=1, organ=house.prefecture, division_code="652325100")
    item(subject_id=2, organ=house.prefecture, division_code="652325101")
    assert subjects(items_visible_to(officer("t", house.town, Role.TOWNSHIP))) == [1]
    assert subjects(items_visible_to(officer("c", house.county))) == []


@pytest.mark.parametrize("role", [Role.TRAINING_OFFICER, Role.LAB_RECEIVER, Role.EXPERT, Role.PARTNER])
def test_a_role_without_subordinates_sees_the_work_of_its_own_organ_only(
    house: House, item: MakeItem, role: Role
) -> None:
    reader = officer("reader", house.prefecture, role)
    item(subject_id=1, organ=house.prefecture)
    below = item(subject_id=2, organ=house.county)
    item(subject_id=3, organ=house.county, assignee_id=reader.user_id)
    assert subjects(items_visible_to(reader)) == [1, 3]
    assert subjects(work_of(reader, Whose.ALL, ())) == [1, 3]
    with pytest.raises(NotFound):
        item_visible_to(reader, below.pk)


def test_one_sees_what_was_given_to_one_in_person(house: House, item: MakeItem) -> None:
    wang, li = officer("wang", house.county), officer("li", house.county)
    given = item(subject_id=1, organ=house.prefecture, assignee_id=wang.user_id)
    assert item_visible_to(wang, given.pk) == given
    with pytest.raises(NotFound):
        item_visible_to(li, given.pk)


def test_mine_my_organs_those_below_and_all(house: House, item: MakeItem) -> None:
    chief, deputy = officer("chief", house.county, Role.CHIEF), officer("deputy", house.prefecture)
    item(subject_id=1, assignee_id=chief.user_id, due_on=TODAY - timedelta(days=1))
    item(subject_id=2, due_on=TODAY)
    item(subject_id=3, organ=house.town, due_on=TODAY - timedelta(days=9))
    item(subject_id=4, due_on=TODAY - timedelta(days=9))
    item(subject_id=5, organ=house.prefecture, assignee_id=deputy.user_id)
    complete_items_of_origin("inspection.due", "tests", [(4, "m1")])
    wanted = {
        Whose.MINE: {1},
        Whose.DELEGATED: {5},
        Whose.ORGAN: {1, 2},
        Whose.SUBORDINATE: {3},
        Whose.ALL: {1, 2, 3, 5},
    }
    principals = {deputy.user_id}
    assert {whose: set(subjects(work_of(chief, whose, principals))) for whose in Whose} == wanted
    assert counts_by_whose(chief, principals) == {
        Whose.MINE: 1,
        Whose.ORGAN: 2,
        Whose.SUBORDINATE: 1,
        Whose.DELEGATED: 1,
    }
    assert Whose.DELEGATED not in counts_by_whose(chief, ())


def test_a_deputy_sees_what_the_absent_colleague_has(house: House, item: MakeItem) -> None:
    absent, deputy = officer("absent", house.prefecture), officer("deputy", house.county)
    theirs = item(subject_id=5, organ=house.prefecture, assignee_id=absent.user_id)
    with pytest.raises(NotFound):
        item_visible_to(deputy, theirs.pk)
    delegation = stand_in(absent, deputy, until=TODAY)
    assert item_visible_to(deputy, theirs.pk) == theirs
    delegation.valid_to = TODAY - timedelta(days=1)
    delegation.valid_from = TODAY - timedelta(days=2)
    delegation.save()
    with pytest.raises(NotFound):
        item_visible_to(deputy, theirs.pk)


def test_what_was_escalated_to_one_is_on_ones_desk(house: House, item: MakeItem) -> None:
    leader = officer("leader", house.neighbour, Role.LEADER)
    late = item(subject_id=1, due_on=TODAY - timedelta(days=9))
    WorkItem.objects.filter(pk=late.pk).update(
        escalation_level=2, escalated_at=now(), escalated_to=[leader.user_id]
    )
    assert subjects(work_of(leader, Whose.MINE, ())) == [1]
    assert item_visible_to(leader, late.pk) == late


def test_urgency_by_the_day(item: MakeItem) -> None:
    days = {1: -1, 2: 0, 3: 14, 4: 15, 5: None}
    for subject_id, days_left in days.items():
        item(
            subject_id=subject_id,
            due_on=None if days_left is None else TODAY + timedelta(days=days_left),
        )
    wanted = [Urgency.OVERDUE, Urgency.SOON, Urgency.SOON, Urgency.LATER, Urgency.UNDATED]
    items = WorkItem.objects.order_by("subject_id")
    assert [urgency_of(one, TODAY) for one in items] == wanted
    assert tally_of(items).urgencies == {
        Urgency.OVERDUE: 1,
        Urgency.SOON: 2,
        Urgency.LATER: 1,
        Urgency.UNDATED: 1,
    }
    for urgency in Urgency:
        found = matching_items(WorkItem.objects.all(), ItemFilter(urgency=urgency.value))
        assert subjects(found) == [n for n, u in enumerate(wanted, 1) if u is urgency]


def test_the_most_urgent_comes_first_and_the_undated_last(item: MakeItem) -> None:
    for subject_id, due in ((1, None), (2, date(2026, 9, 1)), (3, date(2026, 6, 1)), (4, date(2026, 6, 1))):
        item(subject_id=subject_id, due_on=due)
    assert subjects(matching_items(WorkItem.objects.all(), ItemFilter())) == [3, 4, 2, 1]


def test_words_and_kind_narrow(house: House, item: MakeItem) -> None:
    wang = officer("王强", house.county)
    item(subject_id=1, subject_name="惠民大药房", assignee_id=wang.user_id)
    item(subject_id=2, subject_name="同济堂", reason="疫苗储运检查", kind="inspection.open")
    everything = WorkItem.objects.all()
    for text, found in (("惠民", [1]), ("疫苗", [2]), ("王强 大药房", [1]), ("王强 同济堂", [])):
        assert subjects(matching_items(everything, ItemFilter(text=text))) == found
    assert subjects(matching_items(everything, ItemFilter(kind="inspection.open"))) == [2]
    assert tally_of(everything).kinds == {"inspection.due": 1, "inspection.open": 1}


def test_marks_narrow_and_are_counted(house: House, item: MakeItem) -> None:
    wang = officer("wang", house.county)
    item(subject_id=1)
    item(subject_id=2, assignee_id=wang.user_id, state="returned", return_reason="x")
    item(subject_id=3, assignee_id=wang.user_id, escalation_level=1, escalated_at=now())
    everything = WorkItem.objects.all()
    assert dict(tally_of(everything).marks) == {Mark.POOL: 1, Mark.RETURNED: 1, Mark.ESCALATED: 1}
    assert tally_of(everything).total == 3
    for mark, found in ((Mark.POOL, [1]), (Mark.RETURNED, [2]), (Mark.ESCALATED, [3])):
        assert subjects(matching_items(everything, ItemFilter(mark=mark.value))) == found
    assert len(matching_items(everything, ItemFilter(mark="forgotten"))) == 3


def test_the_duties_of_a_subject(item: MakeItem) -> None:
    late = item(subject_id=7, origin_key="a", due_on=TODAY - timedelta(days=3))
    item(subject_id=7, origin_key="b", due_on=TODAY - timedelta(days=9))
    undated = item(subject_id=7, origin_key="c")
    item(subject_id=8, origin_key="a")
    complete_items_of_origin("inspection.due", "tests", [(7, "b")])
    assert [one.origin_key for one in items_of_subject(7)] == ["a", "c", "b"]
    assert list(open_item_of_duty(7, "tests")) == [late, undated]
    assert next_due_days([7, 8]) == {7: late.due_on}
