"""When set-up steps run again, and how the greeting looks."""

from __future__ import annotations

import json
from pathlib import Path

from yaojian.operations import preparation
from yaojian.operations.installation import Installation
from yaojian.operations.supervisor import display_width, summary


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
