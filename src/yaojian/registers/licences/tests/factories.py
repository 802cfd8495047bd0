"""Organs, subjects and licences of the tests of this room."""

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
from yaojian.registers.licences.contracts import LicenceEntry

TODAY = date(2026, 11, 20)


@dataclass(frozen=True)
class Region:
    """昌吉州 with 奇台县 and 吉木萨尔县, and somebody who keeps the register in each."""

    prefecture: Organ
    qitai: Organ
    jimsar: Organ
    registrar: Actor
    qitai_registrar: Actor
    jimsar_registrar: Actor
    inspector: Actor


def person(organ: Organ, username: str, role: Role) -> Actor:
    user = post_person(
        username=username, display_name=username, organ=organ, role=role, valid_from=date(2020, 1, 1)
    )
    actor = actor_of(user)
    assert actor is not None
    return actor


def make_region() -> Region:
    def organ(code: str, level: Level, land: str, parent: Organ | None = None) -> Organ:
        return register_organ(code=code, name=code, level=level, parent=parent, territories=[land])

    prefecture = organ("cj", Level.PREFECTURE, "6523")
    qitai = organ("cj.qt", Level.COUNTY, "652325", prefecture)
    jimsar = organ("cj.jm", Level.COUNTY, "652327", prefecture)
    return Region(
        prefecture,
        qitai,
        jimsar,
        person(prefecture, "dengji", Role.REGISTRAR),
        person(qitai, "qitai", Role.REGISTRAR),
        person(jimsar, "jimsar", Role.REGISTRAR),
        person(qitai, "jiancha", Role.INSPECTOR),
    )


def make_subject(n: int, organ: Organ, **fields: Any) -> Subject:
    """A pharmacy in 奇台镇."""
    defaults: dict[str, Any] = {
        "code": f"91652325{n:010d}",
        "name": f"奇台县惠民大药房{n}店",
        "pinyin": f"qtxhmdyf{n}d",
        "subject_type": "single_pharmacy",
        "responsible_organ": organ,
        "division_code": "652325100",
        "opened_on": date(2015, 1, 1),
        "in_force_from": date(2015, 1, 1),
    }
    return Subject.objects.create(**{**defaults, **fields})


def retail(n: int, subject: Subject, **fields: Any) -> LicenceEntry:
    """The drug operation licence of a pharmacy, from 2023-03-01 to 2028-02-29."""
    defaults: dict[str, Any] = {
        "kind": "drug_retail",
        "number": f"新DB9941{n:05d}",
        "subject": subject.code,
        "issued_on": date(2023, 2, 20),
        "valid_from": date(2023, 3, 1),
        "expires_on": date(2028, 2, 29),
        "scope": ("中成药", "化学药制剂", "抗生素制剂"),
        "premises": "奇台镇东大街 1 号",
        "issuer": "奇台县市场监督管理局",
    }
    return LicenceEntry(**{**defaults, **fields})
