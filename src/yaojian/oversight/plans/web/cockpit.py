"""The cockpit of a leader: what is off track, who owns it, what would fix it, and which data are missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yaojian.foundation.accounts.facade import Actor, Organ, Permission
from yaojian.foundation.accounts.web.access import ActingRequest, requires
from yaojian.foundation.kept.facade import kept_while
from yaojian.oversight.plans.beside import Owner, owners_of
from yaojian.oversight.plans.contracts import CLASS_NAMES, FigureValue, RowClass
from yaojian.oversight.plans.cures import cure
from yaojian.oversight.plans.evaluation import formula_of
from yaojian.oversight.plans.kept import refresh_values
from yaojian.oversight.plans.models import Figure, Plan
from yaojian.oversight.plans.queries import organ_of_figures, plans, values_of_figures
from yaojian.oversight.plans.sources import Standing, standing_of
from yaojian.oversight.plans.vocabulary import vocabulary
from yaojian.oversight.plans.web import presentation
from yaojian.oversight.plans.web.asked import asked_day

FIGURE_TABLES = ("plans_planrow", "plans_figure", "plans_indicatorversion")
SHOWN = 8
"""Figures off track on the one screen; the rest stands in the list of rows."""


@dataclass(frozen=True, slots=True)
class Concern:
    """A figure below its target: for whom, owned by whom, and what would fix it."""

    plan: Plan
    organ: Organ
    figure: Figure
    line: presentation.Line
    cure: str
    owners: Sequence[Owner] = ()

    @property
    def owner(self) -> str:
        """The organ that answers for it, and the level that has to do it."""
        level = self.figure.responsible_level
        organ = self.organ.short_name or self.organ.label
        if not level:
            return organ
        return f"{organ} · {vocabulary().label('organ_levels', level, presentation.language())}"


@dataclass(frozen=True, slots=True)
class Card:
    """A plan with how its figures stand."""

    plan: Plan
    organ: Organ | None
    standings: Counter[Standing]
    met: int
    judged: int
    classes: Sequence[tuple[object, int]]
    row_count: int
    over: bool


@requires(Permission.PLAN_VIEW)
def cockpit(request: ActingRequest) -> HttpResponse:
    """All plans, and what is off track in those whose figures the actor may see."""
    day = asked_day(request)
    found = list(plans())
    figures = _figures()
    cards, concerns = [], list[Concern]()
    counted, versions = list[datetime](), set[int]()
    for plan, organ, values in _with_values(request.actor, found, figures, day):
        own = figures.get(plan.pk, [])
        counted += [value.computed_at for value in values.values() if value.computed_at]
        versions |= {one.version_id for one in own if organ is not None and one.version_id}
        cards.append(_card(plan, organ, own, values, day))
        if organ is not None:
            concerns += _concerns(plan, organ, own, values, day)
    # Plans whose figures are one's own come first; binding targets first, then the farthest from the goal.
    cards.sort(key=lambda card: card.organ is None)
    concerns.sort(key=lambda one: (one.figure.row.attribute != "binding", -_relative(one.line)))
    shown = concerns[:SHOWN]
    owners = owners_of(request.actor, [one.figure.key for one in shown], day)
    totals = sum((card.standings for card in cards if card.organ is not None), Counter[Standing]())
    context = {
        "cards": cards,
        "concerns": [replace(one, owners=owners.get(one.figure.key, ())) for one in shown],
        "more": max(len(concerns) - SHOWN, 0),
        "off_track": len(concerns),
        "on_target": sum(card.met for card in cards),
        "incomplete": totals[Standing.INCOMPLETE],
        "missing": totals[Standing.MISSING],
        "as_of": day,
        "counted": min(counted, default=None),
        "versions": len(versions),
    }
    return render(request, "plans/cockpit.html", context)


@requires(Permission.PLAN_VIEW)
@require_POST
def recount(request: ActingRequest) -> HttpResponse:
    """Count the figures of the actor's plans anew where something has happened since they were counted."""
    day = asked_day(request)
    figures = _figures()
    for plan in plans():
        organ = organ_of_figures(request.actor, plan)
        if organ is not None:
            refresh_values([one for one in figures.get(plan.pk, []) if one.version_id], [(organ, day)])
    messages.success(request, _("The figures stand with the newest act of the journal."))
    return redirect(f"{reverse('plans:cockpit')}?as_of={day.isoformat()}")


