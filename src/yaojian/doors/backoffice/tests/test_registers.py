"""The pages of licences and products: lists, files, forms, other days, other organs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from yaojian.foundation.accounts.facade import Actor
from yaojian.foundation.timekeeping import CHINA, held_at
from yaojian.registers.licences.facade import Licence, register_licences
from yaojian.registers.licences.tests.factories import TODAY, Region, make_region, make_subject, retail
from yaojian.registers.products.facade import Product, register_products
from yaojian.registers.products.tests.factories import gtin, producer, tablet


@pytest.fixture
def region(db: None) -> Iterator[Region]:
    with held_at(datetime.combine(TODAY, time(10), CHINA)):
        made = make_region()
        pharmacy, holder = make_subject(1, made.qitai), producer(2, made.qitai)
        register_licences([retail(1, pharmacy)], by=made.registrar, effective_on=TODAY)
        register_products([tablet(1, holder)], by=made.registrar, effective_on=TODAY)
        yield made


def browser(actor: Actor) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(get_user_model().objects.get(pk=actor.user_id))
    return client


def words(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status, address
    return response.content.decode()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", True),
        ("?q=994100", True),
        ("?q=惠民", True),
        ("?q=qtxhm", True),
        ("?q=ＤＢ９９４１", True),
        ("?q=nothing-such", False),
        ("?state=revoked", False),
        ("?ends=90", False),
        ("?kind=drug_retail&state=in_force", True),
        ("?as_of=2022-01-01&state=all", False),
        ("?as_of=2024-01-01", True),
    ],
)
def test_the_list_of_licences(region: Region, query: str, found: bool) -> None:
    page = words(browser(region.qitai_registrar), f"/licences/{query}")
    assert ("新DB994100001" in page) is found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", True),
        ("?q=莫西", True),
        ("?q=amx", True),
        ("?q=H2021", True),
        (f"?q={gtin(1)}", True),
        (f"?q=(01){gtin(1)}(17)271231(10)A1", True),
        ("?q=81000010000000001234", True),
        ("?q=头孢", False),
        ("?kind=device", False),
        ("?flag=essential", True),
        ("?flag=new", False),
        ("?state=cancelled", False),
        ("?as_of=2020-01-01", False),
    ],
)
def test_the_list_of_products(region: Region, query: str, found: bool) -> None:
    page = words(browser(region.qitai_registrar), f"/products/{query}")
    assert ("国药准字H20210001" in page) is found


def test_products_are_those_of_the_own_organ_unless_asked(region: Region) -> None:
    client = browser(region.registrar)
    own, below = words(client, "/products/"), words(client, "/products/?whose=below")
    assert "国药准字H20210001" not in own
    assert "Show those of subordinate organs too" in own
    assert "国药准字H20210001" in below


def test_files_open_for_those_in_scope_only(region: Region) -> None:
    licence, product = Licence.objects.get(), Product.objects.get()
    for address, text in (
        (f"/licences/{licence.pk}/", "新DB994100001"),
        (f"/products/{product.pk}/", "阿莫西林片"),
    ):
        assert text in words(browser(region.qitai_registrar), address)
        foreign = words(browser(region.jimsar_registrar), address, 404)
        absent = words(browser(region.jimsar_registrar), address.replace(f"/{licence.pk}/", "/999999/"), 404)
        assert text not in foreign
        assert ("There is no such" in foreign) is ("There is no such" in absent)


def test_a_page_of_another_day_offers_no_change(region: Region) -> None:
    address = f"/licences/{Licence.objects.get().pk}/"
    client = browser(region.qitai_registrar)
    assert "Suspend" in words(client, address)
    then = words(client, f"{address}?as_of=2024-01-01")
    assert "This page shows 2024-01-01" in then
    assert "Suspend" not in then


def test_a_licence_is_suspended_and_a_refused_step_keeps_what_was_typed(region: Region) -> None:
    licence, client = Licence.objects.get(), browser(region.qitai_registrar)
    address = f"/licences/{licence.pk}/suspend/"
    refused = client.post(address, {"effective_on": "2020-01-01", "reason": "停业装修"})
    assert refused.status_code == 422
    assert "停业装修" in refused.content.decode()
    assert client.post(address, {"effective_on": "2026-11-01", "reason": "停业装修"}).status_code == 302
    licence.refresh_from_db()
    assert (licence.state, licence.state_since) == ("suspended", date(2026, 11, 1))
    assert client.post(address, {"effective_on": "2026-11-02", "reason": "又一次"}).status_code == 409


def test_a_licence_is_entered_renewed_and_changed(region: Region) -> None:
    client, subject = browser(region.qitai_registrar), make_subject(5, region.qitai)
    typed = {
        "subject_code": subject.code,
        "kind": "drug_retail",
        "number": "新DB99410",
        "issued_on": "2023-02-20",
        "valid_from": "2023-03-01",
        "expires_on": "2028-02-29",
        "scope": "中成药\n化学药制剂",
    }
    refused = client.post("/licences/new/", typed)
    assert refused.status_code == 422
    assert "Example: 新DB994100001" in refused.content.decode()
    assert client.post("/licences/new/", {**typed, "number": "新DB994100005"}).status_code == 302
    licence = Licence.objects.get(number="新DB994100005")
    change = {
        "effective_on": "2026-10-01",
        "holder_name": "奇台县新名大药房",
        "scope": "中药饮片",
        "reason": "变更",
    }
    assert client.post(f"/licences/{licence.pk}/change/", change).status_code == 302
    renew = {
        "number": licence.number,
        "issued_on": "2026-11-20",
        "valid_from": "2028-03-01",
        "expires_on": "2033-02-28",
    }
    assert client.post(f"/licences/{licence.pk}/renew/", renew).status_code == 422
    renew |= {"valid_from": "2026-12-01", "expires_on": "2031-11-30"}
    assert client.post(f"/licences/{licence.pk}/renew/", renew).status_code == 302
    assert Licence.objects.filter(number=licence.number).count() == 2


def test_a_product_is_entered_changed_and_cancelled(region: Region) -> None:
    client, holder = browser(region.qitai_registrar), producer(7, region.qitai)
    typed = {
        "kind": "drug",
        "approval_no": "国药准字H20220007",
        "approved_on": "2022-01-01",
        "name": "布洛芬片",
        "holder_code": holder.code,
        "producers": holder.code,
        "code_gtin": "06901230000015",
    }
    refused = client.post("/products/new/", typed)
    assert refused.status_code == 422
    assert "check digit" in refused.content.decode()
    assert client.post("/products/new/", {**typed, "code_gtin": gtin(7)}).status_code == 302
    product = Product.objects.get(approval_no="国药准字H20220007")
    change = {
        "effective_on": "2026-05-01",
        "name": "布洛芬片",
        "specification": "0.2g",
        "holder_code": holder.code,
        "producers": holder.code,
        "reason": "增加规格",
    }
    assert client.post(f"/products/{product.pk}/change/", change).status_code == 302
    page = words(client, f"/products/{product.pk}/?as_of=2026-04-30")
    assert "0.2g" not in page
    cancel = {"effective_on": "2026-06-01", "reason": "申请注销"}
    assert client.post(f"/products/{product.pk}/cancel/", cancel).status_code == 302
    assert client.post(f"/products/{product.pk}/resume/", cancel).status_code == 409


def test_an_inspector_reads_and_changes_nothing(region: Region) -> None:
    client, licence = browser(region.inspector), Licence.objects.get()
    assert "Suspend" not in words(client, f"/licences/{licence.pk}/")
    for address in ("/licences/new/", "/products/new/", f"/licences/{licence.pk}/cancel/"):
        assert client.post(address, {}).status_code == 403


def test_the_tabs_of_a_subject(region: Region) -> None:
    client, licence = browser(region.qitai_registrar), Licence.objects.get()
    assert licence.number in words(client, f"/subjects/{licence.subject_id}/?view=licences")
    holder = Product.objects.get().holder_id
    assert "阿莫西林片" in words(client, f"/subjects/{holder}/?view=products")


def test_the_public_verifies_a_licence_and_a_product(region: Region) -> None:
    client = Client(headers={"accept-language": "en"})
    found = words(client, "/public/?q=新ＤＢ994100001")
    assert "/public/licences/" in found
    licence = words(client, "/public/licences/新DB994100001/")
    assert "奇台县惠民大药房1店" in licence
    assert "东大街" not in licence
    assert "阿莫西林片" in words(client, "/public/?q=阿莫")
    assert "新疆奇台雪山药业2有限公司" in words(client, "/public/products/国药准字H20210001/")
    words(client, "/public/licences/新DB000000000/", 404)
    words(client, "/public/products/国药准字H20990001/", 404)
