"""An evaluation set as a document: title, summary, charts, the table of figures, hash and signatures."""

from __future__ import annotations

import base64
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from yaojian.foundation.errors import Misconfigured
from yaojian.oversight.evaluations.content import Line, tally_of
from yaojian.oversight.evaluations.models import Evaluation, Snapshot
from yaojian.oversight.evaluations.web.figures_drawn import (
    Bar,
    Trend,
    shares_drawn,
    tally_drawn,
    trends_drawn,
)
from yaojian.oversight.plans.facade import Figure, Plan, records_begin, target_for, values_at

PERCENT_SHOWN = 24
TRENDS_SHOWN = 9
YEARS_BACK = 4
STYLE = Path(__file__).parent.parent / "static" / "evaluations" / "print.css"
CURE = "apt-get install -y libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-cjk"


def pdf_of(
    evaluation: Evaluation, plan: Plan, lines: list[Line], snapshot: Snapshot | None
) -> tuple[bytes, int]:
    """The document as PDF, in the installation's language, and its pages. Raises Misconfigured."""
    try:
        from weasyprint import CSS, HTML
    except (ImportError, OSError):
        raise Misconfigured(
            _("This machine cannot set documents yet: Pango is missing."),
            cure=_("The operator runs: %(command)s") % {"command": CURE},
        ) from None
    with override(settings.LANGUAGE_CODE):
        tally = tally_of(lines)
        names = [_("on target"), _("below target"), _("not judged"), _("waiting for data")]
        bars, trends = bars_of(evaluation, lines), trends_of(evaluation, lines)
        context: dict[str, Any] = {
            "evaluation": evaluation,
            "plan": plan,
            "lines": lines,
            "tally": tally,
            "paragraphs": [words for words in evaluation.summary.splitlines() if words.strip()],
            "missed": [line for line in lines if line.met is False],
            "snapshot": snapshot,
            "tally_chart": as_picture(tally_drawn(tally, names)),
            "shares_chart": as_picture(shares_drawn(bars)) if bars else "",
            "trends_chart": as_picture(trends_drawn(trends)) if trends else "",
        }
        html = render_to_string("evaluations/print.html", context)
    document = HTML(string=html).render(stylesheets=[CSS(filename=STYLE)])
    content: bytes = document.write_pdf()
    return content, len(document.pages)


def as_picture(svg: str) -> str:
    """An SVG as an address that needs no network."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def bars_of(evaluation: Evaluation, lines: list[Line]) -> list[Bar]:
    """The shares among the figures, with their targets, the lowest first."""
    shares = [line for line in lines if line.value.endswith("%") and line.number]
    figures = {figure.key: figure for figure in Figure.objects.filter(key__in=[line.key for line in shares])}
    found = []
    for line in shares:
        goal = _goal(evaluation, figures.get(line.key))
        found.append(Bar(line.title, float(line.number), goal, line.met))
    return sorted(found, key=lambda bar: bar.value)[:PERCENT_SHOWN]


def _goal(evaluation: Evaluation, figure: Figure | None) -> float | None:
    """The target of a figure in force on the day of the evaluation, where it is a number."""
    target = target_for(figure, evaluation.as_of.year, evaluation.as_of) if figure else None
    goal = target.value if target is not None else None
    return float(goal) if isinstance(goal, int | float) and not isinstance(goal, bool) else None


def trends_of(evaluation: Evaluation, lines: list[Line]) -> list[Trend]:
    """Shares at the last year-ends and on the day: those below target first, then the binding ones."""
    shares = [line for line in lines if line.value.endswith("%") and line.number]
    shares.sort(key=lambda line: (line.met is not False, line.met is None, line.key))
    known = Figure.objects.filter(key__in=[line.key for line in shares], same_as="", version__isnull=False)
    figures = {figure.key: figure for figure in known.select_related("row", "version")}
    chosen = [line for line in shares if line.key in figures][:TRENDS_SHOWN]
    day = evaluation.as_of
    ends = [date(day.year - back, 12, 31) for back in range(YEARS_BACK, 0, -1)]
    days = [*ends, day]
    organ = evaluation.organ
    # The first place is the day itself: it is at or above all others.
    values = values_at([figures[line.key] for line in chosen], [(organ, one) for one in (day, *ends)])
    found = []
    for line in chosen:
        # Before the first record there is no value: nothing recorded is not nothing done.
        first = records_begin(figures[line.key])
        numbers = [
            values[organ.pk, one][line.key].number if first is None or one >= first else None for one in ends
        ]
        shown = [*(None if number is None else float(number) for number in numbers), float(line.number)]
        if sum(number is not None for number in shown) > 1:
            labels = [str(one.year) for one in days]
            found.append(Trend(line.title, labels, shown, _goal(evaluation, figures[line.key]), line.met))
    return found
