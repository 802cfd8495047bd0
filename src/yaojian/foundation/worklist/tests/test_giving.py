"""Taking, handing over, returning, reminding; deputies; leavers; and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from yaojian.foundation.accounts.facade import Actor, Role
from yaojian.foundation.accounts.models import Posting, User
from yaojian.foundation.errors import Conflict, DomainError, InvalidInput, NotAllowed, NotFound, RuleBroken
from yaojian.foundation.ledger.facade import Act, acts_of_file
from yaojian.foundation.notices.facade import Notice
from yaojian.foundation.timekeeping import held_at, today
from yaojian.foundation.worklist.facade import (
    WorkItem,
    assign_item,
    complete_items_of_origin,
    hand_over,
    hand_over_all,
    hand_over_items,
    item_ref,
    open_work_of,
    remind_item,
    return_item,
    take_item,
)
from yaojian.foundation.worklist.tests.conftest import House, MakeItem, officer, stand_in

NOON = datetime(2026, 7, 1, 4, tzinfo=UTC)


def told() -> list[tuple[int, str]]:
    return list(Notice.objects.order_by("pk").values_list("recipient_id", "kind"))


def facts_of(kind: str) -> dict[str, object]:
    return Act.objects.get(kind=kind).facts


@pytest.fixture
def chief(house: House) -> Actor:
    return officer("赵科长", house.county, Role.CHIEF)


@pytest.fixture
def wang(house: House) -> Actor:
    return officer("王强", house.county)


@pytest.fixture
def li(house: House) -> Actor:
    return officer("李娜", house.county)


def test_taking_from_the_pool(wang: Actor, li: Actor, item: MakeItem) -> None:
    free = item(subject_id=3)
    take_item(by=wang, item_id=free.pk)
    free.refresh_from_db()
    assert (free.assignee_id, free.assigned_by_id) == (wang.user_id, wang.user_id)
    assert facts_of("worklist.taken") == {"item": free.pk, "kind": "inspection.due"}
    assert [act.kind for act in acts_of_file(item_ref(free))] == ["worklist.taken"]
    with pytest.raises(Conflict, match="王强"):
        take_item(by=li, item_id=free.pk)
    assert told() == []


def test_who_may_not_take(house: House, item: MakeItem) -> None:
    free = item(subject_id=3)
    for by, error in (
        (officer("planner", house.county, Role.PLANNER), NotAllowed),
        (officer("far", house.neighbour), NotFound),
        (officer("township", house.town, Role.TOWNSHIP), NotAllowed),
    ):
        with pytest.raises(error):
            take_item(by=by, item_id=free.pk)
    complete_items_of_origin("inspection.due", "tests", [(3, "m1")])
    with pytest.raises(Conflict):
        take_item(by=officer("late", house.county), item_id=free.pk)


def test_handing_over_tells_both_and_is_an_act(chief: Actor, wang: Actor, li: Actor, item: MakeItem) -> None:
    given = item(subject_id=4)
    assign_item(by=chief, item_id=given.pk, user_id=wang.user_id)
    hand_over(by=wang, item_id=given.pk, user_id=li.user_id, note=" 下周  培训 ")
    given.refresh_from_db()
    assert (given.assignee_id, given.assigned_by_id, given.state) == (li.user_id, wang.user_id, "open")
    assert facts_of("worklist.handed_over") == {
        "item": given.pk,
        "kind": "inspection.due",
        "former": "王强",
        "assignee": "李娜",
        "note": "下周 培训",
    }
    assert told() == [(wang.user_id, "work.assigned"), (li.user_id, "work.handed_over")]
    hand_over(by=chief, item_id=given.pk, user_id=wang.user_id)
    assert told()[2:] == [(wang.user_id, "work.handed_over"), (li.user_id, "work.handed_away")]


def test_to_whom_work_cannot_be_handed_over(house: House, chief: Actor, wang: Actor, item: MakeItem) -> None:
    given = item(subject_id=4, assignee_id=wang.user_id)
    gone = officer("gone", house.county)
    User.objects.filter(pk=gone.user_id).update(is_active=False)
    former = officer("former", house.county)
    Posting.objects.filter(user_id=former.user_id).update(valid_to=today() - timedelta(days=1))
    for person in (
        wang,
        gone,
        former,
        officer("far", house.neighbour),
        officer("above", house.prefecture),
        officer("planner", house.county, Role.PLANNER),
    ):
        with pytest.raises(InvalidInput) as refusal:
            hand_over(by=wang, item_id=given.pk, user_id=person.user_id)
        assert refusal.value.field == "user"
    with pytest.raises(InvalidInput) as refusal:
        hand_over(by=wang, item_id=given.pk, user_id=chief.user_id, note="长" * 301)
    assert refusal.value.field == "note"
    assert not Act.objects.filter(kind__startswith="worklist.").exists()
    assert told() == []


def test_who_cannot_hand_over(house: House, wang: Actor, li: Actor, chief: Actor, item: MakeItem) -> None:
    given, free = item(subject_id=4, assignee_id=wang.user_id), item(subject_id=5)
    cases: list[tuple[Actor, WorkItem, type[DomainError]]] = [
        (li, given, NotAllowed),
        (officer("far", house.neighbour, Role.CHIEF), given, NotFound),
        (chief, free, Conflict),
    ]
    for by, which, error in cases:
        with pytest.raises(error):
            hand_over(by=by, item_id=which.pk, user_id=li.user_id)
    complete_items_of_origin("inspection.due", "tests", [(4, "m1")])
    with pytest.raises(Conflict):
        hand_over(by=wang, item_id=given.pk, user_id=li.user_id)


def test_handing_over_many_tells_once_and_names_what_failed(
    house: House, wang: Actor, li: Actor, item: MakeItem
) -> None:
    own = [item(assignee_id=wang.user_id) for _n in range(3)]
    others, foreign = item(assignee_id=li.user_id), item(organ=house.neighbour, division_code="654301")
    heir = officer("heir", house.county)
    ids = [one.pk for one in (*own, others, foreign)]
    outcome = hand_over_items(by=wang, item_ids=ids, user_id=heir.user_id)
    assert len(outcome.done) == 3
    assert {key: type(error) for key, error in outcome.refused.items()} == {
        others.pk: NotAllowed,
        foreign.pk: NotFound,
    }
    assert told() == [(heir.user_id, "work.handed_over")]
    assert Notice.objects.get().params["count"] == "3"


def test_returning_goes_to_who_gave_it_with_the_reason(chief: Actor, wang: Actor, item: MakeItem) -> None:
    given = item(subject_id=6)
    assign_item(by=chief, item_id=given.pk, user_id=wang.user_id)
    for empty in ("", "   ", "\n"):
        with pytest.raises(InvalidInput) as refusal:
            return_item(by=wang, item_id=given.pk, reason=empty)
        assert refusal.value.field == "reason"
    return_item(by=wang, item_id=given.pk, reason="该店与本人有利害关系，申请回避")
    given.refresh_from_db()
    assert (given.state, given.assignee_id) == ("returned", chief.user_id)
    assert given.return_reason == "该店与本人有利害关系，申请回避"
    assert facts_of("worklist.returned")["reason"] == given.return_reason
    assert told()[1:] == [(chief.user_id, "work.returned")]
    with pytest.raises(Conflict):
        return_item(by=chief, item_id=given.pk, reason="不受理")
    assign_item(by=chief, item_id=given.pk, user_id=wang.user_id)
    given.refresh_from_db()
    assert (given.state, given.return_reason) == ("open", "")


def test_what_one_took_oneself_goes_back_to_the_pool(chief: Actor, wang: Actor, item: MakeItem) -> None:
    free = item(subject_id=6)
    take_item(by=wang, item_id=free.pk)
    return_item(by=wang, item_id=free.pk, reason="管辖有误")
    free.refresh_from_db()
    assert (free.state, free.assignee_id) == ("returned", None)
    assert told() == [(chief.user_id, "work.returned")]


def test_what_a_leaver_gave_goes_back_to_the_pool(chief: Actor, wang: Actor, item: MakeItem) -> None:
    given = item(subject_id=6)
    assign_item(by=chief, item_id=given.pk, user_id=wang.user_id)
    User.objects.filter(pk=chief.user_id).update(is_active=False)
    return_item(by=wang, item_id=given.pk, reason="管辖有误")
    given.refresh_from_db()
    assert given.assignee_id is None


def test_a_done_item_cannot_be_returned(chief: Actor, wang: Actor, li: Actor, item: MakeItem) -> None:
    given = item(subject_id=6, assignee_id=wang.user_id)
    with pytest.raises(NotAllowed):
        return_item(by=li, item_id=given.pk, reason="不是我的")
    complete_items_of_origin("inspection.due", "tests", [(6, "m1")])
    with pytest.raises(Conflict):
        return_item(by=wang, item_id=given.pk, reason="已经办了")


def test_a_returned_item_can_still_be_done(wang: Actor, item: MakeItem) -> None:
    given = item(subject_id=6, assignee_id=wang.user_id, state="returned", return_reason="x")
    assert complete_items_of_origin("inspection.due", "tests", [(6, "m1")]) == 1
    given.refresh_from_db()
    assert given.state == "done"


def test_a_deputy_acts_and_the_act_says_for_whom(
    house: House, wang: Actor, li: Actor, item: MakeItem
) -> None:
    given, other = item(subject_id=7, assignee_id=wang.user_id), item(subject_id=8, assignee_id=wang.user_id)
    with pytest.raises(NotAllowed):
        return_item(by=li, item_id=given.pk, reason="王强出差")
    stand_in(wang, li, until=today())
    return_item(by=li, item_id=given.pk, reason="王强出差")
    assert facts_of("worklist.returned")["on_behalf_of"] == "王强"
    heir = officer("heir", house.county)
    hand_over(by=li, item_id=other.pk, user_id=heir.user_id)
    assert facts_of("worklist.handed_over")["on_behalf_of"] == "王强"
    assert (wang.user_id, "work.handed_away") in told()


def test_reminding_by_hand_once_an_hour(chief: Actor, wang: Actor, li: Actor, item: MakeItem) -> None:
    given = item(subject_id=9, assignee_id=wang.user_id)
    with held_at(NOON):
        remind_item(by=li, item_id=given.pk)
    with held_at(NOON + timedelta(minutes=59)), pytest.raises(RuleBroken):
        remind_item(by=chief, item_id=given.pk)
    with held_at(NOON + timedelta(minutes=60)):
        remind_item(by=chief, item_id=given.pk)
    assert told() == [(wang.user_id, "work.reminded")] * 2
    assert Act.objects.filter(kind="worklist.reminded").count() == 2


def test_what_nobody_has_is_put_before_the_chief(
    house: House, chief: Actor, wang: Actor, item: MakeItem
) -> None:
    township = officer("township", house.town, Role.TOWNSHIP)
    free = item(subject_id=9)
    remind_item(by=township, item_id=free.pk)
    assert told() == [(chief.user_id, "work.reminded")]


def test_whom_one_cannot_remind(house: House, wang: Actor, item: MakeItem) -> None:
    given = item(subject_id=9, assignee_id=wang.user_id)
    with pytest.raises(RuleBroken):
        remind_item(by=wang, item_id=given.pk)
    with pytest.raises(NotFound):
        remind_item(by=officer("far", house.neighbour), item_id=given.pk)
    nobodys = item(subject_id=10, organ=house.neighbour, division_code="654301")
    with pytest.raises(RuleBroken):
        remind_item(by=officer("beside", house.neighbour), item_id=nobodys.pk)
    complete_items_of_origin("inspection.due", "tests", [(9, "m1")])
    with pytest.raises(Conflict):
        remind_item(by=officer("li", house.county), item_id=given.pk)


def test_a_leavers_work_goes_to_one_heir(house: House, wang: Actor, li: Actor, item: MakeItem) -> None:
    administrator = officer("root", house.prefecture, Role.ADMINISTRATOR)
    planner = officer("planner", house.county, Role.PLANNER)
    items = [item(subject_id=n, assignee_id=wang.user_id) for n in range(20, 23)]
    done = item(subject_id=30, assignee_id=wang.user_id)
    complete_items_of_origin("inspection.due", "tests", [(30, "m1")])
    assert list(open_work_of(wang.user_id)) == items
    for wrong in ({"to_user": planner.user_id}, {"to_user": wang.user_id}, {"reason": " "}):
        with pytest.raises(InvalidInput):
            hand_over_all(
                by=administrator,
                **{"from_user": wang.user_id, "to_user": li.user_id, "reason": "调离", **wrong},  # type: ignore[arg-type]
            )
    with pytest.raises(NotAllowed):
        hand_over_all(by=li, from_user=wang.user_id, to_user=li.user_id, reason="调离")
    assert open_work_of(wang.user_id).count() == 3
    WorkItem.objects.filter(pk=items[0].pk).update(
        escalation_level=1, escalated_at=NOON, escalated_to=[wang.user_id]
    )
    assert hand_over_all(by=administrator, from_user=wang.user_id, to_user=li.user_id, reason="调离") == 3
    assert not open_work_of(wang.user_id).exists()
    assert open_work_of(li.user_id).count() == 3
    assert WorkItem.objects.get(pk=items[0].pk).escalated_to == [li.user_id]
    done.refresh_from_db()
    assert done.assignee_id == wang.user_id
    assert Act.objects.filter(kind="worklist.handed_over", facts__reason="调离").count() == 3
    assert told() == [(li.user_id, "work.handed_over")]
    assert hand_over_all(by=administrator, from_user=wang.user_id, to_user=planner.user_id, reason="x") == 0


@pytest.mark.parametrize("foreign", [True, False])
def test_a_foreign_item_and_none_at_all_look_the_same(
    house: House, wang: Actor, li: Actor, item: MakeItem, foreign: bool
) -> None:
    key = item(organ=house.neighbour, division_code="654301").pk if foreign else 999_999
    answers = set()
    for step in (
        lambda: take_item(by=wang, item_id=key),
        lambda: hand_over(by=wang, item_id=key, user_id=li.user_id),
        lambda: return_item(by=wang, item_id=key, reason="x"),
        lambda: remind_item(by=wang, item_id=key),
    ):
        with pytest.raises(NotFound) as refusal:
            step()
        answers.add((refusal.value.code, str(refusal.value)))
    assert len(answers) == 1
    assert not Act.objects.filter(kind__startswith="worklist.").exists()


def test_of_two_who_take_at_once_one_wins_and_the_other_is_told(
    wang: Actor, li: Actor, item: MakeItem
) -> None:
    """The row is locked before it is looked at, so the second waits and then finds it taken."""
    free = item(subject_id=3)
    with CaptureQueriesContext(connection) as asked:
        take_item(by=wang, item_id=free.pk)
    looks = [
        q["sql"] for q in asked if '"worklist_workitem"."assignee_id"' in q["sql"] and "SELECT" in q["sql"]
    ]
    assert all('FOR UPDATE OF "worklist_workitem"' in look for look in looks)
    with pytest.raises(Conflict, match="王强"):
        take_item(by=li, item_id=free.pk)
    assert Act.objects.filter(kind="worklist.taken").count() == 1
