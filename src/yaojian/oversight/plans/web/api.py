"""Plans and figures for systems."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from yaojian.foundation.accounts.facade import Organ, Permission
from yaojian.foundation.accounts.web.api_access import Needs
from yaojian.foundation.timekeeping import today
from yaojian.oversight.plans.contracts import FigureValue
from yaojian.oversight.plans.models import Figure
from yaojian.oversight.plans.outcomes import ValueState
from yaojian.oversight.plans.queries import organ_of_figures, plan_by_code, plans, values_of_figures
from yaojian.oversight.plans.web.asked import checked_day

router = Router(tags=["plans"])


class PlanOut(Schema):
    """A plan."""

    code: str = Field(examples=["changji"])
    title: str
    organ: str = Field(description="code of the organ that owns the plan")
    start_year: int
    end_year: int
    rows: int = Field(description="rows taken from the plan's text")


class LackOut(Schema):
    """What is missing for a value: nothing stated in a year, or some days of it."""

    datum: str = Field(examples=["population"])
    organ: str = Field(description="code of the organ")
    year: int
    narrowed: dict[str, list[str]] = Field(description="what of the datum is missing, values by dimension")
    first_on: date | None
    last_on: date | None


class FigureOut(Schema):
    """A figure with its value; percent is null when it waits for data or nobody is in scope."""

    key: str = Field(examples=["002-05"])
    title: str
    line: int = Field(description="line of the plan's text")
    unit: str
    state: str = Field(
        description="computed, incomplete, no_members, zero_denominator, waiting, or elsewhere"
    )
    numerator: float | None
    denominator: float | None
    number: str | None = Field(description="the value in its unit, two decimals", examples=["652.10"])
    percent: str | None = Field(description="two decimals", examples=["95.85"])
    met: bool | None
    as_of: date = Field(description="the data date")
    version: int | None = Field(description="number of the definition that was counted")
    digest: str | None = Field(description="SHA-256 of that definition")
    computed_at: datetime | None = Field(description="when it was counted")
    missing: list[LackOut] = Field(description="what is missing for the value")
    waits_for: list[str] = Field(description="data that the row waits for")


@router.get("/", response=list[PlanOut], auth=Needs(Permission.PLAN_VIEW))
def list_plans(request: HttpRequest) -> list[PlanOut]:
    """All plans."""
    return [
        PlanOut(
            code=plan.code,
            title=plan.label,
            organ=plan.organ.code,
            start_year=plan.start_year,
            end_year=plan.end_year,
            rows=plan.rows.filter(supplementary=False).count(),
        )
        for plan in plans()
    ]


@router.get("/{code}/figures", response=list[FigureOut], auth=Needs(Permission.PLAN_VIEW))
def list_figures(request: HttpRequest, code: str, as_of: date | None = None) -> list[FigureOut]:
    """The figures of a plan on a day (today when not given), as far as the asking person may see them."""
    day = checked_day(as_of or today())
    plan = plan_by_code(code)
    organ = organ_of_figures(request.actor, plan)  # type: ignore[attr-defined]
    figures = (
        Figure.objects.filter(row__plan=plan)
        .select_related("row", "version")
        .order_by("row__position", "position")
    )
    values = values_of_figures(list(figures), organ, day) if organ is not None else {}
    lacking = {lack.organ_id for value in values.values() for lack in value.outcome.lacks}
    codes = dict(Organ.objects.filter(pk__in=lacking).values_list("pk", "code"))
    carriers = {one.key: one for one in figures} | {one.row.row_id: one for one in reversed(figures)}
    return [_out(one, carriers.get(one.same_as, one), values.get(one.key), day, codes) for one in figures]


def _out(
    figure: Figure, carrier: Figure, value: FigureValue | None, day: date, codes: Mapping[int, str]
) -> FigureOut:
    counted = value is not None and value.state is not ValueState.WAITING
    version = carrier.version
    return FigureOut(
        key=figure.key,
        title=figure.title,
        line=figure.row.line,
        unit=figure.unit,
        state=value.state.value if value else "elsewhere",
        numerator=float(value.numerator) if value and counted else None,
        denominator=float(value.denominator) if value and counted else None,
        number=str(value.number) if value and value.number is not None else None,
        percent=str(value.percent) if value and value.percent is not None else None,
        met=value.met if value else None,
        as_of=day,
        version=version.number if version else None,
        digest=version.digest if version else None,
        computed_at=value.computed_at if value else None,
        missing=[
            LackOut(
                datum=lack.datum,
                organ=codes.get(lack.organ_id, ""),
                year=lack.year,
                narrowed={name: list(values) for name, values in lack.dims},
                first_on=lack.days[0] if lack.days else None,
                last_on=lack.days[1] if lack.days else None,
            )
            for lack in (value.outcome.lacks if value else ())
        ],
        waits_for=figure.waits_for,
    )
