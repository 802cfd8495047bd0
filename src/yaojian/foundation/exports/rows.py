"""Rows of a list, some hundred at a time."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

AT_ONCE = 500
Row = TypeVar("Row", bound=Model)


def in_chunks(rows: QuerySet[Row], at_once: int = AT_ONCE) -> Iterator[list[Row]]:
    """The rows in their order, in lists short enough to look up what belongs to them together."""
    left: Iterator[Any] = rows.iterator(chunk_size=at_once)
    while chunk := list(islice(left, at_once)):
        yield chunk
