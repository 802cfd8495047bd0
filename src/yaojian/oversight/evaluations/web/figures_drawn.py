"""Charts of an evaluation as SVG, for paper. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from django.utils.translation import gettext as _

from yaojian.oversight.evaluations.content import Tally, Trend

INK, QUIET, GRID = "#1d2433", "#667085", "#d8dde6"
MET, MISSED, UNJUDGED, WAITING = "#2f7d4f", "#c2410c", "#3b6ea5", "#b8c0cc"
WIDTH, START, ROW = 680, 250, 20
LONGEST_LABEL = 20


@dataclass(frozen=True, slots=True)
class Bar:
    """A share beside its target, both in percent."""

    label: str
    value: float
    target: float | None
    met: bool | None


def tally_drawn(tally: Tally, names: Sequence[str]) -> str:
    """One bar of all figures, parted by what they say; `names` for met, missed, not judged, waiting."""
    numbers = (tally.met, tally.missed, tally.unjudged, tally.waiting)
    colours = (MET, MISSED, UNJUDGED, WAITING)
    whole = sum(numbers) or 1
    drawn, left = [], 0.0
    for number, colour in zip(numbers, colours, strict=True):
        width = WIDTH * number / whole
        drawn.append(_box(left, 0, width, 26, colour))
        if width > 24:
            drawn.append(_text(left + width / 2, 18, str(number), "#fff", "middle", 13))
        left += width
    for place, (number, colour, name) in enumerate(zip(numbers, colours, names, strict=True)):
        start = place * WIDTH / 4
        drawn.append(_box(start, 38, 12, 12, colour))
        drawn.append(_text(start + 18, 49, f"{name} {number}", INK, "start", 12))
    return _svg(56, drawn)


def shares_drawn(bars: Sequence[Bar]) -> str:
    """Shares as bars, each with a tick at its target."""
    foot = len(bars) * ROW
    scale = (WIDTH - START - 60) / 100
    drawn = []
    for tick in (0, 25, 50, 75, 100):
        drawn.append(_line(START + tick * scale, 0, foot, GRID, 1))
        drawn.append(_text(START + tick * scale, foot + 14, f"{tick}%", QUIET, "middle", 10))
    for place, bar in enumerate(bars):
        top = place * ROW
        colour = MET if bar.met else MISSED if bar.met is False else UNJUDGED
        width = _on_paper(bar.value) * scale
        label = bar.label if len(bar.label) <= LONGEST_LABEL else bar.label[: LONGEST_LABEL - 1] + "…"
        drawn.append(_text(START - 8, top + 14, label, INK, "end", 11))
        drawn.append(_box(START, top + 4, width, 12, colour))
        drawn.append(_text(START + 100 * scale + 8, top + 14, f"{bar.value:.2f}%", INK, "start", 10))
        if bar.target is not None:
            drawn.append(_line(START + _on_paper(bar.target) * scale, top + 1, top + 19, INK, 2))
    return _svg(foot + 20, drawn)


PER_ROW, CELL, PLOT = 3, 134, 84
"""Small charts side by side, the height of one with its words, the height of its plot."""


def trends_drawn(trends: Sequence[Trend]) -> str:
    """Small charts of shares over the years, three in a row, all from 0 to 100 percent."""
    drawn: list[str] = []
    wide = WIDTH / PER_ROW
    for place, trend in enumerate(trends):
        drawn += _one_trend(trend, place % PER_ROW * wide, place // PER_ROW * CELL, wide - 22)
    return _svg(-(-len(trends) // PER_ROW) * CELL, drawn)


def _one_trend(trend: Trend, left: float, top: int, wide: float) -> list[str]:
    colour = MET if trend.met else MISSED if trend.met is False else UNJUDGED
    title = trend.label if len(trend.label) <= 16 else trend.label[:15] + "…"
    foot, start = top + 26 + PLOT, left + 32
    step = (wide - 46) / max(len(trend.days) - 1, 1)
    drawn = [_text(left, top + 14, title, INK, "start", 11)]
    for share in (0, 50, 100):
        height = foot - PLOT * share / 100
        drawn.append(_level(start, left + wide, height, GRID, ""))
        drawn.append(_text(start - 4, height + 3, f"{share}%", QUIET, "end", 9.5))
    if trend.target:
        height = foot - PLOT * _on_paper(float(trend.target)) / 100
        drawn.append(_level(start, left + wide, height, INK, ' stroke-dasharray="4 3"'))
    points = [
        (start + 6 + n * step, foot - PLOT * _on_paper(float(value)) / 100, float(value))
        for n, value in enumerate(trend.values)
        if value
    ]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y, _value in points)
    drawn.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.8"/>')
    drawn += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.4" fill="{colour}"/>' for x, y, _value in points]
    if trend.begins:
        words = _("Records begin in %(month)s") % {"month": trend.begins[:7]}
        drawn.append(_text(start + 6, top + 36, words, QUIET, "start", 9.5))
    if points:
        x, y, value = points[-1]
        drawn.append(_text(x, y - 5 if y - 5 > top + 24 else y + 12, f"{value:.1f}%", colour, "end", 10.5))
    for n, day in enumerate(trend.days):
        drawn.append(_text(start + 6 + n * step, foot + 12, day, QUIET, "middle", 9.5))
    return drawn


def _level(start: float, end: float, height: float, colour: str, more: str) -> str:
    return (
        f'<line x1="{start:.1f}" y1="{height:.1f}" x2="{end:.1f}" y2="{height:.1f}" stroke="{colour}" '
        f'stroke-width="0.8"{more}/>'
    )


def _on_paper(share: float) -> float:
    return max(0.0, min(100.0, share))


def _box(x: float, y: float, width: float, height: float, colour: str) -> str:
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{colour}"/>'


def _line(x: float, top: float, foot: float, colour: str, width: int) -> str:
    return (
        f'<line x1="{x:.1f}" y1="{top}" x2="{x:.1f}" y2="{foot}" stroke="{colour}" stroke-width="{width}"/>'
    )


def _text(x: float, y: float, words: str, colour: str, anchor: str, size: float) -> str:
    return (
        f'<text x="{x:.1f}" y="{y}" fill="{colour}" font-size="{size}" '
        f'text-anchor="{anchor}">{escape(words)}</text>'
    )


def _svg(height: int, drawn: Sequence[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="100%" '
        f'font-family="Noto Sans CJK SC, sans-serif">{"".join(drawn)}</svg>'
    )
