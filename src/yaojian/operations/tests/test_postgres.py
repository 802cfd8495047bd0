"""The embedded server: comes up, goes down, and survives everything short of a lost disk."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from yaojian.operations import cluster as clusters
from yaojian.operations import postgres, privileges
from yaojian.operations.installation import Installation
from yaojian.operations.postgres import EmbeddedPostgres
from yaojian.operations.speech import OperationError
from yaojian.operations.tests.conftest import Plant, fresh_folder, removed

PASSWORD = secrets.token_hex(8)


class Heard:
    """Remembers what was announced."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def __call__(self, zh: str, en: str) -> None:
        self.lines.append(f"{zh} / {en}")


@pytest.fixture
def folder() -> Iterator[Path]:
    made = fresh_folder("yj-")
    yield made
    removed(made)


@pytest.fixture
def password(seed: Path) -> str:
    return Installation(seed, "127.0.0.1", 8000, 1, (), "").secrets().superuser_password


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def server(folder: Path, heard: Heard, plant: Plant, password: str) -> Iterator[EmbeddedPostgres]:
    made = EmbeddedPostgres(plant(folder), password, announce=heard)
    yield made
    made.stop()


def rows(server: EmbeddedPostgres) -> int:
    with psycopg.connect(server.superuser_url()) as connection:
        found = connection.execute("SELECT count(*) FROM kept").fetchone()
    return int(found[0]) if found else 0


def commit_a_row(server: EmbeddedPostgres) -> None:
    with psycopg.connect(server.superuser_url()) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (n int)")
        connection.execute("INSERT INTO kept VALUES (1)")


def test_stops_cleanly_and_keeps_what_was_committed(server: EmbeddedPostgres) -> None:
    server.start()
    commit_a_row(server)
    server.stop()
    assert server.living_processes() == []
    server.start()
    assert rows(server) == 1


def test_is_durable_checksummed_and_sorts_by_code_point(server: EmbeddedPostgres) -> None:
    server.start()
    with psycopg.connect(server.superuser_url()) as connection:
        for setting, wanted in {
            "fsync": "on",
            "synchronous_commit": "on",
            "data_checksums": "on",
            "listen_addresses": "",
            "password_encryption": "scram-sha-256",
        }.items():
            assert connection.info.parameter_status(setting) in (None, wanted)
            assert connection.execute(f"SHOW {setting}").fetchone() == (wanted,)
        provider = connection.execute("SELECT datlocprovider, datlocale FROM pg_database").fetchall()
        assert set(provider) == {("b", "C.UTF-8")}


def test_a_wrong_password_is_refused(server: EmbeddedPostgres) -> None:
    server.start()
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(server.url("postgres", "wrong", "postgres"))


def test_lost_secrets_are_named_as_the_cause(server: EmbeddedPostgres, folder: Path, heard: Heard) -> None:
    server.start()
    server.stop()
    stranger = EmbeddedPostgres(folder, "another", announce=heard)
    with pytest.raises(OperationError, match=r"secrets\.json"):
        stranger.start()
    assert stranger.living_processes() == []


def test_a_killed_postmaster_loses_nothing_acknowledged(server: EmbeddedPostgres) -> None:
    server.start()
    commit_a_row(server)
    assert server.pid is not None
    open_connection = psycopg.connect(server.superuser_url())
    os.kill(server.pid, signal.SIGKILL)
    while not server.died():
        time.sleep(0.01)
    server.start()
    assert rows(server) == 1
    open_connection.close()


def test_a_killed_backend_is_recovered_by_the_server_itself(server: EmbeddedPostgres) -> None:
    server.start()
    commit_a_row(server)
    with psycopg.connect(server.superuser_url()) as victim:
        os.kill(victim.info.backend_pid, signal.SIGKILL)
        with pytest.raises(psycopg.OperationalError):
            victim.execute("SELECT 1")
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            assert rows(server) == 1
            return
        except psycopg.OperationalError:
            time.sleep(0.05)
    pytest.fail("the server did not come back")


def test_a_server_that_outlived_its_supervisor_is_stopped(
    server: EmbeddedPostgres, heard: Heard, password: str
) -> None:
    server.start()
    commit_a_row(server)
    left_over = server.pid
    successor = EmbeddedPostgres(server.folder, password, announce=heard)
    try:
        successor.start()
        assert successor.pid != left_over
        assert rows(successor) == 1
        assert any("stopping the database left by an earlier run" in line for line in heard.lines)
    finally:
        successor.stop()


