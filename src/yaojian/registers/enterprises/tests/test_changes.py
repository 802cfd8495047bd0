"""Changing one subject: days, reasons, states, scope; and taking a change back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from yaojian.foundation.accounts.facade import Actor, Role
from yaojian.foundation.errors import (
    Conflict,
    DomainError,
    InvalidInput,
    NotAllowed,
    NotFound,
    RuleBroken,
)
from yaojian.foundation.ledger.facade import Act
from yaojian.foundation.reference.facade import load_divisions
from yaojian.foundation.timekeeping import CHINA, held_at, today
from yaojian.registers.enterprises import actions
from yaojian.registers.enterprises.facade import (
    Subject,
    SubjectFilter,
    as_they_were,
    matching,
    show_subjects_of_today,
    subject_as_it_was,
    subjects_visible_to,
)
from yaojian.registers.enterprises.tests.factories import (
    Region,
    facility,
    make_region,
    officer,
    pharmacy,
    registered,
    uscc,
)
from yaojian.registers.enterprises.web.history import history_context

WHY = "依据换发的许可证"
CHANGE = date(2024, 6, 1)


@pytest.fixture
def region(db: None) -> Region:
    load_divisions([("652325100", "奇台镇", ""), ("652325101", "老奇台镇", ""), ("652327100", "吉镇", "")])
    return make_region()


@pytest.fixture
def shop(region: Region) -> Subject:
    (subject,) = registered(pharmacy(1, region.qitai))
    return subject


@pytest.fixture
def registrar(region: Region) -> Actor:
    return officer(region.qitai, "dengji", role=Role.REGISTRAR)


def edit(by: Actor, subject: Subject, on: date = CHANGE, reason: str = WHY, **changes: Any) -> bool:
    return actions.edit_subject(by=by, subject_id=subject.pk, changes=changes, effective_on=on, reason=reason)


def on_day(subject: Subject, day: date) -> Subject:
    found = subject_as_it_was(subject, day)
    assert found is not None
    return found


def test_a_change_holds_from_its_day_and_the_row_shows_today(registrar: Actor, shop: Subject) -> None:
    assert edit(registrar, shop, name="奇台县新惠民大药房")
    shop.refresh_from_db()
    assert (shop.name, shop.pinyin) == ("奇台县新惠民大药房", "qtxxhmdyf")
    assert "奇台县惠民大药房1店" in shop.former_names
    assert on_day(shop, CHANGE).name == shop.name
    assert on_day(shop, CHANGE - timedelta(days=1)).name == "奇台县惠民大药房1店"
    assert subject_as_it_was(shop, date(2019, 12, 31)) is None
    act = Act.objects.get(kind="subject.changed")
    assert (act.subject_id, act.facts["changed"], act.facts["reason"]) == (shop.pk, ["name"], WHY)
    assert not edit(registrar, shop, name="奇台县新惠民大药房", on=today())
    assert Act.objects.filter(kind="subject.changed").count() == 1


def test_a_change_in_the_past_stops_at_the_next_one(registrar: Actor, shop: Subject) -> None:
    edit(registrar, shop, address="新地址")
    edit(registrar, shop, on=date(2022, 1, 1), address="更早的地址", business_scope="中成药")
    assert [on_day(shop, date(year, 12, 31)).address for year in (2021, 2023, 2024)] == [
        "东大街 1 号",
        "更早的地址",
        "新地址",
    ]
    shop.refresh_from_db()
    assert (shop.address, shop.business_scope) == ("新地址", "中成药")


def test_an_announced_change_takes_effect_in_the_night_before_its_day(
    registrar: Actor, shop: Subject
) -> None:
    day = today() + timedelta(days=10)
    edit(registrar, shop, on=day, reason="", name="将来大药房")
    shop.refresh_from_db()
    assert shop.name == "奇台县惠民大药房1店"
    assert show_subjects_of_today() == 0
    with held_at(datetime(day.year, day.month, day.day, 0, 4, tzinfo=CHINA)):
        assert show_subjects_of_today() == 1
        assert show_subjects_of_today() == 0
    shop.refresh_from_db()
    assert shop.name == "将来大药房"


def test_close_and_reopen(registrar: Actor, shop: Subject) -> None:
    actions.close_subject(by=registrar, subject_id=shop.pk, on=CHANGE, reason=WHY)
    with pytest.raises(Conflict):
        actions.close_subject(by=registrar, subject_id=shop.pk, on=today(), reason=WHY)
    shop.refresh_from_db()
    assert (shop.closed_on, on_day(shop, date(2024, 5, 31)).is_open) == (CHANGE, True)
    with pytest.raises(Conflict):
        actions.set_production(by=registrar, subject_id=shop.pk, running=False, on=today(), reason=WHY)
    actions.reopen_subject(by=registrar, subject_id=shop.pk, on=date(2025, 1, 1), reason=WHY)
    with pytest.raises(Conflict):
        actions.reopen_subject(by=registrar, subject_id=shop.pk, on=today(), reason=WHY)
    assert [on_day(shop, date(*d)).is_open for d in ((2024, 5, 31), (2024, 12, 31), (2025, 1, 1))] == [
        True,
        False,
        True,
    ]


def test_production_stops_and_is_resumed(registrar: Actor, shop: Subject) -> None:
    actions.set_production(by=registrar, subject_id=shop.pk, running=False, on=CHANGE, reason=WHY)
    with pytest.raises(Conflict):
        actions.set_production(by=registrar, subject_id=shop.pk, running=False, on=today(), reason=WHY)
    actions.set_production(by=registrar, subject_id=shop.pk, running=True, on=today(), reason=WHY)
    assert not on_day(shop, today() - timedelta(days=1)).in_production
    assert on_day(shop, today()).in_production


def test_handing_over_leaves_the_place(region: Region, registrar: Actor, shop: Subject) -> None:
    with pytest.raises(InvalidInput):
        actions.transfer_subject(by=registrar, subject_id=shop.pk, organ_code="?", on=CHANGE, reason=WHY)
    actions.transfer_subject(by=registrar, subject_id=shop.pk, organ_code="cj", on=CHANGE, reason=WHY)
    shop.refresh_from_db()
    assert (shop.responsible_organ, shop.division_code) == (region.prefecture, "652325100")
    assert on_day(shop, date(2024, 5, 31)).responsible_organ == region.qitai
    with pytest.raises(NotAllowed):
        edit(registrar, shop, name="不再归我管")


def test_a_hand_over_to_come_takes_effect_on_its_day(region: Region, registrar: Actor, shop: Subject) -> None:
    tomorrow = today() + timedelta(days=1)
    actions.transfer_subject(by=registrar, subject_id=shop.pk, organ_code="cj", on=tomorrow, reason=WHY)
    edit(registrar, shop, on=today(), name="仍归我管")
    with held_at(datetime.combine(tomorrow, datetime.min.time(), CHINA) + timedelta(hours=1)):
        assert show_subjects_of_today() == 1
        shop.refresh_from_db()
        assert (shop.responsible_organ, shop.name) == (region.prefecture, "仍归我管")
        with pytest.raises(NotAllowed):
            edit(registrar, shop, on=tomorrow, name="不再归我管")


def test_moving_needs_a_known_place(registrar: Actor, shop: Subject) -> None:
    place = {"division_code": "652325101", "address": "西街 1 号", "latitude": 44.0123456, "longitude": 89.5}
    with pytest.raises(InvalidInput):
        actions.move_subject(
            by=registrar,
            subject_id=shop.pk,
            place={**place, "division_code": "659999"},
            effective_on=CHANGE,
            reason=WHY,
        )
    actions.move_subject(by=registrar, subject_id=shop.pk, place=place, effective_on=CHANGE, reason=WHY)
    shop.refresh_from_db()
    assert (shop.division_code, shop.address, shop.latitude) == ("652325101", "西街 1 号", 44.012346)
    assert Act.objects.filter(kind="subject.moved", subject_id=shop.pk).exists()


def test_another_opening_day_corrects_everything(registrar: Actor, shop: Subject) -> None:
    edit(registrar, shop, name="新名")
    edit(registrar, shop, on=today(), reason="", opened_on=date(2018, 5, 1))
    assert on_day(shop, date(2018, 5, 1)).opened_on == date(2018, 5, 1)
    edit(registrar, shop, on=today(), reason="", opened_on=date(2025, 1, 1))
    assert subject_as_it_was(shop, date(2024, 12, 31)) is None
    assert on_day(shop, date(2025, 1, 1)).name == "新名"


def test_legal_entity_and_chain(region: Region, registrar: Actor, shop: Subject) -> None:
    (head,) = registered(pharmacy(2, region.qitai, subject_type="chain_headquarters"))
    edit(registrar, shop, subject_type="chain_store", parent=facility(2), uscc=uscc(5))
    shop.refresh_from_db()
    assert shop.enterprise is not None
    assert (shop.parent, shop.enterprise.uscc) == (head, uscc(5))
    with pytest.raises(InvalidInput):
        edit(registrar, head, parent=facility(1))
    edit(registrar, shop, subject_type="single_pharmacy", parent="", uscc="")
    shop.refresh_from_db()
    assert (shop.parent, shop.enterprise) == (None, None)


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"code": "91652325MA7777777X"}, {"code"}),
        ({"code": facility(2)}, {"code"}),
        ({"name": "", "division_code": "奇台"}, {"name", "division_code"}),
        ({"uscc": "91652325MA7777777X"}, {"uscc"}),
        ({"latitude": 91.0, "longitude": 1.0}, {"latitude"}),
        ({"hospital_level": 2, "subject_type": "hospital", "parent": facility(1)}, {"parent"}),
        ({"subject_type": "chain_store", "parent": "?"}, {"parent"}),
    ],
)
def test_every_wrong_field_is_named(
    region: Region, registrar: Actor, shop: Subject, changes: dict[str, Any], fields: set[str]
) -> None:
    registered(pharmacy(2, region.qitai))
    with pytest.raises(InvalidInput) as refusal:
        edit(registrar, shop, **changes)
    assert set(refusal.value.errors) == fields
    assert not Act.objects.filter(kind="subject.changed").exists()


@pytest.mark.parametrize(
    ("on", "reason", "field"),
    [
        (date(2019, 12, 31), WHY, "effective_on"),
        (date(2099, 1, 1), WHY, "effective_on"),
        (CHANGE, "", "reason"),
        (CHANGE, " 。 ", "reason"),
    ],
)
def test_days_and_reasons_are_checked(
    registrar: Actor, shop: Subject, on: date, reason: str, field: str
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        edit(registrar, shop, on=on, reason=reason, name="别的名称")
    assert refusal.value.field == field


STEPS: list[Callable[[Actor, int], object]] = [
    lambda by, key: actions.edit_subject(
        by=by, subject_id=key, changes={"name": "别的"}, effective_on=today(), reason=WHY
    ),
    lambda by, key: actions.close_subject(by=by, subject_id=key, on=today(), reason=WHY),
    lambda by, key: actions.reopen_subject(by=by, subject_id=key, on=today(), reason=WHY),
    lambda by, key: actions.set_production(by=by, subject_id=key, running=False, on=today(), reason=WHY),
    lambda by, key: actions.transfer_subject(
        by=by, subject_id=key, organ_code="cj.jm", on=today(), reason=WHY
    ),
    lambda by, key: actions.move_subject(
        by=by, subject_id=key, place={"division_code": "652327100"}, effective_on=today(), reason=WHY
    ),
]


@pytest.mark.parametrize("step", STEPS)
def test_outside_ones_area_it_is_as_if_it_were_not_there(
    region: Region, shop: Subject, step: Callable[[Actor, int], object]
) -> None:
    foreign = officer(region.jimsar, "jm", role=Role.REGISTRAR)
    told = []
    for key in (shop.pk, 987654):
        with pytest.raises(NotFound) as refusal:
            step(foreign, key)
        told.append(str(refusal.value))
    assert told[0] == told[1]
    with pytest.raises(NotAllowed):
        step(officer(region.qitai, "jiancha"), shop.pk)


def test_taking_back_restores_what_was(registrar: Actor, shop: Subject) -> None:
    edit(registrar, shop, name="甲药房")
    edit(registrar, shop, on=date(2025, 1, 1), name="乙药房")
    first, second = Act.objects.filter(kind="subject.changed").order_by("pk")
    with pytest.raises(RuleBroken):
        actions.withdraw_change(by=registrar, subject_id=shop.pk, act=first.uid, reason=WHY)
    actions.withdraw_change(by=registrar, subject_id=shop.pk, act=second.uid, reason=WHY)
    shop.refresh_from_db()
    assert shop.name == "甲药房"
    with pytest.raises(DomainError):
        actions.withdraw_change(by=registrar, subject_id=shop.pk, act=second.uid, reason=WHY)
    actions.withdraw_change(by=registrar, subject_id=shop.pk, act=first.uid, reason=WHY)
    shop.refresh_from_db()
    assert (shop.name, shop.former_names) == ("奇台县惠民大药房1店", "")
    assert shop.versions.filter(replaced_by=None).count() == 1


def test_the_list_as_of_another_day(region: Region, registrar: Actor, shop: Subject) -> None:
    registered(pharmacy(2, region.qitai, opened_on=date(2023, 1, 1), closed_on=date(2025, 1, 1)))
    visible = subjects_visible_to(registrar)

    def names(day: date) -> set[tuple[str, bool]]:
        return {(s.code[-1], s.is_open) for s in as_they_were(visible, day)}

    assert names(date(2019, 1, 1)) == set()
    assert names(date(2022, 1, 1)) == {("1", True)}
    assert names(date(2024, 1, 1)) == {("1", True), ("2", True)}
    assert names(today()) == {("1", True), ("2", False)}


def test_what_held_on_a_day_is_found_on_that_day(region: Region, registrar: Actor, shop: Subject) -> None:
    former = shop.address
    assert former
    edit(registrar, shop, address="奇台镇团结路 77 号")
    edit(registrar, shop, on=today() + timedelta(days=9), address="奇台镇和平路 5 号")
    visible = subjects_visible_to(registrar)

    def found(text: str, day: date) -> list[str]:
        wanted = SubjectFilter(text=text, status="all")
        return [subject.address for subject in matching(as_they_were(visible, day), wanted)]

    before, after = CHANGE - timedelta(days=1), today() + timedelta(days=9)
    assert found(former, before) == [former]
    assert found(former, CHANGE) == []
    assert found("团结路", CHANGE) == ["奇台镇团结路 77 号"]
    assert found("和平路", after) == ["奇台镇和平路 5 号"]
    assert found("和平路", today()) == []
    assert len(found("惠民", before)) == 1
    assert len(list(matching(visible, SubjectFilter(text=former)))) == 0


def test_the_history_names_the_act_that_first_said_what_holds(registrar: Actor, shop: Subject) -> None:
    edit(registrar, shop, name="甲药房")
    edit(registrar, shop, on=today(), name="乙药房")
    shop.refresh_from_db()
    entries = history_context(registrar, shop, changeable=True)["entries"]
    assert [entry["act"].kind for entry in entries] == [
        "subject.changed",
        "subject.changed",
        "subjects.registered",
    ]
    assert entries[0]["act"] != entries[1]["act"]
    assert [entry["can_withdraw"] for entry in entries] == [True, False, False]
