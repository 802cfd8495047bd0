"""Organs and subjects of the tests of this room."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from yaojian.foundation.accounts.facade import (
    Actor,
    Level,
    Organ,
    Role,
    actor_of,
    post_person,
    register_organ,
)
from yaojian.registers.enterprises.facade import Subject


@dataclass(frozen=True)
class Region:
    """昌吉州 with 奇台县 and 吉木萨尔县."""

    prefecture: Organ
    qitai: Organ
    jimsar: Organ


def make_region() -> Region:
    def organ(code: str, level: Level, land: str, parent: Organ | None = None) -> Organ:
        return register_organ(code=code, name=code, level=level, parent=parent, territories=[land])

    prefecture = organ("cj", Level.PREFECTURE, "6523")
    return Region(
        prefecture,
        organ("cj.qt", Level.COUNTY, "652325", prefecture),
        organ("cj.jm", Level.COUNTY, "652327", prefecture),
    )


def officer(organ: Organ, username: str = "wang") -> Actor:
    user = post_person(
        username=username,
        display_name=username,
        organ=organ,
        role=Role.INSPECTOR,
        valid_from=date(2020, 1, 1),
    )
    actor = actor_of(user)
    assert actor is not None
    return actor


def pharmacy(n: int, organ: Organ, **fields: Any) -> Subject:
    """A pharmacy in 奇台镇 that is not yet registered."""
    defaults: dict[str, Any] = {
        "code": f"91652325{n:010d}",
        "name": f"奇台县惠民大药房{n}店",
        "subject_type": "single_pharmacy",
        "responsible_organ": organ,
        "division_code": "652325100",
        "address": f"东大街 {n} 号",
        "licence_no": f"新DB{n:07d}",
        "opened_on": date(2020, 1, 1),
    }
    return Subject(**{**defaults, **fields})
