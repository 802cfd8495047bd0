"""What an evaluation holds: every figure of a plan for an organ on a day, as it is shown and frozen."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.utils.translation import override

from yaojian.foundation.ledger.facade import canonical_bytes
from yaojian.oversight.evaluations.models import Evaluation
from yaojian.oversight.plans.facade import (
    Figure,
    Plan,
    ValueState,
    plan_by_code,
    records_begin,
    values_at,
    values_of_figures,
)
from yaojian.oversight.plans.web.presentation import judgement, line_of

SCHEMA = "yaojian.evaluation/1"
TRENDS_SHOWN = 9
YEARS_BACK = 4


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
    goal: str = ""
    """The target as a number, where it is one."""


def lines_of(evaluation: Evaluation, *, exact: bool = False) -> list[Line]:
    """The figures of the plan for the evaluation's organ and day, with comments; `exact` for freezing."""
    plan = plan_by_code(evaluation.plan_code)
    figures = list(
        Figure.objects.filter(row__plan=plan)
        .exclude(klass="baseline")
        .select_related("row__plan__organ", "version")
        .order_by("row__position", "position")
    )
    values = values_of_figures(figures, evaluation.organ, evaluation.as_of, exact=exact)
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
        goal=_goal(value.target),
    )


def _goal(target: Any) -> str:
    goal = target.value if target is not None else None
    return str(goal) if isinstance(goal, int | float) and not isinstance(goal, bool) else ""


@dataclass(frozen=True, slots=True)
class Trend:
    """A share over some days, in percent: labels of the days, values, empty where there is none.

    `begins`: the first day with records, where earlier year-ends are left empty for it.
    """

    label: str
    days: tuple[str, ...]
    values: tuple[str, ...]
    target: str
    met: bool | None
    begins: str = ""


def trends_of(evaluation: Evaluation, lines: list[Line]) -> list[Trend]:
    """Shares at the last year-ends and on the day: those below target first, then the binding ones."""
    shares = [line for line in lines if line.value.endswith("%") and line.number]
    shares.sort(key=lambda line: (line.met is not False, line.met is None, line.key))
    known = Figure.objects.filter(key__in=[line.key for line in shares], same_as="", version__isnull=False)
    figures = {figure.key: figure for figure in known.select_related("row", "version")}
    chosen = [line for line in shares if line.key in figures][:TRENDS_SHOWN]
    day, organ = evaluation.as_of, evaluation.organ
    ends = [date(day.year - back, 12, 31) for back in range(YEARS_BACK, 0, -1)]
    # The first place is the day itself: it is at or above all others.
    values = values_at([figures[line.key] for line in chosen], [(organ, one) for one in (day, *ends)])
    labels = tuple(str(one.year) for one in (*ends, day))
    found = []
    for line in chosen:
        # Before the first record there is no value: nothing recorded is not nothing done.
        first = records_begin(figures[line.key])
        numbers = [
            values[organ.pk, one][line.key].number if first is None or one >= first else None for one in ends
        ]
        shown = (*("" if number is None else str(number) for number in numbers), line.number)
        if sum(bool(number) for number in shown) > 1:
            begins = first.isoformat() if first is not None and first > ends[0] else ""
            found.append(Trend(line.title, labels, shown, line.goal, line.met, begins))
    return found


def trends_in(content: Mapping[str, Any]) -> list[Trend]:
    """The trends of a frozen evaluation."""
    return [
        Trend(
            one["label"],
            tuple(one["days"]),
            tuple(one["values"]),
            one["target"],
            one["met"],
            one.get("begins", ""),
        )
        for one in content.get("trends", ())
    ]


def digest_of_draft(evaluation: Evaluation, plan: Plan, lines: list[Line]) -> str:
    """The SHA-256 of what a draft says as it stands; never that of the same once frozen."""
    return hashlib.sha256(b"draft " + bytes_of(content_of(evaluation, plan, lines))).hexdigest()


def content_of(
    evaluation: Evaluation, plan: Plan, lines: list[Line], trends: Sequence[Mapping[str, Any]] = ()
) -> dict[str, Any]:
    """What is frozen: an object of texts and whole numbers only, so that its bytes are the same for ever."""
    return {
        "schema": SCHEMA,
        "kind": evaluation.kind,
        "title": evaluation.title,
        "plan": {"code": plan.code, "title": plan.title, "fingerprint": plan.fingerprint},
        "organ": {"code": evaluation.organ.code, "name": evaluation.organ.name},
        "as_of": evaluation.as_of,
        "summary": evaluation.summary,
        "prepared_by": evaluation.prepared_by.display_name,
        "trends": list(trends),
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
