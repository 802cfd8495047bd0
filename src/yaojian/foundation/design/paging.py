"""Lists whose state lives in the address: pages, filters and their removal."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.db.models.sql.where import WhereNode
from django.http import QueryDict
from django.utils.functional import cached_property

from yaojian.foundation.kept.facade import kept_count, kept_rows

PAGE_SIZE = 25


class KeysFirst(Paginator):
    """Finds the keys of a page by an index alone, and only then the rows: a late page costs little more.

    `most`: further rows are neither counted nor paged to; `has_more` says that there are some. `keep`: the
    keys are kept until a table changes; for lists of watched tables.
    """

    def __init__(
        self, rows: QuerySet[Any], size: int, most: int | None = None, *, keep: bool = False
    ) -> None:
        super().__init__(rows, size)
        self._rows = rows
        self._most = most
        self._keep = keep

    @cached_property
    def _found(self) -> int:
        """How many rows there are, at most one more than `most`."""
        if self._most is None:
            return kept_count(self._rows) if self._keep else self._rows.order_by().count()
        return self._rows.order_by()[: self._most + 1].count()

    @cached_property
    def count(self) -> int:
        """How many rows can be paged to."""
        return self._found if self._most is None else min(self._found, self._most)

    @property
    def has_more(self) -> bool:
        """Whether there are rows beyond those that can be paged to."""
        return self._most is not None and self._found > self._most

    def page(self, number: int | str) -> Page[Any]:
        number = self.validate_number(number)
        start = (number - 1) * self.per_page
        keys = self._keys(start, min(start + self.per_page, self.count))
        return Page(self._of(keys), number, self)

    def _of(self, keys: list[Any]) -> QuerySet[Any]:
        """The rows of keys that the conditions have given: those of a table are not put to it again.

        What changed since the keys were found is seen as it is now, once. Conditions on the many side of a
        relation belong into a subquery: a join that stays behind would show rows twice.
        """
        rows = self._rows.all()
        if rows.model._meta.managed:
            rows.query.where = WhereNode()
        return rows.filter(pk__in=keys)

    def _keys(self, start: int, end: int) -> list[Any]:
        keys = self._rows.values_list("pk", flat=True)[start:end]
        return kept_rows(keys) if self._keep else list(keys)


def page_of(
    rows: QuerySet[Any],
    query: QueryDict,
    size: int = PAGE_SIZE,
    total: int | None = None,
    *,
    keep: bool = False,
) -> Page[Any]:
    """The page of `rows` that the address asks for; a page that is not there becomes the nearest.

    `total` is the number of rows where it is known already; `keep` as in `KeysFirst`.
    """
    paginator = KeysFirst(rows, size, keep=keep)
    if total is not None:
        paginator.count = total
    return paginator.get_page(query.get("page"))


def address(query: QueryDict, **changes: str) -> str:
    """The list's address with some parameters changed (empty: removed); back to the first page."""
    changed = query.copy()
    for name in ("page", "export"):
        changed.pop(name, None)
    for name, value in changes.items():
        if value:
            changed[name] = value
        else:
            changed.pop(name, None)
    # Empty fields of a form that was sent say nothing.
    for name in [name for name, value in changed.items() if not value]:
        del changed[name]
    return f"?{changed.urlencode()}"
