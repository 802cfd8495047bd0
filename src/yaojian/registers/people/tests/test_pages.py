"""The pages: found by fragment and initials, as of any day, masked, revealed for a purpose, scoped."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from yaojian.foundation.accounts.facade import Actor, Organ, Role, User
from yaojian.foundation.ledger.facade import Act
from yaojian.foundation.timekeeping import today
from yaojian.foundation.worklist.facade import WorkItem
from yaojian.registers.enterprises.facade import Subject
from yaojian.registers.people.contracts import RoleEntry, RoleKind
from yaojian.registers.people.duties import refresh_people_duties
from yaojian.registers.people.models import Person, PharmacistRegistration, Position
from yaojian.registers.people.tests.factories import (
    a_pharmacy,
    an_actor,
    an_entry,
    an_organ,
    days,
    enter,
    identity,
    registration,
)

SINCE = date(2024, 3, 1)
PURPOSE = {"purpose": "核验注册或证书", "detail": "昌市监查〔2026〕1号"}


@pytest.fixture
def clerk(db: None) -> Actor:
    actor = an_actor(an_organ("a"))
    organ = Organ.objects.get(pk=actor.organ_id)
    for code in ("P1", "P2", "H1"):
        a_pharmacy(organ, code, subject_type="hospital" if code == "H1" else "single_pharmacy")
    return actor


@pytest.fixture
def person(clerk: Actor) -> Person:
    last = today() + days(60)
    entry = an_entry(
        1,
        registration("P1", 1, last.replace(year=last.year - 5, day=28) + days(5), expires_on=last),
        name="曾巧玲",
    )
    enter(clerk, entry)
    return Person.objects.get()


def client_of(actor: Actor, language: str = "zh-hans") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(User.objects.get(pk=actor.user_id))
    return client


def text(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status
    return str(answer.content.decode())


@pytest.mark.parametrize("search", ["巧玲", "曾巧", "zql", "ＺＺ００００", "652200000001"])
def test_found_by_fragment_initials_and_number(clerk: Actor, person: Person, search: str) -> None:
    assert "曾巧玲" in text(client_of(clerk).get("/people/", {"q": search}))


def test_not_found_by_what_is_sealed(clerk: Actor, person: Person) -> None:
    for search in (identity(1), "13800130001", "李"):
        assert "曾巧玲" not in text(client_of(clerk).get("/people/", {"q": search}))


def test_facets_narrow_and_every_value_is_safe(clerk: Actor, person: Person) -> None:
    client = client_of(clerk)
    for query, found in (
        ({"role": "pharmacist"}, True),
        ({"role": "inspector"}, False),
        ({"category": "pharmacy"}, True),
        ({"category": "tcm"}, False),
        ({"state": "expiring"}, True),
        ({"state": "suspected"}, False),
        ({"state": "ended"}, False),
        ({"sequence": "drug", "grade": "expert"}, False),
        ({"role": "'; DROP TABLE", "sort": "-x", "page": "-9"}, True),
        ({"as_of": "2010-01-01", "role": "pharmacist"}, False),
    ):
        assert ("曾巧玲" in text(client.get("/people/", query))) is found, query
    assert client.get("/people/", {"as_of": "gestern"}).status_code == 422


def test_the_file_masks_and_reveals_for_a_purpose_only(clerk: Actor, person: Person) -> None:
    client = client_of(clerk)
    page = text(client.get(f"/people/{person.pk}/"))
    assert "652***********" in page
    assert identity(1) not in page
    refused = text(client.post(f"/people/{person.pk}/reveal/", {"purpose": ""}), 422)
    assert identity(1) not in refused
    assert not Act.objects.filter(kind="personal_data.viewed").exists()
    answer = client.post(f"/people/{person.pk}/reveal/", PURPOSE)
    assert identity(1) in text(answer)
    assert "no-store" in answer["Cache-Control"]
    act = Act.objects.get(kind="personal_data.viewed")
    assert act.file_id == person.pk
    assert identity(1) not in text(client.get(f"/people/{person.pk}/", {"view": "timeline"}))
    assert client.get(f"/people/{person.pk}/reveal/").status_code == 302


def test_without_the_right_or_outside_the_scope_nothing_is_revealed(clerk: Actor, person: Person) -> None:
    leader = an_actor(Organ.objects.get(pk=clerk.organ_id), Role.LEADER)
    assert client_of(leader).post(f"/people/{person.pk}/reveal/", PURPOSE).status_code == 403
    stranger = client_of(an_actor(an_organ("b", territory="659001")))
    for address in ("", "reveal/", "correct/", "erase/", "roles/pharmacist/"):
        there = stranger.post(f"/people/{person.pk}/{address}", PURPOSE)
        nowhere = stranger.post(f"/people/987654321/{address}", PURPOSE)
        assert (there.status_code, nowhere.status_code) in ((404, 404), (405, 405)), address
        for answer in (there, nowhere):
            assert "曾巧玲" not in answer.content.decode()
    assert not Act.objects.filter(kind="personal_data.viewed").exists()


def test_erased_data_is_said_to_be_erased(clerk: Actor, person: Person) -> None:
    client = client_of(clerk)
    assert client.post(f"/people/{person.pk}/erase/", {"reason": ""}).status_code == 422
    assert client.post(f"/people/{person.pk}/erase/", {"reason": "本人申请"}).status_code == 302
    page = text(client.get(f"/people/{person.pk}/"))
    assert "密钥" in page
    assert "曾巧玲" not in page + text(client.get("/people/")) + text(client.get("/people/", {"q": "zql"}))
    assert "已销毁" in text(client.get("/people/"))
    assert client.post(f"/people/{person.pk}/reveal/", PURPOSE).status_code in (409, 422)


def test_a_person_and_a_role_are_entered_on_pages(clerk: Actor) -> None:
    client = client_of(clerk)
    typed = {"name": "古丽", "identity_number": identity(2)[:17] + "?", "phone": "１３８００１３８０００"}
    refused = text(client.post("/people/enter/", typed), 422)
    assert "古丽" in refused
    answer = client.post("/people/enter/", {**typed, "identity_number": identity(2)})
    person = Person.objects.get()
    assert answer["Location"] == f"/people/{person.pk}/"
    role = {
        "valid_from": "2025-03-01",
        "subject": "P1",
        "registration_no": "652224001234",
        "certificate_no": "ZZ00001234",
        "category": "tcm",
        "practice": "trade",
        "expires_on": "2029-12-31",
    }
    address = f"/people/{person.pk}/roles/pharmacist/"
    assert "管辖范围" in text(client.post(address, {**role, "subject": "FOREIGN"}), 422)
    assert client.post(address, role).status_code == 302
    assert "652224001234" in text(client.post(address, {**role, "subject": "P2"}), 422)
    held = PharmacistRegistration.objects.get()
    changed = {**role, "subject": "P2", "valid_from": "2025-06-01"}
    assert client.post(f"{address}{held.pk}/change/", changed).status_code == 302
    moved = PharmacistRegistration.objects.latest("pk")
    assert (moved.subject.code, moved.valid_from) == ("P2", date(2025, 6, 1))
    ending = {"on": "2025-07-01", "reason": "离职"}
    assert client.post(f"{address}{moved.pk}/end/", ending).status_code == 302
    page = text(client.get(f"/people/{person.pk}/", {"as_of": "2025-03-15"}))
    assert "P1药店" in page
    assert "P2药店" not in page
    assert "/change/" not in page


def test_suspicion_names_its_reasons_and_becomes_work(clerk: Actor, person: Person) -> None:
    assert refresh_people_duties() == 1  # the registration that expires soon
    work = RoleEntry(RoleKind.POSITION, SINCE, None, {"subject_code": "H1", "position": "employee"})
    enter(clerk, an_entry(1, work, name="曾巧玲"))
    assert "H1药店" in text(client_of(clerk).get("/people/suspected/"))
    assert refresh_people_duties() == 1
    assert refresh_people_duties() == 0
    kinds = set(WorkItem.objects.filter(state="open").values_list("kind", flat=True))
    assert kinds == {"people.registration_expires", "people.certificate_suspected"}
    assert refresh_people_duties(today() + timedelta(days=100)) == 0
    assert not WorkItem.objects.filter(state="open").exists()


def test_pharmacies_without_a_pharmacist(clerk: Actor, person: Person) -> None:
    page = text(client_of(clerk).get("/people/without-pharmacist/"))
    assert "P2药店" in page
    assert "P1药店" not in page


def test_lists_take_few_queries_however_long(clerk: Actor) -> None:
    enter(clerk, *[an_entry(n, registration("P1", n)) for n in range(1, 41)])
    client = client_of(clerk)
    client.get("/people/")
    for address in ("/people/", f"/people/{Person.objects.order_by('pk')[0].pk}/", "/people/suspected/"):
        with CaptureQueriesContext(connection) as queries:
            text(client.get(address))
        assert len(queries) <= 22, (address, len(queries))


def test_the_subjects_file_shows_its_people_and_documents(clerk: Actor, person: Person) -> None:
    client = client_of(clerk)
    address = f"/subjects/{PharmacistRegistration.objects.get().subject_id}/"
    assert "曾巧玲" in text(client.get(address, {"view": "people"}))
    assert "曾巧玲" not in text(client.get(address, {"view": "people", "as_of": "2016-01-01"}))
    assert 'name="files"' in text(client.get(address, {"view": "documents"}))
    assert 'name="files"' not in text(client.get(address, {"view": "documents", "as_of": "2016-01-01"}))


def test_an_employer_outside_the_area_is_neither_linked_nor_named(clerk: Actor, person: Person) -> None:
    stranger = an_actor(an_organ("b", territory="659001"))
    far = a_pharmacy(Organ.objects.get(pk=stranger.organ_id), "Q1", "659001001")
    Position.objects.create(person=person, subject=far, position="employee", valid_from=SINCE)
    near = Subject.objects.get(code="P1")
    page = text(client_of(clerk).get(f"/people/{person.pk}/"))
    rows = client_of(clerk).get(f"/people/{person.pk}/").context["rows"]
    assert f"/subjects/{near.pk}/" in page
    assert f"/subjects/{far.pk}/" not in page
    assert [row["place"]["name"] for row in rows] == [near.name, "辖区外"]
    theirs = text(client_of(stranger).get("/people/"))
    assert f"/subjects/{near.pk}/" not in theirs
    given = client_of(clerk).get("/api/v1/people").json()["items"]
    assert [role["subject_id"] for role in given[0]["roles"]] == [near.pk, None]
