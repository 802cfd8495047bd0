"""Reads of plans and figures. Plan texts are public; figures are open within one's own line of organs."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Actor, Organ, organ_by_code
from yaojian.foundation.errors import NotFound
from yaojian.oversight.plans.contracts import FigureValue
from yaojian.oversight.plans.evaluation import evaluate
from yaojian.oversight.plans.models import Figure, Plan, PlanRow


def plans() -> QuerySet[Plan]:
    """All plans, in the order of their numbers."""
    return Plan.objects.select_related("organ")


def plan_by_code(code: str) -> Plan:
    """One plan. Raises NotFound."""
    plan = plans().filter(code=code).first()
    if plan is None:
        raise NotFound(_("There is no such plan."), cure=_("Choose one in the plan cockpit."))
    return plan


def organ_of_figures(actor: Actor, plan: Plan) -> Organ | None:
    """For which organ the actor may see a plan's figures: the plan's, one's own below it, or none."""
    path = plan.organ.path or ""
    if path.startswith(actor.organ_path):
        return plan.organ
    if actor.organ_path.startswith(path):
        return organ_by_code(actor.organ_code)
    return None


def rows_of(plan: Plan) -> QuerySet[PlanRow]:
    """The rows of a plan in its order, with their figures."""
    return plan.rows.prefetch_related("figures")


def figure_by_key(key: str) -> Figure:
    """One figure with its row and plan. Raises NotFound."""
    figure = Figure.objects.select_related("row__plan__organ").filter(key=key).first()
    if figure is None:
        raise NotFound(_("There is no such figure."), cure=_("Choose one in the plan cockpit."))
    return figure


def carrier_of(figure: Figure) -> Figure:
    """The figure that carries the formula: itself, or the one it repeats."""
    return figure_by_key(figure.same_as) if figure.same_as else figure


def value_of(figure: Figure, organ: Organ, as_of: date) -> FigureValue:
    """The value of a figure for an organ on a day; a repeated row takes the formula it repeats."""
    return evaluate(carrier_of(figure), organ, as_of)


def figures_of(plan_code: str, as_of: date) -> dict[str, FigureValue]:
    """The computable figures of a plan for the organ that owns it, by key."""
    plan = plan_by_code(plan_code)
    figures = Figure.objects.filter(row__plan=plan, computable=True).select_related("row")
    return {figure.key: evaluate(figure, plan.organ, as_of) for figure in figures}


def organs_below(organ: Organ) -> QuerySet[Organ]:
    """The organs directly below one, with a territory of their own."""
    return Organ.objects.filter(parent=organ).exclude(territories=[]).order_by("code")
