"""Reads of plans and figures. Plan texts are public; figures are open within one's own line of organs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Actor, Organ, organ_by_code, organs_within
from yaojian.foundation.errors import NotFound
from yaojian.foundation.timekeeping import today
from yaojian.oversight.plans.contracts import FigureValue
from yaojian.oversight.plans.engine import evaluate
from yaojian.oversight.plans.evaluation import target_for
from yaojian.oversight.plans.kept import refresh_values, values_at, values_of
from yaojian.oversight.plans.models import Figure, Plan, PlanRow
from yaojian.oversight.plans.outcomes import ValueState


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
    figure = Figure.objects.select_related("row__plan__organ", "version").filter(key=key).first()
    if figure is None:
        raise NotFound(_("There is no such figure."), cure=_("Choose one in the plan cockpit."))
    return figure


def carrier_of(figure: Figure) -> Figure:
    """The figure that carries the formula: itself, or the one it repeats (the first part of a row)."""
    if not figure.same_as:
        return figure
    found = Figure.objects.select_related("row__plan__organ", "version").order_by("position")
    return found.filter(Q(key=figure.same_as) | Q(row__row_id=figure.same_as)).first() or figure


def value_of(figure: Figure, organ: Organ, as_of: date) -> FigureValue:
    """The value of a figure for an organ on a day, exact; a repeated row takes the formula it repeats."""
    carrier = carrier_of(figure)
    return beside_own_target(figure, values_of([carrier], organ, as_of, exact=True)[carrier.key], as_of)


def values_of_figures(
    figures: Sequence[Figure], organ: Organ, as_of: date, *, exact: bool = False
) -> dict[str, FigureValue]:
    """The values of several figures, by key, or `exact`; a repeated row takes its formula from elsewhere."""
    known = {figure.key: figure for figure in figures}
    elsewhere = {figure.same_as for figure in figures if figure.same_as and figure.same_as not in known}
    others = {other.key: other for other in Figure.objects.filter(key__in=elsewhere)}
    # A row that repeats a row of several parts says which by none; its first part carries the formula.
    rows = elsewhere - others.keys()
    if rows:
        parts = Figure.objects.filter(row__row_id__in=rows).select_related("row").order_by("-position")
        others |= {other.row.row_id: other for other in parts}
    carriers = {
        figure.key: (known.get(figure.same_as) or others.get(figure.same_as) or figure) for figure in figures
    }
    counted = list({carrier.key: carrier for carrier in carriers.values()}.values())
    values = values_of(counted, organ, as_of, exact=exact)
    earlier = _earlier({key: carriers[key] for key in carriers}, values, organ, as_of, exact=exact)
    return {
        figure.key: replace(
            beside_own_target(figure, values[carriers[figure.key].key], as_of),
            earlier=beside_own_target(figure, earlier[carriers[figure.key].key], as_of)
            if carriers[figure.key].key in earlier
            else None,
        )
        for figure in figures
    }


def _earlier(
    carriers: Mapping[str, Figure],
    values: Mapping[str, FigureValue],
    organ: Organ,
    as_of: date,
    *,
    exact: bool,
) -> dict[str, FigureValue]:
    """For yearly figures that wait for this year's statements, the last year-end that has a value."""
    waiting = {
        carrier.key: carrier
        for carrier in carriers.values()
        if values[carrier.key].state is ValueState.WAITING
        and carrier.formula is not None
        and (carrier.formula.get("period") or {}).get("unit") == "year"
    }
    if not waiting:
        return {}
    ends = [date(as_of.year - back, 12, 31) for back in (1, 2)]
    found = values_at(list(waiting.values()), [(organ, end) for end in ends], exact=exact)
    result: dict[str, FigureValue] = {}
    for end in ends:
        for key, value in found[organ.pk, end].items():
            if value.outcome.number is not None:
                result.setdefault(key, value)
    return result


def beside_own_target(figure: Figure, value: FigureValue, as_of: date) -> FigureValue:
    """A value beside the target of the figure that shows it."""
    return replace(value, key=figure.key, target=target_for(figure, as_of.year, as_of))


def figures_of(plan_code: str, as_of: date) -> dict[str, FigureValue]:
    """All figures of a plan for the organ that owns it, by key."""
    plan = plan_by_code(plan_code)
    return values_of_figures(list(Figure.objects.filter(row__plan=plan)), plan.organ, as_of)


def organs_below(organ: Organ, on: date) -> list[Organ]:
    """The organs directly below one on a day, with a territory of their own."""
    there = [one for one in organs_within(organ.pk, on) if one.parent_id == organ.pk and one.territories]
    known = Organ.objects.in_bulk([one.id for one in there])
    return [known[one.id] for one in there]


def figures_in_plan(plan: Plan) -> list[Figure]:
    """All figures of a plan in its order."""
    found = Figure.objects.filter(row__plan=plan).select_related("row")
    return list(found.order_by("row__position", "position"))


def value_counted(key: str, organ: Organ, as_of: date) -> FigureValue:
    """One figure's value, counted now and not kept."""
    return evaluate(figure_by_key(key), organ, as_of)


def refresh_kept_values() -> int:
    """Today's values of all plans for the organs that own them: what is behind the journal is counted anew.

    Returns how many values there are.
    """
    day, number = today(), 0
    for plan in plans():
        figures = [figure for figure in figures_in_plan(plan) if figure.version_id is not None]
        number += refresh_values(figures, [(plan.organ, day)])
    return number


def duty_bearing_figures() -> QuerySet[Figure]:
    """Figures that can be computed as a coverage of subjects by acts, from which mandates follow."""
    return (
        Figure.objects.filter(computable=True, formula__shape="coverage", formula__has_key="act", same_as="")
        .select_related("row__plan__organ")
        .order_by("row__plan__seed", "row__position", "position")
    )
