"""The embedded PostgreSQL: start it as our child, wait for it patiently, stop it cleanly."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg

from yaojian.operations import cluster as clusters
from yaojian.operations.cluster import Cluster
from yaojian.operations.processes import send, spawn
from yaojian.operations.speech import Announce, OperationError

DATABASE = "yaojian"
POLL_S = 0.05
REPORT_EVERY_S = 5.0
# A backend notices the death of its postmaster within milliseconds; a big COPY may take longer to give up.
PATIENCE_WITH_ORPHANS_S = 60.0

# For 2 cores and a few GiB beside the web processes. Durability is never traded for speed here.
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "shared_buffers": "256MB",
    "effective_cache_size": "2GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "wal_compression": "on",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "10min",
    "random_page_cost": "1.1",
    "jit": "off",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
    # Statements carry the values of rows, and so do the details of errors: neither is written down.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "idle_in_transaction_session_timeout": "10min",
}
FOR_TESTS = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "shared_buffers": "64MB"}


def socket_url(folder: Path, user: str, password: str, database: str = DATABASE) -> str:
    """A libpq URL that connects through the Unix socket in `folder`."""
    return (
        f"postgresql://{quote(user, safe='')}:{quote(password, safe='')}@/{quote(database, safe='')}"
        f"?host={quote(str(folder), safe='/')}"
    )


class EmbeddedPostgres:
    """A PostgreSQL server that is our child: `start` returns when it answers, `stop` when it is gone."""

    def __init__(
        self,
        folder: Path,
        superuser_password: str,
        *,
        announce: Announce,
        durable: bool = True,
        connections: int = 80,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.folder = folder
        self.announce = announce
        self.durable = durable
        self.connections = connections
        self.pause = pause
        self._superuser_password = superuser_password
        (folder / "log").mkdir(mode=0o700, parents=True, exist_ok=True)
        self.cluster: Cluster = clusters.locate(folder, announce)
        self._server: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The postmaster's process id while it is our child."""
        return self._server.pid if self._server and self._server.poll() is None else None

    def url(self, user: str, password: str, database: str = DATABASE) -> str:
        """The libpq URL of `database` for `user`."""
        return socket_url(self.cluster.socket_folder, user, password, database)

    def superuser_url(self, database: str = "postgres") -> str:
        """The libpq URL of the superuser; it never leaves the supervisor."""
        return self.url("postgres", self._superuser_password, database)

    def start(self) -> None:
        """Create a new cluster, end what an earlier crash left, start, and wait until the server answers."""
        if not (self.cluster.data / "PG_VERSION").exists():
            self.announce("正在创建数据库", "creating the database")
            clusters.create(self.cluster, self._superuser_password, durable=self.durable)
        self.clear_remains()
        settings = SETTINGS | {"max_connections": str(self.connections)} | ({} if self.durable else FOR_TESTS)
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with self.cluster.log.open("ab") as log:
            self._server = spawn(
                [
                    self.cluster.binary("postgres"),
                    "-D",
                    self.cluster.data,
                    "-k",
                    self.cluster.socket_folder,
                    *options,
                ],
                env={"PATH": os.defpath, "LC_ALL": "C"},
                output=log,
                death_signal=signal.SIGINT,
                user=self.cluster.user,
            )
        self._wait_until_it_answers()

    def _wait_until_it_answers(self) -> None:
        """Wait as long as the server lives: recovery after a crash may take minutes and is no error."""
        began = reported = time.monotonic()
        while True:
            if self._server is None or self._server.poll() is not None:
                raise OperationError(
                    f"数据库未能启动, 日志 {self.cluster.log}",
                    "the database did not start; the end of its log is above",
                    detail=self.log_tail(),
                )
            try:
                psycopg.connect(self.superuser_url(), connect_timeout=5).close()
                return
            except psycopg.OperationalError as error:
                if "password authentication failed" in str(error):
                    self.stop()
                    raise OperationError(
                        "数据库密码与 secrets.json 不符",
                        "the database does not accept the password in secrets.json",
                        cure=f"恢复原来的 {self.folder}/secrets.json / put the original file back",
                    ) from error
            now = time.monotonic()
            if now - reported >= REPORT_EVERY_S:
                reported = now
                doing = self.current_activity()
                self.announce(
                    f"数据库正在启动或恢复, 已等待 {now - began:.0f} 秒, 请勿中断{doing}",
                    f"the database is starting or recovering ({now - began:.0f} s), please wait",
                )
            self.pause(POLL_S)

    def current_activity(self) -> str:
        """What the recovery process says it is doing, e.g. which WAL segment it replays; "" if nothing."""
        if self.pid is None:
            return ""
        try:
            for child in psutil.Process(self.pid).children():
                title = " ".join(child.cmdline()).strip()
                if "startup" in title:
                    return f" ({title})"
        except psutil.Error:  # the child ended while we looked
            return ""
        return ""

    def stop(self) -> None:
        """Fast shutdown: open transactions are rolled back, a checkpoint is written, and we wait for it."""
        if self._server is None:
            return
        if self._server.poll() is None:
            self._server.send_signal(signal.SIGINT)
            self._wait_for_end(psutil.Process(self._server.pid))
            self._server.wait()
        self._server = None

    def died(self) -> bool:
        """Whether the server that we started is gone without our doing."""
        return self._server is not None and self._server.poll() is not None

    def log_tail(self, lines: int = 15) -> str:
        """The last lines of the server's log."""
        if not self.cluster.log.exists():
            return ""
        return "\n".join(self.cluster.log.read_text(errors="replace").splitlines()[-lines:])

    def clear_remains(self) -> None:
        """Stop what an earlier crash left running on this cluster and remove a stale pid file.

        PostgreSQL refuses to start beside living processes of the same data folder, and beside a pid file
        whose number now belongs to somebody else (after a reboot).
        """
        remains = self.living_processes()
        postmaster_pid = self._recorded_postmaster()
        for process in remains:
            if process.pid == postmaster_pid:
                self.announce(
                    "上次的数据库仍在运行, 正在停止", "stopping the database left by an earlier run"
                )
                send(process, signal.SIGINT)
                self._wait_for_end(process)
        remains = self.living_processes()
        if remains:
            self.announce("等待遗留的数据库连接退出", "waiting for left-over database processes")
            _, alive = psutil.wait_procs(remains, timeout=PATIENCE_WITH_ORPHANS_S)
            for process in alive:  # their postmaster is dead; what they committed is in the WAL
                send(process, signal.SIGKILL)
            psutil.wait_procs(alive, timeout=10)
        # The numbers in these may be a zombie's or, after a reboot, a stranger's; nobody uses them any more.
        (self.cluster.data / "postmaster.pid").unlink(missing_ok=True)
        for name in (clusters.SOCKET_NAME, f"{clusters.SOCKET_NAME}.lock"):
            (self.cluster.socket_folder / name).unlink(missing_ok=True)

    def _wait_for_end(self, process: psutil.Process) -> None:
        began = time.monotonic()
        while True:
            try:
                process.wait(timeout=REPORT_EVERY_S)
                return
            except psutil.TimeoutExpired:
                waited = time.monotonic() - began
                self.announce(
                    f"等待数据库写盘并停止, 已 {waited:.0f} 秒",
                    f"waiting for the database to write and stop ({waited:.0f} s)",
                )

    def _recorded_postmaster(self) -> int | None:
        try:
            return int((self.cluster.data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return None

    def living_processes(self) -> list[psutil.Process]:
        """Every PostgreSQL process whose working folder is this cluster (the postmaster and its children)."""
        data = self.cluster.data.resolve()
        found = []
        for process in psutil.process_iter():
            try:
                if Path(process.cwd()) == data and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
            except (psutil.Error, OSError):  # it ended, or belongs to another user and so not to us
                continue
        return found
