"""The files of imports that are not over yet; when one is over, only the hash of its file remains."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.conf import settings

from yaojian.registers.intake.tables.limits import MAX_FILE_BYTES


@dataclass(frozen=True, slots=True)
class KeptFile:
    """The hash and the size of a file that was kept."""

    sha256: str
    size_bytes: int


def path_of(uid: UUID) -> Path:
    """Where the file of an import lies."""
    return Path(settings.DOCUMENTS_FOLDER).parent / "imports" / str(uid)


def rows_path_of(uid: UUID) -> Path:
    """Where the parsed rows of an import lie."""
    return path_of(uid).with_suffix(".rows")


def keep(uid: UUID, pieces: Iterable[bytes]) -> KeptFile:
    """Write a file, readable to this account alone; stops one piece after the largest size allowed."""
    path = path_of(uid)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest, size = hashlib.sha256(), 0
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        for piece in pieces:
            file.write(piece)
            digest.update(piece)
            size += len(piece)
            if size > MAX_FILE_BYTES:
                break
        file.flush()
        os.fsync(file.fileno())
    return KeptFile(digest.hexdigest(), size)


def forget(uid: UUID) -> None:
    """Remove the file of an import and its parsed rows, if they are still there."""
    path_of(uid).unlink(missing_ok=True)
    rows_path_of(uid).unlink(missing_ok=True)
