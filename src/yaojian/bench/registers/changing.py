"""A register at work: changes committed again and again, so that counts are hardly ever still right."""

from __future__ import annotations

import select
import sys

from django.db import connection

CHANGED = ("enterprises_subject", "licences_licence", "products_product", "people_person")
PAUSE_S = 0.1
BEGUN = "changing"


def keep_changing() -> None:
    """Write one row of each register ten times a second, each in a transaction, until the input ends.

    The rows keep the values that they have. A line says that it has begun.
    """
    with connection.cursor() as cursor:
        keys = {}
        for table in CHANGED:
            cursor.execute(f"SELECT min(id) FROM {table}")  # noqa: S608 — our own names
            keys[table] = cursor.fetchone()[0]
        sys.stdout.write(f"{BEGUN}\n")
        sys.stdout.flush()
        while not select.select([sys.stdin], [], [], PAUSE_S)[0]:
            for table, key in keys.items():
                cursor.execute(f"UPDATE {table} SET id = id WHERE id = %s", [key])  # noqa: S608
