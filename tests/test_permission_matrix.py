"""Every route against every role, generated from the table of addresses.

`golden/permissions.txt` shows the matrix; a new route appears there only on purpose.
"""

from __future__ import annotations

import os
import re
import uuid
from datetime import date
from pathlib import Path

import pytest
from django.test import Client
from django.urls import URLPattern

from tests.test_architecture import routes
from yaojian.foundation.accounts.contracts import ROLE_PERMISSIONS, Permission, Role
from yaojian.foundation.accounts.facade import Level, Organ, post_person, register_organ
from yaojian.foundation.accounts.models import User
from yaojian.foundation.accounts.web.access import PUBLIC

GOLDEN = Path(__file__).parent / "golden" / "permissions.txt"
SAMPLES = {"int": "999999", "uuid": str(uuid.UUID(int=7)), "str": "nothing", "slug": "nothing"}
ANSWERS_TO_THE_ALLOWED = (200, 302, 404, 405, 422)
"""What somebody who may gets for samples that do not exist; a refusal would mean that nobody gets in."""

PAGES = [(path, pattern) for path, pattern in routes() if not path.startswith("api/")]


def address(path: str) -> str:
    """The route with samples in the place of its parameters: nothing of these exists."""
    return "/" + re.sub(r"<(?:(\w+):)?\w+>", lambda found: SAMPLES[found[1] or "str"], path)


def api_operations() -> list[tuple[str, str, Permission]]:
    """Method, address and declared permission of every API operation."""
    from yaojian.config.api import api

    found = []
    for prefix, router in api._routers:
        for path, view in router.path_operations.items():
            for operation in view.operations:
                url = re.sub(r"\{[\w:]+\}", "1", f"/api/v1{prefix}{path}")
                found += [
                    (method, url, operation.auth_callbacks[0].permission) for method in operation.methods
                ]
    return found


@pytest.fixture
def organ(db: None) -> Organ:
    return register_organ(code="x", name="测试局", level=Level.COUNTY, territories=["652301"])


@pytest.fixture
def people(organ: Organ) -> dict[Role, User]:
    return {
        role: post_person(
            username=role.value,
            display_name=role.value,
            organ=organ,
            role=role,
            valid_from=date(2020, 1, 1),
            valid_to=date(2099, 12, 31) if role is Role.GUEST else None,
        )
        for role in Role
    }


@pytest.mark.parametrize(("path", "pattern"), PAGES, ids=[path or "/" for path, _pattern in PAGES])
def test_page_against_every_role(path: str, pattern: URLPattern, people: dict[Role, User]) -> None:
    declared = pattern.callback.yaojian_permission  # type: ignore[attr-defined]
    url = address(path)
    for method in ("get", "post"):
        stranger = getattr(Client(), method)(url)
        if declared == PUBLIC:
            assert stranger.status_code != 403, url
        else:
            assert stranger.status_code in (302, 405), (url, method)
            if stranger.status_code == 302:
                assert stranger["Location"].startswith("/sign-in/")
        for role, user in people.items():
            client = Client()
            client.force_login(user)
            answer = getattr(client, method)(url)
            may = declared == PUBLIC or declared in ROLE_PERMISSIONS[role]
            if not may:
                assert answer.status_code in (403, 405), (url, method, role)
            else:
                assert answer.status_code in ANSWERS_TO_THE_ALLOWED, (url, method, role, answer.status_code)
                if declared != PUBLIC and answer.status_code == 302:
                    assert not answer["Location"].startswith("/sign-in/"), (url, method, role)


def test_api_against_every_role(people: dict[Role, User]) -> None:
    operations = api_operations()
    assert operations
    for method, url, permission in operations:
        answer = Client().generic(method, url)
        assert answer.status_code == 401, url
        assert answer["Content-Type"] == "application/problem+json"
        for role, user in people.items():
            client = Client()
            client.force_login(user)
            status = client.generic(method, url).status_code
            if permission in ROLE_PERMISSIONS[role]:
                assert status in (200, 404), (url, role, status)
            else:
                assert status == 403, (url, role, status)


def test_a_person_without_posting_is_refused(db: None) -> None:
    user = User.objects.create_user("nobody", None, display_name="无任职")
    client = Client()
    client.force_login(user)
    assert client.get("/").status_code == 403


def test_the_matrix_is_current() -> None:
    rows = [("GET/POST", "/" + path, str(p.callback.yaojian_permission)) for path, p in PAGES]  # type: ignore[attr-defined]
    rows += [(method, url, permission.value) for method, url, permission in api_operations()]
    lines = [
        f"{'method':<9}{'route':<64}{'permission':<22}" + " ".join(f"{role.value[:8]:<8}" for role in Role)
    ]
    for method, route, permission in sorted(rows, key=lambda row: row[1]):
        marks = [
            "yes" if permission == PUBLIC or Permission(permission) in ROLE_PERMISSIONS[role] else "-"
            for role in Role
        ]
        lines.append(f"{method:<9}{route:<64}{permission:<22}" + " ".join(f"{mark:<8}" for mark in marks))
    text = "\n".join(line.rstrip() for line in lines) + "\n"
    if os.environ.get("UPDATE_GOLDEN") == "1":
        GOLDEN.write_text(text, encoding="utf-8")
    assert GOLDEN.read_text(encoding="utf-8") == text, (
        "routes or permissions have changed: if that is meant, "
        "run `UPDATE_GOLDEN=1 ./yaojian test tests/test_permission_matrix.py`"
    )
