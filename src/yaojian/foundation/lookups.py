"""Conditions over many values that cost one parameter instead of thousands."""

from __future__ import annotations

from collections.abc import Collection

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, BooleanField, F, Field, Func, TextField, Value


class Among(Func):
    """`column = ANY(values)`: rows whose text or key is one of many.

    `column IN (…)` with ten thousand parameters takes the driver longer to write than the database to answer.
    """

    template = "%(expressions)s)"
    arg_joiner = " = ANY("
    output_field = BooleanField()

    def __init__(self, column: str, values: Collection[str] | Collection[int]) -> None:
        base: Field = TextField() if isinstance(next(iter(values), 0), str) else BigIntegerField()
        super().__init__(F(column), Value(list(values), ArrayField(base)))
