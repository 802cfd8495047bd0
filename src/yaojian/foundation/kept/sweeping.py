"""Keeping the notes about changes short."""

from __future__ import annotations

from django.db import connection

MOST_NOTES = 200
"""So many notes of one table are read in well under a millisecond."""

SWEEP = """
WITH many AS (SELECT table_name FROM kept_tablechange GROUP BY table_name HAVING count(*) > %s),
     gone AS (DELETE FROM kept_tablechange WHERE table_name IN (SELECT table_name FROM many))
INSERT INTO kept_tablechange (table_name, transaction)
SELECT table_name, pg_current_xact_id()::text::bigint FROM many
"""


def sweep_changes() -> int:
    """Replace the notes of tables that have many by one, which is a change as well; the number of tables."""
    with connection.cursor() as cursor:
        cursor.execute(SWEEP, [MOST_NOTES])
        return int(cursor.rowcount)
