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
from yaojian.foundation.ledger.facade import Act
from yaojian.oversight.evaluations.content import Line, content_of, tally_of, trends_in, trends_of
from yaojian.oversight.evaluations.evaluation_actions import frozen_content
from yaojian.oversight.evaluations.models import Evaluation, Snapshot
from yaojian.oversight.evaluations.web.figures_drawn import (
    Bar,
    shares_drawn,
    tally_drawn,
    trends_drawn,
)
from yaojian.oversight.plans.facade import Plan

PERCENT_SHOWN = 24
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
        frozen = frozen_content(snapshot) if snapshot else content_of(evaluation, plan, lines)
        bars = bars_of(lines)
        trends = trends_in(frozen) if snapshot else trends_of(evaluation, lines)
        context: dict[str, Any] = {
            "evaluation": evaluation,
            "frozen": frozen,
            "lines": lines,
            "tally": tally,
            "paragraphs": [words for words in evaluation.summary.splitlines() if words.strip()],
            "missed": [line for line in lines if line.met is False],
            "snapshot": snapshot,
            "tally_chart": as_picture(tally_drawn(tally, names)),
            "shares_chart": as_picture(shares_drawn(bars)) if bars else "",
            "act": Act.objects.get(uid=snapshot.act) if snapshot else None,
            "trends_chart": as_picture(trends_drawn(trends)) if trends else "",
        }
        html = render_to_string("evaluations/print.html", context)
    document = HTML(string=html).render(stylesheets=[CSS(filename=STYLE)])
    content: bytes = document.write_pdf()
    return content, len(document.pages)


def as_picture(svg: str) -> str:
    """An SVG as an address that needs no network."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def bars_of(lines: list[Line]) -> list[Bar]:
    """The shares among the figures, with their targets, the lowest first."""
    found = [
        Bar(line.title, float(line.number), float(line.goal) if line.goal else None, line.met)
        for line in lines
        if line.value.endswith("%") and line.number
    ]
    return sorted(found, key=lambda bar: bar.value)[:PERCENT_SHOWN]
