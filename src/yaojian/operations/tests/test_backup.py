"""Backup and restore: what was there comes back, and nothing is touched unless all of it can."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from yaojian.operations import archive
from yaojian.operations import restore as restoring
from yaojian.operations.backup import back_up
from yaojian.operations.database import DatabaseAccess, open_database
from yaojian.operations.installation import Installation
from yaojian.operations.speech import OperationError
from yaojian.operations.tests.conftest import Plant, fresh_folder, removed

SCHEMA = """
CREATE TABLE act (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, what text NOT NULL);
CREATE INDEX ON act USING gin (what gin_trgm_ops);
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'acts are final'; END $$;
CREATE TRIGGER final BEFORE UPDATE OR DELETE ON act FOR EACH ROW EXECUTE FUNCTION refuse();
GRANT SELECT, INSERT ON act TO yaojian_app;
INSERT INTO act (what) SELECT '检查康泰药店 ' || n FROM generate_series(1, 500) n;
"""


def nothing_to_migrate(installation: Installation, access: DatabaseAccess) -> None:
    """Stands in for Django's migrations."""


def restore(
    installation: Installation, file: Path, *, replace: bool = False, without_key: bool = False
) -> None:
    restoring.restore(
        installation, file, replace=replace, without_key=without_key, migrate=nothing_to_migrate
    )


def made_installation() -> Installation:
    return Installation(fresh_folder("yj-backup-"), "127.0.0.1", 8000, 1, (), "")


@pytest.fixture(scope="module")
def source(plant: Plant) -> Iterator[Installation]:
    installation = made_installation()
    plant(installation.data)
    with open_database(installation, "test") as access, psycopg.connect(access.owner_url) as connection:
        connection.execute(SCHEMA)
    (installation.documents / "ab").mkdir()
    (installation.documents / "ab" / "abcd").write_bytes(b"photo")
    yield installation
    removed(installation.data)


@pytest.fixture(scope="module")
def backup_file(source: Installation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("backups") / "with-secrets.tar"
    back_up(source, file, with_secrets=True)
    return file


@pytest.fixture
def target() -> Iterator[Installation]:
    installation = made_installation()
    yield installation
    removed(installation.data)


def acts(access: DatabaseAccess) -> int:
    with psycopg.connect(access.app_url) as connection:
        row = connection.execute("SELECT count(*) FROM act").fetchone()
    return int(row[0]) if row else -1


def test_a_new_machine_gets_everything_back(
    target: Installation, backup_file: Path, source: Installation
) -> None:
    assert backup_file.stat().st_mode & 0o777 == 0o600
    restore(target, backup_file)
    assert (target.documents / "ab" / "abcd").read_bytes() == b"photo"
    assert target.secrets().installation_key == source.secrets().installation_key
    assert target.secrets().owner_password != source.secrets().owner_password
    with open_database(target, "test") as access:
        assert acts(access) == 500
        with psycopg.connect(access.owner_url) as owner, pytest.raises(psycopg.errors.RaiseException):
            owner.execute("DELETE FROM act")
        # The row that is written next must not collide with a restored one.
        with psycopg.connect(access.app_url) as application:
            application.execute("INSERT INTO act (what) VALUES ('新')")
    with pytest.raises(OperationError, match="not empty"):
        restore(target, backup_file)
    restore(target, backup_file, replace=True)
    with open_database(target, "test") as access:
        assert acts(access) == 500
        with psycopg.connect(access.owner_url) as connection:
            names = connection.execute(
                "SELECT datname FROM pg_database WHERE datname LIKE 'yaojian%'"
            ).fetchall()
        assert names == [("yaojian",)]
    assert not list(target.data.glob(".restore-*"))


def test_a_flipped_byte_is_refused_before_anything_is_touched(
    target: Installation, backup_file: Path, tmp_path: Path
) -> None:
    content = bytearray(backup_file.read_bytes())
    content[len(content) // 3] ^= 1
    damaged = tmp_path / "damaged.tar"
    damaged.write_bytes(content)
    with pytest.raises(OperationError, match="damaged"):
        restore(target, damaged, replace=True)
    assert not (target.data / "postgres").exists()


def test_a_cut_off_file_is_refused(target: Installation, backup_file: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.tar"
    cut.write_bytes(backup_file.read_bytes()[:-40_000])
    with pytest.raises(OperationError, match="damaged"):
        restore(target, cut)


@pytest.mark.parametrize("name", ["../outside", "/absolute", "documents/../../outside", "surprise"])
def test_a_forged_member_is_refused(tmp_path: Path, name: str) -> None:
    forged = tmp_path / "forged.tar"
    with tarfile.open(forged, "w:") as tar:
        archive.add_bytes(tar, b"x", name)
    (tmp_path / "out").mkdir()
    with pytest.raises(OperationError, match="damaged"):
        archive.verify_and_unpack(forged, tmp_path / "out")
    assert not (tmp_path / "outside").exists()


def test_wrong_counts_keep_the_present_database(
    source: Installation, backup_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = archive.verify_and_unpack

    def miscounted(file: Path, folder: Path) -> archive.Manifest:
        return replace(honest(file, folder), row_counts={"public.act": 499})

    monkeypatch.setattr(archive, "verify_and_unpack", miscounted)
    with pytest.raises(OperationError, match="differ"):
        restore(source, backup_file, replace=True)
    with open_database(source, "test") as access:
        assert acts(access) == 500


def test_a_failure_in_the_last_moment_keeps_database_and_documents(
    source: Installation, backup_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_database(source, "test") as access, psycopg.connect(access.app_url) as application:
        application.execute("INSERT INTO act (what) VALUES ('备份之后')")

    def disk_fails(installation: Installation, unpacked: Path) -> None:
        raise OSError("input/output error")

    monkeypatch.setattr(restoring, "_exchange_documents", disk_fails)
    with pytest.raises(OSError, match="input/output"):
        restore(source, backup_file, replace=True)
    with open_database(source, "test") as access:
        assert acts(access) == 501


def test_a_backup_without_the_key_is_refused_elsewhere_unless_accepted(
    source: Installation, target: Installation, tmp_path: Path
) -> None:
    file = tmp_path / "without.tar"
    back_up(source, file)
    with tarfile.open(file) as tar:
        assert archive.SECRETS not in tar.getnames()
    with pytest.raises(OperationError, match="installation_key"):
        restore(target, file)
    restore(target, file, without_key=True)
    with pytest.raises(OperationError, match="exists"):
        back_up(source, file)


def test_settings_that_older_servers_do_not_know_are_left_out_of_the_head_only(tmp_path: Path) -> None:
    from yaojian.operations.restore import _without_newer_settings

    script = tmp_path / "dump.sql"
    data = b"CREATE TABLE t (x text);\nCOPY t FROM stdin;\nSET transaction_timeout = 0;\n\\.\n"
    script.write_bytes(b"SET lock_timeout = 0;\nSET transaction_timeout = 0;\n" + data)
    _without_newer_settings(script)
    assert script.read_bytes() == b"SET lock_timeout = 0;\n" + data
