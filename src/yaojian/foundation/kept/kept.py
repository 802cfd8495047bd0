"""What a query found is kept in this process until a table that it reads has changed.

A count over a whole register reads an entry of every row, and is asked again with every page. The database
notes each change of a watched table in the transaction that makes it (`watching.py`), so what was kept is
right when the notes that a reader sees are still those that were seen before the query ran. What the
transaction itself has changed is always asked anew.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import fields, is_dataclass
from hashlib import blake2b
from threading import Lock
from typing import Any, TypeVar, cast

from django.core.exceptions import EmptyResultSet, ImproperlyConfigured
from django.db import connection
from django.db.models import Count, QuerySet, Value

from yaojian.foundation.kept.watching import TRIGGER

MOST_ROWS = 100_000
"""Rows of all kept answers together: about 40 MB."""
OF_AN_ANSWER = 20
"""An answer takes as much as so many rows, whatever it holds."""
Made = TypeVar("Made")
_TABLE = re.compile(r'\b(?:FROM|JOIN) "(\w+)"')
_CLOCK = re.compile(r"\b(?:NOW|RANDOM|(?:STATEMENT|TRANSACTION|CLOCK)_TIMESTAMP)\(|\bCURRENT_", re.IGNORECASE)
_STAMPS = """
SELECT table_name, sum(hashint8extended(id, transaction))::text,
       coalesce(bool_or(transaction = pg_current_xact_id_if_assigned()::text::bigint), false)
FROM kept_tablechange GROUP BY table_name
"""
NOTHING_NOTED = {"": ("0", False)}
"""Stands for notes that were read when there were none."""
_WATCHED = "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = %s"

_views: dict[str, tuple[str, ...]] = {}
_watched: set[str] = set()
_lock = Lock()
_look: ContextVar[dict[str, tuple[str, bool]] | None] = ContextVar("kept_look", default=None)
_kept: OrderedDict[bytes, tuple[str, object]] = OrderedDict()


def reads_through(view: str, tables: Iterable[str]) -> None:
    """Say of a view which tables it reads."""
    _views[view] = tuple(tables)


def kept_rows(rows: QuerySet[Any, Any]) -> list[Any]:
    """The rows of a query over watched tables that yields plain values (`values_list`).

    Not to be changed by the caller. One query where they are kept, two where not. Raises
    ImproperlyConfigured for a query over a table that is not watched, or whose answer depends on the clock.
    """
    return kept_from(rows, list, "rows")


def kept_count(rows: QuerySet[Any, Any]) -> int:
    """How many rows a query over watched tables has; kept like `kept_rows`."""
    of_all = rows.order_by().annotate(of_all=Value(1)).values_list("of_all").annotate(n=Count("pk"))
    return sum(count for _all, count in kept_rows(of_all))


def kept_from(rows: QuerySet[Any, Any], make: Callable[[Iterable[Any]], Made], *details: object) -> Made:
    """What `make` makes of the rows of a query, kept like `kept_rows`.

    `details` say by their `repr` what `make` makes and all that it depends on beside the rows.
    """
    try:
        sql, parameters = rows.query.sql_with_params()
    except EmptyResultSet:
        return make(())
    name = f"{sql} {parameters!r} {details!r}"
    return kept_while(_tables_of(sql), name, lambda: make(rows.all()))


def kept_while(tables: Iterable[str], name: str, make: Callable[[], Made]) -> Made:
    """What `make` gives, kept under a name until one of some watched tables changes."""
    named = sorted(set(tables))
    _check_watched(named)
    stamp, changed_here = _stamp(named)
    if changed_here:
        return make()
    key = blake2b(name.encode(), digest_size=20).digest()
    with _lock:
        found = _kept.get(key)
        if found is not None and found[0] == stamp:
            _kept.move_to_end(key)
            return cast("Made", found[1])
    answer = make()
    with _lock:
        _kept[key] = (stamp, answer)
        _kept.move_to_end(key)
        held = sum(_size(kept) for _stamp, kept in _kept.values())
        while held > MOST_ROWS:  # those asked for longest ago go first
            _key, (_stamp_then, dropped) = _kept.popitem(last=False)
            held -= _size(dropped)
    return answer


def forget() -> None:
    """Keep nothing any more: the database has been exchanged under this process."""
    with _lock:
        _kept.clear()


def _size(kept: object) -> int:
    return OF_AN_ANSWER + _held(kept)


def _held(value: object) -> int:
    """How many things an answer holds: rows, entries, keys; of a record those of its fields."""
    if is_dataclass(value):
        return sum(_held(getattr(value, field.name)) for field in fields(value))
    inner = sum(_held(one) for one in value if is_dataclass(one)) if isinstance(value, tuple) else 0
    return inner + (len(value) if isinstance(value, list | tuple | dict | frozenset) else 0)


def _tables_of(sql: str) -> set[str]:
    if _CLOCK.search(sql):
        raise ImproperlyConfigured(f"what depends on the clock cannot be kept: {sql}")
    return {table for name in _TABLE.findall(sql) for table in _views.get(name, (name,))}


def _check_watched(tables: Iterable[str]) -> None:
    if not _watched.issuperset(tables):
        with connection.cursor() as cursor:
            cursor.execute(_WATCHED, [TRIGGER])
            _watched.update(table for (table,) in cursor.fetchall())
        if missing := set(tables) - _watched:
            raise ImproperlyConfigured(f"not watched by a migration: {', '.join(sorted(missing))}")


@contextmanager
def one_look() -> Iterator[None]:
    """Within it the notes are read once, and answers are as right as at that moment.

    For stretches in which nothing is changed by the one who looks.
    """
    token = _look.set({})
    try:
        yield
    finally:
        _look.reset(token)


def _stamp(tables: list[str]) -> tuple[str, bool]:
    """Sums over the notes about some tables, and whether the present transaction has changed any."""
    seen = _look.get()
    if not seen:
        with connection.cursor() as cursor:
            cursor.execute(_STAMPS)
            found = {table: (stamp, changed_here) for table, stamp, changed_here in cursor.fetchall()}
        if seen is not None:
            seen.update(found or NOTHING_NOTED)
        seen = found
    of_tables = [seen.get(table, ("0", False)) for table in tables]
    return " ".join(stamp for stamp, _changed in of_tables), any(changed for _stamp, changed in of_tables)
