"""Data that registers and inspection files give: what they count for an organ on a day."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from yaojian.casework.inspections.facade import team_members
from yaojian.foundation.accounts.facade import Organ
from yaojian.oversight.plans.cells import Cell
from yaojian.oversight.plans.definitions import Period
from yaojian.registers.people.facade import inspectors_on, pharmacists_on
from yaojian.registers.products.facade import products_counted

Rows = QuerySet[Any]
SINCE_EVER = date(1990, 1, 1)
FLOWS = frozenset({"inspection_teams"})
"""Data of what happened during a period; of the others, what is there on its last day counts."""
TIERS = {"national": "national", "province": "provincial"}


def _products(organ: Organ, cell: Cell, _first: date, last: date) -> Rows:
    groups = dict(cell.dims).get("group", ())
    return products_counted(organ, last, groups[0] if groups else "")


def _equivalent(organ: Organ, _cell: Cell, _first: date, last: date) -> Rows:
    return products_counted(organ, last, "equivalent")


def _pharmacists(organ: Organ, _cell: Cell, _first: date, last: date) -> Rows:
    return pharmacists_on(organ, last)


def _inspectors(organ: Organ, cell: Cell, _first: date, last: date) -> Rows:
    dims = dict(cell.dims)
    return inspectors_on(
        organ, last, tiers=[TIERS[level] for level in dims.get("level", ())], sequences=dims.get("field", ())
    )


def _team_members(organ: Organ, cell: Cell, first: date, last: date) -> Rows:
    return team_members(organ, first, last, full_time=True if cell.dims else None)


SOURCES: Mapping[str, Callable[[Organ, Cell, date, date], Rows]] = {
    "products": _products,
    "equivalence_approvals": _equivalent,
    "licensed_pharmacists": _pharmacists,
    "inspector_registry": _inspectors,
    "inspection_teams": _team_members,
}
"""By datum, the rows that count on the last day of a period, or between its days for team members."""


def rows_of(organ: Organ, cell: Cell, period: Period | None, as_of: date) -> Rows:
    """The rows of a register that count under a cell for an organ on a day."""
    start, end = period.bounds(as_of) if period is not None else (SINCE_EVER, as_of)
    return SOURCES[cell.datum](organ, cell, start, min(end, as_of))


def counted_rows(organ: Organ, cell: Cell, period: Period | None, as_of: date) -> list[Rows]:
    """The rows that count; in a window followed by those held on the day before it, which do not."""
    held = [rows_of(organ, cell, period, as_of)]
    if period is None or period.unit != "window" or cell.datum in FLOWS:
        return held
    before = period.bounds(as_of)[0] - timedelta(days=1)
    return [*held, SOURCES[cell.datum](organ, cell, before, before)]


def holding_q(organ: Organ, cell: Cell, as_of: date) -> Q:
    """The condition on subjects that a register has an entry for them, such as a registered pharmacist."""
    rows = rows_of(organ, cell, None, as_of)
    return Q(pk__in=rows.order_by().values("subject_id"))
