"""Web server, worker, sequencer: started, watched, restarted with patience, given up when it is hopeless."""

from __future__ import annotations

import http.client
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from yaojian.operations import processes
from yaojian.operations.installation import Installation, python_command
from yaojian.operations.preparation import tail
from yaojian.operations.speech import OperationError, complain, say

QUICK_DEATH_S = 30.0
DEATHS_BEFORE_GIVING_UP = 5
LONGEST_BACKOFF_S = 8.0
STOP_PATIENCE_S = 15.0
HEALTH_PATIENCE_S = 120.0
ROTATIONS = 5


@dataclass
class Service:
    """One long-running child."""

    name: str
    title: tuple[str, str]
    command: list[str]
    environment: Mapping[str, str]
    installation: Installation
    deaths: int = 0
    started_at: float = 0.0
    next_start_at: float = 0.0
    process: subprocess.Popen[bytes] | None = None
    entry: processes.ProcessRecord | None = field(default=None)

    @property
    def log(self) -> Path:
        """Where its output goes."""
        return self.installation.log / f"{self.name}.log"

    def start(self) -> None:
        """Start it and write it down for a later clean-up."""
        with self.log.open("ab") as output:
            self.process = processes.spawn(
                self.command,
                env=self.environment,
                output=output,
                death_signal=signal.SIGTERM,
                cwd=self.installation.data,
            )
        self.started_at = time.monotonic()
        try:
            self.entry = processes.record(self.installation.run, self.name, self.process.pid)
        except psutil.NoSuchProcess:  # dead at once; the watch will see and tell it
            self.entry = None

    def watch(self) -> None:
        """Restart it if it died; raises OperationError after five quick deaths in a row."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.next_start_at:
                self.start()
            return
        code = self.process.poll()
        if code is None:
            return
        self.deaths = self.deaths + 1 if now - self.started_at < QUICK_DEATH_S else 1
        self._end_session(patience_s=3.0)  # a killed main process leaves its workers on the port
        self.process = None
        if self.deaths >= DEATHS_BEFORE_GIVING_UP:
            raise OperationError(
                f"{self.title[0]}连续 {self.deaths} 次异常退出, 日志 {self.log}",
                f"the {self.title[1]} died {self.deaths} times in a row; the end of its log is above",
                detail=tail(self.log),
                cure="./yaojian check",
            )
        delay = min(LONGEST_BACKOFF_S, 0.5 * 2 ** (self.deaths - 1))
        self.next_start_at = now + delay
        how = ("已结束", "ended") if code == 0 else (f"异常退出 (代码 {code})", f"died (code {code})")
        complain(
            f"{self.title[0]}{how[0]}, {delay:g} 秒后重启",
            f"the {self.title[1]} {how[1]}; restarting in {delay:g} s",
        )

    def stop(self) -> None:
        """Ask it to finish, wait, and force whatever is left of its session."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(STOP_PATIENCE_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self._end_session(patience_s=3.0)
        self.process = None

    def _end_session(self, *, patience_s: float) -> None:
        if self.entry is not None:
            processes.end_session(self.entry, self.installation.data, patience_s=patience_s)
        processes.forget(self.installation.run, self.name)
        self.entry = None


def web_service(installation: Installation, environment: Mapping[str, str]) -> Service:
    """Granian in WSGI mode; it respawns its own workers, we respawn it."""
    threads = installation.blocking_threads
    command = python_command(
        *("-m", "granian", "--interface", "wsgi", "--host", installation.host),
        *("--port", str(installation.port), "--workers", str(installation.web_workers)),
        *("--blocking-threads", str(threads), "--backpressure", str(threads * 16), "--backlog", "1024"),
        *("--no-ws", "--respawn-failed-workers", "--respawn-interval", "0.5", "--workers-kill-timeout", "10"),
        "yaojian.config.wsgi:application",
    )
    return Service("web", ("网页服务", "web server"), command, environment, installation)


