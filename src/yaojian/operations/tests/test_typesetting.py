"""What PDFs need is fetched beside the start, or named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from yaojian.operations import typesetting


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """A machine without Pango, where nothing is really started."""
    commands: list[Any] = []
    monkeypatch.setattr(typesetting, "find_library", lambda name: None)
    monkeypatch.setattr(typesetting, "has_cjk_font", lambda: True)
    monkeypatch.setattr(typesetting.subprocess, "Popen", lambda command, **_kw: commands.append(command))
    return commands


def test_root_fetches_in_the_background(
    started: list[Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(typesetting.os, "geteuid", lambda: 0)
    monkeypatch.setattr(typesetting.shutil, "which", lambda name: f"/usr/bin/{name}")
    assert typesetting.fetch_typesetter(tmp_path / "setup.log")
    assert "libpango-1.0-0" in started[0][-1]


def test_others_are_told_what_to_install(
    started: list[Any],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(typesetting.os, "geteuid", lambda: 1000)
    assert not typesetting.fetch_typesetter(tmp_path / "setup.log")
    assert not started
    told = capsys.readouterr()
    assert "libpango-1.0-0" in told.out + told.err


def test_nothing_happens_where_all_is_there(
    started: list[Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(typesetting, "find_library", lambda name: name)
    assert not typesetting.fetch_typesetter(tmp_path / "setup.log")
    assert not started
