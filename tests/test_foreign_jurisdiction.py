"""Every role against every route and object of a foreign jurisdiction: nothing is read, nothing changes.

A role without a route's permission is refused before the route looks at anything; the permission matrix shows
that for every role and route. Here every role attacks what its permissions let it open.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from itertools import product
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client

from tests.foreign_world import EVERYBODYS, MARK, Foreign, make_foreign
from tests.test_architecture import routes
from yaojian.config.api import api
from yaojian.foundation.accounts.contracts import ROLE_PERMISSIONS
from yaojian.foundation.accounts.facade import Level, Role, post_person, register_organ
from yaojian.foundation.accounts.models import User
from yaojian.foundation.accounts.web.access import PUBLIC
from yaojian.foundation.ledger.facade import Act

PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>|\{(?:\w+:)?(\w+)\}")
# The API is taken from its own table; what the public may read is no secret; signing out ends the attack.
PASSED_OVER = ("api/", "public/", "sign-out", "sign-in")
# What a request of one's own may leave behind, and what a stranger's must not touch is looked at by row.
OWN_TRACES = {
    "django_session",
    "accounts_signinsession",
    "accounts_accessdenial",
    "ledger_act",
    "procrastinate_jobs",
    "procrastinate_events",
    "procrastinate_periodic_defers",
}
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


@pytest.fixture
def attackers(foreign: Foreign) -> dict[Role, User]:
    """A person of every role in the county next door, of the same province's tree."""
    organ = register_organ(
        code="attack", name="邻县市场监督管理局", level=Level.COUNTY, territories=["654301"]
    )
    return {
        role: post_person(
            username=f"attack-{role.value}",
            display_name=role.value,
            organ=organ,
            role=role,
            valid_from=date(2020, 1, 1),
            valid_to=date(2099, 1, 1) if role is Role.GUEST else None,
        )
        for role in Role
    }


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


def snapshot(mine: set[int]) -> dict[str, dict[Any, str]]:
    """All rows of all tables but the traces of a request and the attackers' own accounts, as text."""
    rows: dict[str, dict[Any, str]] = {}
    with connection.cursor() as cursor:
        for model in apps.get_models():
            table = model._meta.db_table
            if not model._meta.managed or table in OWN_TRACES or table.startswith("procrastinate"):
                continue
            key = model._meta.pk.column
            cursor.execute(f'SELECT t."{key}", t::text FROM "{table}" t')
            own = mine if table == "accounts_user" else set()
            rows[table] = {pk: text for pk, text in cursor.fetchall() if pk not in own}
    return rows


def test_nothing_is_read_and_nothing_changes(foreign: Foreign, attackers: dict[Role, User]) -> None:
    urls, body = all_addresses(foreign), body_for(foreign)
    mine = {user.pk for user in attackers.values()}
    before, last_act = snapshot(mine), _last_act()
    files = set(Act.objects.exclude(file_id=None).values_list("file_kind", "file_id"))
    leaks: list[str] = []
    for role, user in attackers.items():
        client = Client(raise_request_exception=False)
        client.force_login(user)
        may = {PUBLIC, *map(str, ROLE_PERMISSIONS[role])}
        for url in [url for permission, url in urls if permission in may]:
            for method in ("get", "post"):
                answer = getattr(client, method)(url, body if method == "post" else None)
                if answer.status_code >= 500:
                    leaks.append(f"{role.value} {method} {url}: {answer.status_code} {answer.exc_info}")
                text = b"".join(answer.streaming_content) if answer.streaming else answer.content
                if MARK.encode() in text or MARK in str(answer.headers):
                    leaks.append(f"{role.value} {method} {url}: {answer.status_code}")
    assert leaks == []
    _nothing_changed(before, snapshot(mine))
    assert _acts_about(foreign, files, last_act) == []


def _nothing_changed(before: dict[str, dict[Any, str]], after: dict[str, dict[Any, str]]) -> None:
    changed = [
        (table, key)
        for table, rows in before.items()
        for key, text in rows.items()
        if after[table].get(key) != text
    ]
    assert changed == []
    added = [
        (table, key)
        for table, rows in after.items()
        for key, text in rows.items()
        if key not in before[table] and MARK in text
    ]
    assert added == []


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
