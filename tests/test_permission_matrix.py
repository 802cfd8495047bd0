"""Every route against every role, generated from the table of addresses.

`golden/permissions.txt` shows the matrix; a new route appears there only on purpose.
"""

from __future__ import annotations

import ast
import os
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import middleware as auth_middleware
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern

from tests.test_architecture import routes
from yaojian.config import api, middleware, problems
from yaojian.foundation.accounts.contracts import ROLE_PERMISSIONS, Actor, Permission, Role
from yaojian.foundation.accounts.facade import (
    Level,
    Posting,
    actor_in,
    post_person,
    postings_in_force,
    register_organ,
)
from yaojian.foundation.accounts.models import User
from yaojian.foundation.accounts.web.access import PUBLIC
from yaojian.foundation.accounts.web.middleware import ActorMiddleware
from yaojian.foundation.timekeeping import today

ROOT = Path(__file__).resolve().parent.parent
GOLDEN = ROOT / "tests" / "golden" / "permissions.txt"
SAMPLES = {
    "int": "999999",
    "uuid": str(uuid.UUID(int=7)),
    "str": "nothing",
    "slug": "nothing",
    "row_id": "999-99",
    "path": "nothing",
}
ANSWERS_TO_THE_ALLOWED = (200, 302, 404, 405, 422)
"""What somebody who may gets for samples that do not exist; a refusal would mean that nobody gets in."""

PAGES = [(path, pattern) for path, pattern in routes() if not path.startswith("api/")]


def address(path: str) -> str:
    """The route with samples in the place of its parameters: nothing of these exists."""
    return "/" + re.sub(r"<(?:(\w+):)?\w+>", lambda found: SAMPLES[found[1] or "str"], path)


def api_operations() -> list[tuple[str, str, Permission]]:
    """Method, address and declared permission of every API operation."""
    found = []
    for prefix, router in api.api._routers:
        for path, view in router.path_operations.items():
            for operation in view.operations:
                url = re.sub(r"\{uuid\w*:\w+\}", SAMPLES["uuid"], f"/api/v1{prefix}{path}")
                url = re.sub(r"\{[\w:]+\}", "1", url)
                found += [
                    (method, url, operation.auth_callbacks[0].permission) for method in operation.methods
                ]
    return found


@dataclass
class House:
    """One browser for people of all roles, who are made once; who asks is put on the request."""

    browser: Client
    people: dict[Role, tuple[User, list[Posting]]]
    asking: Role | None = None

    def acting(self) -> tuple[Actor | None, list[Posting]]:
        """In the place of the session's look-up: the person who asks, with their posting."""
        if self.asking is None:
            return None, []
        user, postings = self.people[self.asking]
        return actor_in(postings[0], user), postings

    def user(self) -> User | AnonymousUser:
        """The account of who asks."""
        return AnonymousUser() if self.asking is None else self.people[self.asking][0]

    def ask(self, method: str, url: str, role: Role | None = None, *, changes: bool = False) -> HttpResponse:
        """What a request of somebody in a role, or of a stranger, answers; what it `changes` is undone."""
        self.asking = role
        self.browser.cookies.clear()
        if not changes:
            return self.browser.generic(method, url)
        with transaction.atomic():
            answer = self.browser.generic(method, url)
            transaction.set_rollback(True)
        return answer


@pytest.fixture(scope="module")
def house(django_db_setup: None, django_db_blocker: Any) -> Iterator[House]:
    """People made once for the whole matrix, in a transaction that is undone at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        organ = register_organ(code="x", name="测试局", level=Level.COUNTY, territories=["652301"])
        people = {}
        for role in Role:
            user = post_person(
                username=role.value,
                display_name=role.value,
                organ=organ,
                role=role,
                valid_from=date(2020, 1, 1),
                valid_to=date(2099, 12, 31) if role is Role.GUEST else None,
            )
            people[role] = (user, list(postings_in_force(user, today())))
        yield House(Client(), people)
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _cheap_requests(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Thousands of requests: sessions, error pages and records of denials have tests of their own."""
    if "house" not in request.fixturenames:
        return
    house: House = request.getfixturevalue("house")
    monkeypatch.setattr(ActorMiddleware, "_acting", lambda self, request: house.acting())
    monkeypatch.setattr(auth_middleware, "get_user", lambda request: house.user())
    for module in (middleware, api):
        monkeypatch.setattr(module, "note_denial", lambda request, error: None)
    monkeypatch.setattr(
        problems, "render", lambda request, template, context, status: HttpResponse(status=status)
    )


