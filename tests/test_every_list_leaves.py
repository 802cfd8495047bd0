"""Every page that pages through rows gives them as a file, in the order and with the filters of the page.

A page is known by what it does: while it was made somebody asked a `Paginator` for a page. So a new list
without an export fails here, whatever its template looks like.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.core.paginator import Paginator
from django.test import Client

from tests.foreign_world import Foreign, make_foreign
from tests.test_foreign_jurisdiction import PASSED_OVER, addresses
from tests.test_permission_matrix import PAGES
from yaojian.config.reference_packs import load_reference_packs
from yaojian.foundation.accounts.contracts import ROLE_PERMISSIONS, Permission
from yaojian.foundation.accounts.facade import Organ, Role, post_person
from yaojian.foundation.accounts.models import User
from yaojian.foundation.accounts.web.access import PUBLIC
from yaojian.foundation.ledger.facade import Act
from yaojian.oversight.mandates.facade import refresh_duties
from yaojian.oversight.plans.facade import load_packs
from yaojian.oversight.plans.models import Figure

NO_LISTS = {
    "/inspections/open/": "a step of a form: the subject to inspect is looked for, the register is elsewhere",
    "/developers/design/": "samples of components",
}
TAB = re.compile(r'href="(\?(?:view|show|state)=[\w-]+)[#"]')


@pytest.fixture
def world(db: None, settings: Any) -> Foreign:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    found = make_foreign()
    load_reference_packs()
    load_packs()
    refresh_duties()
    coverage = Figure.objects.filter(computable=True, formula__shape="coverage", same_as="")
    organ = Organ.objects.get(pk=found.objects["organ_id"][0])
    plan_organ = coverage.first().row.plan.organ
    organ.territories, plan_organ.territories = ["652325"], ["6523"]
    organ.save()
    plan_organ.save()
    found.objects["key"] = [coverage.filter(row__plan__organ=plan_organ).first().key]
    found.objects["code"] = [plan_organ.code]
    return found


@pytest.fixture
def people(world: Foreign) -> dict[Role, User]:
    """A person of every role in the county of the world."""
    organ = Organ.objects.get(pk=world.objects["organ_id"][0])
    return {
        role: post_person(
            username=f"list-{role.value}",
            display_name=role.value,
            organ=organ,
            role=role,
            valid_from=date(2020, 1, 1),
            valid_to=date(2099, 1, 1) if role is Role.GUEST else None,
        )
        for role in Role
    }


def pages(world: Foreign) -> Iterator[tuple[str, str]]:
    """Permission and address of every page that can be looked at."""
    for path, pattern in PAGES:
        permission = pattern.callback.yaojian_permission  # type: ignore[attr-defined]
        if permission != PUBLIC and not path.startswith(PASSED_OVER):
            yield str(permission), next(addresses(path, world))


def lists_without_a_way_out(client: Client, url: str, counted: list[object]) -> list[str]:
    """The views of a page, itself and its tabs, that page through rows and do not give them as a file."""
    faults, waiting, seen = [], [url], {url}
    while waiting:
        view = waiting.pop()
        counted.clear()
        page = client.get(view)
        if page.status_code != 200 or "html" not in page["Content-Type"]:
            continue
        text, pages_through = page.content.decode(), bool(counted)
        for tab in TAB.findall(text):
            if (address := f"{url}{tab}") not in seen:
                seen.add(address)
                waiting.append(address)
        if not pages_through:
            continue
        acts = Act.objects.filter(kind="list.exported").count()
        file = client.get(view, {**_query(view), "export": "csv"})
        if "text/csv" not in file["Content-Type"]:
            faults.append(f"{view}: ?export=csv answers {file.status_code} {file['Content-Type']}")
            continue
        rows = b"".join(file.streaming_content).count(b"\r\n") - 1  # type: ignore[attr-defined]
        if Act.objects.filter(kind="list.exported").count() != acts + 1:
            faults.append(f"{view}: no act of the export")
        if (rows > 0) != ("export=csv" in text):
            faults.append(f"{view}: {rows} rows, and the menu says otherwise")
    return faults


def _query(view: str) -> dict[str, str]:
    return dict(part.split("=", 1) for part in view.partition("?")[2].split("&") if part)


def test_every_page_of_rows_gives_them_as_a_file(
    world: Foreign, people: dict[Role, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[object] = []
    get_page = Paginator.get_page

    def counting(self: Any, number: Any) -> Any:
        counted.append(self)
        return get_page(self, number)

    monkeypatch.setattr(Paginator, "get_page", counting)
    faults = []
    for permission, url in sorted(set(pages(world))):
        if url in NO_LISTS:
            continue
        able = [role for role in Role if {permission, Permission.REGISTER_EXPORT} <= ROLE_PERMISSIONS[role]]
        assert able, f"{url}: nobody may open it and take lists out"
        client = Client(raise_request_exception=False)
        client.force_login(people[able[0]])
        faults += lists_without_a_way_out(client, url, counted)
    assert faults == []
