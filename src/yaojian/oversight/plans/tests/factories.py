"""Organs, officers and subjects for the tests of this room."""

from __future__ import annotations

from datetime import date, datetime, time

from yaojian.foundation.accounts.facade import (
    Actor,
    Level,
    Organ,
    Role,
    actor_of,
    post_person,
    register_organ,
)
from yaojian.foundation.ledger.facade import Act, compose_act, subject_ref
from yaojian.foundation.timekeeping import CHINA, now
from yaojian.oversight.plans.models import Figure, Plan, PlanRow
from yaojian.registers.enterprises.facade import Subject
from yaojian.registers.enterprises.models import SubjectFields, SubjectVersion

YEARLY = {
    "shape": "coverage",
    "scope": {"types": ["single_pharmacy"]},
    "within": "territory",
    "act": {"kind": "inspection.concluded"},
    "period": {"unit": "year"},
}


def prefecture() -> Organ:
    """昌吉州 with one county below, under the region."""
    region = register_organ(code="xj", name="自治区局", level=Level.PROVINCE, territories=["65"])
    upper = register_organ(
        code="xj.changji", name="昌吉州局", level=Level.PREFECTURE, parent=region, territories=["6523"]
    )
    register_organ(
        code="xj.changji.cj", name="昌吉市局", level=Level.COUNTY, parent=upper, territories=["652301"]
    )
    return upper


def officer(organ: Organ, username: str = "officer", role: Role = Role.INSPECTOR) -> Actor:
    """An officer in an organ."""
    user = post_person(
        username=username,
        display_name=f"检查员{username}",
        organ=organ,
        role=role,
        valid_from=date(2015, 1, 1),
    )
    actor = actor_of(user)
    assert actor is not None
    return actor


def subject(organ: Organ, code: str, **fields: object) -> Subject:
    """A pharmacy in 昌吉市, unless told otherwise."""
    values: dict[str, object] = {
        "name": f"测试药房{code}",
        "subject_type": "single_pharmacy",
        "responsible_organ": organ,
        "division_code": "652301001",
        "opened_on": date(2015, 1, 1),
    }
    values |= fields
    one = Subject.objects.create(code=code, in_force_from=values["opened_on"], **values)
    said(one, values["opened_on"])
    return one


def said(one: Subject, since: object, until: object = None) -> None:
    """What the register says of a subject now, as a version of some days."""
    columns = {field.attname: getattr(one, field.attname) for field in SubjectFields._meta.local_fields}
    SubjectVersion.objects.create(subject=one, valid_from=since, valid_to=until, recorded_at=now(), **columns)


def concluded(by: Actor, of: Subject, on: date, kind: str = "routine", hour: int = 10) -> Act:
    """A concluded inspection as an act at an hour of a Beijing day."""
    moment = datetime.combine(on, time(hour), tzinfo=CHINA)
    act = compose_act(
        by=by,
        kind="inspection.concluded",
        subject=subject_ref(of.pk),
        claimed_at=moment,
        recorded_at=moment,
        facts={"inspection_kind": kind, "organ_level": by.organ_level.value},
    )
    act.save(force_insert=True)
    return act


def figure_with(formula: dict[str, object], targets: list[dict[str, object]] | None = None) -> Figure:
    """A figure of a plan of 昌吉州 for 2021–2025; every subject each year, unless told otherwise."""
    organ = prefecture()
    plan = Plan.objects.create(
        code="t",
        seed="900",
        title="测试规划",
        title_en="Test",
        organ=organ,
        start_year=2021,
        end_year=2025,
        fingerprint="0" * 64,
        loaded_at=now(),
    )
    row = PlanRow.objects.create(
        plan=plan,
        row_id="900-01",
        position=0,
        line=1,
        quote="…",
        title_zh="覆盖率",
        title_en="coverage",
        klass="mandate",
        attribute="text",
    )
    return Figure.objects.create(
        row=row,
        key="900-01",
        position=0,
        title_zh="覆盖率",
        title_en="coverage",
        klass="mandate",
        unit="percent",
        targets=targets or [{"every": "year", "op": ">=", "value": 100}],
        formula=formula,
        computable=True,
    )
