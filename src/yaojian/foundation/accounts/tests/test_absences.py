"""Deputies: for which days, and for whom."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from yaojian.foundation.accounts.facade import Delegation, Role, User, actor_of, post_person, principals_of
from yaojian.foundation.accounts.tests.conftest import Organs
from yaojian.foundation.timekeeping import now, today


def person(username: str, organs: Organs) -> User:
    return post_person(
        username=username,
        display_name=username,
        organ=organs.county,
        role=Role.INSPECTOR,
        valid_from=date(2020, 1, 1),
    )


def stand_in(principal: User, deputy: User, begins: int = 0, ends: int = 0) -> Delegation:
    return Delegation.objects.create(
        principal=principal,
        deputy=deputy,
        valid_from=today() + timedelta(days=begins),
        valid_to=today() + timedelta(days=ends),
        reason="年休假",
        set_at=now(),
    )


def principals(user: User) -> frozenset[int]:
    actor = actor_of(user)
    assert actor is not None
    return principals_of(actor)


@pytest.mark.parametrize(
    ("begins", "ends", "stands_in"),
    [(-9, -1, False), (-9, 0, True), (0, 0, True), (0, 9, True), (1, 9, False)],
)
def test_a_deputy_stands_in_for_the_days_that_were_said(
    organs: Organs, begins: int, ends: int, stands_in: bool
) -> None:
    wang, li = person("wang", organs), person("li", organs)
    stand_in(wang, li, begins, ends)
    assert principals(li) == (frozenset({wang.pk}) if stands_in else frozenset())
    assert principals(wang) == frozenset()


def test_a_cancelled_delegation_and_one_of_somebody_gone_hold_no_more(organs: Organs) -> None:
    wang, li, zhao = (person(name, organs) for name in ("wang", "li", "zhao"))
    held = stand_in(wang, li)
    stand_in(zhao, li)
    assert principals(li) == {wang.pk, zhao.pk}
    held.cancelled_at = now()
    held.save()
    User.objects.filter(pk=zhao.pk).update(is_active=False)
    assert principals(li) == frozenset()


def test_a_deputy_who_has_moved_elsewhere_is_a_deputy_no_more(organs: Organs) -> None:
    wang, li = person("wang", organs), person("li", organs)
    stand_in(wang, li)
    assert principals(li) == {wang.pk}
    li.postings.update(organ=organs.neighbour)
    assert principals(li) == frozenset()


def test_the_database_refuses_two_deputies_at_once_and_oneself(organs: Organs) -> None:
    wang, li, zhao = (person(name, organs) for name in ("wang", "li", "zhao"))
    stand_in(wang, li, 0, 5)
    for principal, deputy, begins, ends in ((wang, zhao, 5, 9), (zhao, zhao, 0, 1), (zhao, li, 3, 1)):
        with pytest.raises(IntegrityError), transaction.atomic():
            stand_in(principal, deputy, begins, ends)
    stand_in(wang, zhao, 6, 9)
