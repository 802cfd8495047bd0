"""Addresses of static files that change when the file does, so that no browser keeps an old one."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage


@cache
def version_of(name: str) -> str:
    """Eight hexadecimal digits of the SHA-256 of a static file; empty when there is no such file."""
    found = finders.find(name)
    return hashlib.sha256(Path(found).read_bytes()).hexdigest()[:8] if isinstance(found, str) else ""


class VersionedStaticFiles(StaticFilesStorage):
    """Serves files from the package as they are and names their version in the address."""

    def url(self, name: str | None) -> str:
        address = super().url(name)
        version = version_of(name) if name else ""
        return f"{address}?v={version}" if version else address
