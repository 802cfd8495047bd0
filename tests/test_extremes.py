"""No value that somebody can type into an address or a form breaks a page: every route, every parameter.

The parameters are not listed here: they are those that the views ask for when they run. A run tries a few
extremes for each parameter, picked by a seed that it prints; TRY_ALL_EXTREMES=1 tries every one.
"""

from __future__ import annotations

import os
import random
import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.core.cache import cache
from django.db import transaction
from django.http import QueryDict
from django.test import Client

from tests.foreign_world import Foreign, make_foreign
from tests.test_foreign_jurisdiction import addresses, body_for
from tests.test_permission_matrix import PAGES, api_operations
from yaojian.casework.inspections import actions
from yaojian.casework.inspections.contracts import Conclusion, InspectionKind, Severity
from yaojian.casework.inspections.models import Inspection
from yaojian.config.reference_packs import load_reference_packs
from yaojian.foundation.accounts.contracts import ROLE_PERMISSIONS
from yaojian.foundation.accounts.facade import Actor, Role, actor_of, post_person
from yaojian.foundation.accounts.models import User
from yaojian.foundation.timekeeping import today
from yaojian.oversight.mandates.facade import refresh_duties
from yaojian.oversight.plans.facade import load_packs
from yaojian.registers.enterprises.facade import Subject, SubjectEntry
from yaojian.registers.enterprises.tests.factories import registered

EXTREMES = [
    "\0",
    "好" * 5000,
    "9" * 5000,
    "😀",
    str(10**30),
    "-1",
    "9999-12-31",
    "0001-01-01",
    "9999-12-31T23:59",
    "%",
]
EVERYTHING = os.environ.get("TRY_ALL_EXTREMES") == "1"
TRIED_PER_NAME = {"get": 2, "post": 1} if not EVERYTHING else dict.fromkeys(("get", "post"), len(EXTREMES))
# Who signs out has no session left to ask with.
PASSED_OVER = ("api/", "sign-out")
NUMBER = re.compile(r"<int:\w+>")
ROUTES = [(path, pattern) for path, pattern in PAGES if not path.startswith(PASSED_OVER)]


@dataclass
class Stage:
    """A jurisdiction with a thing of every kind, people of every role in it, an inspection in every state."""

    world: Foreign
    people: dict[Role, User]
    inspections: dict[str, Inspection]
    asked: set[str] = field(default_factory=set)

    def client(self, permission: str) -> Client:
        """Signed in as a person of a role that may."""
        client = Client(raise_request_exception=False)
        able = [role for role in Role if permission in map(str, ROLE_PERMISSIONS[role])]
        client.force_login(self.people[able[0] if able else Role.CHIEF])
        return client

    def address(self, path: str, state: str) -> str:
        """The route with things that exist in the place of its parameters."""
        named = path.replace("<int:inspection_id>", str(self.inspections[state].pk))
        return next(addresses(named, self.world))