def test_the_server_stops_when_its_supervisor_is_killed(folder: Path, plant: Plant, password: str) -> None:
    plant(folder)
    program = (
        "import sys, time; from pathlib import Path\n"
        "from yaojian.operations.postgres import EmbeddedPostgres\n"
        "from yaojian.operations.speech import stay_silent\n"
        f"s = EmbeddedPostgres(Path({str(folder)!r}), {password!r}, announce=stay_silent); s.start()\n"
        "print(s.pid, flush=True); time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as supervisor:
        assert supervisor.stdout is not None
        postmaster = psutil.Process(int(supervisor.stdout.readline()))
        supervisor.kill()
    psutil.wait_procs([postmaster], timeout=20)
    assert not postmaster.is_running()


def test_a_pid_file_from_before_a_reboot_is_no_obstacle(server: EmbeddedPostgres) -> None:
    server.start()
    commit_a_row(server)
    server.stop()
    stale = server.cluster.data / "postmaster.pid"
    stale.write_text(f"{os.getpid()}\n{server.cluster.data}\n1\n5432\n{server.cluster.socket_folder}\n\n\n")
    lock = server.cluster.socket_folder / f"{clusters.SOCKET_NAME}.lock"
    lock.write_text(stale.read_text())
    server.start()
    assert rows(server) == 1


def test_an_interrupted_initdb_is_begun_again(folder: Path, heard: Heard) -> None:
    server = EmbeddedPostgres(folder, PASSWORD, announce=heard)
    half = server.cluster.data.parent / ".postgres-killed" / "data"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    server.start()
    server.stop()
    assert not half.exists()


def test_a_long_data_path_gets_a_short_private_socket_folder(
    folder: Path, heard: Heard, plant: Plant, password: str
) -> None:
    deep = folder / ("很长的目录名" * 4) / ("d" * 60)
    deep.mkdir(parents=True)
    server = EmbeddedPostgres(plant(deep), password, announce=heard)
    socket_folder = server.cluster.socket_folder
    try:
        assert clusters.fits_a_socket(socket_folder)
        assert socket_folder.stat().st_mode & 0o777 == 0o700
        assert deep not in socket_folder.parents
        assert server.cluster.data.parent == deep
        server.start()
        assert EmbeddedPostgres(deep, password, announce=heard).cluster.socket_folder == socket_folder
    finally:
        server.stop()
        if deep not in socket_folder.parents:
            shutil.rmtree(socket_folder, ignore_errors=True)


def test_long_recovery_is_waited_for_and_told(
    server: EmbeddedPostgres, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    real_connect = psycopg.connect
    refusals = iter(range(6))

    def recovering(*arguments: object, **options: object) -> object:
        if next(refusals, None) is not None:
            raise psycopg.OperationalError("FATAL:  the database system is starting up")
        return real_connect(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(postgres, "REPORT_EVERY_S", 0.1)
    monkeypatch.setattr(psycopg, "connect", recovering)
    server.start()
    assert any("starting or recovering" in line for line in heard.lines)


def test_a_server_that_cannot_start_shows_its_log(server: EmbeddedPostgres) -> None:
    server.start()
    server.stop()
    (server.cluster.data / "postgresql.conf").write_text("nonsense = 1\n")
    with pytest.raises(OperationError, match="nonsense"):
        server.start()


def test_files_of_another_user_are_named_as_the_cause(folder: Path, heard: Heard) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give files away")
    server = EmbeddedPostgres(folder, PASSWORD, announce=heard)
    server.cluster.data.mkdir()  # owned by root, as after an unlucky cp
    with pytest.raises(OperationError, match="chown"):
        EmbeddedPostgres(folder, PASSWORD, announce=heard)


def test_root_keeps_an_unreachable_installation_in_the_system_folder(heard: Heard) -> None:
    if os.geteuid() != 0:
        pytest.skip("an ordinary user runs the server itself")
    private = Path(tempfile.mkdtemp(prefix="yj-private-"))
    closed = private / "inner"
    closed.mkdir()
    private.chmod(0o700)
    server = EmbeddedPostgres(closed, PASSWORD, announce=heard)
    try:
        assert server.cluster.data.parent == privileges.system_folder_for(closed)
        assert any("is kept in" in line for line in heard.lines)
        server.start()
        commit_a_row(server)
        server.stop()
        assert EmbeddedPostgres(closed, PASSWORD, announce=heard).cluster.data == server.cluster.data
    finally:
        server.stop()
        shutil.rmtree(private)
        shutil.rmtree(privileges.system_folder_for(closed), ignore_errors=True)
