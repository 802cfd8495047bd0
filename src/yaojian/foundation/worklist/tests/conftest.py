"""Organs, officers and work items of the tests of this room."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest

from yaojian.foundation.accounts.facade import (
    Actor,
    Delegation,
    Level,
    Organ,
    Role,
    actor_of,
    post_person,
    register_organ,
)
from yaojian.foundation.timekeeping import now
from yaojian.foundation.worklist.facade import WorkItem, open_items

MakeItem = Callable[..., WorkItem]


@dataclass(frozen=True)
class House:
    """昌吉州 with 奇台县 and 奇台镇 below; 阿勒泰地区 beside."""

    prefecture: Organ
    county: Organ
    town: Organ
    neighbour: Organ


def officer(username: str, organ: Organ, role: Role = Role.INSPECTOR) -> Actor:
    user = post_person(
        username=username, display_name=username, organ=organ, role=role, valid_from=date(2020, 1, 1)
    )
    actor = actor_of(user)
    assert actor is not None
    return actor


def stand_in(principal: Actor, deputy: Actor, until: date) -> Delegation:
    """The deputy stands in for the principal from a week before a day until that day."""
    return Delegation.objects.create(
        principal_id=principal.user_id,
        deputy_id=deputy.user_id,
        valid_from=until - timedelta(days=7),
        valid_to=until,
        reason="培训",
        set_at=now(),
    )


@pytest.fixture
def house(db: None) -> House:
    def organ(code: str, level: Level, land: str, parent: Organ | None = None) -> Organ:
        return register_organ(code=code, name=code, level=level, parent=parent, territories=[land])

    prefecture = organ("cj", Level.PREFECTURE, "6523")
    county = organ("cj.qt", Level.COUNTY, "652325", prefecture)
    town = organ("cj.qt.t", Level.TOWNSHIP, "652325100", county)
    return House(prefecture, county, town, organ("alt", Level.PREFECTURE, "6543"))


@pytest.fixture
def item(house: House) -> MakeItem:
    """Opens a work item of the county about a pharmacy in the town, unless told otherwise."""
    made = 0

    def make(**fields: Any) -> WorkItem:
        nonlocal made
        made += 1
        defaults: dict[str, Any] = {
            "kind": "inspection.due",
            "organ": house.county,
            "subject_id": made,
            "subject_name": f"奇台县惠民大药房{made}店",
            "division_code": "652325100",
            "reason": "药品经营环节风险排查",
            "origin_kind": "tests",
            "origin_key": "m1",
            "opened_at": now(),
        }
        assert open_items([WorkItem(**{**defaults, **fields})]) == 1
        return WorkItem.objects.latest("pk")

    return make