def _figures() -> dict[int, list[Figure]]:
    """The figures of all plans by plan, in their order; kept until a pack or an adjustment changes one."""
    return kept_while(FIGURE_TABLES, "figures by plan", _read_figures)


def _read_figures() -> dict[int, list[Figure]]:
    found: dict[int, list[Figure]] = {}
    read = Figure.objects.select_related("row", "version").defer(
        "row__quote", "row__notes_zh", "row__notes_en"
    )
    for figure in read.order_by("row__position", "position"):
        found.setdefault(figure.row.plan_id, []).append(figure)
    return found


def _with_values(
    actor: Actor, found: Sequence[Plan], figures: dict[int, list[Figure]], day: date
) -> list[tuple[Plan, Organ | None, dict[str, FigureValue]]]:
    """Each plan with the organ whose figures the actor may see, and the values, read once for each organ."""
    organs = {plan.pk: organ_of_figures(actor, plan) for plan in found}
    by_organ: dict[int, tuple[Organ, list[Figure]]] = {}
    for plan in found:
        organ = organs[plan.pk]
        if organ is not None:
            by_organ.setdefault(organ.pk, (organ, []))[1].extend(figures.get(plan.pk, []))
    values = {key: values_of_figures(wanted, organ, day) for key, (organ, wanted) in by_organ.items()}
    result = []
    for plan in found:
        organ = organs[plan.pk]
        result.append((plan, organ, values[organ.pk] if organ is not None else {}))
    return result


def _card(
    plan: Plan, organ: Organ | None, figures: Sequence[Figure], values: dict[str, FigureValue], day: date
) -> Card:
    stated = {figure.row_id: figure.row for figure in figures if not figure.row.supplementary}
    classes = Counter(row.klass for row in stated.values())
    judged = [value for figure in figures if (value := values.get(figure.key)) and value.met is not None]
    return Card(
        plan,
        organ,
        Counter(standing_of(figure, values.get(figure.key)) for figure in figures),
        sum(1 for value in judged if value.met),
        len(judged),
        [(CLASS_NAMES[klass], classes[klass.value]) for klass in RowClass],
        len(stated),
        plan.end_year < day.year,
    )


def _concerns(
    plan: Plan, organ: Organ, figures: Sequence[Figure], values: dict[str, FigureValue], day: date
) -> list[Concern]:
    by_key = {figure.key: figure for figure in figures}
    found = []
    for figure in figures:
        value = values.get(figure.key)
        # While this year waits for its statements, the last year that has them is judged.
        value = value.earlier if value is not None and value.earlier is not None else value
        # A row that repeats another is told once, where the formula stands. What was reached
        # late is past cure.
        if value is None or value.met is not False or value.late or figure.same_as:
            continue
        line = presentation.line_of(figure, organ, day, value)
        carrier = by_key.get(figure.same_as, figure)
        words = cure(formula_of(carrier), value, presentation.unit_of(figure)) if carrier.formula else ""
        found.append(Concern(plan, organ, figure, line, words))
    return found


def _relative(line: presentation.Line) -> float:
    """How far off a figure is, in parts of its target, so that reports and percentages compare."""
    target = line.value.target if line.value else None
    goal = target.value if target is not None else None
    if target is not None and target.op == "between":
        goal = target.low
    if isinstance(goal, bool) or not isinstance(goal, int | float) or not goal:
        return 1.0
    return line.points_short / abs(goal)
