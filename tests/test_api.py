"""The API as a whole: how it describes itself, how often it may be asked, and its lists."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from yaojian.config import api as composed
from yaojian.foundation.accounts.facade import Level, Role, User, post_person, register_organ
from yaojian.foundation.timekeeping import now

BASE = "/api/v1"


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


def test_lists_look_back_and_tell_what_changed(client_of_registrar: Client) -> None:
    tomorrow = (now().date() + timedelta(days=2)).isoformat()
    for path in ("licences", "products"):
        assert client_of_registrar.get(f"{BASE}/{path}", {"as_of": "2024-06-30"}).status_code == 200
        assert client_of_registrar.get(f"{BASE}/{path}", {"as_of": tomorrow}).status_code == 422
    answer = client_of_registrar.get(f"{BASE}/subjects", {"updated_since": now().isoformat()})
    assert answer.json()["items"] == []
