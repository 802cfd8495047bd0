"""Plans and figures for systems."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from yaojian.foundation.accounts.facade import Organ, Permission
from yaojian.foundation.accounts.web.api_access import Needs
from yaojian.foundation.errors import InvalidInput
from yaojian.foundation.timekeeping import today
from yaojian.oversight.plans.models import Figure
from yaojian.oversight.plans.queries import organ_of_figures, plan_by_code, plans, value_of

router = Router(tags=["plans"])


class PlanOut(Schema):
    """A plan."""

    code: str = Field(examples=["changji"])
    title: str
    organ: str = Field(description="code of the organ that owns the plan")
    start_year: int
    end_year: int
    rows: int = Field(description="rows taken from the plan's text")


class FigureOut(Schema):
    """A figure with its value; percent is null when it waits for data or nobody is in scope."""

    key: str = Field(examples=["002-05"])
    title: str
    line: int = Field(description="line of the plan's text")
    unit: str
    state: str = Field(description="computed, no_members, waiting, or elsewhere (another region's)")
    numerator: int | None
    denominator: int | None
    percent: str | None = Field(description="two decimals", examples=["95.85"])
    met: bool | None
    waits_for: list[str]


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
    day = as_of or today()
    if day > today():
        raise InvalidInput("as_of lies in the future.", field="as_of", cure="Give today or an earlier day.")
    plan = plan_by_code(code)
    organ = organ_of_figures(request.actor, plan)  # type: ignore[attr-defined]
    figures = (
        Figure.objects.filter(row__plan=plan).select_related("row").order_by("row__position", "position")
    )
    return [_out(figure, organ, day) for figure in figures]


def _out(figure: Figure, organ: Organ | None, day: date) -> FigureOut:
    value = value_of(figure, organ, day) if organ is not None else None
    counted = value is not None and value.state.value in ("computed", "no_members")
    return FigureOut(
        key=figure.key,
        title=figure.title,
        line=figure.row.line,
        unit=figure.unit,
        state=value.state.value if value else "elsewhere",
        numerator=value.numerator if value and counted else None,
        denominator=value.denominator if value and counted else None,
        percent=str(value.percent) if value and value.percent is not None else None,
        met=value.met if value else None,
        waits_for=figure.waits_for,
    )
