"""Sign-in with OpenID Connect, against a real little provider on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from yaojian.doors.administration.tests.conftest import Post, acting, client_of
from yaojian.doors.administration.tests.oidc_provider import CLIENT, SECRET, Provider, running_provider
from yaojian.foundation.accounts.facade import Role, User, link_identity
from yaojian.foundation.ledger.facade import Act
from yaojian.foundation.timekeeping import today


@pytest.fixture(scope="module")
def _provider() -> Iterator[Provider]:
    with running_provider() as provider:
        yield provider


@pytest.fixture
def provider(_provider: Provider, settings: Any) -> Provider:
    """The provider, configured and doing nothing wrong."""
    cache.clear()
    _provider.wrong, _provider.subject, _provider.claims = "", "8f2c", {}
    settings.OIDC_ISSUER = _provider.issuer
    settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = CLIENT, SECRET
    settings.OIDC_LABEL, settings.OIDC_USERNAME_CLAIM = "新疆政务统一认证", ""
    return _provider


def begin(client: Client, target: str = "/") -> str:
    """Where the provider sends the browser back to."""
    away = client.get(reverse("outside_begin"), {"next": target})["Location"]
    return httpx.get(away).headers["Location"]


def come_back(client: Client, address: str) -> HttpResponse:
    parts = urlsplit(address)
    assert parts.path == reverse("outside_return")
    return client.get(f"{parts.path}?{parts.query}")  # type: ignore[return-value]


def linked(user: User, admin: User, subject: str = "8f2c") -> User:
    link_identity(user, by=acting(admin), subject=subject)
    return user


@pytest.fixture
def wang(post: Post, provider: Provider) -> User:
    return linked(post("wang"), post("root", Role.ADMINISTRATOR))


def test_a_linked_person_signs_in_and_reaches_the_page_they_asked_for(provider: Provider, wang: User) -> None:
    client = Client()
    assert "新疆政务统一认证" in client.get(reverse("sign_in")).content.decode()
    answer = come_back(client, begin(client, "/account/"))
    assert (answer.status_code, answer["Location"]) == (302, "/account/")
    assert client.get("/account/").status_code == 200
    assert Act.objects.filter(kind="session.opened", actor=wang).count() == 1


def test_the_next_page_is_never_another_site(provider: Provider, wang: User) -> None:
    client = Client()
    assert come_back(client, begin(client, "https://example.org/"))["Location"] == "/"


def test_strangers_and_leavers_get_no_account(provider: Provider, wang: User) -> None:
    provider.subject = "unknown"
    client = Client(headers={"accept-language": "en"})
    answer = come_back(client, begin(client))
    assert answer.status_code == 403
    assert "No account of this platform belongs to this outside account." in answer.content.decode()
    assert User.objects.filter(is_active=True).count() == 2
    provider.subject = "8f2c"
    User.objects.filter(pk=wang.pk).update(left_on=today().replace(year=2020))
    assert come_back(client, begin(client)).status_code == 403


def test_a_verified_user_name_links_at_first_use_when_the_setting_says_so(
    provider: Provider, post: Post, settings: Any
) -> None:
    user = post("li")
    provider.claims = {"preferred_username": "li"}
    client = Client()
    assert come_back(client, begin(client)).status_code == 403
    settings.OIDC_USERNAME_CLAIM = "preferred_username"
    assert come_back(client, begin(client)).status_code == 302
    user.refresh_from_db()
    assert user.identity == f"{provider.issuer}|8f2c"
    assert Act.objects.filter(kind="account.linked").count() == 1
    # Whoever takes over the name at the provider does not take over the account.
    provider.subject = "another"
    assert come_back(Client(), begin(client)).status_code == 403
    fresh = Client()
    assert come_back(fresh, begin(fresh)).status_code == 403


def test_an_unverified_mail_address_links_nothing(provider: Provider, post: Post, settings: Any) -> None:
    post("li@example.org")
    settings.OIDC_USERNAME_CLAIM = "email"
    for verified, status in ((False, 403), ("true", 403), (True, 302)):
        provider.claims = {"email": "li@example.org", "email_verified": verified}
        client = Client()
        assert come_back(client, begin(client)).status_code == status, verified


@pytest.mark.parametrize(
    "wrong", ["signature", "payload", "iss", "aud", "azp", "exp", "nonce", "sub", "none", "hs256"]
)
def test_a_tampered_token_is_not_believed(provider: Provider, wang: User, wrong: str) -> None:
    client = Client(headers={"accept-language": "en"})
    provider.wrong = wrong
    answer = come_back(client, begin(client))
    assert answer.status_code == 403
    assert "could not be verified" in answer.content.decode()
    assert client.get("/account/").status_code == 302


def test_an_answer_is_good_once_for_the_browser_that_asked(provider: Provider, wang: User) -> None:
    client, other = Client(), Client()
    address = begin(client)
    assert come_back(other, address).status_code == 403
    assert come_back(client, address.replace("state=", "state=x")).status_code == 403
    assert come_back(client, address).status_code == 403
    address = begin(client)
    assert come_back(client, address).status_code == 302
    assert come_back(client, address).status_code == 403


def test_a_refusal_of_the_provider_and_its_silence_are_told_in_words(
    provider: Provider, wang: User, settings: Any
) -> None:
    client = Client(headers={"accept-language": "en"})
    away = client.get(reverse("outside_begin"))["Location"]
    state = parse_qs(urlsplit(away).query)["state"][0]
    answer = client.get(reverse("outside_return"), {"error": "access_denied", "state": state})
    assert "did not let you in" in answer.content.decode()
    provider.wrong = "discovery"
    cache.clear()
    answer = client.get(reverse("outside_begin"))
    assert (answer.status_code, "does not answer as it should" in answer.content.decode()) == (403, True)
    settings.OIDC_ISSUER = "http://127.0.0.1:9"
    assert client.get(reverse("outside_begin")).status_code == 403
    settings.OIDC_ISSUER = ""
    assert client.get(reverse("outside_begin")).status_code == 404
    assert client.get(reverse("outside_return")).status_code == 404


def test_the_administrator_links_and_a_subject_belongs_to_one_person(provider: Provider, post: Post) -> None:
    admin, li, zhao = post("root", Role.ADMINISTRATOR), post("li"), post("zhao")
    client = client_of(admin)
    for user in (li, zhao):
        client.post(reverse("administration:link_person", args=[user.pk]), {"subject": "8f2c"})
    assert list(User.objects.exclude(identity=None).values_list("username", flat=True)) == ["li"]
    client.post(reverse("administration:link_person", args=[li.pk]), {"subject": ""})
    assert not User.objects.exclude(identity=None).exists()
