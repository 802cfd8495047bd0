"""What holds for every request."""

from __future__ import annotations

import pytest
from django.test import Client
from django.test.client import RequestFactory

from yaojian.config.middleware import MAX_REQUEST_BYTES, RequestLimit
from yaojian.foundation.accounts.web.addresses import client_address


def test_every_answer_carries_the_policy_and_stays_out_of_caches(db: None) -> None:
    answer = Client().get("/sign-in/")
    assert "script-src 'self'" in answer["Content-Security-Policy"]
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize(
    ("length", "status"), [(MAX_REQUEST_BYTES, 200), (MAX_REQUEST_BYTES + 1, 413), ("x", 413)]
)
def test_a_huge_body_is_refused_before_it_is_read(length: object, status: int) -> None:
    from django.http import HttpResponse

    request = RequestFactory().post("/api/v1/x", CONTENT_LENGTH=str(length))
    answer = RequestLimit(lambda _request: HttpResponse())(request)
    assert answer.status_code == status


def test_unknown_pages_say_so_in_chinese_and_english(db: None) -> None:
    assert "没有" in Client().get("/nowhere/").content.decode()
    assert "There is no page" in Client(headers={"accept-language": "en"}).get("/nowhere/").content.decode()


def test_only_behind_our_proxy_is_a_forwarded_address_believed(settings: object) -> None:
    request = RequestFactory().get("/", headers={"x-forwarded-for": "203.0.113.9, 198.51.100.7"})
    assert client_address(request) == "127.0.0.1"
    settings.BEHIND_PROXY = True  # type: ignore[attr-defined]
    assert client_address(request) == "198.51.100.7"


def test_static_files_are_found_and_carry_their_version(db: None) -> None:
    from django.templatetags.static import static

    address = static("design/tokens.css")
    assert len(address.rpartition("?v=")[2]) == 8
    answer = Client().get(address)
    assert answer.status_code == 200
    assert "max-age=3600" in answer["Cache-Control"]


@pytest.mark.parametrize("address", ["/public/?q=%00ab", "/public/subjects/%00/", "/sign-in/?next=%00"])
def test_a_nul_in_the_address_is_refused_in_words(db: None, address: str) -> None:
    assert Client().get(address).status_code == 422


def test_a_fault_answers_the_api_in_its_own_form() -> None:
    from yaojian.config.views import server_error

    answer = server_error(RequestFactory().get("/api/v1/subjects"))
    assert answer.status_code == 500
    assert answer["Content-Type"] == "application/problem+json"
