"""Signing in and out by password, and the language."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from yaojian.doors.administration.tests.conftest import PASSWORD, Organs, Post
from yaojian.foundation.accounts.actions import MAX_FAILED_SIGN_INS
from yaojian.foundation.accounts.models import User
from yaojian.foundation.ledger.facade import Act

CREDENTIALS = {"username": "inspector", "password": PASSWORD}


@pytest.fixture
def inspector(post: Post) -> User:
    """An inspector with a password."""
    return post("inspector")


def test_signing_in_and_out_are_acts(client: Client, inspector: User) -> None:
    response = client.post(reverse("sign_in"), {**CREDENTIALS, "next": "/subjects/?q=1"})
    assert response["Location"] == "/subjects/?q=1"
    assert client.get("/").status_code == 200
    client.post(reverse("sign_out"))
    assert client.get("/").status_code == 302
    sessions = Act.objects.filter(kind__startswith="session.").order_by("pk")
    assert list(sessions.values_list("kind", flat=True)) == [
        "session.opened",
        "session.closed",
    ]


def test_sign_in_never_leads_to_another_site(client: Client, inspector: User) -> None:
    assert client.post(reverse("sign_in"), {**CREDENTIALS, "next": "//example.org"})["Location"] == "/"


def test_refusal_keeps_the_name_and_tells_nothing_more(client: Client, inspector: User) -> None:
    for name in ("inspector", "nobody"):
        response = client.post(
            reverse("sign_in"),
            {"username": name, "password": "wrong"},
            headers={"accept-language": "en"},
        )
        page = response.content.decode()
        assert response.status_code == 422
        assert "The user name or the password is wrong." in page
        assert f'value="{name}"' in page


def test_sign_in_page_shows_no_accounts_but_the_way_for_the_public(client: Client, organs: Organs) -> None:
    page = client.get(reverse("sign_in")).content.decode()
    assert "inspector" not in page
    assert reverse("portal:look_up") in page
    assert reverse("set_language") in page


def test_language_is_remembered(client: Client, db: None) -> None:
    client.post(reverse("set_language"), {"language": "en", "next": reverse("sign_in")})
    assert 'lang="en"' in client.get(reverse("sign_in")).content.decode()
    client.post(reverse("set_language"), {"language": "xx"})
    assert 'lang="en"' in client.get(reverse("sign_in")).content.decode()


@pytest.mark.parametrize("target", ["%", "inspections", "sign_in", "//example.org/", "\0", "/\\example.org"])
def test_what_is_no_address_of_ours_leads_home(db: None, target: str) -> None:
    response = Client().post(reverse("set_language"), {"language": "en", "next": target})
    assert (response.status_code, response.headers["Location"]) == (302, "/")


def test_each_wrong_password_of_a_known_name_is_an_act_and_those_during_the_lock_are_not(
    client: Client, inspector: User
) -> None:
    for name in ("nobody", *["inspector"] * (MAX_FAILED_SIGN_INS + 3)):
        client.post(reverse("sign_in"), {"username": name, "password": "wrong"})
    acts = Act.objects.filter(kind__in=["session.refused", "account.locked"])
    assert [act.kind for act in acts].count("session.refused") == MAX_FAILED_SIGN_INS
    assert [act.kind for act in acts].count("account.locked") == 1
    assert {act.facts["username"] for act in acts} == {"inspector"}
