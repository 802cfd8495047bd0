"""Every role against every route and object of a foreign jurisdiction: nothing is read, nothing changes.

A role without a route's permission is refused before the route looks at anything; the permission matrix
shows that for every role and route. Here every set of permissions attacks what it lets one open, from the
county next door under the same prefecture; the strongest also from afar, from an organ to which the
register's entries are open, and after a move away.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from tests.foreign_attack import (
    STRONGEST,
    Attacker,
    assert_nothing_changed,
    foreign_keys,
    make_attackers,
    picture,
)
from tests.foreign_world import EVERYBODYS, Foreign, make_foreign
from tests.test_architecture import routes
from yaojian.config.api import api
from yaojian.foundation.accounts.contracts import ROLE_PERMISSIONS, Permission
from yaojian.foundation.accounts.web.access import PUBLIC
from yaojian.foundation.ledger.facade import Act
from yaojian.registers.enterprises.models import Subject

PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>|\{(?:\w+:)?(\w+)\}")
# The API is taken from its own table; what the public may read is no secret; signing out ends the attack.
PASSED_OVER = ("api/", "public/", "sign-out", "sign-in")
FORM = {
    "reason": "攻击",
    "note": "攻击",
    "text": "攻击",
    "purpose": "攻击",
    "name": "攻击",
    "report": "攻击",
    "summary": "攻击",
    "effective_on": "2026-11-22",
    "day": "2026-11-22",
    "until": "2026-12-22",
    "amount": "1",
    "confirm": "yes",
}


@pytest.fixture
def foreign(db: None) -> Foreign:
    return make_foreign()


def addresses(path: str, foreign: Foreign) -> Iterator[str]:
    """The addresses of a route with every combination of the foreign objects it can name."""
    known = foreign.objects | EVERYBODYS
    names = [found[1] or found[2] for found in PARAMETER.finditer(path)]
    unknown = [name for name in names if name not in known]
    assert not unknown, f"{path}: put an object for {unknown} into tests/foreign_world.py"
    for values in product(*(known[name] for name in names)):
        named = path
        for value in values:
            named = PARAMETER.sub(str(value), named, count=1)
        yield "/" + named.lstrip("/")


def all_addresses(foreign: Foreign) -> list[tuple[str, str]]:
    """Permission and address of every page and API operation, once for each foreign object it can name."""
    found = [
        (str(view.callback.yaojian_permission), url)  # type: ignore[attr-defined]
        for path, view in routes()
        if not path.startswith(PASSED_OVER)
        for url in addresses(path, foreign)
    ]
    for prefix, router in api._routers:
        for path, operations in router.path_operations.items():
            for operation in operations.operations:
                permission = str(operation.auth_callbacks[0].permission)
                found += [(permission, url) for url in addresses(f"api/v1{prefix}{path}", foreign)]
    return sorted(set(found))


def body_for(foreign: Foreign) -> dict[str, Any]:
    """What an attacker sends along: the keys of foreign things under every name that forms use."""
    subject, item, person = (foreign.objects[name][0] for name in ("subject_id", "item_id", "person_id"))
    victim = foreign.people[0].pk
    return {
        **FORM,
        "subject": subject,
        "subject_id": subject,
        "survivor": subject,
        "item": item,
        "items": item,
        "person": person,
        "user": victim,
        "officer": victim,
        "assignee": victim,
        "deputy": victim,
        "successor": victim,
        "to": victim,
        "organ": min(foreign.organ_ids),
        "responsible_organ": min(foreign.organ_ids),
        "document": foreign.objects["document_id"][0],
        "replaces": foreign.objects["document_id"][0],
    }


def rows_for(foreign: Foreign) -> dict[str, Any]:
    """What an attacker sends to the API: an entry under a foreign subject's code."""
    code = Subject.objects.get(pk=foreign.objects["subject_id"][0]).code
    row = {"code": code, "name": "攻击药店", "subject_type": "clinic", "responsible_organ": "attack"}
    row |= {"division_code": "652301", "opened_on": "2020-01-01"}
    return {"target": "subjects", "rows": [row]}


def distinct(attackers: list[Attacker]) -> list[Attacker]:
    """The attackers, with one of those who may do the same in the same organ."""
    kinds = {(one.organ.pk, ROLE_PERMISSIONS[one.role], one.name == "moved"): one for one in attackers}
    return list(kinds.values())


def attack(client: Client, method: str, url: str, foreign: Foreign) -> Any:
    """One request as a page's form or a system would send it."""
    if method == "get":
        return client.get(url)
    if not url.startswith("/api/"):
        return client.post(url, body_for(foreign))
    key = {"Idempotency-Key": str(uuid4())}
    return client.post(url, rows_for(foreign), content_type="application/json", headers=key)


def test_the_strongest_roles_hold_every_permission() -> None:
    assert frozenset[Permission]().union(*(ROLE_PERMISSIONS[role] for role in STRONGEST)) == set(Permission)


@pytest.mark.slow
def test_nothing_is_read_and_nothing_changes(foreign: Foreign) -> None:
    keys, urls = foreign_keys(foreign), all_addresses(foreign)
    attackers = make_attackers(foreign)
    before, last_act = picture(keys, attackers), _last_act()
    files = set(Act.objects.exclude(file_id=None).values_list("file_kind", "file_id"))
    leaks: list[str] = []
    for attacker in distinct(attackers):
        client = Client(raise_request_exception=False)
        client.force_login(attacker.user)
        may = {PUBLIC, *map(str, ROLE_PERMISSIONS[attacker.role])}
        for url in [url for permission, url in urls if permission in may]:
            for method in ("get", "post"):
                answer = attack(client, method, url, foreign)
                if answer.status_code >= 500:
                    leaks.append(f"{attacker.name} {method} {url}: {answer.status_code} {answer.exc_info}")
                if attacker.leaks(answer):
                    leaks.append(f"{attacker.name} {method} {url}: {answer.status_code}")
    assert not leaks, "\n".join(leaks)
    assert_nothing_changed(before, attackers)
    assert _acts_about(foreign, files, last_act) == []


def _last_act() -> int:
    return Act.objects.order_by("-pk").values_list("pk", flat=True)[0]


def _acts_about(foreign: Foreign, files: set[tuple[str, int | None]], after: int) -> list[tuple[str, str]]:
    """Acts recorded since about the foreign subjects, files or organs."""
    return [
        (act.kind, act.actor_name)
        for act in Act.objects.filter(pk__gt=after)
        if act.subject_id in foreign.subject_ids
        or (act.file_kind, act.file_id) in files
        or act.organ_id in foreign.organ_ids
    ]
