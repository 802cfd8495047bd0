"""The API as a whole: how it describes itself, how often it may be asked, and its lists."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from yaojian.config import api as composed
from yaojian.foundation.accounts.facade import Level, Role, User, actor_of, post_person, register_organ
from yaojian.foundation.timekeeping import CHINA, now
from yaojian.registers.enterprises.facade import SubjectEntry, register_subjects
from yaojian.registers.enterprises.models import Subject, SubjectVersion
from yaojian.registers.licences.facade import Licence, LicenceEntry, register_licences
from yaojian.registers.people.facade import Person, PersonEntry, RoleEntry, RoleKind, register_people
from yaojian.registers.people.models import InspectorQualification
from yaojian.registers.products.facade import Product, ProductEntry, register_products
from yaojian.registers.products.models import ProductVersion

BASE = "/api/v1"
SINCE = date(2019, 5, 6)
LONG_AGO = datetime(2020, 1, 1, tzinfo=CHINA)
SOME_TIME_AGO = "2021-01-01T00:00:00"


@pytest.fixture
def client_of_registrar(db: None) -> Client:
    cache.clear()
    organ = register_organ(code="x", name="测试局", level=Level.COUNTY, territories=["652301"])
    user: User = post_person(
        username="li", display_name="某人", organ=organ, role=Role.REGISTRAR, valid_from=date(2020, 1, 1)
    )
    client = Client()
    client.force_login(user)
    return client


def test_the_description_is_for_those_who_signed_in(client_of_registrar: Client) -> None:
    assert Client().get(f"{BASE}/openapi.json").status_code == 302
    described = client_of_registrar.get(f"{BASE}/openapi.json").json()
    assert described["openapi"].startswith("3.")
    assert "/api/v1/imports" in described["paths"]


def test_the_page_shows_every_operation(client_of_registrar: Client) -> None:
    page = client_of_registrar.get("/developers/api/").content.decode()
    for path in composed.api.get_openapi_schema(path_prefix=f"{BASE}/")["paths"]:
        assert path in page


def test_a_request_too_many_is_told_when_to_come_back(
    client_of_registrar: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(composed.LIMIT, "num_requests", 2)
    answers = [client_of_registrar.get(f"{BASE}/subjects") for _n in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].json()["code"] == "too_many_requests"
    assert int(answers[2]["Retry-After"]) > 0


@pytest.mark.parametrize("path", ["subjects", "licences", "products", "people", "organs", "work", "imports"])
def test_every_list_is_paged_by_key(client_of_registrar: Client, path: str) -> None:
    page = client_of_registrar.get(f"{BASE}/{path}", {"limit": 1}).json()
    assert set(page) == {"items", "next"}
    wrong = client_of_registrar.get(f"{BASE}/{path}", {"after": "nonsense"})
    assert wrong.status_code == 422
    assert wrong.json()["errors"][0]["field"] == "after"


REGISTERS = ("subjects", "licences", "products", "people")


@pytest.fixture
def register(client_of_registrar: Client) -> Client:
    """A pharmacy with a licence, a product and a pharmacist, all since 2019; nothing was changed lately."""
    registrar = actor_of(User.objects.get(username="li"))
    assert registrar is not None
    batch = {"by": registrar, "effective_on": SINCE}
    shop = SubjectEntry(
        code="652301000017",
        name="惠民大药房",
        subject_type="single_pharmacy",
        responsible_organ="x",
        division_code="652301001",
        opened_on=SINCE,
    )
    licence = LicenceEntry(
        kind="drug_retail",
        number="新DB994100099",
        subject=shop.code,
        issued_on=SINCE,
        holder_name=shop.name,
        expires_on=date(2029, 5, 5),
    )
    product = ProductEntry(
        kind="drug", approval_no="国药准字Z20190099", name="颗粒", approved_on=SINCE, holder=shop.code
    )
    inspector = RoleEntry(
        RoleKind.INSPECTOR,
        SINCE,
        date(2024, 6, 30),
        {"sequence": "drug", "tier": "local", "grade": "junior", "certificate_no": "XJ1", "full_time": True},
    )
    register_subjects([shop], **batch)
    outcomes = [
        *register_licences([licence], **batch, batch=None),
        *register_products([product], **batch, batch=None),
        *register_people([PersonEntry("1", "王小明", roles=(inspector,))], **batch),
    ]
    assert [str(outcome.change) for outcome in outcomes] == ["new"] * 3, outcomes
    for model in (Licence, Product, Person):
        model.objects.update(changed_at=LONG_AGO)
    SubjectVersion.objects.update(recorded_at=LONG_AGO)
    return client_of_registrar


def items(client: Client, path: str, **query: str) -> list[dict[str, Any]]:
    answer = client.get(f"{BASE}/{path}", query)
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


@pytest.mark.parametrize("path", REGISTERS)
def test_registers_look_back(register: Client, path: str) -> None:
    assert len(items(register, path)) == 1
    assert len(items(register, path, as_of="2019-05-06")) == 1
    before = items(register, path, as_of="2019-05-05")
    assert [one["roles"] for one in before] == [[]] if path == "people" else before == []
    for day in ((now() + timedelta(days=2)).date().isoformat(), "1900-01-01"):
        wrong = register.get(f"{BASE}/{path}", {"as_of": day})
        assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "as_of")


def test_what_is_said_is_what_was_said_on_the_day(register: Client) -> None:
    shop, product = Subject.objects.get(), Product.objects.get()
    by = actor_of(User.objects.get(username="li"))
    assert by is not None
    entry = ProductEntry(
        kind="drug", approval_no=product.approval_no, name="新颗粒", approved_on=SINCE, holder=shop.code
    )
    register_products([entry], by=by, effective_on=date(2025, 1, 1), batch=None)
    assert [one["name"] for one in items(register, "products")] == ["新颗粒"]
    assert [one["name"] for one in items(register, "products", as_of="2024-12-31")] == ["颗粒"]
    (person,) = items(register, "people", role="inspector", as_of="2024-06-30")
    assert person["roles"][0]["particulars"]["full_time"] is True
    assert items(register, "people", role="inspector") == []
    assert register.get(f"{BASE}/subjects/{shop.pk}", {"as_of": "2019-05-05"}).status_code == 404


@pytest.mark.parametrize("path", REGISTERS)
def test_registers_tell_what_changed(register: Client, path: str) -> None:
    assert items(register, path, updated_since=SOME_TIME_AGO) == []
    assert len(items(register, path, updated_since=LONG_AGO.isoformat())) == 1
    match path:
        case "subjects":
            SubjectVersion.objects.update(recorded_at=now())
        case "licences":
            Licence.objects.update(issuer="别的机关")
        case "products":
            ProductVersion.objects.update(reason="更正")
        case "people":
            InspectorQualification.objects.update(grade="senior")
    assert len(items(register, path, updated_since=SOME_TIME_AGO)) == 1


def test_what_stays_as_it_is_has_not_changed(register: Client) -> None:
    Licence.objects.update(issuer=Licence.objects.get().issuer)
    assert Licence.objects.get().changed_at == LONG_AGO
    InspectorQualification.objects.all().delete()
    assert Person.objects.get().changed_at > LONG_AGO
