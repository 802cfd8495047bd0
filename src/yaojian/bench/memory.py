"""Resident memory of groups of processes, shared pages counted once (PSS)."""

from __future__ import annotations

import os
from pathlib import Path

import psutil

from yaojian.bench.contracts import BenchFailed

KIB_PER_MIB = 1024


def pss_kib(rollup: str) -> int:
    """The proportional set size that /proc/<pid>/smaps_rollup tells. Raises BenchFailed when it does not."""
    for line in rollup.splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    raise BenchFailed("smaps_rollup has no line Pss")


def members(session: int) -> list[int]:
    """The processes of a session."""
    found = []
    for pid in psutil.pids():
        try:
            if os.getsid(pid) == session:
                found.append(pid)
        except ProcessLookupError:  # it ended while we looked
            continue
    return found


def family(leader: psutil.Process) -> list[int]:
    """A process and all that descend from it."""
    return [leader.pid, *(child.pid for child in leader.children(recursive=True))]


def total_mib(pids: list[int]) -> float:
    """The memory of these processes together, in MiB."""
    total = 0
    for pid in pids:
        try:
            total += pss_kib(Path(f"/proc/{pid}/smaps_rollup").read_text())
        except (FileNotFoundError, ProcessLookupError):  # it ended while we looked
            continue
        except PermissionError as error:
            raise BenchFailed(f"the memory of process {pid} cannot be read: {error}") from error
    return total / KIB_PER_MIB


def group_mib(session: int) -> float:
    """The memory of a session's processes together, in MiB."""
    return total_mib(members(session))
