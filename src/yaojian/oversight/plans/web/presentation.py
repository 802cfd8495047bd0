"""Figures in words and colours for the pages of this room."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from yaojian.foundation.accounts.facade import Actor, Organ
from yaojian.oversight.plans.contracts import EXCLUSION_NAMES, FigureValue, RowClass, ValueState
from yaojian.oversight.plans.definitions import describe
from yaojian.oversight.plans.evaluation import formula_of, target_for, targets_of
from yaojian.oversight.plans.models import Figure, Plan, PlanRow
from yaojian.oversight.plans.queries import carrier_of, organ_of_figures, rows_of, value_of
from yaojian.oversight.plans.vocabulary import vocabulary


def language() -> str:
    """The reader's language code."""
    return get_language() or "zh-hans"


@dataclass(frozen=True, slots=True)
class Line:
    """A figure as one line of a table: its value, what that means, and what it waits for."""

    figure: Figure
    value: FigureValue | None
    kind: str
    status: str
    target: str
    waits_for: tuple[str, ...]

    @property
    def off_track(self) -> bool:
        """Whether the figure is computed and misses its target."""
        return self.value is not None and self.value.met is False

    @property
    def points_short(self) -> float:
        """How far the value is from the target, in percentage points; 0 when met or unknown."""
        return (self.value.distance or 0.0) if self.value else 0.0

    @property
    def distance(self) -> str:
        """How far the value is from the target, in words."""
        if not self.points_short:
            return ""
        return _("%(points)s points short") % {"points": f"{self.points_short:.2f}"}


def target_in_words(figure: Figure, year: int) -> str:
    """The target in force, as the plan dates it."""
    target = target_for(figure, year)
    return target.describe(figure.unit, language()) if target else ""


def indicator_number(row: PlanRow) -> str:
    """The number the plan's table of indicators gives a row, as 指标(2) or 指标3; empty for other rows."""
    kind = row.kind.strip()
    return kind if re.fullmatch(r"指标([0-9]+|[(（][0-9]+[)）])", kind) else ""


def targets_in_words(figure: Figure) -> list[str]:
    """All targets and baselines of a figure in words."""
    return [target.describe(figure.unit, language()) for target in targets_of(figure)]


def line_of(figure: Figure, organ: Organ | None, as_of: date, value: FigureValue | None = None) -> Line:
    """A figure with its value for an organ, computed unless given; without an organ, another region's."""
    waits = tuple(vocabulary().label("data_keys", key, language()) for key in figure.waits_for)
    target = target_in_words(figure, as_of.year)
    if organ is None:
        return Line(figure, None, "neutral", _("Figures of another region"), target, waits)
    value = value or value_of(figure, organ, as_of)
    kind, status = judgement(figure, value)
    return Line(figure, value, kind, status, target, waits)


def judgement(figure: Figure, value: FigureValue) -> tuple[str, str]:
    """The meaning of a value: a kind of colour and words."""
    match value.state:
        case ValueState.WAITING:
            words = {
                RowClass.MILESTONE: _("Milestone, not entered yet"),
                RowClass.ENTERED: _("To be entered"),
                RowClass.BASELINE: _("History"),
            }
            return "neutral", words.get(RowClass(figure.klass), _("Waiting for data"))
        case ValueState.NO_MEMBERS:
            return "neutral", _("No subject in scope")
        case _:
            if value.met is None:
                return "info", _("No target")
            return ("done", _("On target")) if value.met else ("due_soon", _("Below target"))


def formula_in_words(figure: Figure) -> str:
    """The formula of a figure in words; empty when the plan gives none."""
    return describe(formula_of(figure), language()) if figure.formula else ""


def exclusions_in_words(value: FigureValue) -> list[str]:
    """Why subjects in scope do not count, with how many."""
    return [
        ngettext("%(n)s subject %(why)s", "%(n)s subjects %(why)s", n)
        % {"n": n, "why": EXCLUSION_NAMES[reason]}
        for reason, n in value.excluded.items()
    ]


@dataclass(frozen=True, slots=True)
class RowLines:
    """A row of a plan with the lines of its figures."""

    row: PlanRow
    lines: Sequence[Line]
    flaws: Sequence[object]


def rows_with_lines(plan: Plan, actor: Actor, as_of: date) -> list[RowLines]:
    """The rows of a plan as the actor may see them."""
    organ = organ_of_figures(actor, plan)
    flaws: dict[str, list[object]] = {}
    for finding in plan.findings.all():
        for row_id in finding.rows:
            flaws.setdefault(row_id, []).append(finding)
    rows = []
    for row in rows_of(plan):
        lines = []
        for figure in row.figures.all():
            figure.row = row
            lines.append(line_of(figure, organ, as_of))
        rows.append(RowLines(row, lines, flaws.get(row.row_id, [])))
    return rows


def computed(rows: Iterable[RowLines]) -> list[Line]:
    """The lines that have a value."""
    return [
        line for row in rows for line in row.lines if line.value and line.value.state is ValueState.COMPUTED
    ]


def carrier(figure: Figure) -> Figure:
    """The figure whose formula counts."""
    return carrier_of(figure)
