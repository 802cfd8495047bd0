"""An installation that exists only to be measured: a temporary data folder and a free port."""

from __future__ import annotations

import ctypes
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from yaojian.bench.contracts import BenchFailed

PREFIX = "yaojian-bench-"
MARK = "measured-only"
"""A file in the data folder: this journal may be filled with acts that nobody did."""
HOST = "127.0.0.1"
POLL_S = 0.02
START_PATIENCE_S = 240.0
STOP_PATIENCE_S = 90.0
IDLE_PATIENCE_S = 60.0
IDLE_LOOK_S = 2.0
IDLE_SHARE = 0.05
PR_SET_PDEATHSIG = 1

_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def _die_with_parent() -> None:
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, int(signal.SIGINT), 0, 0, 0)


class Scratch:
    """The measured installation. `start` and `stop` any number of times; the data stay."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.port = free_port()
        self._log = folder / "up.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        """The environment of its commands: nothing of the caller's own installation gets through."""
        own = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("YAOJIAN_") and name != "DATABASE_URL"
        }
        return own | {"YAOJIAN_DATA": str(self.data), "YAOJIAN_PORT": str(self.port), "PYTHONUTF8": "1"}

    def start(self, *, demo: bool = True) -> float:
        """Run `yaojian up`; returns the seconds until /health answered 200 (demo data are loaded by then)."""
        self.data.mkdir(mode=0o711, exist_ok=True)
        (self.data / MARK).touch()
        began = time.perf_counter()
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 — our own programs, fixed arguments
                _yaojian(
                    *("up", "--port", str(self.port), "--data", str(self.data)),
                    *(() if demo else ("--no-demo",)),
                ),
                env=self.environment,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_die_with_parent,
            )
        while not answers(self.port):
            if self._process.poll() is not None:
                raise BenchFailed("`yaojian up` ended before it was ready")
            if time.perf_counter() - began > START_PATIENCE_S:
                raise BenchFailed(f"not ready after {START_PATIENCE_S:.0f} s")
            time.sleep(POLL_S)
        return time.perf_counter() - began

    def stop(self) -> None:
        """Ctrl-C, and wait until everything has ended; force what does not."""
        process, self._process = self._process, None
        if process is None:
            return
        family = _family(process.pid)
        process.send_signal(signal.SIGINT)
        try:
            process.wait(STOP_PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        _, alive = psutil.wait_procs(family, timeout=10)
        for left in alive:
            left.kill()
        psutil.wait_procs(alive, timeout=10)

    def prepared_state(self) -> str:
        """What the set-up steps noted when they were done; changes when they ran again."""
        return (self.data / "prepared.json").read_text()

    def ask(self, *arguments: str) -> str:
        """The output of a management command that runs as the application role beside the installation."""
        done = subprocess.run(  # noqa: S603 — our own programs, fixed arguments
            _yaojian("manage", *arguments),
            env=self.environment,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise BenchFailed(f"`yaojian manage {' '.join(arguments)}` failed:\n{done.stdout}{done.stderr}")
        return done.stdout

    @contextmanager
    def beside(self, *arguments: str) -> Iterator[None]:
        """Let a management command run meanwhile: from its first line on until its input ends."""
        with subprocess.Popen(  # noqa: S603 — our own programs, fixed arguments
            _yaojian("manage", *arguments),
            env=self.environment,
            cwd=self.folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=_die_with_parent,
        ) as running:
            if running.stdout is None or not running.stdout.readline():
                raise BenchFailed(
                    f"`yaojian manage {' '.join(arguments)}` failed: {running.communicate()[1]}"
                )
            yield
            _output, errors = running.communicate()
        if running.returncode != 0:
            raise BenchFailed(f"`yaojian manage {' '.join(arguments)}` ended with an error:\n{errors}")

    def service(self, name: str) -> psutil.Process:
        """The main process of a service: "web" or "worker"."""
        try:
            return psutil.Process(json.loads((self.data / "run" / f"{name}.json").read_text())["pid"])
        except (FileNotFoundError, psutil.NoSuchProcess) as error:
            raise BenchFailed(f"the service {name} is not running: {error}") from error

    def wait_until_idle(self) -> bool:
        """Wait while the worker does what a start leaves to it; whether it came to rest."""
        worker = self.service("worker")
        deadline = time.monotonic() + IDLE_PATIENCE_S
        while time.monotonic() < deadline:
            before = sum(worker.cpu_times()[:2])
            time.sleep(IDLE_LOOK_S)
            if sum(worker.cpu_times()[:2]) - before < IDLE_LOOK_S * IDLE_SHARE:
                return True
        return False

    @property
    def database_home(self) -> Path:
        """The folder that holds the database: the data folder, or root's folder for its service user."""
        return Path(json.loads((self.data / "postgres.json").read_text())["home"])

    def postmaster(self) -> psutil.Process:
        """The main process of the database."""
        pid_file = self.database_home / "postgres" / "postmaster.pid"
        return psutil.Process(int(pid_file.read_text().split("\n", 1)[0]))

    def log_tails(self, lines: int = 15) -> str:
        """The ends of its logs, to be read before they are removed."""
        logs = [self._log, *sorted((self.data / "log").glob("*.log"))]
        tails = {
            log.name: log.read_text(errors="replace").splitlines()[-lines:] for log in logs if log.exists()
        }
        return "\n".join(f"--- {name}\n" + "\n".join(tail) for name, tail in tails.items())


def _yaojian(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "yaojian.operations.cli", *arguments]


def _family(pid: int) -> list[psutil.Process]:
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def answers(port: int) -> bool:
    """Whether GET /health is answered with 200."""
    connection = http.client.HTTPConnection(HOST, port, timeout=10)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


@contextmanager
def scratch_installation() -> Iterator[Scratch]:
    """Yield an installation that is not started yet; stop and remove all of it afterwards, come what may."""
    _remove_remains()
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
    if os.geteuid() == 0:
        folder.chmod(0o711)  # the database's own user has to get through
    scratch = Scratch(folder)
    try:
        yield scratch
    except BenchFailed as failure:
        raise BenchFailed(f"{failure}\n{scratch.log_tails()}") from failure
    finally:
        try:
            scratch.stop()
        finally:
            _remove(folder)


def _remove(folder: Path) -> None:
    """Remove a scratch folder and what its installation has put elsewhere (when its path is too long)."""
    for note, entry in (("postgres.json", "home"), ("socket.json", "folder")):
        try:
            elsewhere = Path(json.loads((folder / "data" / note).read_text())[entry])
        except (FileNotFoundError, ValueError, KeyError):
            continue
        if not elsewhere.is_relative_to(folder):
            shutil.rmtree(elsewhere, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


def _remove_remains() -> None:
    """Remove the folders of measurements that were killed; their processes ended with them."""
    for remains in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        pid = remains.name.removeprefix(PREFIX).split("-", 1)[0]
        if pid.isdigit() and not psutil.pid_exists(int(pid)) and remains.stat().st_uid == os.geteuid():
            _remove(remains)
