"""The peers: the same PostgreSQL, web server and Python with nothing of ours in them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

import psutil
from psycopg import pq

from yaojian.bench.contracts import BenchFailed
from yaojian.bench.memory import group_mib
from yaojian.bench.scratch import answers, free_port

POLL_S = 0.005
PATIENCE_S = 60.0
EMPTY_SITE = "yaojian.bench.house.empty_site:application"
REQUESTS_BEFORE_LOOKING = 40
# What our own initdb asks for, so that both write the same kind of cluster.
INITDB = (
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--locale=C",
    "--data-checksums",
)


class _Identity(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True)
class BarePostgres:
    """The command line of a running postmaster, to be run again without us around it."""

    program: Path
    options: tuple[str, ...]
    cluster: Path
    socket_folder: Path

    @classmethod
    def like(cls, postmaster: psutil.Process) -> BarePostgres:
        """The same program with the same settings as a running one."""
        program, *options = postmaster.cmdline()
        at = options.index("-D")
        cluster = Path(options[at + 1])
        del options[at : at + 2]
        return cls(Path(program), tuple(options), cluster, Path(options[options.index("-k") + 1]))

    @property
    def _identity(self) -> _Identity:
        owner = self.cluster.stat()
        if os.geteuid() != 0:
            return {}
        return {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": []}

    def create(self, cluster: Path) -> float:
        """initdb alone; returns its seconds."""
        cluster.mkdir(mode=0o700)
        if self._identity:
            os.chown(cluster, self._identity["user"], self._identity["group"])
        began = time.perf_counter()
        done = subprocess.run(  # noqa: S603 — our own programs, fixed arguments
            [
                str(self.program.with_name("initdb")),
                f"--pgdata={cluster}",
                "--username=postgres",
                "--auth=trust",
                *INITDB,
            ],
            env={"PATH": os.defpath, "LC_ALL": "C"},
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            **self._identity,
        )
        if done.returncode != 0:
            raise BenchFailed(f"initdb failed:\n{done.stdout}{done.stderr}")
        return time.perf_counter() - began

    @contextmanager
    def running(self, cluster: Path) -> Iterator[tuple[float, psutil.Process]]:
        """Yield the seconds until the server accepted connections, and its process; then stop it."""
        began = time.perf_counter()
        server = subprocess.Popen(  # noqa: S603 — our own programs, fixed arguments
            [str(self.program), "-D", str(cluster), *self.options],
            env={"PATH": os.defpath, "LC_ALL": "C"},
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            **self._identity,
        )
        try:
            where = f"host={self.socket_folder} dbname=postgres user=postgres".encode()
            while pq.PGconn.ping(where) != pq.Ping.OK:
                if server.poll() is not None or time.perf_counter() - began > PATIENCE_S:
                    raise BenchFailed(f"PostgreSQL did not start on {cluster}")
                time.sleep(POLL_S)
            yield time.perf_counter() - began, psutil.Process(server.pid)
        finally:
            server.send_signal(signal.SIGINT)
            server.wait()

    def start_seconds(self, cluster: Path) -> float:
        """Start on a cluster that was stopped cleanly, stop again; returns the seconds of the start."""
        with self.running(cluster) as (seconds, _):
            return seconds


def bare_web_mib(command: Sequence[str], port: int, environment: dict[str, str]) -> float:
    """The memory of the web server that `command` starts on `port`, but with an empty site."""
    own_port = free_port()
    bare = [str(own_port) if part == str(port) else part for part in command[:-1]]
    with _child([*bare, EMPTY_SITE], environment) as server:
        began = time.monotonic()
        while not answers(own_port):
            if server.poll() is not None or time.monotonic() - began > PATIENCE_S:
                raise BenchFailed("the bare web server did not start")
            time.sleep(POLL_S)
        for _ in range(REQUESTS_BEFORE_LOOKING):
            answers(own_port)
        return group_mib(server.pid)


def bare_python_mib(environment: dict[str, str]) -> float:
    """The memory of a Python process that only waits."""
    command = [sys.executable, "-c", "print(flush=True); input()"]
    with _child(command, environment) as waiting:
        assert waiting.stdout is not None
        waiting.stdout.readline()
        return group_mib(waiting.pid)


@contextmanager
def _child(command: Sequence[str], environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(  # noqa: S603 — our own programs, fixed arguments
        list(command),
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as child:
        try:
            yield child
        finally:
            child.terminate()
            try:
                child.wait(15)
            except subprocess.TimeoutExpired:
                child.kill()
