"""The state diagram in the room's README is the table's own."""

from __future__ import annotations

from pathlib import Path

from yaojian.foundation.notices.states import DISPATCH_STATES

README = Path(__file__).resolve().parent.parent / "README.md"
BEGIN, END = "<!-- states: generated, see tests/test_readme.py -->", "<!-- /states -->"


def test_the_diagram_is_up_to_date() -> None:
    between = README.read_text(encoding="utf-8").split(BEGIN)[1].split(END)[0].strip()
    expected = f"```mermaid\n{DISPATCH_STATES.mermaid()}\n```"
    assert between == expected, f"put this between the markers of {README.name}:\n{expected}"
