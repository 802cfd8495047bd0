"""The room's guide shows the state table as it is."""

from __future__ import annotations

from pathlib import Path

from yaojian.foundation.documents.states import DOCUMENT_STATES


def test_the_diagram_is_current() -> None:
    guide = (Path(__file__).resolve().parent.parent / "README.md").read_text(encoding="utf-8")
    expected = f"```mermaid\n{DOCUMENT_STATES.mermaid()}\n```"
    assert expected in guide, f"put this into the README:\n{expected}"
