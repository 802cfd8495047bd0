"""What only the inside knows: how many queries a page asks, and when the database has come to rest."""

from __future__ import annotations

import time

from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from yaojian.bench.contracts import BenchFailed
from yaojian.bench.registers.pages import MEASURED
from yaojian.bench.registers.sizes import LEADER, OFFICER
from yaojian.bench.visitor import first_link

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
