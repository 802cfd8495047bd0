"""The second place of the last checkpoint: outside the database, moved by compare-and-swap only."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from yaojian.foundation.ledger.transparency.durable import Reach, go_on, write_whole


class HeadMoved(RuntimeError):
    """Somebody else has moved the head since it was read: two sequencers work on one log."""


class Head:
    """A file that holds the note of the last checkpoint that was ever signed."""

    def __init__(self, folder: Path, reach: Reach = go_on) -> None:
        self.folder = folder
        self._file = folder / "head"
        self._reach = reach

    def read(self) -> str | None:
        """The note; None when nothing was ever signed."""
        try:
            return self._file.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None

    def swap(self, expected: str | None, note: str) -> None:
        """Put `note` in the place of `expected`. Raises HeadMoved when something else stands there."""
        with self._alone("swap"):
            if self.read() != expected:
                raise HeadMoved("another sequencer has moved the head of this log")
            write_whole(self._file, note.encode(), mode=0o600, reach=self._reach)

    @contextmanager
    def held(self) -> Iterator[bool]:
        """Whether this process may sign; the kernel lets go of it however the process ends."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.folder / "sequencer.lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            yield True

    @contextmanager
    def _alone(self, purpose: str) -> Iterator[None]:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(self.folder / f"{purpose}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)
