"""`yaojian backup`: one consistent snapshot of the database, and the documents, in one verified file."""

from __future__ import annotations

import hashlib
import os
import subprocess
import tarfile
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from yaojian.operations import archive
from yaojian.operations.cluster import wheel_binaries
from yaojian.operations.database import open_database
from yaojian.operations.installation import Installation
from yaojian.operations.speech import OperationError, Steps, both, show

# libpq reads these; a password on the command line would be visible to every user of the machine.
LIBPQ_VARIABLES = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
}


def back_up(installation: Installation, file: Path, *, with_secrets: bool = False) -> archive.Manifest:
    """Write a backup to `file` (mode 0600), which must not exist; the server may go on working."""
    file = file.expanduser().resolve()
    if file.exists():
        raise OperationError(
            f"文件已存在: {file}", "the file exists already", cure="换一个文件名 / another name"
        )
    if not file.parent.is_dir():
        raise OperationError(f"目录不存在: {file.parent}", "no such folder", cure=f"mkdir -p {file.parent}")
    steps = Steps(total=2)
    with (
        open_database(installation, "backup") as access,
        tempfile.TemporaryDirectory(prefix=".yaojian-backup-", dir=file.parent) as workshop,
    ):
        partial = Path(workshop) / "backup.tar"
        os.close(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        dump = Path(workshop) / archive.DUMP
        with steps.step("导出数据库", "dumping the database"):
            counts, server_version = _dump(access.owner_url, dump)
        with steps.step("打包文书与照片", "packing the documents"), tarfile.open(partial, "w:") as tar:
            manifest = _pack(tar, installation, dump, counts, server_version, with_secrets=with_secrets)
        with partial.open("rb") as written:
            os.fsync(written.fileno())
        partial.rename(file)
    show(both(f"✓ 备份完成: {file}", f"backed up {sum(counts.values())} rows"))
    if with_secrets:
        show(both("  ! 文件含密钥, 请妥善保管", "it contains the keys: whoever has it reads everything"))
    else:
        show(
            both(
                f"  ! 不含密钥, 请另行保管 {installation.data / 'secrets.json'}: 没有它无法读取加密字段",
                "without keys: keep secrets.json apart, encrypted fields need it",
            )
        )
    return manifest


def key_digest(installation_key: str) -> str:
    """Recognises an installation key without giving it away (it has 256 random bits)."""
    return hashlib.sha256(b"yaojian installation key\0" + installation_key.encode()).hexdigest()[:16]


def _pack(
    tar: tarfile.TarFile,
    installation: Installation,
    dump: Path,
    counts: Mapping[str, int],
    server_version: int,
    *,
    with_secrets: bool,
) -> archive.Manifest:
    files = {archive.DUMP: archive.add_file(tar, dump, archive.DUMP)}
    for document in sorted(installation.documents.rglob("*")):
        if document.is_file() and not document.is_symlink():
            name = f"{archive.DOCUMENTS}/{document.relative_to(installation.documents).as_posix()}"
            files[name] = archive.add_file(tar, document, name)
    if with_secrets:
        files[archive.SECRETS] = archive.add_file(tar, installation.data / "secrets.json", archive.SECRETS)
    manifest = archive.Manifest(
        format=archive.FORMAT,
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        yaojian_version=version("yaojian"),
        server_version=server_version,
        key_digest=key_digest(installation.secrets().installation_key),
        row_counts=counts,
        files=files,
    )
    archive.add_manifest(tar, manifest)
    return manifest


def _dump(owner_url: str, target: Path) -> tuple[dict[str, int], int]:
    """Dump and count the same snapshot, however busy the database is."""
    with psycopg.connect(owner_url) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        connection.execute("SET idle_in_transaction_session_timeout = 0")
        row = connection.execute("SELECT pg_export_snapshot()").fetchone()
        snapshot = str(row[0]) if row else ""
        run_client(
            "pg_dump",
            owner_url,
            [
                "--format=custom",
                "--no-owner",
                "--exclude-extension=*",
                f"--snapshot={snapshot}",
                f"--file={target}",
            ],
        )
        return row_counts(connection), connection.info.server_version


def row_counts(connection: psycopg.Connection) -> dict[str, int]:
    """How many rows every table has, by "schema.table"."""
    tables = connection.execute(
        "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE c.relkind = 'r' AND c.relpersistence = 'p'"
        " AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema' ORDER BY 1, 2"
    ).fetchall()
    counts = {}
    for schema, table in tables:
        row = connection.execute(
            sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(schema, table))
        ).fetchone()
        counts[f"{schema}.{table}"] = int(row[0]) if row else 0
    return counts


def run_client(program: str, url: str, arguments: list[str]) -> None:
    """Run a PostgreSQL client of the wheel against `url`; raises OperationError with what it said."""
    parts = conninfo_to_dict(url)
    environment = {"PATH": os.defpath, "LC_ALL": "C"}
    environment |= {variable: str(parts[key]) for key, variable in LIBPQ_VARIABLES.items() if parts.get(key)}
    done = subprocess.run(
        [str(wheel_binaries() / program), "--no-password", *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if done.returncode != 0:
        said = done.stdout.decode(errors="replace").strip()[-2000:]
        raise OperationError(f"{program} 失败", f"{program} failed for the reason above", detail=said)
