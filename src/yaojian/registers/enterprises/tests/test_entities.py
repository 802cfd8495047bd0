"""Changing a legal entity: days, reasons, codes, scope; it is seen by whoever sees a facility."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from yaojian.foundation.accounts.facade import Actor, Role
from yaojian.foundation.errors import InvalidInput, NotAllowed, NotFound
from yaojian.foundation.ledger.facade import Act
from yaojian.foundation.timekeeping import CHINA, held_at, today
from yaojian.registers.enterprises import actions
from yaojian.registers.enterprises.facade import (
    Enterprise,
    enterprise_as_it_was,
    enterprise_visible_to,
    enterprise_with_code,
    facilities_of,
    show_subjects_of_today,
    unified_code,
)
from yaojian.registers.enterprises.tests.factories import (
    Region,
    make_region,
    officer,
    pharmacy,
    registered,
    uscc,
)

WHY = "依据新的营业执照"
CHANGE = date(2024, 6, 1)


@pytest.fixture
def region(db: None) -> Region:
    return make_region()


@pytest.fixture
def registrar(region: Region) -> Actor:
    return officer(region.qitai, "dengji", role=Role.REGISTRAR)


@pytest.fixture
def company(region: Region) -> Enterprise:
    registered(
        pharmacy(1, region.qitai, uscc=uscc(9), legal_name="惠民医药有限公司"),
        pharmacy(2, region.jimsar, division_code="652327100", uscc=uscc(9)),
    )
    return Enterprise.objects.get()


def edit(by: Actor, company: Enterprise, on: date = CHANGE, reason: str = WHY, **changes: Any) -> bool:
    return actions.edit_enterprise(
        by=by, enterprise_id=company.pk, changes=changes, effective_on=on, reason=reason
    )


def test_a_change_holds_from_its_day_and_is_an_act(registrar: Actor, company: Enterprise) -> None:
    assert edit(registrar, company, name="惠民药业有限公司", registered_address="东大街 1 号")
    company.refresh_from_db()
    assert (company.name, company.pinyin) == ("惠民药业有限公司", "hmyyyxgs")
    before = enterprise_as_it_was(company, CHANGE - timedelta(days=1))
    assert before is not None
    assert (before.name, before.registered_address) == ("惠民医药有限公司", "")
    act = Act.objects.get(kind="enterprise.changed")
    assert (act.file_id, act.facts["changed"]) == (company.pk, ["name", "registered_address"])
    assert not edit(registrar, company, name=" 惠民药业有限公司 ")
    assert Act.objects.filter(kind="enterprise.changed").count() == 1


def test_a_change_to_come_is_shown_on_its_day(registrar: Actor, company: Enterprise) -> None:
    tomorrow = today() + timedelta(days=1)
    assert edit(registrar, company, on=tomorrow, name="惠民药业有限公司")
    company.refresh_from_db()
    assert company.name == "惠民医药有限公司"
    with held_at(datetime.combine(tomorrow, datetime.min.time(), CHINA) + timedelta(hours=1)):
        show_subjects_of_today()
    company.refresh_from_db()
    assert company.name == "惠民药业有限公司"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "惠\x00民"}, "name"),
        ({"registered_address": "街" * 201}, "registered_address"),
        ({"uscc": "91652325MA0000009X"}, "uscc"),
        ({"uscc": uscc(8)}, "uscc"),
        ({"status": "gone"}, "status"),
        ({"status": "dissolved"}, "dissolved_on"),
        ({"dissolved_on": date(2024, 1, 1)}, "dissolved_on"),
        (
            {
                "status": "dissolved",
                "established_on": date(2024, 2, 1),
                "dissolved_on": date(2024, 1, 1),
            },
            "dissolved_on",
        ),
        ({"on": date(2019, 12, 31)}, "effective_on"),
        ({"on": date(2050, 1, 1)}, "effective_on"),
        ({"reason": ""}, "reason"),
        ({"reason": "因" * 501}, "reason"),
    ],
)
def test_what_is_refused_names_its_field(
    region: Region, registrar: Actor, company: Enterprise, changes: dict[str, Any], field: str
) -> None:
    registered(pharmacy(8, region.qitai, uscc=uscc(8)))
    with pytest.raises(InvalidInput) as refusal:
        edit(registrar, company, **{"name": "另一名称", **changes})
    assert field in (refusal.value.errors or {refusal.value.field: ""})
    assert not Act.objects.filter(kind="enterprise.changed").exists()


def test_the_kind_follows_from_the_code(registrar: Actor, company: Enterprise) -> None:
    assert edit(registrar, company, uscc=unified_code("92", "652325", "MA000009"))
    company.refresh_from_db()
    assert company.kind == "sole_trader"


def test_who_sees_a_facility_sees_the_entity_and_who_answers_for_one_changes_it(
    region: Region, registrar: Actor, company: Enterprise
) -> None:
    jimsar = officer(region.jimsar, "jimsar", role=Role.REGISTRAR)
    reader = officer(region.qitai, "jiancha", role=Role.LEADER)
    assert [s.division_code for s in facilities_of(registrar, company, today())] == ["652325100"]
    assert [s.division_code for s in facilities_of(jimsar, company, today())] == ["652327100"]
    assert enterprise_with_code(reader, f" {uscc(9)} ".lower()) == company
    with pytest.raises(NotAllowed):
        edit(reader, company, name="另一名称")
    (elsewhere,) = registered(pharmacy(3, region.jimsar, division_code="652327100", uscc=uscc(3)))
    assert elsewhere.enterprise is not None
    assert enterprise_with_code(registrar, uscc(3)) is None
    with pytest.raises(NotFound):
        enterprise_visible_to(registrar, elsewhere.enterprise.pk)
    with pytest.raises(NotFound):
        edit(registrar, elsewhere.enterprise, name="另一名称")


def test_a_former_facility_still_leads_to_the_entity(registrar: Actor, company: Enterprise) -> None:
    shop = facilities_of(registrar, company, today()).get()
    actions.edit_subject(
        by=registrar, subject_id=shop.pk, changes={"uscc": uscc(7)}, effective_on=CHANGE, reason=WHY
    )
    assert not facilities_of(registrar, company, today()).exists()
    assert [s.pk for s in facilities_of(registrar, company, CHANGE - timedelta(days=1))] == [shop.pk]
    assert enterprise_visible_to(registrar, company.pk) == company
    with pytest.raises(NotAllowed):
        edit(registrar, company, name="另一名称")
