"""The files of imports that are not over yet, sealed; when one is over, only the hash of its file remains."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.conf import settings

from yaojian.foundation.privacy.facade import opened_pieces, sealed_pieces
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
    """Write a file, sealed; stops one piece after the largest size allowed. The hash is of the content."""
    digest, size = hashlib.sha256(), 0

    def counted() -> Iterator[bytes]:
        nonlocal size
        for piece in pieces:
            digest.update(piece)
            size += len(piece)
            yield piece
            if size > MAX_FILE_BYTES:
                return

    write_sealed(path_of(uid), counted())
    return KeptFile(digest.hexdigest(), size)


def write_sealed(path: Path, pieces: Iterable[bytes]) -> None:
    """Write a new file, readable to this account alone and opened by the installation's key only."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        for piece in sealed_pieces(pieces, path.name):
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def opened(path: Path) -> Iterator[Path]:
    """A sealed file's content as a file that lies in memory only; the path lasts as long as the block.

    Libraries for workbooks want a path. Raises SealBroken, KeyUnknown.
    """
    handle = os.memfd_create("import", os.MFD_CLOEXEC)
    with os.fdopen(handle, "wb") as memory:
        with path.open("rb") as file:
            for piece in opened_pieces(file, path.name):
                memory.write(piece)
        memory.flush()
        yield Path(f"/proc/self/fd/{handle}")


def forget(uid: UUID) -> None:
    """Remove the file of an import and its parsed rows, if they are still there."""
    path_of(uid).unlink(missing_ok=True)
    rows_path_of(uid).unlink(missing_ok=True)
