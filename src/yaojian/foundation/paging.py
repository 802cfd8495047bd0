"""Pages of long lists by key: an opaque mark of the last row, no counting, no offset.

The mark stays right while rows are added or removed before it.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Annotated, Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from ninja import Query

from yaojian.foundation.errors import InvalidInput

LARGEST_PAGE = 200
Limit = Annotated[int, Query(ge=1, le=LARGEST_PAGE, description="How many rows at most.", examples=[50])]
After = Annotated[
    str,
    Query(max_length=80, description="The `next` of the page before; leave it out for the first page."),
]
NEXT = "Give it as `after` for the next page; null on the last."


def mark_of(*parts: object) -> str:
    """An opaque place in a list."""
    return base64.urlsafe_b64encode("|".join(map(str, parts)).encode()).decode().rstrip("=")


def place_in(mark: str, parts: int) -> list[str]:
    """What `mark_of` was given. Raises InvalidInput for anything else."""
    try:
        text = base64.urlsafe_b64decode(mark + "=" * (-len(mark) % 4)).decode()
    except (binascii.Error, ValueError):
        text = ""
    found = text.split("|")
    if len(found) != parts or not found[-1].isdecimal() or len(found[-1]) > 18:
        raise nowhere()
    return found


def nowhere() -> InvalidInput:
    """The refusal of a mark that is none of ours."""
    return InvalidInput(
        _("This is not a place in the list."), field="after", cure=_("Give the `next` of the page before.")
    )


def page_of_rows(rows: QuerySet[Any], limit: int, mark: Callable[[Any], str]) -> dict[str, Any]:
    """Up to `limit` of ordered rows, and the mark of the last when there are more."""
    found = list(rows[: limit + 1])
    return {"items": found[:limit], "next": mark(found[limit - 1]) if len(found) > limit else None}


def page_by_key(rows: QuerySet[Any], limit: int, after: str, *, newest_first: bool = False) -> dict[str, Any]:
    """A page of rows in the order of their keys. Raises InvalidInput for a mark that is none of ours."""
    if after:
        key = int(place_in(after, 1)[0])
        rows = rows.filter(pk__lt=key) if newest_first else rows.filter(pk__gt=key)
    return page_of_rows(rows.order_by("-pk" if newest_first else "pk"), limit, lambda row: mark_of(row.pk))
