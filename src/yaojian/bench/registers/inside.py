"""What only the inside knows: how many queries a page asks, and what the scope adds to one."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models import Q, QuerySet
from django.test import Client
from django.test.utils import CaptureQueriesContext

from yaojian.bench.contracts import BenchFailed
from yaojian.bench.registers.pages import MEASURED
from yaojian.bench.registers.sizes import LEADER, OFFICER
from yaojian.bench.visitor import first_link
from yaojian.casework.inspections.facade import inspections_visible_to
from yaojian.foundation.accounts.facade import actor_of
from yaojian.registers.enterprises.facade import Subject, subjects_visible_to
from yaojian.registers.licences.facade import Licence, licences_visible_to

ROUNDS = 31
MS_PER_S = 1000
SERVER = "127.0.0.1"
PATIENCE_S = 900
LOOK_S = 3


def queries() -> dict[str, int]:
    """The number of queries of one warm request of every measured page."""
    clients = {username: _client(username) for username in (LEADER, OFFICER)}
    counts = {}
    for measured in MEASURED:
        client = clients[measured.username]
        address = measured.page.address
        if measured.page.link:
            listing = client.get(address, headers={"host": SERVER}).content.decode()
            address = first_link(listing, measured.page.link) or ""
        client.get(address, headers={"host": SERVER})
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(address, headers={"host": SERVER})
        if answer.status_code != 200:
            raise BenchFailed(f"{address}: status {answer.status_code} {answer.headers.get('Location', '')}")
        counts[measured.page.name] = len(captured)
    return counts


def _client(username: str) -> Client:
    client = Client()
    client.force_login(get_user_model().objects.get(username=username))
    return client


def scope() -> dict[str, tuple[float, float]]:
    """Medians in ms of reads by turns: scoped, and with a plain filter that gives the same rows.

    The leader may see everything, so that the plain filter is none; the officer's is the county's organ.
    """
    found = {}
    for name, username in (("", LEADER), ("county.", OFFICER)):
        actor = actor_of(get_user_model().objects.get(username=username))
        if actor is None:
            raise BenchFailed(f"{username} has no posting")
        of_county = Q(organ=actor.organ_id) if username == OFFICER else Q()
        of_subjects = Q(responsible_organ=actor.organ_id) if username == OFFICER else Q()
        inspections = inspections_visible_to(actor)
        pairs: dict[str, tuple[QuerySet[Any], QuerySet[Any]]] = {
            "subjects": (subjects_visible_to(actor), Subject.objects.filter(of_subjects, merged_into=None)),
            "licences": (licences_visible_to(actor), Licence.objects.filter(of_county)),
            "inspections": (inspections, inspections.model._default_manager.filter(of_county)),
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


def _medians(
    read: Callable[[QuerySet[Any]], object], scoped: QuerySet[Any], free: QuerySet[Any]
) -> tuple[float, float]:
    taken: tuple[list[float], list[float]] = ([], [])
    for _round in range(ROUNDS):
        for rows, times in zip((scoped, free), taken, strict=True):
            began = time.perf_counter()
            read(rows.all())
            times.append((time.perf_counter() - began) * MS_PER_S)
    return statistics.median(taken[0]), statistics.median(taken[1])


def settle() -> dict[str, float]:
    """Wait until PostgreSQL has tidied up after the filling, as it does by itself; the seconds it took.

    The conditions are those on which autovacuum acts, with its default settings.
    """
    began = time.monotonic()
    while untidy := _untidy_tables():
        if time.monotonic() - began > PATIENCE_S:
            raise BenchFailed(f"autovacuum has not come to {', '.join(untidy)}")
        time.sleep(LOOK_S)
    return {"seconds": time.monotonic() - began}


def _untidy_tables() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_stat_user_tables WHERE n_live_tup > 1000 AND ("
            "n_mod_since_analyze > 50 + 0.1 * n_live_tup OR n_dead_tup > 50 + 0.2 * n_live_tup"
            " OR n_ins_since_vacuum > 1000 + 0.2 * n_live_tup)"
        )
        return [name for (name,) in cursor.fetchall()]
