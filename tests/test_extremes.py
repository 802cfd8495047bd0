"""No value that somebody can type into an address or a form breaks a page: every route, every parameter.

The parameters are not listed here: they are those that the views ask for when they run.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.cache import cache
from django.db import transaction
from django.http import QueryDict
from django.test import Client

from tests.test_permission_matrix import PAGES, api_operations
from yaojian.casework.inspections import actions
from yaojian.casework.inspections.contracts import Conclusion, InspectionKind, Severity
from yaojian.casework.inspections.models import Inspection
from yaojian.config.reference_packs import load_reference_packs
from yaojian.doors.backoffice.tests.factories import (
    Region,
    days_from_now,
    make_item,
    make_region,
    make_subject,
    opened,
    registered,
)
from yaojian.foundation.accounts.facade import Role, actor_of, post_person
from yaojian.foundation.ledger.facade import Act
from yaojian.foundation.timekeeping import today
from yaojian.foundation.worklist.facade import WorkItem
from yaojian.oversight.plans.facade import load_packs
from yaojian.registers.enterprises.facade import Subject

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

# Rooms whose forms take free text from everybody; the registers have tests of bad values of their own.
FIXED_FORMS = [
    (path, pattern)
    for path, pattern in PAGES
    if path.startswith(("inspections/", "plans/", "journal/", "acts/"))
]


@dataclass
class Stage:
    """People who may do everything between them, and a thing of each kind."""

    region: Region
    item: WorkItem
    act: Act
    inspections: dict[str, Inspection]
    asked: set[str] = field(default_factory=set)

    def client(self, permission: str) -> Client:
        """Signed in as the chief of the prefecture, or as the administrator for what only they may."""
        client = Client(raise_request_exception=False)
        name = "administrator" if permission in ("design.view", "account.manage") else "chief"
        client.force_login(self.region.people[name])
        return client

    def address(self, path: str, state: str) -> str:
        """The route with things that exist in the place of its parameters."""
        samples = {
            "uid": self.act.uid,
            "inspection_id": self.inspections[state].pk,
            "subject_id": self.region.in_qitai.pk,
            "code": self.region.in_qitai.code if path.startswith("public") else "changji",
            "key": "002-S1",
            "document_id": 1,
        }
        others = {"int": 1, "uuid": self.act.uid, "str": "nothing", "slug": "nothing"}
        return "/" + re.sub(
            r"<(?:(\w+):)?(\w+)>",
            lambda found: str(samples.get(found[2], others[found[1] or "str"])),
            path,
        )


@pytest.fixture
def stage(db: None, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Stage:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    load_reference_packs()
    load_packs()
    region = make_region()
    second = post_person(
        username="second",
        display_name="第二人",
        organ=region.prefecture,
        role=Role.INSPECTOR,
        valid_from=today() - timedelta(days=9),
    )
    by = actor_of(region.people["chief"])
    assert by is not None
    shops = registered(*(make_subject(n, region.qitai) for n in range(10, 10 + len(STATES))))
    made = {
        state: make(by, shop, second.pk) for (state, make), shop in zip(STATES.items(), shops, strict=True)
    }
    [item] = opened(make_item(region.in_qitai, region.qitai, due=days_from_now(3)))[-1:]
    found = Stage(region, item, Act.objects.latest("pk"), made)
    for name in ("get", "getlist", "__getitem__", "__contains__"):
        monkeypatch.setattr(QueryDict, name, recorder(getattr(QueryDict, name), found.asked))
    return found


def recorder(read: Any, asked: set[str]) -> Any:
    """`read`, which also notes the name that is asked for."""

    def noting(query: QueryDict, name: str, *rest: Any) -> Any:
        asked.add(name)
        return read(query, name, *rest)

    return noting


def planned(by: Any, subject: Subject, second: int) -> Inspection:
    return actions.open_inspection(
        by=by,
        subject_id=subject.pk,
        kind=InspectionKind.ROUTINE,
        officer_ids=[by.user_id, second],
        lead_id=by.user_id,
    )


def on_site(by: Any, subject: Subject, second: int) -> Inspection:
    inspection = planned(by, subject, second)
    actions.start_inspection(by=by, inspection_id=inspection.pk)
    actions.record_finding(by=by, inspection_id=inspection.pk, severity=Severity.MAJOR, description="过期")
    return inspection


def rectifying(by: Any, subject: Subject, second: int) -> Inspection:
    inspection = on_site(by, subject, second)
    return actions.conclude_inspection(
        by=by, inspection_id=inspection.pk, conclusion=Conclusion.RECTIFY, rectify_by=today()
    )


def submitted(by: Any, subject: Subject, second: int) -> Inspection:
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
    """Values that are in order, for all fields of all forms."""
    chief = stage.region.people["chief"].pk
    return {
        "subject": stage.region.in_qitai.pk,
        "item": stage.item.pk,
        "officer": chief,
        "officers": [chief, stage.inspections["planned"].team.get(is_lead=False).officer_id],
        "lead": chief,
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


def broken_by(stage: Stage, method: str, url: str, permission: str) -> list[str]:
    """The parameters with which a route answers 500, after every one it asks for was tried."""
    client = stage.client(permission)
    others = plain(stage) if method == "post" else {"subject": stage.region.in_qitai.pk}
    found: list[str] = []
    tried: set[str] = {"csrfmiddlewaretoken"}
    stage.asked.clear()

    def ask(data: dict[str, Any], note: str) -> None:
        with transaction.atomic():
            status = getattr(client, method)(url, data).status_code
            transaction.set_rollback(True)
        if status >= 500:
            found.append(f"{method} {url} {note}: {status}")

    ask({}, "without any")
    ask(others, "with values in order")
    while names := stage.asked - tried:
        name = min(names)
        tried.add(name)
        for extreme in EXTREMES:
            ask({**others, name: extreme}, f"{name}={extreme[:20]!r}")
    return found


@pytest.mark.slow
@pytest.mark.parametrize("method", ["get", "post"])
def test_no_value_breaks_a_page(method: str, stage: Stage) -> None:
    found: list[str] = []
    for path, pattern in FIXED_FORMS:
        permission = str(pattern.callback.yaojian_permission)  # type: ignore[attr-defined]
        state = next((state for step, state in STATE_OF_STEP.items() if path.endswith(step)), "planned")
        found += broken_by(stage, method, stage.address(path, state), permission)
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
        url = path.replace("{subject_id}", str(stage.region.in_qitai.pk)).replace("{code}", "changji")
        url = url.replace("{uid}", str(UUID(int=7)))
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
    client = stage.client("")
    for path in ("inspections/{}/", "subjects/{}/", "inspections/{}/photos/{}/", "api/v1/subjects/{}"):
        assert client.get("/" + path.format(extreme, extreme)).status_code in (404, 422), path
