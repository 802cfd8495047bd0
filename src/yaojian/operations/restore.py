"""`yaojian restore`: verify first, restore beside the living database, check, and only then exchange them."""

from __future__ import annotations

import fcntl
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace as with_changes
from importlib.metadata import version
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from yaojian.operations import archive, roles
from yaojian.operations.backup import key_digest, row_counts, run_client
from yaojian.operations.database import DatabaseAccess, open_database
from yaojian.operations.installation import Installation, Secrets, python_command
from yaojian.operations.preparation import forget_preparation
from yaojian.operations.speech import OperationError, Steps, both, show
from yaojian.operations.urls import with_database

EXCHANGE_ATTEMPTS = 200
WORKSHOP = ".restore-"
FRESH = "yaojian_restore_"
FORMER = "_former_"

Migrate = Callable[[Installation, DatabaseAccess], None]


def provision(installation: Installation, access: DatabaseAccess) -> None:
    """Bring a restored database to the schema of the code that is installed here."""
    done = subprocess.run(
        python_command("-m", "django", "provision"),
        env=installation.child_environment(access.app_url, access.owner_url),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if done.returncode != 0:
        raise OperationError(
            "数据已恢复, 但升级数据库结构失败",
            "the data is restored, but its schema could not be upgraded",
            detail=done.stdout.decode(errors="replace")[-2000:],
        )


def restore(
    installation: Installation,
    file: Path,
    *,
    replace: bool = False,
    without_key: bool = False,
    migrate: Migrate = provision,
) -> None:
    """Restore a backup; a failure at any point leaves the present database and documents as they are."""
    installation.prepare_folders()
    steps = Steps(total=4)
    with (
        _only_restore(installation),
        tempfile.TemporaryDirectory(prefix=WORKSHOP, dir=installation.data) as folder,
    ):
        unpacked = Path(folder)
        with steps.step("校验备份文件", "verifying the backup file"):
            manifest = archive.verify_and_unpack(file.expanduser().resolve(), unpacked)
            _refuse_newer(manifest)
        with open_database(installation, "restore") as access:
            _drop_remains(access)
            _refuse_overwriting(access, replace=replace)
            new_secrets = _matching_secrets(installation, manifest, unpacked, without_key=without_key)
            fresh = f"{FRESH}{secrets.token_hex(4)}"
            try:
                with steps.step(
                    "恢复到临时数据库并核对行数", "restoring into a temporary database and counting"
                ):
                    _restore_into(access, fresh, unpacked / archive.DUMP)
                    _compare_counts(with_database(access.owner_url, fresh), manifest)
                with steps.step("切换数据库与文书", "exchanging database and documents"):
                    forget_preparation(installation)
                    former = _exchange(installation, access, fresh, unpacked)
                    if new_secrets is not None:
                        installation.write_secrets(new_secrets)
            except BaseException:
                _drop(access, fresh)
                raise
            _drop(access, former)
            with steps.step("升级数据库结构", "upgrading the schema"):
                migrate(installation, access)
    rows = sum(manifest.row_counts.values())
    show(both(f"✓ 已恢复 {manifest.made_at} 的备份, 共 {rows} 行", f"restored {rows} rows"))
    if new_secrets is not None:
        show(both("  ! 密钥已更换, 正在运行的服务需重启", "the keys changed: restart a running server"))


@contextmanager
def _only_restore(installation: Installation) -> Iterator[None]:
    """One restore at a time; what a killed one left on the disk is removed."""
    with (installation.run / "restore.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise OperationError("另一个恢复正在进行", "another restore is running") from error
        for remains in installation.data.glob(f"{WORKSHOP}*"):
            shutil.rmtree(remains)
        yield


def _drop_remains(access: DatabaseAccess) -> None:
    """Drop the databases that a killed restore had not finished or not yet thrown away."""
    living = str(conninfo_to_dict(access.owner_url).get("dbname"))
    with psycopg.connect(access.owner_url) as connection:
        left = connection.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE %s OR datname LIKE %s",
            [FRESH.replace("_", r"\_") + "%", f"{living}{FORMER}".replace("_", r"\_") + "%"],
        ).fetchall()
    for (name,) in left:
        _drop(access, name)


def _refuse_newer(manifest: archive.Manifest) -> None:
    def numbers(text: str) -> tuple[int, ...]:
        return tuple(int(part) for part in text.split(".") if part.isdigit())

    if numbers(manifest.yaojian_version) > numbers(version("yaojian")):
        raise OperationError(
            f"备份来自更新的版本 {manifest.yaojian_version}",
            "the backup was made by a newer version of Yaojian",
            cure="先升级药鉴 / upgrade Yaojian first",
        )


def _refuse_overwriting(access: DatabaseAccess, *, replace: bool) -> None:
    with psycopg.connect(access.owner_url) as connection:
        rows = sum(row_counts(connection).values())
    if rows and not replace:
        raise OperationError(
            f"数据库中已有 {rows} 行数据, 未作任何更改",
            "the database is not empty; nothing was changed",
            cure="确认覆盖 / to overwrite it: ./yaojian restore FILE --replace (先备份 / back up first)",
        )


def _matching_secrets(
    installation: Installation, manifest: archive.Manifest, unpacked: Path, *, without_key: bool
) -> Secrets | None:
    """The secrets to write after the restore; None when the present key already reads the backup."""
    present = installation.secrets()
    own_keys = (present.installation_key, *present.previous_installation_keys)
    if manifest.key_digest in map(key_digest, own_keys):
        return None
    if archive.SECRETS in manifest.files:
        kept = Secrets.read((unpacked / archive.SECRETS).read_text())
        return with_changes(
            present,
            installation_key=kept.installation_key,
            previous_installation_keys=kept.previous_installation_keys,
            secret_key=kept.secret_key,
        )
    if without_key:
        return None
    raise OperationError(
        "备份中的加密字段是用另一把密钥加密的, 备份文件不含该密钥",
        "the backup's encrypted fields need the key of the installation that made it",
        cure="把原 secrets.json 的 installation_key 填入本机 secrets.json, 或加 --without-key"
        " / put that installation_key into secrets.json here, or accept the loss with --without-key",
    )


NEWER_SETTINGS = (b"SET transaction_timeout",)
"""Written by pg_dump 17 and newer; PostgreSQL 15 and 16 refuse it."""


def _restore_into(access: DatabaseAccess, name: str, dump: Path) -> None:
    if access.superuser_url is not None:
        roles.ensure_database(access.superuser_url, name)
        roles.ensure_extensions(with_database(access.superuser_url, name))
    else:
        with psycopg.connect(access.owner_url, autocommit=True) as connection:
            try:
                connection.execute(
                    sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name))
                )
            except psycopg.errors.InsufficientPrivilege as error:
                raise OperationError(
                    "数据库账号无权创建数据库",
                    "the database user may not create databases",
                    cure=f"ALTER ROLE {connection.info.user} CREATEDB;",
                ) from error
            connection.execute(roles.grant_connect(name))
        roles.ensure_extensions(with_database(access.owner_url, name))
    url = with_database(access.owner_url, name)
    script = dump.with_suffix(".sql")
    run_client("pg_restore", url, ["--no-owner", f"--file={script}", str(dump)])
    _without_newer_settings(script)
    run_client("psql", url, ["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", f"--file={script}"])


