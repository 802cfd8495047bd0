"""What the scope of whoever asks adds: to whole pages, and to a bare query."""

from __future__ import annotations

import re
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.test import Client

from yaojian.bench.contracts import BenchFailed
from yaojian.bench.registers.pages import MEASURED
from yaojian.bench.registers.sizes import LEADER, OFFICER
from yaojian.casework.inspections.facade import inspections_visible_to, inspections_within
from yaojian.foundation.accounts.facade import Actor, actor_of, visible_q, width_q
from yaojian.foundation.kept.facade import forget
from yaojian.registers.enterprises.facade import Subject, subjects_visible_to
from yaojian.registers.licences.facade import Licence, licences_visible_to
from yaojian.registers.people.facade import Person, people_visible_to
from yaojian.registers.products.facade import Product, products_visible_to, products_within

ROUNDS = 31
MS_PER_S = 1000
SERVER = "127.0.0.1"
LISTS = frozenset(
    f"{whose}{name}"
    for whose in ("", "county.")
    for name in ("workbench", "subjects", "subjects.two_characters", "licences", "products", "inspections")
) | {"people"}
LINK = re.compile(r'href="(/[a-z]+/[0-9][^"]*)"')
Times = tuple[float, float]


def requests() -> dict[str, Times]:
    """Medians in ms of whole requests by turns: as they are, and with plain filters in place of the scope.

    The plain filters give the same rows: none for the leader, who sees everything, and the county's organ for
    the officer. Once with the counts that are kept, once (`….anew`) with everything counted again.
    """
    found = {}
    for username in (LEADER, OFFICER):
        client = Client()
        client.force_login(get_user_model().objects.get(username=username))
        plain = _plain_filters(username)
        for measured in MEASURED:
            if measured.username != username or measured.page.name not in LISTS:
                continue
            for name, before in ((measured.page.name, _nothing), (f"{measured.page.name}.anew", forget)):
                found[name] = _requests(client, measured.page.address, plain, before)
    return found


def _requests(client: Client, address: str, plain: Mapping[Any, Any], before: Callable[[], None]) -> Times:
    taken: tuple[list[float], list[float]] = ([], [])
    for one in range(ROUNDS + 1):
        shown = []
        for filters, times in zip(({}, plain), taken, strict=True):
            before()
            with _in_place_of(filters):
                began = time.perf_counter()
                answer = client.get(address, headers={"host": SERVER})
                seconds = time.perf_counter() - began
            if answer.status_code != 200:
                raise BenchFailed(f"{address}: status {answer.status_code}")
            shown.append(set(LINK.findall(answer.content.decode())))
            if one:  # the first fills what is kept
                times.append(seconds * MS_PER_S)
        if shown[0] != shown[1]:
            raise BenchFailed(f"{address} shows something else with plain filters: {shown[0] ^ shown[1]}")
    return statistics.median(taken[0]), statistics.median(taken[1])


def _nothing() -> None:
    return None


def _plain_filters(username: str) -> dict[Any, Any]:
    """What stands in for each function that decides what somebody sees."""

    def of_county(actor: Actor, organ_field: str) -> Q:
        return Q(**{f"{organ_field}_id": actor.organ_id}) if username == OFFICER else Q()

    def visible(actor: Actor, organ_field: str = "responsible_organ", *_more: Any, **_named: Any) -> Q:
        return of_county(actor, organ_field)

    def wide(
        actor: Actor, width: Any, organ_field: str = "responsible_organ", *_more: Any, **_named: Any
    ) -> Q:
        return of_county(actor, organ_field)

    def conducted(actor: Actor, *_more: Any, **_named: Any) -> QuerySet[Any]:
        found: QuerySet[Any] = apps.get_model("inspections", "Inspection")._default_manager.all()
        return found.filter(of_county(actor, "organ"))

    def people(actor: Actor) -> QuerySet[Any]:
        return Person.objects.filter(of_county(actor, "organ"))

    def products(actor: Actor, *_more: Any, **_named: Any) -> QuerySet[Any]:
        return Product.objects.filter(of_county(actor, "holder__responsible_organ"))

    return {
        visible_q: visible,
        width_q: wide,
        inspections_visible_to: conducted,
        inspections_within: conducted,
        people_visible_to: people,
        products_visible_to: products,
        products_within: products,
    }


@contextmanager
def _in_place_of(filters: Mapping[Any, Any]) -> Iterator[None]:
    """Every module of the product uses other functions instead of some."""
    places = [
        (module, name, value)
        for module in [module for key, module in sys.modules.items() if key.startswith("yaojian.")]
        for name, value in list(vars(module).items())
        if callable(value) and getattr(value, "__hash__", None) and value in filters
    ]
    for module, name, value in places:
        setattr(module, name, filters[value])
    try:
        yield
    finally:
        for module, name, value in places:
            setattr(module, name, value)


def queries() -> dict[str, Times]:
    """Medians in ms of bare queries by turns: scoped, and with the plain filter that gives the same rows."""
    found = {}
    for name, username in (("", LEADER), ("county.", OFFICER)):
        actor = actor_of(get_user_model().objects.get(username=username))
        if actor is None:
            raise BenchFailed(f"{username} has no posting")
        of_county = Q(organ=actor.organ_id) if username == OFFICER else Q()
        of_subjects = Q(responsible_organ=actor.organ_id) if username == OFFICER else Q()
        conducted = inspections_visible_to(actor)
        pairs: dict[str, tuple[QuerySet[Any], QuerySet[Any]]] = {
            "subjects": (subjects_visible_to(actor), Subject.objects.filter(of_subjects, merged_into=None)),
            "licences": (licences_visible_to(actor), Licence.objects.filter(of_county)),
            "inspections": (conducted, conducted.model._default_manager.filter(of_county)),
        }
        for register, (scoped, free) in pairs.items():
            if scoped.count() != free.count():
                raise BenchFailed(f"{username} does not see the same {register} by scope and by filter")
            for read, how in READS.items():
                found[f"{name}{register}.{read}"] = _medians(how, scoped, free)
    return found


READS: dict[str, Callable[[QuerySet[Any]], object]] = {
    "count": lambda rows: rows.order_by().count(),
    "page": lambda rows: list(rows.order_by("-pk")[:25]),
}


def _medians(read: Callable[[QuerySet[Any]], object], scoped: QuerySet[Any], free: QuerySet[Any]) -> Times:
    taken: tuple[list[float], list[float]] = ([], [])
    for _round in range(ROUNDS):
        for rows, times in zip((scoped, free), taken, strict=True):
            began = time.perf_counter()
            read(rows.all())
            times.append((time.perf_counter() - began) * MS_PER_S)
    return statistics.median(taken[0]), statistics.median(taken[1])
