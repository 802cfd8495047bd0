"""The backup file: a tar of dump, documents and perhaps secrets, with a manifest that vouches for each."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from yaojian.operations.speech import OperationError

FORMAT = 1
MANIFEST = "manifest.json"
MANIFEST_SUM = "manifest.sha256"
DUMP = "database.dump"
SECRETS = "secrets.json"
DOCUMENTS = "documents"
CHUNK = 1 << 20


@dataclass(frozen=True)
class Manifest:
    """What a backup contains: versions, row counts of every table, and the digest of every file."""

    format: int
    made_at: str
    yaojian_version: str
    server_version: int
    key_digest: str
    row_counts: Mapping[str, int]
    files: Mapping[str, str]


class HashingReader(io.RawIOBase):
    """A file that is hashed while it is read."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """Read and hash."""
        data = self._source.read(size)
        self.digest.update(data)
        return data


def add_file(tar: tarfile.TarFile, file: Path, name: str) -> str:
    """Add a file under a name; returns the SHA-256 of the bytes that went into the archive."""
    entry = tarfile.TarInfo(name)
    entry.mode = 0o600
    with file.open("rb") as source:
        entry.size = file.stat().st_size
        entry.mtime = int(file.stat().st_mtime)
        reader = HashingReader(source)
        tar.addfile(entry, reader)
    return reader.digest.hexdigest()


def add_bytes(tar: tarfile.TarFile, content: bytes, name: str) -> str:
    """Add a small file; returns its SHA-256."""
    entry = tarfile.TarInfo(name)
    entry.mode = 0o600
    entry.size = len(content)
    tar.addfile(entry, io.BytesIO(content))
    return hashlib.sha256(content).hexdigest()


def add_manifest(tar: tarfile.TarFile, manifest: Manifest) -> None:
    """Add the manifest and its own digest, last."""
    content = json.dumps(asdict(manifest), ensure_ascii=False, indent=1, sort_keys=True).encode()
    digest = add_bytes(tar, content, MANIFEST)
    add_bytes(tar, digest.encode(), MANIFEST_SUM)


def _damaged(reason: str) -> OperationError:
    return OperationError(
        f"备份文件损坏或不完整: {reason}",
        "the backup file is damaged or incomplete; nothing was changed",
        cure="换用另一份备份 / use another backup",
    )


def verify_and_unpack(file: Path, target: Path) -> Manifest:
    """Check every digest of a backup while unpacking it into the empty folder `target`.

    Raises OperationError when anything is missing, added, changed or would be written outside `target`.
    """
    found: dict[str, str] = {}
    try:
        with tarfile.open(file, "r:") as tar:
            for entry in tar:
                name = _safe_name(entry)
                if name in found:
                    raise _damaged(name)
                found[name] = _unpack_one(tar, entry, target / name)
    except FileNotFoundError as error:
        raise OperationError(f"找不到备份文件 {file}", "no such backup file") from error
    except (tarfile.TarError, EOFError) as error:
        raise _damaged(str(error)) from error
    return _checked_manifest(target, found)


def _safe_name(entry: tarfile.TarInfo) -> str:
    path = PurePosixPath(entry.name)
    top = path.parts[0] if path.parts else ""
    known = entry.name in (MANIFEST, MANIFEST_SUM, DUMP, SECRETS) or (
        top == DOCUMENTS and len(path.parts) > 1
    )
    if not entry.isreg() or not known or path.is_absolute() or ".." in path.parts:
        raise _damaged(entry.name)
    return str(path)


def _unpack_one(tar: tarfile.TarFile, entry: tarfile.TarInfo, target: Path) -> str:
    source = tar.extractfile(entry)
    if source is None:
        raise _damaged(entry.name)
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    digest = hashlib.sha256()
    size = 0
    with target.open("xb") as out:
        while chunk := source.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
            out.write(chunk)
    target.chmod(0o600)
    if size != entry.size:
        raise _damaged(entry.name)
    return digest.hexdigest()


def _checked_manifest(target: Path, found: dict[str, str]) -> Manifest:
    if MANIFEST not in found or MANIFEST_SUM not in found:
        raise _damaged(MANIFEST)
    if (target / MANIFEST_SUM).read_text() != found.pop(MANIFEST):
        raise _damaged(MANIFEST)
    found.pop(MANIFEST_SUM)
    try:
        content = json.loads((target / MANIFEST).read_text())
        if content.get("format") != FORMAT:
            raise OperationError(
                f"备份格式 {content.get('format')} 不受支持",
                "this backup has another format; use its version",
            )
        manifest = Manifest(**content)
    except (ValueError, TypeError) as error:
        raise _damaged(MANIFEST) from error
    for name in sorted(set(found) | set(manifest.files)):
        if found.get(name) != manifest.files.get(name):
            raise _damaged(name)
    if DUMP not in found:
        raise _damaged(DUMP)
    return manifest