def _without_newer_settings(script: Path) -> None:
    """Drop the settings in the head of a dump that servers older than our pg_dump do not know."""
    partial = script.with_suffix(".partial")
    with script.open("rb") as source, partial.open("wb") as target:
        for line in source:
            if line.startswith(NEWER_SETTINGS):
                continue
            target.write(line)
            if line.startswith(b"CREATE "):  # the head is over; what follows may be data
                break
        shutil.copyfileobj(source, target)
    partial.replace(script)


def _compare_counts(url: str, manifest: archive.Manifest) -> None:
    with psycopg.connect(url) as connection:
        found = row_counts(connection)
    different = [
        f"{table}: {manifest.row_counts.get(table)} → {found.get(table)}"
        for table in sorted(set(found) | set(manifest.row_counts))
        if found.get(table) != manifest.row_counts.get(table)
    ]
    if different:
        raise OperationError(
            "恢复后的行数与备份清单不符: " + "; ".join(different),
            "the restored row counts differ from the manifest; the present database was kept",
        )


def _rename_databases(access: DatabaseAccess, renames: Sequence[tuple[str, str]]) -> None:
    """Rename databases in one transaction, ending whatever connections they have."""
    names = [name for pair in renames for name in pair]
    # No connection may be open to a database that is renamed, so we stand in a third one.
    with psycopg.connect(with_database(access.admin_url, "postgres"), autocommit=True) as connection:
        for _attempt in range(EXCHANGE_ATTEMPTS):
            try:
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = ANY(%s)", [names]
                )
                with connection.transaction():
                    for present, name in renames:
                        connection.execute(
                            sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                                sql.Identifier(present), sql.Identifier(name)
                            )
                        )
                return
            except psycopg.errors.ObjectInUse:  # somebody reconnected in between
                time.sleep(0.05)
            except psycopg.errors.InsufficientPrivilege:  # an external server whose connections are not ours
                break
    raise OperationError(
        "数据库正被使用, 无法切换", "the database is in use", cure="先停止服务 / stop the server first"
    )


def _exchange(installation: Installation, access: DatabaseAccess, fresh: str, unpacked: Path) -> str:
    """Exchange database and documents, both or neither; returns the former database's new name."""
    living = str(conninfo_to_dict(access.owner_url).get("dbname"))
    former = f"{living}{FORMER}{secrets.token_hex(4)}"
    _rename_databases(access, ((living, former), (fresh, living)))
    try:
        _exchange_documents(installation, unpacked)
    except OSError:
        _rename_databases(access, ((living, fresh), (former, living)))
        raise
    return former


def _exchange_documents(installation: Installation, unpacked: Path) -> None:
    """Put the backup's documents in place of the present ones, by two renames."""
    incoming = unpacked / archive.DOCUMENTS
    incoming.mkdir(mode=0o700, exist_ok=True)
    outgoing = unpacked / "former-documents"
    if installation.documents.exists():
        installation.documents.rename(outgoing)
    incoming.rename(installation.documents)
    shutil.rmtree(outgoing, ignore_errors=True)


def _drop(access: DatabaseAccess, name: str) -> None:
    with psycopg.connect(with_database(access.admin_url, "postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