def worker_service(installation: Installation, environment: Mapping[str, str]) -> Service:
    """The background worker: queued jobs and the outbox."""
    command = python_command("-m", "django", "work")
    return Service("worker", ("后台任务", "worker"), command, environment, installation)


def sequencer_service(installation: Installation, environment: Mapping[str, str]) -> Service:
    """The sequencer of the public log; only it reads the signing key."""
    command = python_command("-m", "yaojian.config.sequencer")
    return Service("sequencer", ("存证序列器", "sequencer"), command, environment, installation)


def end_orphans(installation: Installation) -> None:
    """End web servers, workers and set-up steps that outlived a killed supervisor of this data folder."""
    for file in sorted(installation.run.glob("*.json")):
        entry = processes.recorded(installation.run, file.stem)
        if entry is not None:
            count = processes.end_session(entry, installation.data, patience_s=STOP_PATIENCE_S)
            if count:
                say(
                    f"已清理上次遗留的 {count} 个进程 ({entry.name})",
                    f"ended {count} left-over processes ({entry.name})",
                )
        file.unlink(missing_ok=True)


def rotate_logs(folder: Path) -> None:
    """Begin every start with fresh logs and keep the last five of each."""
    for log in folder.glob("*.log"):
        if log.stat().st_size == 0:
            continue
        for number in range(ROTATIONS, 1, -1):
            older = folder / f"{log.name}.{number - 1}"
            if older.exists():
                older.replace(folder / f"{log.name}.{number}")
        log.replace(folder / f"{log.name}.1")


def check_port_free(installation: Installation) -> None:
    """Raise OperationError naming whoever listens on our port."""
    family = socket.AF_INET6 if ":" in installation.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((installation.host, installation.port))
        except OSError as error:
            if isinstance(error, PermissionError):
                reason = ("普通用户不能使用此端口", "ports below 1024 need root")
            else:
                reason = (f"端口被占用 {port_holder(installation.port)}", "the port is taken")
            raise OperationError(
                f"无法使用 {installation.host}:{installation.port}: {reason[0]} ({error.strerror})",
                f"cannot listen there: {reason[1]}",
                cure=f"./yaojian up --port {free_port_above(installation)} --data {installation.data}",
            ) from error


def free_port_above(installation: Installation) -> int:
    """The next port after ours that nobody listens on."""
    for port in (*range(installation.port + 1, 65536), *range(8000, installation.port)):
        with socket.socket(socket.AF_INET6 if ":" in installation.host else socket.AF_INET) as probe:
            if probe.connect_ex((installation.reachable_host, port)) != 0:
                return port
    return 8000


def port_holder(port: int) -> str:
    """Who listens on a port, as far as this user may know."""
    try:
        for connection in psutil.net_connections(kind="tcp"):
            if connection.status == psutil.CONN_LISTEN and connection.laddr.port == port and connection.pid:
                return f"({psutil.Process(connection.pid).name()}, pid {connection.pid})"
    except psutil.Error:
        return ""
    return ""


def health_answer(installation: Installation) -> int | None:
    """The status of GET /health; None while nobody answers."""
    host = installation.reachable_host
    named = [name for name in installation.allowed_hosts if name != "*"]
    header = named[0].lstrip(".") if named else host
    connection = http.client.HTTPConnection(host, installation.port, timeout=10)
    try:
        connection.request("GET", "/health", headers={"Host": header})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def wait_until_healthy(installation: Installation, web: Service, pause: Callable[[float], None]) -> None:
    """Return when the web server answers; raise OperationError when it died or takes too long."""
    deadline = time.monotonic() + HEALTH_PATIENCE_S
    status: int | None = None
    while time.monotonic() < deadline:
        status = health_answer(installation)
        if status == 200:
            return
        if web.process is not None and web.process.poll() is not None:
            break
        pause(0.1)
    raise OperationError(
        f"网页服务未就绪 (状态 {status}), 日志 {web.log}",
        "the web server did not become ready; the end of its log is above",
        detail=tail(web.log),
        cure="./yaojian check",
    )
