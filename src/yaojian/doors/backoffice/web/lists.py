"""Lists whose state lives in the address: pages, filters and their removal."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import QueryDict

PAGE_SIZE = 25


def page_of(rows: QuerySet[Any], query: QueryDict, size: int = PAGE_SIZE) -> Page[Any]:
    """The page of `rows` that the address asks for; a page that is not there becomes the nearest."""
    return Paginator(rows, size).get_page(query.get("page"))


def address(query: QueryDict, **changes: str) -> str:
    """The list's address with some parameters changed (empty: removed); back to the first page."""
    changed = query.copy()
    changed.pop("page", None)
    for name, value in changes.items():
        if value:
            changed[name] = value
        else:
            changed.pop(name, None)
    # Empty fields of a form that was sent say nothing.
    for name in [name for name, value in changed.items() if not value]:
        del changed[name]
    return f"?{changed.urlencode()}"
