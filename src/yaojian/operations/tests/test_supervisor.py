"""`yaojian up` with stand-ins for its services: comes up, heals, stops, and cleans up after a kill -9."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from yaojian.operations import processes
from yaojian.operations.backup import back_up
from yaojian.operations.database import open_database
from yaojian.operations.installation import Installation
from yaojian.operations.restore import restore
from yaojian.operations.services import end_orphans
from yaojian.operations.tests.conftest import Plant, fresh_folder, removed

DRIVER = Path(__file__).with_name("driver.py")
PATIENCE_S = 40.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(true: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


class Running:
    """A supervisor process and what it says."""

    def __init__(self, data: Path, port: int, kind: str = "web") -> None:
        self.data, self.port = data, port
        self.lines: list[str] = []
        self.process = subprocess.Popen(
            [sys.executable, str(DRIVER), str(data), str(port), kind],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line)

    @property
    def said(self) -> str:
        return "".join(self.lines)

    def wait_for(self, text: str) -> Running:
        wait_until(lambda: text in self.said or self.process.poll() is not None, f"{text} in {self.said}")
        assert text in self.said, self.said
        return self

    def ready(self) -> Running:
        return self.wait_for("Yaojian is ready")

    def child(self, name: str) -> int:
        entry = processes.recorded(self.data / "run", name)
        assert entry is not None
        return entry.pid

    def postmaster(self) -> int:
        return int((self.data / "postgres" / "postmaster.pid").read_text().split("\n")[0])

    def end(self, number: signal.Signals = signal.SIGINT) -> int:
        self.process.send_signal(number)
        code = self.process.wait(PATIENCE_S)
        self._reader.join(5)
        return code


def processes_of(data: Path) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        try:
            ours = process.environ().get("YAOJIAN_DATA") == str(data) or str(data) in process.cwd()
            if ours and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except (psutil.Error, OSError):
            continue
    return found


@pytest.fixture
def empty() -> Iterator[Path]:
    made = fresh_folder("yj-up-")
    yield made
    for process in processes_of(made):
        process.kill()
    removed(made)


@pytest.fixture
def data(empty: Path, plant: Plant) -> Path:
    return plant(empty)


def test_comes_up_heals_and_stops(data: Path) -> None:
    running = Running(data, free_port()).ready()
    second = Running(data, free_port())
    assert second.process.wait(PATIENCE_S) == 1
    second.wait_for(f"pid {running.process.pid}, port {running.port}")

    for name in ("web", "worker", "sequencer"):
        victim = running.child(name)
        os.kill(victim, signal.SIGKILL)
        wait_until(
            lambda name=name, victim=victim: (
                (found := processes.recorded(data / "run", name)) is not None and found.pid != victim
            ),
            f"{name} restarted",
        )
    victim = running.postmaster()
    os.kill(victim, signal.SIGKILL)
    running.wait_for("the database has recovered")
    assert running.postmaster() != victim

    assert running.end(signal.SIGINT) == 0, running.said
    assert processes_of(data) == []
    assert not (data / "postgres" / "postmaster.pid").exists()


def test_the_next_start_cleans_up_after_a_killed_supervisor(data: Path) -> None:
    port = free_port()
    killed = Running(data, port).ready()
    # A grandchild that nobody tells to stop, as granian's workers would be.
    orphans = psutil.Process(killed.child("web")).children(recursive=True)
    assert orphans
    killed.end(signal.SIGKILL)
    running = Running(data, port).ready()
    assert all(not orphan.is_running() for orphan in orphans)
    assert running.end(signal.SIGTERM) == 0
    assert processes_of(data) == []


def test_stops_when_asked_in_the_middle_of_the_first_start(empty: Path) -> None:
    running = Running(empty, free_port()).wait_for("starting the database")
    assert running.end(signal.SIGINT) == 0, running.said
    assert processes_of(empty) == []


def test_a_hopeless_web_server_is_given_up_with_its_log(data: Path) -> None:
    running = Running(data, free_port(), "broken").wait_for("no such module")
    assert running.process.wait(PATIENCE_S) == 1
    assert processes_of(data) == []


def test_a_taken_port_is_named_before_anything_starts(empty: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = int(taken.getsockname()[1])
        running = Running(empty, port)
        assert running.process.wait(PATIENCE_S) == 1
        running.wait_for(f"--port {port + 1}")
        assert f"pid {os.getpid()}" in running.said
    assert not (empty / "postgres").exists()


def test_two_installations_run_side_by_side(empty: Path, plant: Plant) -> None:
    first, second = (Running(plant(empty / name), free_port()) for name in ("a", "b"))
    try:
        first.ready()
        second.ready()
    finally:
        assert (first.end(), second.end()) == (0, 0)


def test_a_stranger_with_a_reused_number_is_left_alone(empty: Path) -> None:
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)
    try:
        (empty / "run").mkdir()
        processes.record(empty / "run", "web", stranger.pid)
        end_orphans(Installation(empty, "127.0.0.1", 1, 1, (), ""))
        assert stranger.poll() is None
        assert not list((empty / "run").glob("*.json"))
    finally:
        stranger.kill()
        stranger.wait()


def test_backup_and_restore_while_everything_runs(data: Path) -> None:
    running = Running(data, free_port()).ready()
    installation = Installation(data, "127.0.0.1", running.port, 1, ("127.0.0.1",), "")
    with open_database(installation, "test") as access, psycopg.connect(access.owner_url) as connection:
        connection.execute("CREATE TABLE act AS SELECT 1 AS n")
    file = data / "backup.tar"
    back_up(installation, file)
    with open_database(installation, "test") as access:
        busy = psycopg.connect(access.owner_url, autocommit=True)
        busy.execute("INSERT INTO act VALUES (2)")
        restore(installation, file, replace=True, migrate=lambda _installation, _access: None)
        busy.close()
        with psycopg.connect(access.owner_url) as connection:
            assert connection.execute("SELECT count(*) FROM act").fetchone() == (1,)
    assert running.end() == 0
