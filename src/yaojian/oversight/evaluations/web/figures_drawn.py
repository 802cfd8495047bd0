"""Charts of an evaluation as SVG, for paper. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from yaojian.oversight.evaluations.content import Tally

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


def _on_paper(share: float) -> float:
    return max(0.0, min(100.0, share))


def _box(x: float, y: float, width: float, height: float, colour: str) -> str:
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{colour}"/>'


def _line(x: float, top: float, foot: float, colour: str, width: int) -> str:
    return (
        f'<line x1="{x:.1f}" y1="{top}" x2="{x:.1f}" y2="{foot}" stroke="{colour}" stroke-width="{width}"/>'
    )


def _text(x: float, y: float, words: str, colour: str, anchor: str, size: int) -> str:
    return (
        f'<text x="{x:.1f}" y="{y}" fill="{colour}" font-size="{size}" '
        f'text-anchor="{anchor}">{escape(words)}</text>'
    )


def _svg(height: int, drawn: Sequence[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="100%" '
        f'font-family="Noto Sans CJK SC, sans-serif">{"".join(drawn)}</svg>'
    )
