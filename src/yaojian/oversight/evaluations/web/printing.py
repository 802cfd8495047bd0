"""An evaluation set as a document: title, summary, charts, the table of figures, hash and signatures."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from yaojian.foundation.errors import Misconfigured
from yaojian.oversight.evaluations.content import Line, tally_of
from yaojian.oversight.evaluations.models import Evaluation, Snapshot
from yaojian.oversight.evaluations.web.figures_drawn import Bar, shares_drawn, tally_drawn
from yaojian.oversight.plans.facade import Figure, Plan, target_for

PERCENT_SHOWN = 40
STYLE = Path(__file__).parent.parent / "static" / "evaluations" / "print.css"
CURE = "apt-get install -y libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-cjk"


def pdf_of(evaluation: Evaluation, plan: Plan, lines: list[Line], snapshot: Snapshot | None) -> bytes:
    """The document as PDF, in the installation's language. Raises Misconfigured without the typesetter."""
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
        context: dict[str, Any] = {
            "evaluation": evaluation,
            "plan": plan,
            "lines": lines,
            "tally": tally,
            "missed": [line for line in lines if line.met is False],
            "waiting": [line for line in lines if line.state == "waiting"],
            "commented": [line for line in lines if line.comment],
            "snapshot": snapshot,
            "tally_chart": as_picture(tally_drawn(tally, names)),
            "shares_chart": as_picture(shares_drawn(bars_of(evaluation, lines))),
        }
        html = render_to_string("evaluations/print.html", context)
    document: bytes = HTML(string=html).write_pdf(stylesheets=[CSS(filename=STYLE)])
    return document


def as_picture(svg: str) -> str:
    """An SVG as an address that needs no network."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def bars_of(evaluation: Evaluation, lines: list[Line]) -> list[Bar]:
    """The shares among the figures, with their targets, the lowest first."""
    shares = [line for line in lines if line.value.endswith("%") and line.number]
    figures = {figure.key: figure for figure in Figure.objects.filter(key__in=[line.key for line in shares])}
    found = []
    for line in shares:
        figure = figures.get(line.key)
        target = target_for(figure, evaluation.as_of.year, evaluation.as_of) if figure else None
        goal = target.value if target is not None and isinstance(target.value, int | float) else None
        found.append(Bar(line.title, float(line.number), None if goal is None else float(goal), line.met))
    return sorted(found, key=lambda bar: bar.value)[:PERCENT_SHOWN]
