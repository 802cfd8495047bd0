"""Child processes that die with their parent, and the records that let the next start clean up."""

from __future__ import annotations

import ctypes
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

import psutil

from yaojian.operations.privileges import PopenIdentity, ServiceUser

PR_SET_PDEATHSIG = 1
# /proc gives the start time in ticks of 1/100 s relative to the boot time, which ntp may shift a little.
START_TIME_TOLERANCE_S = 2.0

_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass(frozen=True)
class ProcessRecord:
    """Enough about a child to recognise it, and nobody else, after a crash of its parent."""

    name: str
    pid: int
    started: float

    def process(self) -> psutil.Process | None:
        """The living process that this record is about, or None when it is gone or its pid was reused."""
        try:
            found = psutil.Process(self.pid)
            same = abs(found.create_time() - self.started) <= START_TIME_TOLERANCE_S
            return found if same and found.status() != psutil.STATUS_ZOMBIE else None
        except psutil.Error:
            return None


def spawn(
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str],
    output: IO[bytes] | int | None,
    death_signal: signal.Signals,
    user: ServiceUser | None = None,
    cwd: Path | str = "/",
) -> subprocess.Popen[bytes]:
    """Start a child in a session of its own that is told to stop when this process dies.

    Must be called from the main thread: Linux sends the death signal when the *thread* that forked ends.
    """
    parent = os.getpid()
    identity: PopenIdentity = user.popen_arguments() if user else {}

    def before_exec() -> None:  # runs after setuid, which would clear the death signal
        if _libc is not None:
            _libc.prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
            if os.getppid() != parent:  # the parent died before the request took effect
                os._exit(1)

    return subprocess.Popen(
        [str(part) for part in command],
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT if output is not None else None,
        cwd=cwd,
        start_new_session=True,
        preexec_fn=before_exec,  # the only hook after setuid; our callers have one thread
        **identity,
    )


def record(folder: Path, name: str, pid: int) -> ProcessRecord:
    """Write down a child so that a later start can find it if we are killed."""
    entry = ProcessRecord(name, pid, psutil.Process(pid).create_time())
    partial = folder / f".{name}.json.new"
    partial.write_text(json.dumps(asdict(entry)))
    partial.replace(folder / f"{name}.json")
    return entry


def forget(folder: Path, name: str) -> None:
    """Remove the record of a child that has ended."""
    (folder / f"{name}.json").unlink(missing_ok=True)


def recorded(folder: Path, name: str) -> ProcessRecord | None:
    """The record of that name; None when there is none or a crash left it unreadable."""
    try:
        return ProcessRecord(**json.loads((folder / f"{name}.json").read_text()))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def members_of_session(entry: ProcessRecord, data: Path) -> list[psutil.Process]:
    """All living processes of the session that `spawn` opened, even when its leader is already dead.

    The number of a session that ended may be given to a stranger: only processes that were started for our
    data folder count.
    """
    members = []
    for candidate in psutil.process_iter():
        try:
            if (
                os.getsid(candidate.pid) == entry.pid
                and candidate.create_time() >= entry.started - START_TIME_TOLERANCE_S
                and candidate.status() != psutil.STATUS_ZOMBIE
                and candidate.environ().get("YAOJIAN_DATA") == str(data)
            ):
                members.append(candidate)
        except (psutil.Error, OSError):  # it ended, or is not ours to look at
            continue
    return members


def end_session(entry: ProcessRecord, data: Path, *, patience_s: float) -> int:
    """Ask a session's leader (or its orphans) to stop, then force it; returns how many there were."""
    members = members_of_session(entry, data)
    leader = [member for member in members if member.pid == entry.pid]
    for member in leader or members:
        send(member, signal.SIGTERM)
    _, alive = psutil.wait_procs(members, timeout=patience_s)
    # The leader may have started others in the meantime.
    alive = list({*alive, *members_of_session(entry, data)})
    for member in alive:
        send(member, signal.SIGKILL)
    psutil.wait_procs(alive, timeout=10)
    return len(members)


def send(process: psutil.Process, number: signal.Signals) -> None:
    """Signal a process that may end at any moment."""
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        return
