"""Entering subjects: new and changed ones are told apart, wrong ones refused alone, and all can be undone."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction

from yaojian.foundation.accounts.facade import Actor, Level, Role, register_organ, system_actor
from yaojian.foundation.errors import NotAllowed, NotFound
from yaojian.foundation.ledger.facade import Act
from yaojian.foundation.timekeeping import today
from yaojian.registers.enterprises.facade import (
    Change,
    Enterprise,
    Outcome,
    Subject,
    SubjectEntry,
    initials,
    register_subjects,
    undo_registration,
)
from yaojian.registers.enterprises.models import SubjectVersion
from yaojian.registers.enterprises.tests.factories import (
    Region,
    facility,
    make_region,
    officer,
    pharmacy,
    uscc,
)

DAY = date(2026, 3, 1)


@pytest.fixture
def region(db: None) -> Region:
    return make_region()


@pytest.fixture
def platform(region: Region) -> Actor:
    return system_actor(region.prefecture)


def register(by: Actor, *entries: SubjectEntry, on: date = DAY, batch: UUID | None = None) -> list[Outcome]:
    return register_subjects(entries, by=by, effective_on=on, batch=batch)


def changes(outcomes: list[Outcome]) -> list[str]:
    return [outcome.change.value for outcome in outcomes]


def faulty(by: Actor, entry: SubjectEntry) -> list[str]:
    """The fields that are wrong with an entry that is refused."""
    (outcome,) = register(by, entry)
    assert (outcome.change is Change.REFUSED) == bool(outcome.faults)
    return [fault.field for fault in outcome.faults]


def loads() -> list[Act]:
    return list(Act.objects.filter(kind="subjects.registered").order_by("pk"))


def everything() -> tuple[list[Any], ...]:
    """All rows of the register, to compare."""
    return (
        list(Subject.objects.order_by("pk").values()),
        list(SubjectVersion.objects.order_by("pk").values()),
        list(Enterprise.objects.order_by("pk").values()),
    )


def test_a_load_is_one_act_and_a_repeated_one_changes_nothing(region: Region, platform: Actor) -> None:
    entries = [pharmacy(2, region.qitai), pharmacy(1, region.jimsar, division_code="652327100")]
    outcomes = register(platform, *entries)
    assert changes(outcomes) == ["new", "new"]
    assert [o.subject_id for o in outcomes] == [Subject.objects.get(code=e.code).pk for e in entries]
    (act,) = loads()
    assert (act.organ_id, act.actor.username, act.subject_id) == (region.prefecture.pk, "system", None)
    codes = "\n".join(sorted(entry.code for entry in entries))
    assert act.facts["codes_sha256"] == hashlib.sha256(codes.encode()).hexdigest()
    assert (act.facts["count"], act.facts["new"], act.facts["changed"]) == (2, 2, 0)
    before = everything()
    assert changes(register(platform, *entries)) == ["unchanged", "unchanged"]
    assert changes(register(platform, *entries, on=today())) == ["unchanged", "unchanged"]
    assert everything() == before
    assert len(loads()) == 1


def test_a_change_holds_from_its_day_and_what_is_not_said_stays(region: Region, platform: Actor) -> None:
    register(platform, pharmacy(1, region.qitai, flags=("special_drug",), business_scope="中药饮片"))
    said = SubjectEntry(
        facility(1), "奇台县新惠民大药房", "single_pharmacy", "cj.qt", "652325100", date(2020, 1, 1)
    )
    assert changes(register(platform, said, on=date(2026, 5, 1))) == ["changed"]
    subject = Subject.objects.get(code=facility(1))
    assert (subject.name, subject.flags, subject.business_scope) == (said.name, ["special_drug"], "中药饮片")
    assert subject.former_names == "奇台县惠民大药房1店 qtxhmdyf1d"
    spans = subject.versions.filter(replaced_by=None).values_list("name", "valid_from", "valid_to")
    assert list(spans) == [
        ("奇台县惠民大药房1店", date(2020, 1, 1), date(2026, 4, 30)),
        ("奇台县新惠民大药房", date(2026, 5, 1), None),
    ]
    assert (loads()[-1].facts["changed"], loads()[-1].subject_id) == (1, subject.pk)


def test_a_closed_subject_was_open_before(region: Region, platform: Actor) -> None:
    register(platform, pharmacy(1, region.qitai, closed_on=date(2025, 5, 1)))
    spans = SubjectVersion.objects.values_list("closed_on", "valid_from", "valid_to")
    assert list(spans) == [
        (None, date(2020, 1, 1), date(2025, 4, 30)),
        (date(2025, 5, 1), date(2025, 5, 1), None),
    ]
    assert not Subject.objects.get().is_open


def test_a_future_change_waits(region: Region, platform: Actor) -> None:
    register(platform, pharmacy(1, region.qitai))
    register(platform, pharmacy(1, region.qitai, name="将来大药房"), on=date(2099, 1, 1))
    assert Subject.objects.get().name == "奇台县惠民大药房1店"


def test_legal_entities_by_unified_code(region: Region, platform: Actor) -> None:
    register(
        platform,
        pharmacy(1, region.qitai, code=uscc(1), legal_name="奇台县惠民医药有限公司"),
        pharmacy(2, region.qitai, uscc=uscc(1)),
        pharmacy(3, region.qitai),
    )
    enterprise = Enterprise.objects.get()
    assert (enterprise.uscc, enterprise.name, enterprise.kind) == (
        uscc(1),
        "奇台县惠民医药有限公司",
        "company",
    )
    assert enterprise.subjects.count() == 2
    renamed = pharmacy(2, region.qitai, uscc=uscc(1), legal_name="新惠民医药有限公司")
    assert changes(register(platform, renamed)) == ["changed"]
    enterprise.refresh_from_db()
    assert enterprise.name == "新惠民医药有限公司"
    assert [v.name for v in enterprise.versions.filter(replaced_by=None)] == [
        "奇台县惠民医药有限公司",
        "新惠民医药有限公司",
    ]
    assert changes(register(platform, renamed)) == ["unchanged"]


def test_codes_are_taken_as_meant(region: Region, platform: Actor) -> None:
    wide = "".join(chr(ord(c) + 0xFEE0) for c in uscc(7)) + " "
    register(platform, pharmacy(1, region.qitai, code=wide.lower()))
    assert Subject.objects.get().code == uscc(7)


@pytest.mark.parametrize(
    ("wrong", "fields"),
    [
        ({"code": uscc(1)[:-1] + ("A" if uscc(1)[-1] != "A" else "B")}, ["code"]),
        ({"uscc": "91652325000000000X"}, ["uscc"]),
        ({"code": " "}, ["code"]),
        ({"name": " "}, ["name"]),
        ({"name": "药" * 201}, ["name"]),
        ({"address": "东\x00街"}, ["address"]),
        ({"subject_type": "bakery"}, ["subject_type"]),
        ({"risk_grade": "V"}, ["risk_grade"]),
        ({"hospital_level": 2}, ["hospital_level"]),
        ({"closed_on": date(2019, 1, 1)}, ["closed_on"]),
        ({"closed_on": date(2026, 3, 2)}, ["closed_on"]),
        ({"opened_on": date(2026, 3, 2)}, ["opened_on"]),
        ({"latitude": 44.0}, ["longitude"]),
        ({"latitude": 89.5, "longitude": 188.0}, ["longitude"]),
        ({"division_code": "奇台"}, ["division_code"]),
        ({"division_code": "652825100"}, ["division_code"]),
        ({"responsible_organ": "nowhere"}, ["responsible_organ"]),
        ({"responsible_organ": "alt"}, ["responsible_organ"]),
        ({"parent": "unknown"}, ["parent"]),
        ({"subject_type": "chain_store", "parent": facility(2)}, ["parent"]),
        ({"subject_type": "chain_headquarters", "parent": facility(3)}, ["parent"]),
    ],
)
def test_a_wrong_entry_is_refused_alone(
    region: Region, platform: Actor, wrong: dict[str, Any], fields: list[str]
) -> None:
    register_organ(code="alt", name="阿勒泰地区局", level=Level.PREFECTURE, territories=["6528"])
    register(platform, pharmacy(2, region.qitai))
    register(platform, pharmacy(3, region.qitai, subject_type="chain_headquarters"))
    assert faulty(platform, pharmacy(1, region.qitai, **wrong)) == fields
    outcomes = register(platform, pharmacy(1, region.qitai, **wrong), pharmacy(9, region.qitai))
    assert changes(outcomes) == ["refused", "new"]


def test_the_same_code_twice_and_circles_are_refused(region: Region, platform: Actor) -> None:
    assert changes(register(platform, pharmacy(1, region.qitai), pharmacy(1, region.qitai))) == [
        "new",
        "refused",
    ]
    circle = [pharmacy(5, region.qitai, parent=facility(6)), pharmacy(6, region.qitai, parent=facility(5))]
    assert changes(register(platform, *circle)) == ["refused", "refused"]
    register(platform, pharmacy(7, region.qitai), pharmacy(8, region.qitai, parent=facility(7)))
    assert faulty(platform, pharmacy(7, region.qitai, parent=facility(8))) == ["parent"]
    assert faulty(platform, pharmacy(7, region.qitai, parent=facility(7))) == ["parent"]


def test_stores_may_stand_before_their_headquarters(region: Region, platform: Actor) -> None:
    store = pharmacy(1, region.qitai, subject_type="chain_store", parent=facility(2))
    head = pharmacy(2, region.qitai, subject_type="chain_headquarters")
    assert changes(register(platform, store, head)) == ["new", "new"]
    assert Subject.objects.get(code=facility(1)).parent == Subject.objects.get(code=facility(2))


def test_nobody_registers_beyond_the_own_area_or_role(region: Region, platform: Actor) -> None:
    registrar = officer(region.qitai, "reg", role=Role.REGISTRAR)
    register(platform, pharmacy(1, region.jimsar, division_code="652327100"))
    assert faulty(registrar, pharmacy(2, region.jimsar)) == ["responsible_organ"]
    assert faulty(registrar, pharmacy(2, region.qitai, division_code="652327100")) == ["division_code"]
    assert faulty(registrar, pharmacy(1, region.qitai)) == ["code"]
    assert faulty(registrar, pharmacy(3, region.qitai)) == []
    with pytest.raises(NotAllowed):
        register(officer(region.qitai, "insp"), pharmacy(4, region.qitai))


def test_levels_bring_their_marks(region: Region, platform: Actor) -> None:
    hospital = {"subject_type": "hospital", "flags": ("special_drug",)}
    register(platform, pharmacy(1, region.qitai, **hospital, hospital_level=3))
    assert Subject.objects.get().flags == ["level2_plus", "special_drug"]
    again = SubjectEntry(
        facility(1), "县医院", "hospital", "cj.qt", "652325100", date(2020, 1, 1), hospital_level=1
    )
    register(platform, again)
    assert Subject.objects.get().flags == ["below_level2", "special_drug"]


def test_undoing_restores_exactly_what_was(region: Region, platform: Actor) -> None:
    register(
        platform,
        pharmacy(1, region.qitai, code=uscc(1)),
        pharmacy(2, region.qitai, subject_type="chain_headquarters"),
    )
    before = everything()
    batch = uuid4()
    register(
        platform,
        pharmacy(1, region.qitai, code=uscc(1), name="改名大药房", legal_name="改名公司", risk_grade="II"),
        pharmacy(3, region.qitai, code=uscc(3)),
        batch=batch,
    )
    register(
        platform,
        pharmacy(1, region.qitai, code=uscc(1), name="再改名大药房", closed_on=date(2026, 2, 1)),
        pharmacy(4, region.qitai, subject_type="chain_store", parent=facility(2)),
        batch=batch,
    )
    outcomes = {o.code: (o.change, o.subject_id is None) for o in undo_registration(by=platform, batch=batch)}
    assert outcomes == {
        uscc(1): (Change.CHANGED, False),
        uscc(3): (Change.NEW, True),
        facility(4): (Change.NEW, True),
    }
    assert everything() == before
    act = Act.objects.get(kind="subjects.registration_undone")
    assert (act.facts["count"], act.facts["removed"], act.facts["refused"]) == (3, 2, 0)
    with pytest.raises(NotFound):
        undo_registration(by=platform, batch=batch)


def test_undoing_leaves_what_was_changed_since_or_is_needed(region: Region, platform: Actor) -> None:
    batch = uuid4()
    register(
        platform,
        pharmacy(1, region.qitai),
        pharmacy(2, region.qitai, subject_type="chain_headquarters"),
        pharmacy(3, region.qitai),
        batch=batch,
    )
    register(platform, pharmacy(1, region.qitai, name="后来改名"))
    register(platform, pharmacy(4, region.qitai, subject_type="chain_store", parent=facility(2)))
    outcomes = {o.code: o.change for o in undo_registration(by=platform, batch=batch)}
    assert outcomes == {facility(1): Change.REFUSED, facility(2): Change.REFUSED, facility(3): Change.NEW}
    assert Subject.objects.get(code=facility(1)).name == "后来改名"


def test_undoing_is_for_those_who_answer_for_it(region: Region, platform: Actor) -> None:
    batch = uuid4()
    register(platform, pharmacy(1, region.qitai), batch=batch)
    with pytest.raises(NotFound):
        undo_registration(by=officer(region.jimsar, "jm", role=Role.REGISTRAR), batch=batch)
    with pytest.raises(NotAllowed):
        undo_registration(by=officer(region.qitai, "qt"), batch=batch)


def test_initials_of_names() -> None:
    assert initials("奇台县惠民大药房A1店") == "qtxhmdyfa1d"
    assert initials("重庆长安银行门诊部") == "cqcayhmzb"


@pytest.mark.parametrize(
    "wrong",
    [
        {"closed_on": date(2019, 1, 1)},
        {"subject_type": "bakery"},
        {"risk_grade": "V"},
        {"latitude": 91.0, "longitude": 0.0},
        {"hospital_level": 2},
    ],
)
def test_the_database_keeps_the_register_in_order(
    region: Region, platform: Actor, wrong: dict[str, Any]
) -> None:
    register(platform, pharmacy(1, region.qitai))
    for rows in (Subject.objects.all(), SubjectVersion.objects.all()):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**wrong)


def test_two_versions_never_hold_on_one_day(region: Region, platform: Actor) -> None:
    register(platform, pharmacy(1, region.qitai))
    version = SubjectVersion.objects.get()
    version.pk, version.valid_from = None, date(2024, 1, 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        version.save()
