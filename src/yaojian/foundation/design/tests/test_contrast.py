"""Colours that carry text keep WCAG AA (4.5:1) in the light and in the dark."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TOKENS = (Path(__file__).resolve().parent.parent / "static" / "design" / "tokens.css").read_text(
    encoding="utf-8"
)
COLOURS = {
    name: {"light": light, "dark": dark}
    for name, light, dark in re.findall(
        r"--yj-([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);", TOKENS
    )
}
MEANINGS = ("overdue", "due-soon", "done", "info", "neutral")
GROUNDS = ("page", "surface", "raised", "sunken", "hover")
TEXT_ON_GROUND = [
    *[(text, ground) for text in ("ink", "ink-soft", "ink-quiet", "link") for ground in GROUNDS],
    *[(meaning, ground) for meaning in MEANINGS for ground in (*GROUNDS, f"{meaning}-wash")],
    *[(text, "primary-wash") for text in ("primary", "primary-strong", "ink-soft")],
    *[(text, "banner") for text in ("on-banner", "on-banner-soft")],
    *[(text, "banner-field") for text in ("on-banner", "on-banner-soft")],
    ("on-primary", "primary"),
    ("on-primary", "primary-strong"),
    ("primary", "surface"),
    ("primary-strong", "surface"),
    ("ink", "overdue-wash"),
]
MARKS_ON_GROUND = [
    *[(mark, ground) for mark in ("focus", "line-strong") for ground in ("page", "surface")],
    *[(f"series-{n}", "surface") for n in range(1, 6)],
]


def luminance(colour: str) -> float:
    """The relative luminance of #rrggbb (WCAG 2.2)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_contrast_of_known_colours() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT_ON_GROUND)
def test_text_is_readable(text: str, ground: str, mode: str) -> None:
    assert contrast(COLOURS[text][mode], COLOURS[ground][mode]) >= 4.5


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize(("mark", "ground"), MARKS_ON_GROUND)
def test_marks_are_visible(mark: str, ground: str, mode: str) -> None:
    assert contrast(COLOURS[mark][mode], COLOURS[ground][mode]) >= 3
