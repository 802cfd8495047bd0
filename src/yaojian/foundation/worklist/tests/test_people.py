"""Who may be given work, found by name and pinyin initials; who stands above an organ."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from yaojian.foundation.accounts.facade import Permission, Role
from yaojian.foundation.accounts.models import Posting
from yaojian.foundation.timekeeping import today
from yaojian.foundation.worklist.facade import people_matching, people_who_may
from yaojian.foundation.worklist.people import heads_of, initials, may_do
from yaojian.foundation.worklist.tests.conftest import House, officer

CONDUCT = Permission.INSPECTION_CONDUCT


def test_initials() -> None:
    assert initials("王小强") == "wxq"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("wxq", {"王小强"}),
        ("XQ", {"王小强"}),
        ("古丽", {"阿依古丽"}),
        ("", {"王小强", "阿依古丽"}),
        ("zz", set()),
    ],
)
def test_found_by_name_and_initials(house: House, text: str, found: set[str]) -> None:
    chief = officer("阿依古丽", house.county, Role.CHIEF)
    officer("王小强", house.town)
    officer("周围", house.neighbour)
    officer("计划员", house.county, Role.PLANNER)
    people = people_matching(people_who_may(chief, CONDUCT), text)
    assert {posting.user.display_name for posting in people} == found


def test_a_person_with_two_posts_comes_once(house: House) -> None:
    chief, wang = officer("chief", house.county, Role.CHIEF), officer("wang", house.county)
    Posting.objects.create(
        user_id=wang.user_id, organ=house.town, role=Role.INSPECTOR.value, valid_from=date(2021, 1, 1)
    )
    assert [p.user_id for p in people_matching(people_who_may(chief, CONDUCT), "wang")] == [wang.user_id]


def test_only_who_is_in_post_may(house: House) -> None:
    wang = officer("wang", house.county)
    assert may_do(wang.user_id, CONDUCT)
    assert not may_do(wang.user_id, Permission.WORKLIST_ASSIGN)
    Posting.objects.filter(user_id=wang.user_id).update(valid_to=today() - timedelta(days=1))
    assert not may_do(wang.user_id, CONDUCT)


def test_heads_are_those_of_the_nearest_organ_that_has_any(house: House) -> None:
    above = officer("above", house.prefecture, Role.CHIEF)
    assert heads_of(house.town, Role.CHIEF) == [above.user_id]
    one, two = officer("one", house.county, Role.CHIEF), officer("two", house.county, Role.CHIEF)
    assert heads_of(house.town, Role.CHIEF) == [one.user_id, two.user_id]
    assert heads_of(house.prefecture, Role.CHIEF) == [above.user_id]
    assert heads_of(house.neighbour, Role.CHIEF) == []
