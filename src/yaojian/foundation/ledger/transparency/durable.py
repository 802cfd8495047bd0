"""Files that survive a crash whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

Reach = Callable[[str], None]
"""Told at every step that a crash could follow; tests end the process there."""


def go_on(_step: str) -> None:
    """What is done at a step in earnest: nothing."""


def write_whole(file: Path, content: bytes, *, mode: int = 0o644, reach: Reach = go_on) -> None:
    """Write under a temporary name, fsync, rename, fsync the folder. Raises OSError and leaves nothing."""
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = file.with_name(f".{file.name}.new")
    partial.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        reach("before-rename")
        partial.replace(file)
    except OSError:
        partial.unlink(missing_ok=True)
        raise
    sync_folder(file.parent)


def sync_folder(folder: Path) -> None:
    """Make a rename in the folder outlive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read_from_disk(file: Path) -> bytes:
    """The bytes that the disk holds, not those that the system remembers writing. Raises OSError."""
    with file.open("rb") as stream:
        os.posix_fadvise(stream.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        return stream.read()
