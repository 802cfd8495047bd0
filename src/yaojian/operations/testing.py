"""A private database for tests: real PostgreSQL in a temporary folder, gone when the tests are."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import psutil

from yaojian.operations import roles
from yaojian.operations.postgres import DATABASE, EmbeddedPostgres
from yaojian.operations.privileges import system_folder_for
from yaojian.operations.speech import stay_silent
from yaojian.operations.urls import with_database, with_identity

TEST_URL_VARIABLE = "YAOJIAN_TEST_DATABASE_URL"
PREFIX = "yaojian-test-"


@dataclass(frozen=True)
class TestDatabase:
    """libpq URLs of a throw-away server: its superuser and our three roles.

    All name the empty database `yaojian`. The owner may create databases (Django's test database),
    and new databases come with our extensions.
    """

    __test__: ClassVar[bool] = False  # not a test case, whatever pytest thinks of the name

    superuser_url: str
    owner_url: str
    app_url: str
    sequencer_url: str


@contextmanager
def start_test_database() -> Iterator[TestDatabase]:
    """Yield a database for one test run.

    With YAOJIAN_TEST_DATABASE_URL (a superuser's URL of a server that may be spoiled) that server is used:
    the roles `yaojian_owner`, `yaojian_app` and `yaojian_sequencer` get new passwords there.
    """
    passwords = roles.RolePasswords(*(secrets.token_hex(16) for _role in range(3)))
    external = os.environ.get(TEST_URL_VARIABLE)
    if external:
        yield _prepared(external, passwords)
        return
    _remove_remains()
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
    server = EmbeddedPostgres(folder, secrets.token_hex(16), announce=stay_silent, durable=False)
    try:
        server.start()
        yield _prepared(server.superuser_url(), passwords)
    finally:
        server.stop()
        _remove(folder)


def _prepared(superuser_url: str, passwords: roles.RolePasswords) -> TestDatabase:
    roles.ensure_roles(superuser_url, passwords, for_tests=True)
    roles.ensure_database(superuser_url, DATABASE)
    roles.ensure_extensions(_renamed(superuser_url, database="template1"))
    roles.ensure_extensions(_renamed(superuser_url, database=DATABASE))
    return TestDatabase(
        superuser_url=_renamed(superuser_url, database=DATABASE),
        owner_url=_renamed(superuser_url, database=DATABASE, user=roles.OWNER, password=passwords.owner),
        app_url=_renamed(
            superuser_url, database=DATABASE, user=roles.APPLICATION, password=passwords.application
        ),
        sequencer_url=_renamed(
            superuser_url, database=DATABASE, user=roles.SEQUENCER, password=passwords.sequencer
        ),
    )


def _renamed(url: str, *, database: str, user: str = "", password: str = "") -> str:
    changed = with_database(url, database)
    return with_identity(changed, user, password) if user else changed


def _remove(folder: Path) -> None:
    """Remove a test's folder and, as root, the copy of its cluster in the system folder."""
    shutil.rmtree(folder, ignore_errors=True)
    if os.geteuid() == 0:
        shutil.rmtree(system_folder_for(folder), ignore_errors=True)


def _remove_remains() -> None:
    """Remove what test runs that were killed left in the temporary folder."""
    for remains in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        pid = remains.name.removeprefix(PREFIX).split("-", 1)[0]
        if pid.isdigit() and not psutil.pid_exists(int(pid)) and remains.stat().st_uid == os.geteuid():
            _remove(remains)
