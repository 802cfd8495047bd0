"""A database of somebody else, named by DATABASE_URL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from yaojian.operations import database
from yaojian.operations.backup import back_up
from yaojian.operations.database import open_database
from yaojian.operations.installation import Installation
from yaojian.operations.restore import restore
from yaojian.operations.speech import OperationError
from yaojian.operations.testing import TEST_URL_VARIABLE, TestDatabase, start_test_database
from yaojian.operations.urls import with_database, with_identity, without_password


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[TestDatabase]:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(TEST_URL_VARIABLE, raising=False)
        with start_test_database() as database:
            yield database


def installation(folder: Path, url: str) -> Installation:
    return Installation(folder / "data", "127.0.0.1", 8000, 1, (), url)


def test_an_administrator_url_makes_the_roles(elsewhere: TestDatabase, tmp_path: Path) -> None:
    ours = installation(tmp_path, elsewhere.superuser_url)
    with open_database(ours, "test") as access, psycopg.connect(access.app_url) as connection:
        assert connection.info.user == "yaojian_app"
        psycopg.connect(access.sequencer_url).close()
        assert access.superuser_url is None
    assert not (ours.data / "postgres").exists()


def test_without_the_privilege_the_exact_sql_is_named(elsewhere: TestDatabase, tmp_path: Path) -> None:
    ours = installation(tmp_path, elsewhere.owner_url)
    with pytest.raises(OperationError) as refused, open_database(ours, "test"):
        pytest.fail("the database was opened")
    assert f"LOGIN PASSWORD '{ours.secrets().app_password}'" in refused.value.cure
    assert f"LOGIN PASSWORD '{ours.secrets().sequencer_password}'" in refused.value.cure
    # The administrator does it, and then it works.
    with psycopg.connect(elsewhere.superuser_url, autocommit=True) as administrator:
        for role, password in (
            ("yaojian_app", ours.secrets().app_password),
            ("yaojian_sequencer", ours.secrets().sequencer_password),
        ):
            administrator.execute(f"ALTER ROLE {role} PASSWORD '{password}'")  # type: ignore[arg-type]
    with open_database(ours, "test") as access:
        psycopg.connect(access.app_url).close()


def test_backup_and_restore_on_an_external_server(elsewhere: TestDatabase, tmp_path: Path) -> None:
    ours = installation(tmp_path, elsewhere.superuser_url)
    with open_database(ours, "test") as access, psycopg.connect(access.owner_url) as connection:
        connection.execute("CREATE TABLE act AS SELECT 1 AS n")
    back_up(ours, tmp_path / "b.tar")
    with psycopg.connect(elsewhere.superuser_url) as connection:
        connection.execute("DELETE FROM act")
        connection.execute("INSERT INTO act VALUES (2), (3)")
    restore(ours, tmp_path / "b.tar", replace=True, migrate=lambda _installation, _access: None)
    with psycopg.connect(elsewhere.superuser_url) as connection:
        assert connection.execute("SELECT array_agg(n) FROM act").fetchone() == ([1],)
        connection.execute("DROP TABLE act")


def test_urls_change_in_one_part_only() -> None:
    url = "postgresql://o:a%40b@/yaojian?host=/run/pg"
    assert with_database(url, "postgres") == "postgresql://o:a%40b@/postgres?host=/run/pg"
    assert with_identity(url, "app", "p/w") == "postgresql://app:p%2Fw@/yaojian?host=/run/pg"
    assert with_identity("postgresql://h:5433/d", "a", "b") == "postgresql://a:b@h:5433/d"
    assert without_password("postgresql://o:geheim@h/d") == "postgresql://o:***@h/d"


def test_a_folder_of_an_external_database_does_not_start_an_empty_one(tmp_path: Path) -> None:
    ours = Installation(tmp_path, "127.0.0.1", 8000, 1, (), "")
    (tmp_path / database.EXTERNAL_MARK).write_text("postgresql://o@db.example/yaojian\n")
    with pytest.raises(OperationError, match="DATABASE_URL"):
        database.embedded_server(ours, lambda zh, en: None)
