"""When set-up steps run again, and how the greeting looks."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from yaojian.operations import cli, preparation
from yaojian.operations.installation import Installation
from yaojian.operations.speech import Steps
from yaojian.operations.supervisor import display_width, summary
from yaojian.operations.tests.conftest import Plant, fresh_folder, removed


def test_the_fingerprint_follows_code_and_packs_but_not_tests(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "plan.yaml").write_text("a")
    first = preparation.code_fingerprint(tmp_path)
    (tmp_path / "tests" / "test_x.py").write_text("new")
    (tmp_path / "picture.png").write_bytes(b"new")
    assert preparation.code_fingerprint(tmp_path) == first
    (tmp_path / "plan.yaml").write_text("b")
    assert preparation.code_fingerprint(tmp_path) != first


def test_steps_are_expected_when_code_or_wishes_change(tmp_path: Path) -> None:
    installation = Installation(tmp_path, "127.0.0.1", 8000, 1, (), "")
    assert preparation.expected(installation, demo=False)
    note = tmp_path / preparation.PREPARED
    note.write_text(json.dumps({"code": preparation.code_fingerprint(), "demo": False}))
    assert not preparation.expected(installation, demo=False)
    assert preparation.expected(installation, demo=True)
    note.write_text("{")  # cut off by a full disk
    assert preparation.expected(installation, demo=False)


def test_the_greeting_is_a_straight_frame_around_chinese(tmp_path: Path) -> None:
    accounts = [
        {"username": "barkol", "password": "p", "name": "巴合提", "role": "Inspector", "organ": "巴里坤县"},
        {"username": "a", "password": "p", "name": "于新疆", "role": "Leader", "organ": "自治区药监局"},
    ]
    lines = summary(Installation(tmp_path, "::", 8123, 1, (), ""), accounts, 12.0).splitlines()
    assert len({display_width(line) for line in lines}) == 1
    assert any("http://[::1]:8123/" in line for line in lines)
    assert any("barkol" in line and "巴里坤县" in line for line in lines)


def test_simulating_into_an_empty_folder_sets_up_first(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []

    def run(self: preparation.Preparation, steps: Steps, *, demo: bool) -> None:
        done.append(f"set up {demo}")

    started = subprocess.run

    def command(arguments: list[str], **how: Any) -> subprocess.CompletedProcess[bytes]:
        if "django" not in arguments:
            return started(arguments, **how)
        done.append(" ".join(arguments[-3:]))
        return subprocess.CompletedProcess(arguments, 0)

    folder = plant(fresh_folder("yj-simulate-"))
    monkeypatch.setenv("YAOJIAN_DATA", str(folder))
    monkeypatch.setattr(preparation.Preparation, "run", run)
    monkeypatch.setattr(cli.subprocess, "run", command)
    assert cli.main(["simulate", "--province", "barkol"]) == 0
    assert cli.main(["manage", "check"]) == 0
    assert done == [
        "set up False",
        "simulate --province barkol",
        "-m django check",
    ]
    monkeypatch.undo()
    removed(folder)
