"""Figures in words and colours for the pages of this room."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from yaojian.foundation.accounts.facade import Actor, Organ
from yaojian.oversight.plans.contracts import FigureValue, RowClass
from yaojian.oversight.plans.definitions import describe
from yaojian.oversight.plans.evaluation import formula_of, target_for, targets_of
from yaojian.oversight.plans.models import Figure, Plan, PlanRow
from yaojian.oversight.plans.outcomes import Lack, ValueState
from yaojian.oversight.plans.queries import (
    carrier_of,
    organ_of_figures,
    rows_of,
    value_of,
    values_of_figures,
)
from yaojian.oversight.plans.vocabulary import vocabulary
from yaojian.oversight.plans.wording import datum_in_words


def lack_in_words(lack: Lack) -> str:
    """A missing datum, with what of it is missing."""
    return datum_in_words(lack.datum, dict(lack.dims), language().startswith("zh"))


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
    def shown(self) -> str:
        """The value as it is written: a grade, a number with its unit, a share with two decimals."""
        if self.value is not None and self.value.state is ValueState.NO_MEMBERS:
            return _("0 of 0")
        if self.value is None or self.value.outcome.number is None:
            return ""
        if self.value.outcome.grade:
            return self.value.outcome.grade
        if self.value.outcome.done_on:
            return self.value.outcome.done_on.isoformat()
        number = f"{self.value.number:,}"
        whole = self.value.unit != "percent" and number.endswith(".00")
        return f"{number.removesuffix('.00') if whole else number}{unit_of(self.figure)}"

    @property
    def plain(self) -> Decimal | str:
        """The same for a table that is reckoned with: a number where the value is one, without its unit."""
        outcome = self.value.outcome if self.value is not None else None
        if self.value is None or outcome is None or self.value.state is ValueState.NO_MEMBERS:
            return self.shown
        number = None if outcome.grade or outcome.done_on else self.value.number
        return self.shown if number is None else number

    @property
    def unit(self) -> str:
        """The unit of a value that is a number."""
        return "" if isinstance(self.plain, str) else unit_of(self.figure).strip()

    @property
    def earlier(self) -> str:
        """The value of the last year that has one, while this year waits for its statements."""
        before = self.value.earlier if self.value else None
        if before is None:
            return ""
        words = {"year": before.as_of.year, "number": replace(self, value=before).shown}
        return _("%(year)s: %(number)s") % words

    @property
    def distance(self) -> str:
        """How far the value is from the target, in words."""
        if not self.points_short:
            return ""
        if self.figure.unit == "percent" and is_above(self.value):
            return _("%(points)s points too many") % {"points": f"{self.points_short:.2f}"}
        if self.figure.unit == "percent":
            return _("%(points)s points short") % {"points": f"{self.points_short:.2f}"}
        if self.figure.unit == "grade":
            return _("%(n)s grades short") % {"n": int(self.points_short)}
        short = f"{self.points_short:,.2f}".removesuffix(".00")
        if is_above(self.value):
            return _("%(amount)s too many") % {"amount": f"{short}{unit_of(self.figure)}"}
        return _("%(amount)s short") % {"amount": f"{short}{unit_of(self.figure)}"}


def is_above(value: FigureValue | None) -> bool:
    """Whether a value misses its target by being larger, or by not being less."""
    target, judged = (value.target, value.judged) if value else (None, None)
    if target is not None and target.op in ("<", "<="):
        return True
    goal = target.value if target is not None else None
    numbers = isinstance(goal, int | float) and isinstance(judged, int | float)
    return numbers and float(judged or 0) > float(goal or 0)


def target_in_words(figure: Figure, year: int, on: date | None = None) -> str:
    """The target in force, as the plan dates it."""
    target = target_for(figure, year, on)
    return target.describe(figure.unit, language()) if target else ""


def indicator_number(row: PlanRow) -> str:
    """The number the plan's table of indicators gives a row, as 指标(2) or 指标3; empty for other rows."""
    kind = row.kind.strip()
    return kind if re.fullmatch(r"指标([0-9]+|[(（][0-9]+[)）])", kind) else ""


def targets_in_words(figure: Figure) -> list[str]:
    """All targets and baselines of a figure in words."""
    return [target.describe(figure.unit, language()) for target in targets_of(figure)]


def targets_with_sources(figure: Figure) -> list[tuple[str, int | None]]:
    """The same, each with the number of the adjustment that put it there; None for what the pack says."""
    return [(target.describe(figure.unit, language()), target.adjustment) for target in targets_of(figure)]


def line_of(figure: Figure, organ: Organ | None, as_of: date, value: FigureValue | None = None) -> Line:
    """A figure with its value for an organ, computed unless given; without an organ, another region's."""
    waits = tuple(vocabulary().label("data_keys", key, language()) for key in figure.waits_for)
    target = target_in_words(figure, as_of.year, as_of)
    if organ is None:
        return Line(figure, None, "neutral", _("Figures of another region"), target, waits)
    value = value or value_of(figure, organ, as_of)
    kind, status = judgement(figure, value)
    return Line(figure, value, kind, status, target, waits)


def line_with(figure: Figure, value: FigureValue) -> Line:
    """A figure with a value that has been counted."""
    target = value.target.describe(figure.unit, language()) if value.target else ""
    return Line(figure, value, *judgement(figure, value), target, ())


def judgement(figure: Figure, value: FigureValue) -> tuple[str, str]:
    """The meaning of a value: a kind of colour and words."""
    match value.state:
        case ValueState.WAITING:
            words = {
                RowClass.MILESTONE: _("Milestone, not reached yet"),
                RowClass.BASELINE: _("History, as the plan states it"),
            }
            return "neutral", words.get(RowClass(figure.klass), _("Data missing"))
        case ValueState.NO_MEMBERS:
            return "neutral", _("Nobody in the group: counts 0")
        case ValueState.ZERO_DENOMINATOR:
            return "neutral", _("Denominator is zero")
        case ValueState.INCOMPLETE:
            return "info", _("Incomplete: data of some organs are missing")
        case _:
            if value.met is None:
                return "info", _("No target")
            if value.late:
                return "due_soon", _("Reached late")
            if value.met:
                return "done", _("On target")
            return "due_soon", _("Above target") if is_above(value) else _("Below target")


def formula_in_words(figure: Figure) -> str:
    """The formula of a figure in words; empty when the plan gives none."""
    return describe(formula_of(figure), language()) if figure.formula else ""


def unit_of(figure: Figure) -> str:
    """The unit of a figure as it stands behind a number, as the plan writes it for Chinese readers."""
    if figure.unit == "percent":
        return "%"
    if language().startswith("zh"):
        return figure.unit_zh or vocabulary().label("units", figure.unit, "zh")
    return " " + vocabulary().label("units", figure.unit, "en")


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
    found = list(rows_of(plan).prefetch_related("figures__version"))
    figures = [figure for row in found for figure in row.figures.all()]
    values = values_of_figures(figures, organ, as_of) if organ is not None else {}
    rows = []
    for row in found:
        lines = []
        for figure in row.figures.all():
            figure.row = row
            lines.append(line_of(figure, organ, as_of, values.get(figure.key)))
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
