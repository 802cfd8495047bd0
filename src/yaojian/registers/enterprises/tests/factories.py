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
    system_actor,
)
from yaojian.foundation.timekeeping import today
from yaojian.registers.enterprises.facade import (
    Change,
    Subject,
    SubjectEntry,
    register_subjects,
    unified_code,
)


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


def officer(organ: Organ, username: str = "wang", role: Role = Role.INSPECTOR) -> Actor:
    user = post_person(
        username=username,
        display_name=username,
        organ=organ,
        role=role,
        valid_from=date(2020, 1, 1),
    )
    actor = actor_of(user)
    assert actor is not None
    return actor


def facility(n: int) -> str:
    """The code of the n-th facility of 奇台县: no unified code, so that its number can be read."""
    return f"9165232500{n:010d}"


def uscc(n: int) -> str:
    """The valid unified code of the n-th company of 奇台县."""
    return unified_code("91", "652325", f"{n:08d}")


def pharmacy(n: int, organ: Organ, **fields: Any) -> SubjectEntry:
    """A pharmacy in 奇台镇 that is not yet registered."""
    defaults: dict[str, Any] = {
        "code": facility(n),
        "name": f"奇台县惠民大药房{n}店",
        "subject_type": "single_pharmacy",
        "responsible_organ": organ.code,
        "division_code": "652325100",
        "address": f"东大街 {n} 号",
        "licence_no": f"新DB{n:07d}",
        "opened_on": date(2020, 1, 1),
    }
    return SubjectEntry(**{**defaults, **fields})


def platform_above(code: str) -> Actor:
    """The platform, acting for the highest organ above the one with a code."""
    organ = Organ.objects.get(code=code)
    while organ.parent is not None:
        organ = organ.parent
    return system_actor(organ)


def registered(*entries: SubjectEntry, effective_on: date | None = None) -> list[Subject]:
    """Subjects entered in the register from today, in the order of the entries."""
    by_platform: dict[int, tuple[Actor, list[SubjectEntry]]] = {}
    for entry in entries:
        platform = platform_above(entry.responsible_organ)
        by_platform.setdefault(platform.organ_id, (platform, []))[1].append(entry)
    keys: dict[str, int | None] = {}
    for platform, some in by_platform.values():
        for outcome in register_subjects(some, by=platform, effective_on=effective_on or today()):
            assert outcome.change is not Change.REFUSED, outcome
            keys[outcome.code] = outcome.subject_id
    return [Subject.objects.get(pk=keys[entry.code]) for entry in entries]
