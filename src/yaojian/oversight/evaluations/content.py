"""What an evaluation holds: every figure of a plan for an organ on a day, as it is shown and frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import override

from yaojian.foundation.ledger.facade import canonical_bytes
from yaojian.oversight.evaluations.models import Evaluation
from yaojian.oversight.plans.facade import Figure, Plan, ValueState, plan_by_code, values_of_figures
from yaojian.oversight.plans.web.presentation import judgement, line_of

SCHEMA = "yaojian.evaluation/1"


@dataclass(frozen=True, slots=True)
class Line:
    """A figure of an evaluation: texts are those of the plan, in the installation's language."""

    key: str
    row: str
    line: int
    title: str
    attribute: str
    klass: str
    unit: str
    target: str
    value: str
    state: str
    met: bool | None
    status: str
    meaning: str
    numerator: str
    denominator: str
    version: int
    waits_for: tuple[str, ...]
    number: str
    comment: str = ""


def lines_of(evaluation: Evaluation) -> list[Line]:
    """The figures of the plan for the evaluation's organ and day, counted now, with their comments."""
    plan = plan_by_code(evaluation.plan_code)
    figures = list(
        Figure.objects.filter(row__plan=plan)
        .exclude(klass="baseline")
        .select_related("row__plan__organ", "version")
        .order_by("row__position", "position")
    )
    values = values_of_figures(figures, evaluation.organ, evaluation.as_of)
    comments = dict(evaluation.comments.values_list("figure_key", "text"))
    with override(settings.LANGUAGE_CODE):
        return [
            _line(evaluation, figure, values[figure.key], comments.get(figure.key, "")) for figure in figures
        ]


def _line(evaluation: Evaluation, figure: Figure, value: Any, comment: str) -> Line:
    shown = line_of(figure, evaluation.organ, evaluation.as_of, value)
    meaning, status = judgement(figure, value)
    counted = value.state is not ValueState.WAITING
    return Line(
        key=figure.key,
        row=figure.row.row_id,
        line=figure.row.line,
        title=figure.title_zh,
        attribute=str(figure.row.get_attribute_display()),
        klass=str(figure.get_klass_display()),
        unit=figure.unit_zh or figure.unit,
        target=shown.target,
        value=shown.shown,
        state=value.state.value,
        met=value.met,
        status=status,
        meaning=meaning,
        numerator=str(value.numerator) if counted else "",
        denominator=str(value.denominator) if counted and value.denominator else "",
        version=figure.version.number if figure.version else 0,
        waits_for=shown.waits_for,
        number="" if value.number is None else str(value.number),
        comment=comment,
    )


def content_of(evaluation: Evaluation, plan: Plan, lines: list[Line]) -> dict[str, Any]:
    """What is frozen: an object of texts and whole numbers only, so that its bytes are the same for ever."""
    return {
        "schema": SCHEMA,
        "kind": evaluation.kind,
        "title": evaluation.title,
        "plan": {"code": plan.code, "title": plan.title, "fingerprint": plan.fingerprint},
        "organ": {"code": evaluation.organ.code, "name": evaluation.organ.name},
        "as_of": evaluation.as_of,
        "summary": evaluation.summary,
        "lines": [{name: getattr(line, name) for name in Line.__slots__} for line in lines],
    }


def bytes_of(content: Mapping[str, Any]) -> bytes:
    """The canonical bytes of what is frozen (RFC 8785)."""
    return canonical_bytes(content)


def lines_in(content: Mapping[str, Any]) -> list[Line]:
    """The lines of a frozen evaluation."""
    return [Line(**{**line, "waits_for": tuple(line["waits_for"])}) for line in content["lines"]]


@dataclass(frozen=True, slots=True)
class Tally:
    """How many figures are met, missed, not judged, and wait for data."""

    met: int
    missed: int
    unjudged: int
    waiting: int

    @property
    def judged(self) -> int:
        """How many could be judged."""
        return self.met + self.missed


def tally_of(lines: list[Line]) -> Tally:
    """Count the lines by what they say."""
    waiting = sum(line.state == ValueState.WAITING.value for line in lines)
    met = sum(line.met is True for line in lines)
    missed = sum(line.met is False for line in lines)
    return Tally(met, missed, len(lines) - waiting - met - missed, waiting)
