"""What of a subject's file is open: by the role of the reader, and by what an agreement shares."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from yaojian.doors.backoffice.tests.conftest import SignedIn
from yaojian.doors.backoffice.tests.factories import (
    SINCE,
    Region,
    days_from_now,
    make_act,
    make_item,
    opened,
)
from yaojian.foundation.accounts.facade import Role, post_person
from yaojian.foundation.accounts.models import SharingAgreement

FILES = ("timeline", "inspections", "duties")
SECRET = "最急的事由"


@pytest.fixture
def busy(region: Region) -> Region:
    """A subject about which something was done and something is to be done."""
    opened(make_item(region.in_qitai, region.qitai, due=days_from_now(3), reason=SECRET))
    make_act(region.actor("inspector"), region.in_qitai)
    return region


@pytest.fixture
def as_role(region: Region) -> Callable[[Role], Client]:
    """A browser of somebody in Qitai in a role."""

    def sign_in(role: Role) -> Client:
        user = post_person(
            username=role.value, display_name=role.value, organ=region.qitai, role=role, valid_from=SINCE
        )
        client = Client(headers={"accept-language": "en"})
        client.force_login(user)
        return client

    return sign_in


def address(region: Region) -> str:
    return reverse("backoffice:subject", args=[region.in_qitai.pk])


def tabs(client: Client, region: Region, view: str = "") -> set[str]:
    response = client.get(address(region), {"view": view})
    assert response.status_code == 200
    return {tab["url"].removeprefix("?view=") for tab in response.context["tabs"]}


def share(region: Region, *shares: str) -> None:
    SharingAgreement.objects.create(
        giver=region.qitai, taker=region.jimsar, shares=list(shares), document="协议", valid_from=SINCE
    )


@pytest.mark.parametrize("view", FILES)
def test_who_shares_the_register_does_not_share_the_files(
    signed_in: SignedIn, busy: Region, view: str
) -> None:
    share(busy, "register")
    client = signed_in("neighbour")
    response = client.get(address(busy), {"view": view})
    page = response.content.decode()
    assert not tabs(client, busy) & set(FILES)
    assert "only the entry in the register is shared" in page
    assert SECRET not in page
    assert "inspector同志" not in page
    assert "Next duty" not in page
    assert client.get(address(busy), {"view": view, "export": "csv"}).status_code == 404


def test_who_shares_the_files_shares_them(signed_in: SignedIn, busy: Region) -> None:
    share(busy, "register", "files")
    client = signed_in("neighbour")
    assert set(FILES) <= tabs(client, busy)
    assert "only the entry in the register is shared" not in client.get(address(busy)).content.decode()
    assert SECRET in client.get(address(busy), {"view": "duties"}).content.decode()


@pytest.mark.parametrize("role", [Role.PUBLICITY_OFFICER, Role.LAB_ANALYST])
@pytest.mark.parametrize("view", ["timeline", "inspections", "people"])
def test_a_tab_is_open_to_whom_its_list_is_open(
    as_role: Callable[[Role], Client], busy: Region, role: Role, view: str
) -> None:
    client = as_role(role)
    assert view not in tabs(client, busy, view)
    response = client.get(address(busy), {"view": view})
    assert "Your role does not include this part of the file." in response.content.decode()
    assert "inspector同志" not in response.content.decode()
    assert client.get(address(busy), {"view": view, "export": "csv"}).status_code == 403


def test_duties_of_others_are_not_told_to_who_reads_no_inspections(
    as_role: Callable[[Role], Client], busy: Region
) -> None:
    user = post_person(
        username="partner",
        display_name="partner",
        organ=busy.jimsar,
        role=Role.PUBLICITY_OFFICER,
        valid_from=SINCE,
    )
    share(busy, "register", "files")
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    assert SECRET not in client.get(address(busy), {"view": "duties"}).content.decode()
    assert SECRET in as_role(Role.PLANNER).get(address(busy), {"view": "duties"}).content.decode()


def test_township_officers_read_the_timeline(signed_in: SignedIn, busy: Region) -> None:
    client = signed_in("township")
    assert set(FILES) <= tabs(client, busy)
    assert "inspector同志" in client.get(address(busy)).content.decode()
