"""A small region for the tests: a prefecture with two counties, a township, one person per role."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from unittest.mock import patch

from django.db import transaction

from yaojian.foundation.accounts.facade import (
    Actor,
    Level,
    Organ,
    Role,
    actor_of,
    post_person,
    register_organ,
)
from yaojian.foundation.accounts.models import User
from yaojian.foundation.ledger.facade import Act, record_act, subject_ref
from yaojian.foundation.reference.facade import load_divisions
from yaojian.foundation.timekeeping import now, today
from yaojian.foundation.worklist.facade import WorkItem, open_items
from yaojian.registers.enterprises.facade import Subject, SubjectEntry
from yaojian.registers.enterprises.tests.factories import registered

SINCE = date(2020, 1, 1)


@dataclass
class Region:
    """Changji with Qitai and Jimsar below it; the people's user names are their roles."""

    prefecture: Organ
    qitai: Organ
    jimsar: Organ
    people: dict[str, User]
    in_qitai: Subject
    in_jimsar: Subject

    def actor(self, name: str) -> Actor:
        """The person in their posting of today."""
        actor = actor_of(self.people[name])
        assert actor is not None
        return actor


def make_subject(n: int, organ: Organ, division: str = "652325100", **fields: Any) -> SubjectEntry:
    """A subject that is not yet registered."""
    defaults: dict[str, Any] = {
        "code": f"9165232500{n:010d}",
        "name": f"奇台县惠民大药房{n:04d}店",
        "subject_type": "single_pharmacy",
        "responsible_organ": organ.code,
        "division_code": division,
        "address": f"人民路 {n} 号",
        "licence_no": f"新DB{n:07d}",
        "opened_on": SINCE,
    }
    return SubjectEntry(**{**defaults, **fields})


def make_item(subject: Subject, organ: Organ, *, due: date | None, key: str = "", **fields: Any) -> WorkItem:
    """A due inspection that is not yet entered."""
    defaults: dict[str, Any] = {
        "kind": "inspection.due",
        "organ": organ,
        "subject_id": subject.pk,
        "subject_name": subject.name,
        "division_code": subject.division_code,
        "due_on": due,
        "reason": "药品经营环节风险排查",
        "source": "《昌吉州“十四五”药品安全规划》第 42 行",
        "origin_kind": "tests",
        "origin_key": key,
        "opened_at": now(),
    }
    return WorkItem(**{**defaults, **fields})


def opened(*items: WorkItem) -> list[WorkItem]:
    """Work items entered in the worklist, with their keys."""
    open_items(items)
    return list(WorkItem.objects.order_by("pk"))


def make_act(by: Actor, subject: Subject | None, kind: str = "inspection.concluded", **what: Any) -> Act:
    """An act in the journal."""
    facts = {"conclusion": "rectify", "findings": {"critical": 0, "major": 1, "general": 2}}
    with transaction.atomic():
        return record_act(
            by=by,
            kind=kind,
            subject=subject_ref(subject.pk) if subject else None,
            **{"facts": facts if kind == "inspection.concluded" else {}, **what},
        )


def make_acts(by: Actor, subject: Subject, amount: int) -> None:
    """Many acts about one subject, an hour apart."""
    moment: datetime = now()
    for n in range(amount):
        at = moment - timedelta(hours=n)
        make_act(by, subject, "inspection.started", claimed_at=at, recorded_at=at)


def make_organs() -> tuple[Organ, Organ, Organ, Organ]:
    """Changji, Qitai, Jimsar and the team of the town of Qitai, with the names of their places."""
    load_divisions(
        [
            ("6523", "昌吉回族自治州", ""),
            ("652325", "奇台县", ""),
            ("652325100", "奇台镇", ""),
            ("652327", "吉木萨尔县", ""),
            ("652327100", "吉木萨尔镇", ""),
        ]
    )

    def organ(code: str, name: str, level: Level, parent: Organ | None, territory: str) -> Organ:
        return register_organ(code=code, name=name, level=level, parent=parent, territories=[territory])

    prefecture = organ("cj", "昌吉州市场监督管理局", Level.PREFECTURE, None, "6523")
    qitai = organ("cj.qt", "奇台县市场监督管理局", Level.COUNTY, prefecture, "652325")
    jimsar = organ("cj.jm", "吉木萨尔县市场监督管理局", Level.COUNTY, prefecture, "652327")
    town = organ("cj.qt.t", "奇台镇综合执法大队", Level.TOWNSHIP, qitai, "652325100")
    return prefecture, qitai, jimsar, town


@contextmanager
def unrecorded() -> Iterator[None]:
    """Set the stage without acts, so that the journal holds only what a test does itself."""
    with (
        patch("yaojian.foundation.ledger.changes.record_act"),
        patch("yaojian.registers.enterprises.actions.registering.record_act"),
    ):
        yield


@unrecorded()
def make_region() -> Region:
    """Enter organs, people and one subject in each county, without acts about them."""
    prefecture, qitai, jimsar, town = make_organs()
    posts = {
        "chief": (prefecture, Role.CHIEF),
        "leader": (prefecture, Role.LEADER),
        "planner": (prefecture, Role.PLANNER),
        "administrator": (prefecture, Role.ADMINISTRATOR),
        "inspector": (qitai, Role.INSPECTOR),
        "neighbour": (jimsar, Role.INSPECTOR),
        "township": (town, Role.TOWNSHIP),
    }
    people = {
        name: post_person(
            username=name,
            display_name=f"{name}同志",
            organ=organ,
            role=role,
            valid_from=SINCE,
        )
        for name, (organ, role) in posts.items()
    }
    in_qitai, in_jimsar = registered(
        make_subject(1, qitai),
        make_subject(2, jimsar, "652327100", name="吉木萨尔县同济堂药店", risk_grade="II"),
    )
    return Region(prefecture, qitai, jimsar, people, in_qitai, in_jimsar)


def days_from_now(days: int) -> date:
    """A date so many days after today."""
    return today() + timedelta(days=days)