@pytest.fixture
def stage(db: None, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Stage:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    world = make_foreign()
    load_reference_packs()
    load_packs()
    refresh_duties()
    lead, _chief, second, *_others = world.people
    by = actor_of(lead)
    assert by is not None
    organ = Subject.objects.get(pk=world.objects["subject_id"][0]).responsible_organ
    people = {
        role: post_person(
            username=f"extreme-{role.value}",
            display_name=role.value,
            organ=organ,
            role=role,
            valid_from=date(2020, 1, 1),
            valid_to=date(2099, 1, 1) if role is Role.GUEST else None,
        )
        for role in Role
    }
    shops = registered(*(a_shop(n, organ.code) for n in range(len(STATES))))
    made = {
        state: make(by, shop, second.pk) for (state, make), shop in zip(STATES.items(), shops, strict=True)
    }
    found = Stage(world, people, made)
    for name in ("get", "getlist", "__getitem__", "__contains__"):
        monkeypatch.setattr(QueryDict, name, recorder(getattr(QueryDict, name), found.asked))
    return found


def a_shop(number: int, organ: str) -> SubjectEntry:
    return SubjectEntry(
        code=f"6523250001{number:02}",
        name=f"大药房{number}",
        subject_type="single_pharmacy",
        responsible_organ=organ,
        division_code="652325100",
        opened_on=date(2019, 5, 1),
    )


def recorder(read: Any, asked: set[str]) -> Any:
    """`read`, which also notes the name that is asked for."""

    def noting(query: QueryDict, name: str, *rest: Any) -> Any:
        if query:  # an empty one belongs to the method that is not tried
            asked.add(name)
        return read(query, name, *rest)

    return noting


def planned(by: Actor, subject: Subject, second: int) -> Inspection:
    return actions.open_inspection(
        by=by,
        subject_id=subject.pk,
        kind=InspectionKind.ROUTINE,
        officer_ids=[by.user_id, second],
        lead_id=by.user_id,
    )


def on_site(by: Actor, subject: Subject, second: int) -> Inspection:
    inspection = planned(by, subject, second)
    actions.start_inspection(by=by, inspection_id=inspection.pk)
    actions.record_finding(by=by, inspection_id=inspection.pk, severity=Severity.MAJOR, description="过期")
    return inspection


def rectifying(by: Actor, subject: Subject, second: int) -> Inspection:
    inspection = on_site(by, subject, second)
    return actions.conclude_inspection(
        by=by, inspection_id=inspection.pk, conclusion=Conclusion.RECTIFY, rectify_by=today()
    )


def submitted(by: Actor, subject: Subject, second: int) -> Inspection:
    inspection = rectifying(by, subject, second)
    return actions.submit_rectification(by=by, inspection_id=inspection.pk, report="已整改")


STATES = {"planned": planned, "on_site": on_site, "rectifying": rectifying, "submitted": submitted}
STATE_OF_STEP = {
    "finding/": "on_site",
    "conclude/": "on_site",
    "submit/": "rectifying",
    "verify/": "submitted",
    "return/": "submitted",
}


def plain(stage: Stage) -> dict[str, Any]:
    """Values that are in order, for the fields of the forms."""
    lead, _chief, second, *_others = stage.world.people
    return {
        **body_for(stage.world),
        "officers": [lead.pk, second.pk],
        "lead": lead.pk,
        "kind": "routine",
        "severity": "major",
        "description": "过期",
        "conclusion": "rectify",
        "rectify_by": today().isoformat(),
        "report": "已整改",
        "reason": "缺",
        "username": "chief",
        "password": "x",
        "language": "en",
    }


def broken_by(stage: Stage, method: str, url: str, permission: str, dice: random.Random) -> list[str]:
    """The parameters with which a route answers 500, after every one it asks for was tried."""
    client = stage.client(permission)
    subject = stage.world.objects["subject_id"][0]
    others = plain(stage) if method == "post" else {"subject": subject}
    found: list[str] = []
    tried: set[str] = {"csrfmiddlewaretoken"}
    stage.asked.clear()

    def ask(data: dict[str, Any], note: str) -> None:
        with transaction.atomic():
            answer = getattr(client, method)(url, data)
            transaction.set_rollback(True)
        if answer.status_code >= 500:
            found.append(f"{method} {url} {note}: {answer.status_code} {answer.exc_info}")

    ask({}, "without any")
    ask(others, "with values in order")
    while names := stage.asked - tried:
        name = min(names)
        tried.add(name)
        for extreme in dice.sample(EXTREMES, TRIED_PER_NAME[method]):
            ask({**others, name: extreme}, f"{name}={extreme[:20]!r}")
    return found


@pytest.mark.slow
@pytest.mark.parametrize("method", ["get", "post"])
def test_no_value_breaks_a_page(method: str, stage: Stage) -> None:
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}, {TRIED_PER_NAME[method]} extremes for each parameter")
    dice, found = random.Random(seed), list[str]()
    for path, pattern in ROUTES:
        permission = str(pattern.callback.yaojian_permission)  # type: ignore[attr-defined]
        state = next((state for step, state in STATE_OF_STEP.items() if path.endswith(step)), "planned")
        found += broken_by(stage, method, stage.address(path, state), permission, dice)
    assert found == []


def test_no_value_breaks_the_api(stage: Stage) -> None:
    from yaojian.config.api import api

    described = api.get_openapi_schema()["paths"]
    parameters = {
        path: [p["name"] for p in operation["get"].get("parameters", []) if p["in"] == "query"]
        for path, operation in described.items()
        if "get" in operation
    }
    assert len(parameters) == sum(method == "GET" for method, _url, _permission in api_operations())
    client, found = stage.client("journal.view"), []
    for path, names in parameters.items():
        url = path.replace("{subject_id}", str(stage.world.objects["subject_id"][0]))
        url = url.replace("{code}", "changji").replace("{uid}", str(UUID(int=7)))
        cache.clear()  # each operation has the whole minute's requests to itself
        for name in names:
            for extreme in EXTREMES:
                with transaction.atomic():
                    status = client.get(url, {name: extreme}).status_code
                    transaction.set_rollback(True)
                if status >= 500:
                    found.append(f"{url}?{name}={extreme[:20]!r}: {status}")
    assert found == []


@pytest.mark.parametrize("extreme", ["9" * 5000, str(10**30), str(2**63), "0"])
def test_no_key_in_an_address_breaks_a_page(extreme: str, stage: Stage) -> None:
    """Every route with a number in its address: too long, too large for the column, and none."""
    found = []
    for path, pattern in ROUTES:
        if "<int:" in path:
            client = stage.client(str(pattern.callback.yaojian_permission))  # type: ignore[attr-defined]
            url = stage.address(NUMBER.sub(extreme, path), "planned")
            answer = client.get(url, follow=True)  # what only takes forms leads to the page with the form
            if answer.status_code not in (404, 405, 422):
                found.append(f"{url[:80]}: {answer.status_code} {answer.redirect_chain[-1:]}")
    assert found == []
