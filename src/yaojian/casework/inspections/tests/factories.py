"""A small world for the tests: two organs, three officers, one pharmacy, a calendar."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from yaojian.casework.inspections import actions
from yaojian.casework.inspections.contracts import Conclusion, InspectionKind, Severity
from yaojian.casework.inspections.models import Inspection
from yaojian.config.reference_packs import clock_pack
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
from yaojian.foundation.accounts.models import User
from yaojian.foundation.deadlines.facade import load_rules
from yaojian.foundation.reference.facade import CalendarDay, days_of, seed_calendar
from yaojian.foundation.timekeeping import now, today
from yaojian.foundation.worklist.facade import WorkItem, open_item
from yaojian.registers.enterprises.facade import Subject, SubjectEntry
from yaojian.registers.enterprises.tests.factories import registered

SINCE = date(2020, 1, 1)


@dataclass
class World:
    """Changji prefecture with Qitai county below it and Altay beside it."""

    prefecture: Organ
    county: Organ
    lead: User
    second: User
    chief: User
    above: User
    stranger: User
    leader: User
    township: User
    pharmacy: Subject


def acting(user: User) -> Actor:
    """The person in their posting of today."""
    actor = actor_of(user)
    assert actor is not None
    return actor


def make_pharmacy(county: Organ) -> Subject:
    """A pharmacy that the county answers for."""
    (pharmacy,) = registered(
        SubjectEntry(
            code="652325000017",
            name="奇台县惠民大药房",
            subject_type="single_pharmacy",
            responsible_organ=county.code,
            division_code="652325100",
            address="奇台县奇台镇东大街 12 号",
            licence_no="新DA9940001",
            opened_on=date(2019, 5, 1),
            risk_grade="III",
        )
    )
    return pharmacy


def enter_law(organ: Organ) -> None:
    """The statutory clocks, and a calendar from 2020 until after next year; unknown years follow the week."""
    load_rules(by=system_actor(organ), pack=clock_pack())
    seed_calendar(2020, 2026)
    for year in range(2027, now().year + 3):
        CalendarDay.objects.bulk_create(
            [CalendarDay(day=day, is_working=day.weekday() < 5) for day in days_of(year)],
            ignore_conflicts=True,
        )


def make_world() -> World:
    """Enter organs, people, a pharmacy and the law."""
    prefecture = register_organ(
        code="xj-cj", name="昌吉州市场监督管理局", level=Level.PREFECTURE, territories=["6523"]
    )
    enter_law(prefecture)
    county = register_organ(
        code="xj-cj-qt",
        name="奇台县市场监督管理局",
        level=Level.COUNTY,
        parent=prefecture,
        territories=["652325"],
    )
    altay = register_organ(
        code="xj-alt", name="阿勒泰地区市场监督管理局", level=Level.PREFECTURE, territories=["6543"]
    )
    town = register_organ(
        code="xj-cj-qt-t",
        name="奇台镇人民政府",
        level=Level.TOWNSHIP,
        parent=county,
        territories=["652325100"],
    )

    def person(username: str, name: str, organ: Organ, role: Role) -> User:
        return post_person(
            username=username,
            display_name=name,
            organ=organ,
            role=role,
            valid_from=SINCE,
            full_time=name != "李娜",
        )

    return World(
        prefecture=prefecture,
        county=county,
        lead=person("lead", "王强", county, Role.INSPECTOR),
        second=person("second", "李娜", county, Role.INSPECTOR),
        chief=person("chief", "马建国", county, Role.CHIEF),
        above=person("above", "阿依古丽", prefecture, Role.INSPECTOR),
        stranger=person("stranger", "赵敏", altay, Role.INSPECTOR),
        leader=person("leader", "陈局", county, Role.LEADER),
        township=person("township", "刘洋", town, Role.TOWNSHIP),
        pharmacy=make_pharmacy(county),
    )


def photo(name: str = "shelf.jpg", colour: str = "teal") -> SimpleUploadedFile:
    """A small JPEG as a browser would send it."""
    content = io.BytesIO()
    Image.new("RGB", (640, 480), colour).save(content, "JPEG")
    return SimpleUploadedFile(name, content.getvalue(), "image/jpeg")


def due_item(world: World, inspection_kind: str = "full_item") -> WorkItem:
    """A mandate's work item for the pharmacy."""
    open_item(
        WorkItem(
            kind="inspection.due",
            organ=world.county,
            subject_id=world.pharmacy.pk,
            subject_name=world.pharmacy.name,
            division_code=world.pharmacy.division_code,
            due_on=today(),
            reason="零售药店全项检查每年不少于一次",
            source="昌吉州2026年药品监管计划 第12行",
            origin_kind="plans.figure",
            origin_key="cj:12",
            parameters={"inspection_kind": inspection_kind},
            opened_at=now(),
        )
    )
    return WorkItem.objects.get(kind="inspection.due")


def opened(world: World) -> Inspection:
    """An inspection that is planned."""
    return actions.open_inspection(
        by=acting(world.lead),
        subject_id=world.pharmacy.pk,
        kind=InspectionKind.ROUTINE,
        officer_ids=[world.lead.pk, world.second.pk],
        lead_id=world.lead.pk,
        basis="年度检查计划",
        beside=True,
    )


def on_site(world: World, *severities: Severity) -> Inspection:
    """An inspection under way, with a finding of each of the severities."""
    inspection = opened(world)
    actions.start_inspection(by=acting(world.lead), inspection_id=inspection.pk)
    for severity in severities:
        actions.record_finding(
            by=acting(world.lead),
            inspection_id=inspection.pk,
            severity=severity,
            description="阿莫西林胶囊 3 盒超过有效期",
            clause="药品经营质量管理规范 第一百六十一条",
        )
    return inspection


def rectifying(world: World) -> Inspection:
    """An inspection concluded with one major finding."""
    inspection = on_site(world, Severity.MAJOR)
    return actions.conclude_inspection(
        by=acting(world.lead), inspection_id=inspection.pk, conclusion=Conclusion.RECTIFY, rectify_by=today()
    )


def submitted(world: World) -> Inspection:
    """An inspection whose rectification waits for verification."""
    inspection = rectifying(world)
    return actions.submit_rectification(
        by=acting(world.lead), inspection_id=inspection.pk, report="已下架并销毁过期药品"
    )
