"""Organs, officers and statements for the tests of this room."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from yaojian.foundation.accounts.facade import (
    Actor,
    Level,
    Organ,
    Role,
    actor_of,
    post_person,
    register_organ,
)
from yaojian.oversight.statistics import actions
from yaojian.oversight.statistics.models import Statistic
from yaojian.oversight.statistics.rules import Content


@dataclass(frozen=True)
class Field:
    """A prefecture with two counties, and who states and confirms there."""

    prefecture: Organ
    county: Organ
    second: Organ
    planner: Actor
    leader: Actor
    county_planner: Actor
    county_leader: Actor


def officer(organ: Organ, username: str, role: Role) -> Actor:
    """Somebody in an organ."""
    user = post_person(
        username=username, display_name=username, organ=organ, role=role, valid_from=date(2015, 1, 1)
    )
    actor = actor_of(user)
    assert actor is not None
    return actor


def make_field() -> Field:
    """昌吉州 with two counties."""
    region = register_organ(code="xj", name="自治区局", level=Level.PROVINCE, territories=["65"])
    upper = register_organ(
        code="xj.changji", name="昌吉州局", level=Level.PREFECTURE, parent=region, territories=["6523"]
    )
    county, second = (
        register_organ(
            code=f"xj.changji.{code}", name=name, level=Level.COUNTY, parent=upper, territories=[land]
        )
        for code, name, land in (("cj", "昌吉市局", "652301"), ("fk", "阜康市局", "652302"))
    )
    return Field(
        prefecture=upper,
        county=county,
        second=second,
        planner=officer(upper, "guihua", Role.PLANNER),
        leader=officer(upper, "juzhang", Role.LEADER),
        county_planner=officer(county, "cj-guihua", Role.PLANNER),
        county_leader=officer(county, "cj-juzhang", Role.LEADER),
    )


def content(datum: str = "population", year: int = 2024, **values: Any) -> Content:
    """What a statement says; a population of 2024 unless told otherwise."""
    given: dict[str, Any] = {
        "datum": datum,
        "first_on": date(year, 1, 1),
        "last_on": date(year, 12, 31),
        "amount": Decimal(1000),
        **values,
    }
    return Content(**given)


def paper() -> SimpleUploadedFile:
    """A report that a number is taken from."""
    return SimpleUploadedFile("公报.txt", "年末统计公报".encode(), content_type="text/plain")


def confirmed(world: Field, organ: Organ, what: Content) -> Statistic:
    """A statement entered by the prefecture's planner and confirmed by its leader."""
    statistic = actions.enter_statistic(
        by=world.planner, organ=organ, content=what, evidence=[paper()], submit=True
    )
    return actions.confirm_statistic(by=world.leader, pk=statistic.pk)
