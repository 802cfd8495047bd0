"""The command line as it is asked for help."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from yaojian.operations import cli


@pytest.mark.parametrize(
    "command", [[name] for name in sorted({*cli.PASSED_ON, "up", "backup"})] + [["manage", "check_truth"]]
)
def test_help_says_what_a_command_takes_and_sets_nothing_up(command: list[str], tmp_path: Path) -> None:
    data = tmp_path / "data"
    asked = subprocess.run(
        [sys.executable, "-m", "yaojian.operations.cli", *command, "--help"],
        env={**os.environ, "YAOJIAN_DATA": str(data)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert asked.returncode == 0, asked.stderr
    assert {"manage": "check_truth"}.get(command[-1], command[-1]) in asked.stdout
    assert not data.exists()
