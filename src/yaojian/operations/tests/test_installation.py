"""Secrets, lock and the environment of children."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from yaojian.operations.installation import Installation, installation_from_environment
from yaojian.operations.speech import OperationError

HOLD = """
import sys
from pathlib import Path
from yaojian.operations.installation import Installation
with Installation(Path(sys.argv[1]), "127.0.0.1", 8123, 1, (), "").locked("up"):
    print("held", flush=True); sys.stdin.read()
"""


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    made = Installation(tmp_path / "data", "127.0.0.1", 8000, 2, (), "")
    made.prepare_folders()
    return made


def test_secrets_are_made_once_and_private(installation: Installation) -> None:
    first = installation.secrets()
    assert installation.secrets() == first
    file = installation.data / "secrets.json"
    assert file.stat().st_mode & 0o777 == 0o600
    written = json.loads(file.read_text())
    assert all(len(value) == 64 for value in written.values() if isinstance(value, str))


def test_lost_or_damaged_secrets_are_never_replaced_silently(installation: Installation) -> None:
    installation.secrets()
    file = installation.data / "secrets.json"
    (installation.data / "postgres.json").write_text("{}")
    file.unlink()
    with pytest.raises(OperationError, match="missing"):
        installation.secrets()
    file.write_text("{")
    with pytest.raises(OperationError, match="cannot be read"):
        installation.secrets()


def test_web_and_worker_never_learn_the_owner(installation: Installation) -> None:
    operator = {"DATABASE_URL": "postgresql://o:pw@h/d", "YAOJIAN_AS_OWNER": "1", "PATH": "/bin"}
    environment = installation.child_environment("postgresql://a@/yaojian", base=operator)
    assert environment["YAOJIAN_DATABASE_APP_URL"] == "postgresql://a@/yaojian"
    assert environment["PATH"] == "/bin"
    assert not {"DATABASE_URL", "YAOJIAN_AS_OWNER", "YAOJIAN_DATABASE_OWNER_URL"} & set(environment)
    as_owner = installation.child_environment("postgresql://a@/y", "postgresql://o@/y", base=operator)
    assert (as_owner["YAOJIAN_AS_OWNER"], as_owner["YAOJIAN_DATABASE_OWNER_URL"]) == (
        "1",
        "postgresql://o@/y",
    )


def test_the_lock_names_its_holder_and_dies_with_it(installation: Installation) -> None:
    assert installation.holder() is None
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(installation.data)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(OperationError, match=rf"pid {other.pid}, port 8123"), installation.locked("up"):
            pytest.fail("two hold it")
        holder = installation.holder()
        assert holder is not None
        assert holder.port == 8123
        other.kill()
        other.wait()
    assert installation.holder() is None
    with installation.locked("up"):
        assert installation.holder() is not None


def test_an_unwritable_place_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    installation = Installation(tmp_path / "file" / "data", "127.0.0.1", 8000, 1, (), "")
    with pytest.raises(OperationError, match="--data"):
        installation.prepare_folders()


def test_a_misspelt_variable_stops_the_start() -> None:
    with pytest.raises(OperationError, match="YAOJIAN_PROT"):
        installation_from_environment(environ={"YAOJIAN_PROT": "8001"})


def test_the_command_line_wins_over_the_environment(tmp_path: Path) -> None:
    made = installation_from_environment(
        data=str(tmp_path), port=9001, environ={"YAOJIAN_PORT": "9000", "YAOJIAN_DATA": "/elsewhere"}
    )
    assert (made.port, made.data) == (9001, tmp_path)


@pytest.mark.parametrize("workers", [1, 2, 8, 64])
def test_web_threads_never_outnumber_the_connections(tmp_path: Path, workers: int) -> None:
    made = Installation(tmp_path, "127.0.0.1", 8000, workers, (), "")
    assert made.blocking_threads * workers < made.connections
