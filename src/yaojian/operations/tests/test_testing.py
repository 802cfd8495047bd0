"""The private test database: the roles that the tests need, and nothing left behind."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from psycopg import errors
from psycopg.conninfo import conninfo_to_dict

from yaojian.operations.testing import TEST_URL_VARIABLE, start_test_database


def test_owner_makes_databases_and_the_application_owns_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(TEST_URL_VARIABLE, raising=False)
    with start_test_database() as database:
        folder = Path(str(conninfo_to_dict(database.app_url)["host"]))
        with psycopg.connect(database.owner_url, autocommit=True) as owner:
            owner.execute("CREATE TABLE t (name text)")
            owner.execute("CREATE DATABASE test_made_by_django")
        with psycopg.connect(database.app_url) as application:
            chinese = application.execute("SELECT cardinality(show_trgm('康泰药店'))").fetchone()
            assert chinese is not None
            assert chinese[0] > 2
            with pytest.raises(errors.InsufficientPrivilege):
                application.execute("SELECT * FROM t")
            application.rollback()
            with pytest.raises(errors.InsufficientPrivilege):
                application.execute("CREATE TABLE mine ()")
        monkeypatch.setenv(TEST_URL_VARIABLE, database.superuser_url)
        with start_test_database() as other:
            assert conninfo_to_dict(other.owner_url)["host"] == str(folder)
            psycopg.connect(other.app_url).close()
    assert not folder.exists()
