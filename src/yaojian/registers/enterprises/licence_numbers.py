"""The number by which a subject is looked up: a copy of the licence in force, kept for search.

The register of licences decides what it is and pushes it down here; nobody else writes the column.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from django.db import connection

from yaojian.foundation.timekeeping import today
from yaojian.registers.enterprises.models import Subject

NumbersOf = Callable[[Mapping[int, str]], Mapping[int, str]]
"""Takes the types of subjects by key; returns the numbers of those that hold a licence which gives one."""

_answers: list[NumbersOf] = []


def answer_licence_numbers(numbers_of: NumbersOf) -> None:
    """Ask `numbers_of` which numbers subjects have after a merge; entering it twice asks it once."""
    if numbers_of not in _answers:
        _answers.append(numbers_of)


def licence_numbers_of(subjects: Iterable[Subject]) -> dict[int, str]:
    """The numbers that licences give to subjects, by key; those without a licence are left out."""
    types = {subject.pk: subject.subject_type for subject in subjects}
    return {key: number for numbers_of in _answers for key, number in numbers_of(types).items()}


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