def representatives(allowed: list[Role]) -> list[Role]:
    """A few of the roles: with the fewest and the most rights, and so that any two rights are told apart.

    What a page does differently depends on rights alone (`test_a_role_decides_…`): each right that some of
    the roles have and others lack is held by one of these and lacked by another.
    """
    by_rights = sorted(allowed, key=lambda role: len(ROLE_PERMISSIONS[role]))
    chosen = list(dict.fromkeys([by_rights[0], by_rights[-1]]))
    for right in Permission:
        for holds in (True, False):
            fitting = [role for role in allowed if (right in ROLE_PERMISSIONS[role]) is holds]
            if fitting and not set(fitting) & set(chosen):
                chosen.append(fitting[0])
    return chosen


def guard_of(view: Any) -> Any:
    """The function in which `requires` stands before the page itself."""
    while hasattr(view.__wrapped__, "yaojian_permission"):
        view = view.__wrapped__
    return view


@pytest.mark.parametrize(("path", "pattern"), PAGES, ids=[path or "/" for path, _pattern in PAGES])
def test_page_against_every_role(
    path: str, pattern: URLPattern, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    declared = pattern.callback.yaojian_permission  # type: ignore[attr-defined]
    url = address(path)
    if declared == PUBLIC:
        for method in ("GET", "POST"):
            for role in (None, Role.GUEST, Role.CHIEF):
                assert house.ask(method, url, role, changes=True).status_code not in (401, 403), url
        return
    allowed = [role for role in Role if declared in ROLE_PERMISSIONS[role]]
    for method in ("GET", "POST"):
        stranger = house.ask(method, url)
        assert stranger.status_code in (302, 405), (url, method)
        if stranger.status_code == 302:
            assert stranger["Location"].startswith("/sign-in/")
    for role in representatives(allowed):
        for method in ("GET", "POST"):
            answer = house.ask(method, url, role, changes=True)
            assert answer.status_code in ANSWERS_TO_THE_ALLOWED, (url, method, role, answer.status_code)
            if answer.status_code == 302:
                assert not answer["Location"].startswith("/sign-in/"), (url, method, role)
    # Every role before the guard, through the whole stack, with an empty page behind it.
    monkeypatch.setattr(
        guard_of(pattern.callback), "__wrapped__", lambda request, **_: HttpResponse(status=204)
    )
    for role in Role:
        statuses = {house.ask(method, url, role).status_code for method in ("GET", "POST")} - {405}
        assert statuses == ({204} if role in allowed else {403}), (url, role, statuses)


def test_api_against_every_role(house: House) -> None:
    operations = api_operations()
    assert operations
    for method, url, permission in operations:
        answer = house.ask(method, url)
        assert answer.status_code == 401, url
        assert answer["Content-Type"] == "application/problem+json"
        allowed = [role for role in Role if permission in ROLE_PERMISSIONS[role]]
        shown = representatives(allowed)
        for role in Role:
            if role in shown:
                status = house.ask(method, url, role, changes=True).status_code
                assert status in ANSWERS_TO_THE_ALLOWED, (url, role, status)
            elif role not in allowed:
                assert house.ask(method, url, role).status_code == 403, (url, role)


def test_sessions_of_all_roles_lead_to_their_own_actor(db: None) -> None:
    """The matrix puts people on requests; here they come by their sessions."""
    organ = register_organ(code="x", name="测试局", level=Level.COUNTY, territories=["652301"])
    for role in Role:
        last = date(2099, 12, 31) if role is Role.GUEST else None
        user = post_person(
            username=role.value,
            display_name=role.value,
            organ=organ,
            role=role,
            valid_from=date(2020, 1, 1),
            valid_to=last,
        )
        client = Client()
        client.force_login(user)
        answer = client.get("/journal/")
        assert answer.wsgi_request.actor.role is role  # type: ignore[attr-defined]
        assert answer.status_code == (200 if Permission.JOURNAL_VIEW in ROLE_PERMISSIONS[role] else 403)


def test_a_person_without_posting_is_refused(db: None) -> None:
    user = User.objects.create_user("nobody", None, display_name="无任职")
    client = Client()
    client.force_login(user)
    assert client.get("/").status_code == 403


def test_a_role_decides_through_its_permissions_alone() -> None:
    """No code asks who somebody is; it asks what they may. Only the giving of postings knows roles."""
    asking = []
    for path in (ROOT / "src" / "yaojian").rglob("*.py"):
        if {"tests", "migrations"} & set(path.parts):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Compare):
                # A role's name looked up in data (a setting, a rule's approvers) is for the data to say.
                sides = [ast.unparse(side) for side in (node.left, *node.comparators)]
                if isinstance(node.ops[0], ast.In) and sides[0].endswith(".role.value"):
                    continue
                if any(re.search(r"\b(actor|by)\.role\b", side) for side in sides):
                    asking.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    for path in (ROOT / "src" / "yaojian").rglob("*.html"):
        if re.search(r"\{%\s*if[^%]*actor\.role\b", path.read_text(encoding="utf-8")):
            asking.append(str(path.relative_to(ROOT)))
    assert asking == []


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
