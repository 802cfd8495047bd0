"""One initialised data folder per test run, which most tests copy: initdb takes a second or two."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from yaojian.operations import privileges
from yaojian.operations.database import open_database
from yaojian.operations.installation import Installation

Plant = Callable[[Path], Path]


def removed(folder: Path) -> None:
    """Remove a data folder and, as root, what it may have in the system folder."""
    shutil.rmtree(folder)
    if os.geteuid() == 0:
        shutil.rmtree(privileges.system_folder_for(folder), ignore_errors=True)


def fresh_folder(prefix: str) -> Path:
    """An empty folder that the database's own user can reach."""
    made = Path(tempfile.mkdtemp(prefix=prefix))
    made.chmod(0o711)
    return made


@pytest.fixture(scope="session")
def seed() -> Iterator[Path]:
    folder = fresh_folder("yj-seed-")
    with open_database(Installation(folder, "127.0.0.1", 8000, 1, (), ""), "test") as access:
        assert access is not None
    yield folder
    removed(folder)


@pytest.fixture(scope="session")
def plant(seed: Path) -> Plant:
    """Copies the initialised data folder to a place."""

    def planted(data: Path) -> Path:
        data.mkdir(mode=0o711, exist_ok=True)
        for part in ("postgres", "secrets.json"):
            subprocess.run(["cp", "-a", str(seed / part), str(data / part)], check=True)
        (data / "postgres.json").write_text(json.dumps({"home": str(data)}))
        return data

    return planted
