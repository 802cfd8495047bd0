"""Bytes by their hash: kept once, whole, and checked when they are read."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from yaojian.foundation.documents.facade import read
from yaojian.foundation.documents.storage import keep, path_of

CONTENT = "现场照片".encode()


def test_what_is_kept_is_read_back() -> None:
    sha256 = keep(CONTENT)
    assert sha256 == hashlib.sha256(CONTENT).hexdigest()
    assert read(sha256) == CONTENT


def test_the_same_bytes_are_kept_once() -> None:
    first = path_of(keep(CONTENT)).stat().st_mtime_ns
    assert path_of(keep(CONTENT)).stat().st_mtime_ns == first


def test_changed_bytes_are_not_given_out() -> None:
    sha256 = keep(CONTENT)
    path_of(sha256).write_bytes(CONTENT[:-1] + b"x")
    with pytest.raises(ValueError, match="damaged"):
        read(sha256)


def test_missing_bytes_are_an_error() -> None:
    with pytest.raises(FileNotFoundError):
        read("0" * 64)


def test_a_failed_write_leaves_nothing(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError("no space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("yaojian.foundation.documents.storage.os.replace", full)
        with pytest.raises(OSError, match="no space"):
            keep(CONTENT)
    assert [path for path in Path(settings.DOCUMENTS_FOLDER).rglob("*") if path.is_file()] == []
