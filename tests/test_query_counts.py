"""No list, file, search or worklist asks the database more than fifteen questions, whatever it shows.

Every page of the registers and of the workbench, with a county of a dozen shops that each have a licence, a
product, a pharmacist and something to do; whoever looks takes part in an agreement, which costs the most.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.foreign_world import Foreign, make_foreign
from tests.test_extremes import a_shop
from tests.test_foreign_jurisdiction import addresses
from tests.test_permission_matrix import PAGES
from yaojian.config.reference_packs import load_reference_packs
from yaojian.doors.backoffice.web.subject_tabs import TABS
from yaojian.foundation.accounts.contracts import ROLE_PERMISSIONS
from yaojian.foundation.accounts.facade import Actor, Organ, Role, actor_of, post_person
from yaojian.foundation.timekeeping import now, today
from yaojian.foundation.worklist.facade import WorkItem, open_items
from yaojian.registers.enterprises.facade import Subject
from yaojian.registers.enterprises.tests.factories import registered
from yaojian.registers.licences.facade import LicenceEntry, refresh_expiry, register_licences
from yaojian.registers.people.tests import factories as people
from yaojian.registers.products.facade import ProductEntry, register_products
from yaojian.registers.products.tests.factories import gtin

MOST = 15
SHOPS = 12
ROOMS = ("", "subjects/", "licences/", "products/", "people/", "jurisdiction/", "work/", "imports/")
"""The beginnings of the addresses that are measured; the empty one is the workbench alone."""
NO_PAGES = ("/documents/", "/export", "/download", "/errors", "/progress")
THEN = "as_of=2026-11-01"
ASKED: dict[str, tuple[str, ...]] = {
    "": ("whose=all", "whose=organ", "q=大药房"),
    "subjects/": ("whose=area", "whose=area&q=大药", f"whose=area&{THEN}", "whose=area&type=single_pharmacy"),
    "subjects/<int:subject_id>/": (*(f"view={tab}" for tab in TABS), f"view=licences&{THEN}"),
    "subjects/map/": ("whose=area",),
    "subjects/near/": ("lat=44.0&lon=89.6&radius=20000",),
    "licences/": ("whose=area", "whose=area&q=新DB", "whose=area&q=大药房", f"whose=area&{THEN}"),
    "licences/<int:licence_id>/": (THEN,),
    "products/": ("whose=area", "q=颗粒", f"whose=area&{THEN}", "whose=area&flag=new"),
    "products/<int:product_id>/": (THEN,),
    "people/": ("role=pharmacist", "q=药师", "state=expiring", "state=suspected", THEN),
    "people/<int:person_id>/": ("view=timeline", "view=documents", THEN),
    "jurisdiction/subjects/<int:subject_id>/": (THEN,),
}
"""What else is asked of a page than its address alone."""


def fill(foreign: Foreign, registrar: Actor, organ: Organ) -> None:
    """A dozen shops, each with a licence that ends soon, a product, a pharmacist, and something to do."""
    day = today()
    shops = registered(*(a_shop(n, organ.code) for n in range(SHOPS)))
    licences = [
        LicenceEntry(
            kind="drug_retail",
            number=f"新DB9941002{n:02}",
            subject=shop.code,
            issued_on=day - timedelta(days=5 * 365 - 100),
            expires_on=day + timedelta(days=100),
            holder_name=shop.name,
            premises="某街",
        )
        for n, shop in enumerate(shops)
    ]
    products = [
        ProductEntry(
            kind="drug",
            approval_no=f"国药准字Z202103{n:02}",
            name=f"某颗粒{n}",
            approved_on=date(2021, 6, 1),
            expires_on=date(2027, 5, 31),
            holder=shop.code,
            producers=tuple(shop.code for shop in shops[:3]),
            codes=(("gtin", gtin(n)),),
        )
        for n, shop in enumerate(shops)
    ]
    for outcome in (
        *register_licences(licences, by=registrar, effective_on=day, batch=None),
        *register_products(products, by=registrar, effective_on=day, batch=None),
    ):
        assert outcome.change == "new", outcome.errors
    shop = Subject.objects.get(pk=foreign.objects["subject_id"][0])
    for n in range(20, 20 + SHOPS):
        people.enter(registrar, people.an_entry(n, people.registration(shop.code, n), name=f"药师{n}"))
    refresh_expiry()
    open_items([a_duty(shop, n) for n in range(SHOPS)])


def a_duty(shop: Subject, n: int) -> WorkItem:
    return WorkItem(
        kind="inspection.due",
        organ_id=shop.responsible_organ_id,
        subject_id=shop.pk,
        subject_name=shop.name,
        division_code=shop.division_code,
        due_on=today(),
        reason="年度检查",
        origin_kind="test",
        origin_key=str(n),
        opened_at=now(),
    )


def measured(world: Foreign) -> list[tuple[str, str]]:
    """Permission and address of every page of the rooms, with what is asked of it."""
    found = []
    for path, pattern in PAGES:
        room = path.split("/")[0] + "/" if path else ""
        if room not in ROOMS or path.endswith(NO_PAGES):
            continue
        permission = str(pattern.callback.yaojian_permission)  # type: ignore[attr-defined]
        address = next(addresses(path, world))
        found += [(permission, address), *((permission, f"{address}?{more}") for more in ASKED.get(path, ()))]
    return found


@pytest.fixture
def onlookers(db: None, settings: Any) -> tuple[Foreign, dict[Role, Client]]:
    """The county filled, and a browser of every role in the prefecture above it."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    world = make_foreign()
    load_reference_packs()
    registrar = next(user for user in world.people if user.username == "foreign-registrar")
    by = actor_of(registrar)
    assert by is not None
    county = Organ.objects.get(pk=by.organ_id)
    fill(world, by, county)
    browsers = {}
    for role in (Role.CHIEF, Role.REGISTRAR, Role.ADMINISTRATOR, Role.INSPECTOR):
        user = post_person(
            username=f"counting-{role.value}",
            display_name=role.value,
            organ=county.parent or county,
            role=role,
            valid_from=date(2020, 1, 1),
        )
        browsers[role] = Client()
        browsers[role].force_login(user)
    return world, browsers


def test_no_page_asks_more_than_fifteen_questions(onlookers: tuple[Foreign, dict[Role, Client]]) -> None:
    world, browsers = onlookers
    counted, shown = {}, 0
    for permission, address in measured(world):
        able = [role for role in browsers if permission in map(str, ROLE_PERMISSIONS[role])]
        assert able, f"{address}: give {permission} to one of the onlookers"
        client = browsers[able[0]]
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(address)
        shown += answer.status_code == 200
        if len(captured) > MOST:
            counted[address] = (len(captured), [query["sql"][:200] for query in captured])
    assert shown > 60
    report = "\n".join(
        f"{address} {count}\n  " + "\n  ".join(queries) for address, (count, queries) in counted.items()
    )
    assert not counted, report
