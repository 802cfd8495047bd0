"""Lists of products into the register and out again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest

from yaojian.foundation.ledger.facade import Act
from yaojian.registers.licences.tests.factories import TODAY, Region
from yaojian.registers.products.bulk import register_products
from yaojian.registers.products.models import (
    Product,
    ProductCode,
    ProductSite,
    ProductStatus,
    ProductVersion,
)
from yaojian.registers.products.tests.factories import gtin, producer, tablet
from yaojian.registers.products.undo import undo_products

TABLES = (Product, ProductVersion, ProductStatus, ProductSite, ProductCode)


def everything() -> list[list[dict[str, object]]]:
    """What the tables say, less the moments at which rows were last touched."""
    return [
        [{k: v for k, v in row.items() if k != "changed_at"} for row in table.objects.order_by("pk").values()]
        for table in TABLES
    ]


def test_a_list_goes_in_and_a_rerun_changes_nothing(region: Region) -> None:
    holder = producer(1, region.qitai)
    entries = [tablet(n, holder) for n in range(3)]
    outcomes = register_products(entries, by=region.registrar, effective_on=TODAY)
    assert [o.change for o in outcomes] == ["new"] * 3
    product = Product.objects.get(pk=outcomes[0].product_id)
    assert product.pinyin == "amxlp"
    assert gtin(0) in product.search_text
    before, acts = everything(), Act.objects.count()
    again = register_products(entries, by=region.registrar, effective_on=TODAY)
    assert [o.change for o in again] == ["unchanged"] * 3
    assert (everything(), Act.objects.count()) == (before, acts)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"kind": "food"}, "kind"),
        ({"approval_no": "国药准字X20210001"}, "approval_no"),
        ({"approval_no": "国药准字H20990001"}, "approval_no"),
        ({"approval_no": "国械注准20213010001"}, "approval_no"),
        ({"name": " "}, "name"),
        ({"name": "长" * 201}, "name"),
        ({"holder": "", "holder_name": ""}, "holder"),
        ({"brand": "安\0"}, "brand"),
        ({"holder": "\0no"}, "holder"),
        ({"holder": "no such subject"}, "holder"),
        ({"producers": ("no such subject",)}, "producers"),
        ({"device_class": "3"}, "device_class"),
        ({"flags": ("nonsense",)}, "flags"),
        ({"flags": ("child_cosmetic",)}, "flags"),
        ({"codes": (("gtin", "06901230000015"),)}, "codes"),
        ({"codes": (("ma", "MA.156.M0.100133.00001"),)}, "codes"),
        ({"codes": (("trace_prefix", "12345678"),)}, "codes"),
        ({"approved_on": date(2027, 1, 1)}, "approved_on"),
        ({"expires_on": date(2020, 1, 1)}, "expires_on"),
        ({"state": "expired"}, "state"),
        ({"state": "cancelled"}, "state_since"),
    ],
)
def test_a_wrong_line_is_refused_and_the_others_go_in(
    region: Region, wrong: dict[str, object], field: str
) -> None:
    holder = producer(1, region.qitai)
    outcomes = register_products(
        [replace(tablet(1, holder), **wrong), tablet(2, holder)], by=region.registrar, effective_on=TODAY
    )
    assert [o.change for o in outcomes] == ["refused", "new"]
    assert str(outcomes[0].errors[field])


def test_a_code_belongs_to_one_product(region: Region) -> None:
    holder = producer(1, region.qitai)
    same = replace(tablet(2, holder), codes=(("gtin", gtin(1)),))
    outcomes = register_products([tablet(1, holder), same], by=region.registrar, effective_on=TODAY)
    assert [(o.change, set(o.errors)) for o in outcomes] == [("new", set()), ("refused", {"codes"})]


def test_the_class_of_a_device_is_read_from_its_number(region: Region) -> None:
    holder = producer(1, region.qitai, subject_type="device_producer_3")
    device = replace(
        tablet(1, holder), kind="device", approval_no="国械注准20213130001", flags=("implant",), codes=()
    )
    register_products([device], by=region.registrar, effective_on=TODAY)
    assert Product.objects.get().device_class == "3"


def test_a_change_becomes_a_version_and_undo_takes_it_back(region: Region) -> None:
    holder, other = producer(1, region.qitai), producer(2, region.qitai)
    register_products([tablet(1, holder)], by=region.registrar, effective_on=date(2026, 1, 5))
    before, batch = everything(), uuid4()
    changed = replace(
        tablet(1, holder),
        brand="雪山安",
        producers=(holder.code, other.code),
        codes=(("gtin", gtin(7)),),
        state="suspended",
        state_since=TODAY,
    )
    outcomes = register_products(
        [changed, tablet(2, holder)], by=region.registrar, effective_on=TODAY, batch=batch
    )
    assert [o.change for o in outcomes] == ["changed", "new"]
    old, new = ProductVersion.objects.filter(product_id=outcomes[0].product_id)
    assert (old.valid_to, new.valid_from, new.brand) == (TODAY - timedelta(days=1), TODAY, "雪山安")
    undone = undo_products(by=region.registrar, batch=batch)
    assert (undone.removed, undone.restored, undone.kept) == (1, 1, ())
    assert everything() == before


def test_a_foreign_holder_is_as_if_it_were_not_there(region: Region) -> None:
    holder = producer(1, region.qitai)
    foreign = register_products([tablet(1, holder)], by=region.jimsar_registrar, effective_on=TODAY)[0]
    absent = replace(tablet(1, holder), holder="91652325MA0000000X", producers=())
    missing = register_products([absent], by=region.jimsar_registrar, effective_on=TODAY)[0]
    assert foreign.errors["holder"] == missing.errors["holder"]


def test_many_rows_are_entered_once(region: Region) -> None:
    holder = producer(1, region.qitai)
    entries = [
        tablet(n, holder, approval_no=f"国药准字H{2000 + n // 10_000}{n % 10_000:04d}") for n in range(600)
    ]
    outcomes = register_products(entries, by=region.registrar, effective_on=TODAY)
    again = register_products(entries, by=region.registrar, effective_on=TODAY)
    assert {o.change for o in outcomes} == {"new"}
    assert {o.change for o in again} == {"unchanged"}
