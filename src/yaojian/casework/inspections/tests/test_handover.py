"""Inspections of people who are away or leave: deputies act in their name, heirs take their place."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from yaojian.casework.inspections import actions
from yaojian.casework.inspections.contracts import Severity
from yaojian.casework.inspections.models import Inspection
from yaojian.casework.inspections.tests.factories import World, acting, on_site, opened
from yaojian.foundation.accounts.facade import Delegation, Role, User, post_person
from yaojian.foundation.errors import InvalidInput, NotAllowed
from yaojian.foundation.ledger.facade import Act
from yaojian.foundation.staffing.facade import burdens_of, leave
from yaojian.foundation.timekeeping import now, today


@pytest.fixture
def admin(world: World) -> User:
    return post_person(
        username="root",
        display_name="管理员",
        organ=world.county,
        role=Role.ADMINISTRATOR,
        valid_from=today(),
    )


@pytest.fixture
def colleague(world: World) -> User:
    return post_person(
        username="colleague",
        display_name="周同",
        organ=world.county,
        role=Role.INSPECTOR,
        valid_from=today(),
    )


def lets_leave(world: World, admin: User, successor: User) -> None:
    leave(
        by=acting(admin),
        user_id=world.lead.pk,
        last_day=today(),
        successor_id=successor.pk,
        single={},
        reason="调离",
    )


def team(inspection: Inspection) -> list[tuple[int, bool]]:
    return list(inspection.team.order_by("-is_lead", "id").values_list("officer_id", "is_lead"))


def test_before_the_visit_the_heir_takes_the_place_and_the_work(
    world: World, admin: User, colleague: User
) -> None:
    inspection = opened(world)
    assert {burden.kind for burden in burdens_of(world.lead.pk)} == {"work", "inspections.inspection"}
    lets_leave(world, admin, colleague)
    assert team(inspection) == [(colleague.pk, True), (world.second.pk, False)]
    assert burdens_of(world.lead.pk) == []
    assert Act.objects.get(kind="inspection.handed_over").facts["assignee"] == "周同"


def test_after_it_only_the_lead_passes_on(world: World, admin: User, colleague: User) -> None:
    inspection = on_site(world, Severity.MAJOR)
    lets_leave(world, admin, colleague)
    assert team(inspection)[0] == (colleague.pk, True)
    assert set(team(inspection)[1:]) == {(world.lead.pk, False), (world.second.pk, False)}


def test_a_team_never_falls_below_two(world: World, admin: User) -> None:
    opened(world)
    with override("en"), pytest.raises(InvalidInput, match="fewer than two"):
        lets_leave(world, admin, world.second)
    assert User.objects.get(pk=world.lead.pk).left_on is None


def test_who_may_not_inspect_takes_nothing_over(world: World, admin: User) -> None:
    opened(world)
    with pytest.raises(InvalidInput):
        lets_leave(world, admin, world.leader)


def test_a_deputy_records_in_the_colleagues_place_and_the_act_says_so(world: World, colleague: User) -> None:
    inspection = opened(world)
    with pytest.raises(NotAllowed):
        actions.start_inspection(by=acting(colleague), inspection_id=inspection.pk)
    Delegation.objects.create(
        principal=world.lead,
        deputy=colleague,
        valid_from=today(),
        valid_to=today(),
        reason="年休假",
        set_at=now(),
    )
    actions.start_inspection(by=acting(colleague), inspection_id=inspection.pk)
    act = Act.objects.get(kind="inspection.started")
    assert (act.actor_name, act.facts["on_behalf_of"]) == ("周同", "王强")
    Delegation.objects.update(cancelled_at=now())
    with pytest.raises(NotAllowed):
        actions.cancel_inspection(by=acting(colleague), inspection_id=inspection.pk, reason="x")


def test_who_is_in_the_team_acts_in_person_although_a_colleague_is_away(world: World) -> None:
    inspection = opened(world)
    Delegation.objects.create(
        principal=world.lead,
        deputy=world.second,
        valid_from=today(),
        valid_to=today(),
        reason="年休假",
        set_at=now(),
    )
    actions.start_inspection(by=acting(world.second), inspection_id=inspection.pk)
    assert "on_behalf_of" not in Act.objects.get(kind="inspection.started").facts
