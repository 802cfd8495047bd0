"""The diagnosis: right about healthy and broken machines, and never broken itself."""

from __future__ import annotations

import os
import socket
import time
from pathlib import Path

import pytest

from yaojian.operations import doctor, doctor_installation
from yaojian.operations.installation import Installation

MIB = 1 << 20


def marks(findings: object) -> str:
    return "".join(finding.mark for finding in findings)  # type: ignore[attr-defined]


@pytest.mark.parametrize(("free_mib", "mark"), [(99, "✗"), (100, "!"), (1023, "!"), (1024, "✓"), (9999, "✓")])
def test_disk_space_has_two_limits(free_mib: int, mark: str) -> None:
    assert marks(doctor.judge_space(free_mib * MIB)) == mark


def test_old_python_is_an_error() -> None:
    assert marks(doctor.check_python((3, 10, 4))) == "✗"
    assert marks(doctor.check_python((3, 13, 0))) == "✓"


def test_an_impossible_clock_is_an_error() -> None:
    assert marks(doctor.check_clock(0.0)) == "✗"
    assert marks(doctor.check_clock(time.time())) == "✓"


def test_pins_of_other_platforms_do_not_count() -> None:
    text = (
        "psycopg[binary]==3.3.1 \\\n    --hash=sha256:00\n"
        "colorama==0.4.6 ; sys_platform == 'win32' \\\n    --hash=sha256:00\n"
        "tzdata==2026.1 ; sys_platform == 'linux'\n# comment==1\n"
    )
    assert doctor.pinned_versions(text, "linux") == {"psycopg": "3.3.1", "tzdata": "2026.1"}


def test_a_package_that_differs_from_its_pin_is_an_error(tmp_path: Path) -> None:
    pins = tmp_path / "requirements.txt"
    pins.write_text("psutil==0.0.1\nno-such-package==1\n")
    (finding,) = doctor.check_packages(pins)
    assert finding.mark == "✗"
    assert "2 个依赖" in finding.zh
    assert "no-such-package - ≠ 1" in finding.zh


def test_readable_secrets_are_an_error(tmp_path: Path) -> None:
    (tmp_path / "secrets.json").write_text("{}")
    (tmp_path / "secrets.json").chmod(0o644)
    assert "✗" in marks(doctor.check_data_folder(tmp_path))
    (tmp_path / "secrets.json").chmod(0o600)
    assert "✗" not in marks(doctor.check_data_folder(tmp_path))


def test_a_taken_port_is_named_with_its_holder(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        (finding,) = doctor_installation.check_port(Installation(tmp_path, "127.0.0.1", port, 1, (), ""))
    assert finding.mark == "✗"
    assert f"pid {os.getpid()}" in finding.zh
    assert f"--port {port + 1}" in finding.cure


def test_an_unreachable_server_is_an_error_without_its_password(tmp_path: Path) -> None:
    installation = Installation(tmp_path, "127.0.0.1", 1, 1, (), "postgresql://o:geheim@127.0.0.1:1/yaojian")
    (finding,) = doctor_installation.check_database(installation)
    assert finding.mark == "✗"
    assert "geheim" not in finding.zh + finding.en + finding.cure


def test_vanished_database_files_are_an_error(tmp_path: Path) -> None:
    (tmp_path / "postgres.json").write_text(f'{{"home": "{tmp_path}"}}')
    (finding,) = doctor_installation.check_database(Installation(tmp_path, "127.0.0.1", 1, 1, (), ""))
    assert (finding.mark, "restore" in finding.cure) == ("✗", True)


def test_a_check_that_fails_is_reported_and_the_others_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def broken() -> object:
        raise RuntimeError("broken machine")

    monkeypatch.setattr(doctor, "check_font", broken)
    monkeypatch.setenv("YAOJIAN_DATA", str(tmp_path / "data"))
    assert doctor.diagnose(data=str(tmp_path / "data"), port=None) == 1
    said = capsys.readouterr().out
    assert "broken machine" in said
    assert "no database yet" in said


def test_a_refused_environment_is_a_finding(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("YAOJIAN_PROT", "1")
    assert doctor.diagnose(data=None, port=None) == 1
    assert "YAOJIAN_PROT" in capsys.readouterr().out
