"""Work that the end of approvals causes, with the clocks that explain its days."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from yaojian.config.reference_packs import load_reference_packs
from yaojian.foundation.deadlines.facade import RunningClock
from yaojian.foundation.worklist.facade import ItemState, WorkItem
from yaojian.registers.licences.tests.factories import TODAY, Region
from yaojian.registers.products.actions import move_product
from yaojian.registers.products.bulk import register_products
from yaojian.registers.products.contracts import EXPIRED, EXPIRES_SOON, RENEWAL_DUE
from yaojian.registers.products.expiry import refresh_product_expiry
from yaojian.registers.products.models import Product
from yaojian.registers.products.tests.factories import producer, tablet


@pytest.fixture
def rules(region: Region) -> Region:
    load_reference_packs()
    return region


def enter(region: Region, n: int, expires_on: date, **fields: Any) -> None:
    holder = producer(n, region.qitai)
    entry = tablet(n, holder, expires_on=expires_on, **fields)
    (outcome,) = register_products([entry], by=region.registrar, effective_on=TODAY)
    assert outcome.change == "new", outcome.errors


def open_items() -> dict[str, WorkItem]:
    return {item.kind: item for item in WorkItem.objects.filter(state=ItemState.OPEN.value)}


def test_each_stage_and_that_a_second_run_changes_nothing(rules: Region) -> None:
    enter(rules, 1, date(2027, 7, 1))  # six months before: 2027-01-01, within ninety days of today
    enter(rules, 2, TODAY + timedelta(days=30))
    enter(rules, 3, TODAY - timedelta(days=1))
    enter(rules, 4, TODAY + timedelta(days=900))
    assert refresh_product_expiry().opened == 3
    items = open_items()
    assert set(items) == {RENEWAL_DUE, EXPIRES_SOON, EXPIRED}
    assert items[RENEWAL_DUE].due_on == date(2027, 1, 1)
    assert items[RENEWAL_DUE].clock == RunningClock.objects.get()
    again = refresh_product_expiry()
    assert (again.opened, again.withdrawn, RunningClock.objects.count()) == (0, 0, 1)


def test_what_is_cancelled_asks_for_nothing_more(rules: Region) -> None:
    enter(rules, 1, date(2027, 7, 1))
    refresh_product_expiry()
    move_product(
        by=rules.registrar,
        product_id=Product.objects.get().pk,
        verb="cancel",
        effective_on=TODAY,
        reason="申请注销",
    )
    assert open_items() == {}
    assert RunningClock.objects.get().state == "withdrawn"
    assert refresh_product_expiry().opened == 0


def test_a_device_registration_has_its_own_rule(rules: Region) -> None:
    enter(
        rules,
        1,
        date(2027, 7, 1),
        kind="device",
        approval_no="国械注准20213010001",
        device_class="3",
        codes=(),
        flags=(),
        dosage_form="",
    )
    refresh_product_expiry()
    assert RunningClock.objects.get().rule.code == "device_registration.renewal_closes"
