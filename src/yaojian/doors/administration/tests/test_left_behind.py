"""What people leave behind when they leave, move, or their posting ends: it reaches somebody."""

from __future__ import annotations

from datetime import timedelta

import pytest

from yaojian.config.worker import keep_rights_in_order
from yaojian.doors.administration.tests.conftest import Organs, Post, acting
from yaojian.doors.administration.tests.test_people import work_for
from yaojian.foundation.accounts.facade import Role, User
from yaojian.foundation.ledger.facade import Act
from yaojian.foundation.notices.facade import Notice
from yaojian.foundation.staffing import burdens
from yaojian.foundation.staffing.facade import (
    Burden,
    BurdenKind,
    NewPosting,
    end_posting,
    give_posting,
    leave,
    move_person,
)
from yaojian.foundation.timekeeping import held_at, now, today
from yaojian.foundation.worklist.facade import WorkItem

DAY = timedelta(days=1)


@pytest.fixture
def root(post: Post, organs: Organs) -> User:
    return post("root", Role.ADMINISTRATOR, organs.province)


@pytest.fixture
def chief(post: Post) -> User:
    return post("chief", Role.CHIEF)


def night(days: int) -> None:
    """The nightly job, that many days on."""
    with held_at(now() + days * DAY):
        keep_rights_in_order(0)


def told(user: User) -> list[str]:
    return list(Notice.objects.filter(recipient=user).order_by("pk").values_list("kind", flat=True))


def pooled() -> list[bool]:
    items = WorkItem.objects.filter(kind="inspection.conduct")  # the night also opens reviews of rights
    return [item.assignee_id is None for item in items.order_by("pk")]


def test_a_leaver_without_successor_leaves_late_work_to_the_pool(
    root: User, chief: User, post: Post, organs: Organs
) -> None:
    user = post("wang")
    leave(by=acting(root), user_id=user.pk, last_day=today(), successor_id=None, single={}, reason="退休")
    item = work_for(user, organs.prefecture)[0]
    night(0)
    assert pooled() == [False]
    night(1)
    item.refresh_from_db()
    assert (item.assignee, item.state) == (None, "returned")
    assert item.return_reason
    assert told(chief) == ["work.orphaned"]
    act = Act.objects.get(kind="worklist.returned")
    assert (act.facts["former"], act.facts["item"]) == ("wang同志", item.pk)
    night(2)
    assert told(chief) == ["work.orphaned"]


def test_a_posting_that_reaches_its_last_day_leaves_its_work_to_the_pool(
    chief: User, post: Post, organs: Organs
) -> None:
    user = post("wang")
    user.postings.update(valid_to=today() + 3 * DAY)
    work_for(user, organs.prefecture, 2)
    night(3)
    assert pooled() == [False, False]
    night(4)
    assert pooled() == [True, True]
    assert Notice.objects.get(recipient=chief).params["count"] == "2"


def test_who_moves_leaves_the_old_organs_work_behind_at_that_day(
    root: User, chief: User, post: Post, organs: Organs
) -> None:
    user, day = post("wang"), today() + 3 * DAY
    work_for(user, organs.prefecture)
    elsewhere = NewPosting(organ_id=organs.county.pk, role=Role.INSPECTOR, valid_from=day)
    posting = user.postings.get()
    move_person(by=acting(root), user_id=user.pk, posting_id=posting.pk, to=elsewhere)
    night(2)
    assert pooled() == [False]
    night(3)
    assert pooled() == [True]
    # What comes to them in the new organ, and what is given to them there, stays.
    with held_at(now() + 3 * DAY):
        WorkItem.objects.filter(kind="inspection.conduct").update(
            assignee=user, state="open", assigned_at=now()
        )
    night(5)
    assert pooled() == [False]


def test_a_move_of_today_leaves_the_work_behind_at_once_and_one_within_the_organ_keeps_it(
    root: User, chief: User, post: Post, organs: Organs
) -> None:
    moved, promoted = post("wang"), post("li")
    for user, organ, role in (
        (moved, organs.county, Role.INSPECTOR),
        (promoted, organs.prefecture, Role.CHIEF),
    ):
        work_for(user, organs.prefecture)
        WorkItem.objects.filter(assignee=user).update(opened_at=now() - DAY)
        there = NewPosting(organ_id=organ.pk, role=role, valid_from=today())
        move_person(by=acting(root), user_id=user.pk, posting_id=user.postings.get().pk, to=there)
    night(1)
    assert pooled() == [True, False]


def test_one_of_several_postings_that_ends_leaves_its_work_to_the_pool(
    root: User, chief: User, post: Post, organs: Organs
) -> None:
    user = post("wang")
    first = user.postings.get()
    second = NewPosting(organ_id=organs.county.pk, role=Role.INSPECTOR, valid_from=today())
    give_posting(by=acting(root), user_id=user.pk, posting=second)
    work_for(user, organs.prefecture)
    end_posting(by=acting(root), user_id=user.pk, posting_id=first.pk, last_day=today(), reason="届满")
    night(0)
    assert pooled() == [False]
    night(1)
    assert pooled() == [True]


def test_a_successor_who_cannot_take_over_is_told_to_the_administrators(
    root: User, chief: User, post: Post, organs: Organs
) -> None:
    user, heir = post("wang"), post("gui", Role.PLANNER)
    leave(by=acting(root), user_id=user.pk, last_day=today(), successor_id=heir.pk, single={}, reason="退休")
    work_for(user, organs.prefecture)
    night(1)
    assert told(root) == ["staffing.successor_refused"]
    assert Notice.objects.get(recipient=root).link == f"/administration/people/{user.pk}/"
    assert pooled() == [True]


def test_files_in_the_name_of_somebody_gone_are_told_once_a_week(
    root: User, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = post("wang")
    user.postings.update(valid_to=today())

    def held_by(user_id: int) -> list[Burden]:
        return [Burden("file", 1, "x", "/")] if user_id == user.pk else []

    kind = BurdenKind("file", "Files", held_by, lambda *_: 0)  # type: ignore[arg-type]
    monkeypatch.setattr(burdens, "_kinds", {"file": kind})
    night(0)
    assert told(root) == []
    night(1)
    night(1)
    assert told(root) == ["staffing.stranded"]
