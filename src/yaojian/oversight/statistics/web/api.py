"""Confirmed statements for systems."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from yaojian.foundation.accounts.facade import Permission
from yaojian.foundation.accounts.web.api_access import Needs
from yaojian.foundation.paging import NEXT, After, Limit, page_by_key
from yaojian.oversight.statistics.queries import statistics_visible_to
from yaojian.oversight.statistics.states import StatisticState

router = Router(tags=["statistics"])


class StatementOut(Schema):
    """A confirmed statement (填报数据)."""

    id: int
    datum: str = Field(examples=["population"])
    organ: str = Field(description="Code of the organ it describes.")
    first_on: date
    last_on: date = Field(description="Inclusive.")
    dims: dict[str, str] = Field(description="What it is narrowed to; empty for the whole.")
    amount: Decimal | None
    grade: str
    unit: str = Field(description="A word of the units of plan packs.")
    sample_size: int | None
    method: str


class StatementPage(Schema):
    """A page of statements."""

    items: list[StatementOut]
    next: str | None = Field(description=NEXT)


@router.get("/", response=StatementPage, auth=Needs(Permission.STATISTIC_VIEW))
def list_statements(
    request: HttpRequest,
    datum: Annotated[str, Query(max_length=60, description="Only this datum.")] = "",
    year: Annotated[int | None, Query(ge=2000, le=2100, description="Only periods of this year.")] = None,
    after: After = "",
    limit: Limit = 50,
) -> StatementPage:
    """Confirmed statements of one's own organ and those below it, by key."""
    found = statistics_visible_to(request.auth).filter(state=StatisticState.CONFIRMED.value)  # type: ignore[attr-defined]
    if datum:
        found = found.filter(datum=datum)
    if year:
        found = found.filter(first_on__year=year)
    page = page_by_key(found, limit, after)
    items = [
        StatementOut(
            id=row.pk,
            datum=row.datum,
            organ=row.organ.code,
            first_on=row.first_on,
            last_on=row.last_on,
            dims=row.dims,
            amount=row.amount,
            grade=row.grade,
            unit=row.measure.unit,
            sample_size=row.sample_size,
            method=row.method,
        )
        for row in page["items"]
    ]
    return StatementPage(items=items, next=page["next"])
