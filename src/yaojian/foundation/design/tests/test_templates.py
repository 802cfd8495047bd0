"""Every template of the product obeys the content security policy: no inline script, style or handler."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.template import engines

from yaojian.foundation.design.templatetags.design import icon_names

PACKAGE = Path(__file__).resolve().parents[3]
TEMPLATES = sorted(PACKAGE.glob("**/templates/**/*.html"))
FORBIDDEN = {
    "inline style": re.compile(r"<[^>]*\sstyle\s*=", re.I),
    "style element": re.compile(r"<style\b", re.I),
    "inline script": re.compile(r"<script(?![^>]*(?:\bsrc=|type=\"application/json\"))", re.I),
    "event handler": re.compile(r"<[^>]*\s(?:on[a-z]+|hx-on[:\w-]*)\s*=", re.I),
    "script address": re.compile(r"(?:href|src|action)\s*=\s*[\"']?\s*javascript:", re.I),
    "address outside": re.compile(r"<(?:script|link|img|iframe)[^>]*(?:src|href)=[\"'](?:https?:)?//", re.I),
    "evaluated htmx": re.compile(r"hx-(?:vals|headers|vars)=[\"']\s*(?:js|javascript):", re.I),
    "value in a tag's text": re.compile(r"\{%(?:(?!%\}).)*\{\{"),
}


def named(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def test_there_are_templates_to_look_at() -> None:
    assert len(TEMPLATES) > 20


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_template_obeys_the_policy(path: Path) -> None:
    text = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"))
    assert [name for name, pattern in FORBIDDEN.items() if pattern.search(text)] == []


@pytest.mark.parametrize(
    ("markup", "fault"),
    [
        ('<p class="a" style="color: red">', "inline style"),
        ("<style>p {}</style>", "style element"),
        ("<script>alert(1)</script>", "inline script"),
        ('<a onclick="go()">', "event handler"),
        ('<a href="javascript:go()">', "script address"),
        ('<script src="https://cdn.example/x.js"></script>', "address outside"),
        ("<p hx-vals='js:{a: 1}'>", "evaluated htmx"),
        ('{% card href="{{ where }}#behind" %}', "value in a tag's text"),
    ],
)
def test_the_guard_sees_what_it_guards_against(markup: str, fault: str) -> None:
    assert [name for name, pattern in FORBIDDEN.items() if pattern.search(markup)] == [fault]


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_template_compiles_and_its_icons_exist(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    engines["django"].from_string(text)
    asked = set(re.findall(r"\{% icon \"([^\"]+)\"", text)) | set(re.findall(r"icon_name=\"([^\"]+)\"", text))
    assert asked <= icon_names()
