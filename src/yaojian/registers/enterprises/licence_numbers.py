"""The number by which a subject is looked up: a copy of the licence in force, kept for search.

The register of licences decides what it is and pushes it down here; nobody else writes the column.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.db import connection

from yaojian.foundation.timekeeping import today


def note_licence_numbers(numbers: Mapping[int, str]) -> int:
    """Set the licence numbers of subjects by key ("" where none is in force); returns how many changed.

    Part of the caller's transaction, whose act tells of it.
    """
    if not numbers:
        return 0
    keys, values = list(numbers), list(numbers.values())
    with connection.cursor() as cursor:
        # The versions from today on carry the copy too: they are what the row repeats.
        cursor.execute(
            "UPDATE enterprises_subjectversion AS s SET licence_no = n.number"
            " FROM unnest(%s::bigint[], %s::text[]) AS n(id, number)"
            " WHERE s.subject_id = n.id AND s.replaced_by IS NULL AND s.licence_no <> n.number"
            " AND (s.valid_to IS NULL OR s.valid_to >= %s)",
            [keys, values, today()],
        )
        cursor.execute(
            "UPDATE enterprises_subject AS s SET licence_no = n.number"
            " FROM unnest(%s::bigint[], %s::text[]) AS n(id, number)"
            " WHERE s.id = n.id AND s.licence_no <> n.number",
            [keys, values],
        )
        return cursor.rowcount
