"""The JSON API: scope, permission, keyset paging, problem details."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from yaojian.config.api import api
from yaojian.doors.backoffice.tests.conftest import SignedIn
from yaojian.doors.backoffice.tests.factories import Region, make_act, make_acts, make_subject, registered

BASE = "/api/v1"


def everything(client: Client, path: str, limit: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    after = ""
    while True:
        page = client.get(f"{BASE}{path}", {"limit": limit, "after": after}).json()
        found += page["items"]
        if not page["next"]:
            return found
        after = page["next"]


@pytest.mark.parametrize("path", ["/subjects", "/subjects/1", "/inspections", "/acts"])
def test_strangers_get_problem_details(client: Client, db: None, path: str) -> None:
    response = client.get(BASE + path)
    assert response.status_code == 401
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["type"] == "urn:yaojian:problem:sign_in_needed"


def test_roles_without_the_permission_are_refused(signed_in: SignedIn) -> None:
    assert signed_in("administrator").get(f"{BASE}/subjects").status_code == 403
    assert signed_in("township").get(f"{BASE}/acts").json()["code"] == "not_allowed"


def test_every_operation_declares_a_permission() -> None:
    for _prefix, router in api._routers:
        for path in router.path_operations.values():
            for operation in path.operations:
                assert any(hasattr(auth, "permission") for auth in operation.auth_callbacks), operation.path


def test_subjects_are_scoped_filtered_and_paged(signed_in: SignedIn, region: Region) -> None:
    registered(*(make_subject(n, region.qitai) for n in range(100, 130)))
    client = signed_in("inspector")
    found = everything(client, "/subjects", 7)
    assert len(found) == 31
    assert len({row["id"] for row in found}) == 31
    assert found[0]["responsible_organ"] == "cj.qt"
    assert len(everything(signed_in("chief"), "/subjects", 200)) == 32
    only = client.get(f"{BASE}/subjects", {"q": "0101"}).json()["items"]
    assert [row["name"] for row in only] == ["奇台县惠民大药房0101店"]


def test_another_jurisdictions_subject_is_404(signed_in: SignedIn, region: Region) -> None:
    assert (
        signed_in("inspector").get(f"{BASE}/subjects/{region.in_qitai.pk}").json()["name"]
        == region.in_qitai.name
    )
    response = signed_in("inspector").get(f"{BASE}/subjects/{region.in_jimsar.pk}")
    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"


def test_acts_are_paged_without_gaps_or_doubles(signed_in: SignedIn, region: Region) -> None:
    make_acts(region.actor("inspector"), region.in_qitai, 23)
    make_act(region.actor("neighbour"), region.in_jimsar)
    found = everything(signed_in("inspector"), "/acts", 5)
    assert len({row["uid"] for row in found}) == len(found) == 23
    assert found == sorted(found, key=lambda row: row["recorded_at"], reverse=True)


def test_inspections_answer_empty(signed_in: SignedIn) -> None:
    assert signed_in("inspector").get(f"{BASE}/inspections").json() == {"items": [], "next": None}


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=x", "after=!!", "after=eA", "status=maybe"])
def test_malformed_parameters_are_problem_details(signed_in: SignedIn, query: str) -> None:
    response = signed_in("inspector").get(f"{BASE}/subjects?{query}")
    assert response.status_code == 422
    assert response.json()["errors"]


def test_few_queries(signed_in: SignedIn, region: Region, django_assert_max_num_queries: Any) -> None:
    registered(*(make_subject(n, region.qitai) for n in range(100, 200)))
    client = signed_in("chief")
    with django_assert_max_num_queries(7):
        client.get(f"{BASE}/subjects?limit=100")
