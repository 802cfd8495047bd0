"""Who acts for which organ, and what that lets them see."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from yaojian.foundation.accounts.facade import (
    Actor,
    Organ,
    Permission,
    Role,
    actor_of,
    check_may,
    officers_for_inspections,
    organ_by_code,
    organs_visible_to,
    post_person,
    system_actor,
    territory_q,
    visible_q,
)
from yaojian.foundation.accounts.models import Posting, User
from yaojian.foundation.accounts.tests.conftest import Organs
from yaojian.foundation.errors import NotAllowed, NotFound
from yaojian.foundation.timekeeping import today

SINCE = date(2020, 1, 1)


def person(username: str, organ: Organ, role: Role = Role.INSPECTOR) -> User:
    return post_person(username=username, display_name=username, organ=organ, role=role, valid_from=SINCE)


def acting(user: User) -> Actor:
    actor = actor_of(user)
    assert actor is not None
    return actor


def test_who_is_posted_acts_in_that_posting(organs: Organs) -> None:
    actor = acting(person("wang", organs.county, Role.CHIEF))
    assert (actor.organ_code, actor.role, actor.organ_path) == ("cj.qt", Role.CHIEF, organs.county.path)
    assert actor.territories == ("652325",)


@pytest.mark.parametrize(
    ("begins", "ends", "acts"),
    [(-9, -1, False), (-9, 0, True), (0, None, True), (1, None, False), (-9, 9, True)],
)
def test_only_a_posting_in_force_acts(organs: Organs, begins: int, ends: int | None, acts: bool) -> None:
    user = person("wang", organs.county)
    Posting.objects.filter(user=user).update(
        valid_from=today() + timedelta(days=begins),
        valid_to=None if ends is None else today() + timedelta(days=ends),
    )
    assert (actor_of(user) is not None) == acts
    assert officers_for_inspections(system_actor(organs.county)).exists() == acts


def test_the_newest_posting_counts(organs: Organs) -> None:
    user = person("wang", organs.county)
    post_person(
        username="wang", display_name="x", organ=organs.prefecture, role=Role.CHIEF, valid_from=today()
    )
    assert acting(user).organ_code == "cj"


def test_posting_again_enters_nothing_twice(organs: Organs) -> None:
    first = person("wang", organs.county)
    assert person("wang", organs.county) == first
    assert Posting.objects.count() == 1


def test_a_role_may_what_its_table_says(organs: Organs) -> None:
    inspector, leader = acting(person("a", organs.county)), acting(person("b", organs.county, Role.LEADER))
    check_may(inspector, Permission.INSPECTION_CONDUCT)
    with pytest.raises(NotAllowed):
        check_may(leader, Permission.INSPECTION_CONDUCT)


def test_one_sees_what_one_answers_for_and_what_lies_on_ones_land(organs: Organs) -> None:
    """Organs stand in for subjects: `parent` for the responsible organ, `code` for the place."""
    condition = visible_q(acting(person("wang", organs.county)), "parent", "name")
    Organ.objects.filter(pk=organs.neighbour.pk).update(name="652325009", parent=organs.prefecture)
    assert set(Organ.objects.filter(condition)) == {organs.town, organs.neighbour}


def test_no_land_is_no_rows_and_not_all(organs: Organs) -> None:
    assert not Organ.objects.filter(territory_q([], "code")).exists()
    assert set(Organ.objects.filter(territory_q(["cj.qt", "alt"], "code"))) == {
        organs.county,
        organs.town,
        organs.neighbour,
    }


def test_one_sees_ones_own_organ_and_those_below(organs: Organs) -> None:
    actor = acting(person("wang", organs.county))
    assert set(organs_visible_to(actor)) == {organs.county, organs.town}


def test_officers_are_inspectors_and_chiefs_of_the_organ_and_those_below(organs: Organs) -> None:
    for name, organ, role in (
        ("own", organs.county, Role.INSPECTOR),
        ("below", organs.town, Role.CHIEF),
        ("above", organs.prefecture, Role.INSPECTOR),
        ("leader", organs.county, Role.LEADER),
        ("gone", organs.county, Role.INSPECTOR),
    ):
        person(name, organ, role)
    User.objects.filter(username="gone").update(is_active=False)
    officers = officers_for_inspections(system_actor(organs.county))
    assert {posting.user.username for posting in officers} == {"own", "below"}


def test_organs_are_found_by_code(organs: Organs) -> None:
    assert organ_by_code("cj.qt") == organs.county
    with pytest.raises(NotFound, match=r"cj\.xx"):
        organ_by_code("cj.xx")


def test_the_platform_can_never_sign_in(organs: Organs) -> None:
    actor = system_actor(organs.county)
    user = User.objects.get(pk=actor.user_id)
    assert (user.is_active, user.has_usable_password(), actor_of(user)) == (False, False, None)


def test_the_database_keeps_postings_and_organs_in_order(organs: Organs) -> None:
    user = person("wang", organs.county)
    with pytest.raises(IntegrityError), transaction.atomic():
        Posting.objects.filter(user=user).update(valid_to=SINCE - timedelta(days=1))
    with pytest.raises(IntegrityError), transaction.atomic():
        Posting.objects.filter(user=user).update(role="emperor")
    with pytest.raises(IntegrityError), transaction.atomic():
        Organ.objects.filter(pk=organs.county.pk).update(parent_id=organs.county.pk)
