"""The file of a legal entity: facilities with licences, as of a day, history, change; and the ways to it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from yaojian.doors.backoffice.tests.conftest import SignedIn
from yaojian.doors.backoffice.tests.factories import Region, make_subject
from yaojian.foundation.accounts.facade import Role, post_person
from yaojian.foundation.timekeeping import today
from yaojian.registers.enterprises.facade import Enterprise, Subject
from yaojian.registers.enterprises.models import DuplicatePair
from yaojian.registers.enterprises.tests.factories import registered, uscc
from yaojian.registers.licences.facade import LicenceEntry, register_licences

HERE = "惠民医药有限公司"


@pytest.fixture
def company(region: Region) -> Enterprise:
    """A company with two shops in 奇台县 and one in 吉木萨尔县; the first shop has two licences."""
    shops = registered(
        make_subject(11, region.qitai, uscc=uscc(9), legal_name=HERE),
        make_subject(12, region.qitai, uscc=uscc(9), opened_on=date(2022, 5, 1)),
        make_subject(13, region.jimsar, "652327100", uscc=uscc(9)),
    )
    papers = [
        LicenceEntry(
            kind="drug_retail",
            number=f"新DB99410000{n}",
            subject=shops[0].code,
            issued_on=date(year, 3, 1),
            valid_from=date(year, 3, 1),
            expires_on=date(year + 5, 2, 28),
        )
        for n, year in ((1, today().year - 7), (2, today().year - 2))
    ]
    outcomes = register_licences(papers, by=region.actor("registrar_of_all"), effective_on=today())
    assert {outcome.change for outcome in outcomes} == {"new"}
    return Enterprise.objects.get()


@pytest.fixture
def region(region: Region) -> Region:
    region.people["registrar_of_all"] = post_person(
        username="all",
        display_name="全州登记",
        organ=region.prefecture,
        role=Role.REGISTRAR,
        valid_from=date(2020, 1, 1),
    )
    return region


def page(signed_in: SignedIn, who: str, address: str) -> str:
    answer = signed_in(who).get(address)
    assert answer.status_code == 200, address
    return str(answer.content.decode())


def test_the_facilities_stand_with_their_licences(
    signed_in: SignedIn, company: Enterprise, django_assert_max_num_queries: Any
) -> None:
    client = signed_in("inspector")
    with django_assert_max_num_queries(15):
        text = client.get(f"/subjects/entities/{company.pk}/").content.decode()
    assert HERE in text
    assert company.uscc in text
    assert "1 of 2" in text
    assert "奇台县惠民大药房0011店" in text
    assert "奇台县惠民大药房0013店" not in text
    everything = page(signed_in, "leader", f"/subjects/entities/{company.pk}/")
    assert "奇台县惠民大药房0013店" in everything


def test_another_day_shows_what_was_there_then(signed_in: SignedIn, company: Enterprise) -> None:
    text = page(signed_in, "inspector", f"/subjects/entities/{company.pk}/?as_of=2021-01-01")
    assert "奇台县惠民大药房0011店" in text
    assert "奇台县惠民大药房0012店" not in text
    assert signed_in("inspector").get(f"/subjects/entities/{company.pk}/?as_of=2011-01-01").status_code == 404


def test_it_is_reached_from_a_facility_and_by_its_code(signed_in: SignedIn, company: Enterprise) -> None:
    link = f"/subjects/entities/{company.pk}/"
    shop = Subject.objects.get(name="奇台县惠民大药房0011店")
    for view in ("timeline", "record"):
        assert link in page(signed_in, "inspector", f"/subjects/{shop.pk}/?view={view}")
    assert link in page(signed_in, "inspector", f"/subjects/?q={company.uscc.lower()}")
    assert link not in page(signed_in, "inspector", "/subjects/?q=91652325")


def test_a_change_is_made_shown_in_the_history_and_kept_when_refused(
    signed_in: SignedIn, region: Region, company: Enterprise
) -> None:
    address = f"/subjects/entities/{company.pk}/edit/"
    client = signed_in("registrar_of_all")
    form = {
        "name": "惠民药业有限公司",
        "uscc": company.uscc,
        "status": "dissolved",
        "registered_address": "东大街 1 号",
        "on": today().isoformat(),
        "reason": "换发营业执照",
    }
    refused = client.post(address, form)
    text = refused.content.decode()
    assert "Enter the day, or choose another status." in text
    assert "惠民药业有限公司" in text
    assert client.post(address, {**form, "status": "active"}).status_code == 302
    text = page(signed_in, "inspector", f"/subjects/entities/{company.pk}/?view=history")
    assert "Registered address" in text
    assert "换发营业执照" in text
    assert signed_in("inspector").get(address).status_code == 403


def test_the_care_of_the_register_is_offered_to_those_who_may(
    signed_in: SignedIn, region: Region, company: Enterprise
) -> None:
    shops = list(Subject.objects.filter(enterprise=company).order_by("pk"))
    DuplicatePair.objects.create(
        first=shops[0], second=shops[1], score=70, reasons=["same_name"], found_on=today()
    )
    text = page(signed_in, "registrar_of_all", "/subjects/")
    for name in ("Possible duplicates", "Merges", "Completeness"):
        assert name in text
    assert "Proposed risk grades" not in text
    inspectors = page(signed_in, "inspector", "/subjects/")
    assert "Possible duplicates" not in inspectors
    assert "Proposed risk grades" in inspectors
    assert "Care of the register" not in page(signed_in, "township", "/subjects/")
    assert "Possible duplicates" in page(signed_in, "registrar_of_all", "/")
