"""Opening once, closing by the state table, and giving work to officers."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from yaojian.foundation.accounts.facade import Role
from yaojian.foundation.errors import Conflict, InvalidInput, NotAllowed, NotFound
from yaojian.foundation.ledger.facade import Act, Ref
from yaojian.foundation.notices.facade import Notice
from yaojian.foundation.timekeeping import now
from yaojian.foundation.workflow.states import StateTable
from yaojian.foundation.worklist import actions
from yaojian.foundation.worklist.facade import (
    WorkItem,
    assign_item,
    assign_items,
    cancel_items_of_file,
    cancel_items_of_origin,
    complete_items_of_file,
    complete_items_of_origin,
    open_item,
    open_items,
)
from yaojian.foundation.worklist.states import ItemState
from yaojian.foundation.worklist.tests.conftest import House, MakeItem, officer

FILE = Ref("tests.file", 5)


def states() -> dict[int, str]:
    return dict(WorkItem.objects.values_list("subject_id", "state"))


def test_the_same_duty_opens_one_item_at_a_time(item: MakeItem) -> None:
    first = item(subject_id=7)
    again = {"kind": first.kind, "organ": first.organ, "subject_id": 7, "origin_kind": "tests"}
    assert open_items([WorkItem(**again, origin_key="m1", opened_at=now())]) == 0
    open_item(WorkItem(**again, origin_key="m1", opened_at=now()))
    assert open_items([WorkItem(**again, origin_key="m2", opened_at=now())]) == 1
    complete_items_of_origin("inspection.due", "tests", [(7, "m1")])
    assert open_items([WorkItem(**again, origin_key="m1", opened_at=now())]) == 1


def test_items_of_an_origin_are_closed_pair_by_pair(item: MakeItem) -> None:
    item(subject_id=1, origin_key="a")
    item(subject_id=2, origin_key="a")
    item(subject_id=3, origin_key="b")
    item(subject_id=4, origin_key="b", origin_kind="others")
    assert complete_items_of_origin("inspection.due", "tests", [(1, "a"), (2, "b"), (4, "b")]) == 1
    assert cancel_items_of_origin("inspection.due", "tests", [(1, "a"), (3, "b")]) == 1
    assert states() == {1: "done", 2: "open", 3: "cancelled", 4: "open"}
    assert WorkItem.objects.get(subject_id=1).closed_at is not None


def test_items_of_a_file_are_closed_by_kind(item: MakeItem) -> None:
    for subject_id, kind in ((1, "a"), (2, "b"), (3, "c")):
        item(subject_id=subject_id, kind=kind, file_kind=FILE.kind, file_id=FILE.id)
    item(subject_id=4, kind="a", file_kind=FILE.kind, file_id=6)
    assert complete_items_of_file(FILE, kinds=["a"]) == 1
    assert complete_items_of_file(FILE, kinds=[]) == 0
    assert cancel_items_of_file(FILE) == 2
    assert complete_items_of_file(FILE) == 0
    assert states() == {1: "done", 2: "cancelled", 3: "cancelled", 4: "open"}


def test_every_closing_asks_the_state_table(item: MakeItem, monkeypatch: pytest.MonkeyPatch) -> None:
    item(subject_id=1)
    monkeypatch.setattr(actions, "ITEM_STATES", StateTable("closed table", ItemState.OPEN, []))
    pairs = [(1, "m1")]
    for close in (
        lambda: complete_items_of_file(FILE),
        lambda: cancel_items_of_file(FILE),
        lambda: complete_items_of_origin("inspection.due", "tests", pairs),
        lambda: cancel_items_of_origin("inspection.due", "tests", pairs),
    ):
        with pytest.raises(KeyError, match="not permitted"):
            close()
    assert states() == {1: "open"}


def test_the_database_knows_the_states(item: MakeItem) -> None:
    item()
    for wrong in (
        {"state": "forgotten", "closed_at": now()},
        {"state": "done", "closed_at": None},
        {"state": "open", "closed_at": now()},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            WorkItem.objects.update(**wrong)


def test_a_chief_gives_work_and_the_journal_says_so(house: House, item: MakeItem) -> None:
    chief, wang = officer("chief", house.prefecture, Role.CHIEF), officer("wang", house.county)
    given = item(subject_id=9)
    assign_item(by=chief, item_id=given.pk, user_id=wang.user_id)
    given.refresh_from_db()
    assert given.assignee_id == wang.user_id
    act = Act.objects.get(kind="worklist.assigned")
    assert (act.actor_id, act.subject_id) == (chief.user_id, 9)
    assert act.facts == {"item": given.pk, "kind": "inspection.due", "assignee": "wang"}


def test_who_may_not_give_work(house: House, item: MakeItem) -> None:
    given, wang = item(), officer("wang", house.county)
    for by, error in (
        (officer("li", house.prefecture), NotAllowed),
        (officer("far", house.neighbour, Role.CHIEF), NotFound),
    ):
        with pytest.raises(error):
            assign_item(by=by, item_id=given.pk, user_id=wang.user_id)


def test_work_goes_only_to_officers_and_only_while_open(house: House, item: MakeItem) -> None:
    chief = officer("chief", house.county, Role.CHIEF)
    given = item(subject_id=1)
    for person in (officer("planner", house.county, Role.PLANNER), officer("above", house.prefecture)):
        with pytest.raises(InvalidInput) as refusal:
            assign_item(by=chief, item_id=given.pk, user_id=person.user_id)
        assert refusal.value.field == "user"
    complete_items_of_origin("inspection.due", "tests", [(1, "m1")])
    with pytest.raises(Conflict):
        assign_item(by=chief, item_id=given.pk, user_id=chief.user_id)
    assert not Act.objects.filter(kind="worklist.assigned").exists()


def test_several_items_are_given_each_for_itself(house: House, item: MakeItem) -> None:
    chief = officer("chief", house.county, Role.CHIEF)
    wang = officer("wang", house.county)
    mine, foreign, second = item(), item(organ=house.neighbour), item()
    outcome = assign_items(by=chief, item_ids=[mine.pk, foreign.pk, second.pk, mine.pk], user_id=wang.user_id)
    assert [one.pk for one in outcome.done] == [mine.pk, second.pk]
    assert isinstance(outcome.refused[foreign.pk], NotFound)
    assert Notice.objects.get().params == {"work_kind": "inspection.due", "count": "2"}
    for wrong in ([], range(1, 202)):
        with pytest.raises(InvalidInput):
            assign_items(by=chief, item_ids=wrong, user_id=wang.user_id)
