"""Spans of days in which something holds: one convention for every register.

`valid_from` and `valid_to` are both inclusive, as on a licence (有效期至); no `valid_to` means until further
notice. What follows on begins the day after. A table that uses this has the two columns.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Func, Q, Value

ONE_DAY = timedelta(days=1)
Span = tuple[date, date]


def in_force_q(on: date, prefix: str = "") -> Q:
    """Rows whose span holds on a day; `prefix` is a relation, such as `"organ__"`."""
    return Q(**{f"{prefix}valid_from__lte": on}) & (
        Q(**{f"{prefix}valid_to__isnull": True}) | Q(**{f"{prefix}valid_to__gte": on})
    )


def days_left(days: Sequence[Span], taken: Iterable[Span]) -> list[Span]:
    """Days without those that are taken."""
    left = list(days)
    for first, last in taken:
        left = [
            piece
            for start, end in left
            for piece in ((start, min(end, first - ONE_DAY)), (max(start, last + ONE_DAY), end))
            if piece[0] <= piece[1]
        ]
    return left


def ends_after_start(name: str) -> models.CheckConstraint:
    """The constraint that a span does not end before it starts."""
    return models.CheckConstraint(
        condition=Q(valid_to__isnull=True) | Q(valid_to__gte=models.F("valid_from")), name=name
    )


class _Span(Func):
    """daterange(valid_from, valid_to, '[]')"""

    function = "daterange"


def no_overlap(name: str, *keys: str, condition: Q | None = None) -> ExclusionConstraint:
    """The constraint that spans with equal `keys` do not overlap (needs the extension btree_gist).

    The most selective key goes first and the span last: a GiST tree is ordered by its first column, and spans
    without an end all overlap, so that a tree of spans is read whole for every row that is entered.
    """
    span = _Span("valid_from", "valid_to", Value("[]"))
    return ExclusionConstraint(
        name=name,
        expressions=[*((key, RangeOperators.EQUAL) for key in keys), (span, RangeOperators.OVERLAPS)],
        condition=condition,
    )
