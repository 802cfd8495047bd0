"""The part of the diagnosis that needs the database driver: port, server, roles, migrations."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg

from yaojian.operations import cluster as clusters
from yaojian.operations import database, roles
from yaojian.operations.cluster import LOCATION_FILE
from yaojian.operations.doctor import Finding, error, good, warning
from yaojian.operations.installation import Installation, python_command
from yaojian.operations.services import check_port_free, health_answer
from yaojian.operations.speech import OperationError


def check_port(installation: Installation) -> Iterator[Finding]:
    """Free, or taken by ourselves."""
    holder = installation.holder()
    if holder is not None and holder.purpose == "up":
        status = health_answer(_at_port(installation, holder.port))
        if status == 200:
            yield good(
                f"正在运行: 进程 {holder.pid}, 端口 {holder.port}",
                f"running and healthy: pid {holder.pid}, port {holder.port}",
            )
        else:
            yield warning(
                f"进程 {holder.pid} 在运行, 但端口 {holder.port} 未就绪 ({status})",
                "running, but it does not answer yet",
                f"查看日志 / look into {installation.log}",
            )
        return
    try:
        check_port_free(installation)
    except OperationError as taken:
        yield error(taken.zh, taken.en, taken.cure)
    else:
        yield good(f"端口 {installation.port} 空闲", f"port {installation.port} is free")


def _at_port(installation: Installation, port: int) -> Installation:
    return replace(installation, port=port)


def check_database(installation: Installation) -> Iterator[Finding]:
    """Reachable, new enough, with both roles, and migrated."""
    try:
        if not installation.database_url and not (installation.data / LOCATION_FILE).exists():
            clusters.wheel_binaries()
            yield good("尚未创建数据库, 首次启动时自动创建", "no database yet; the first start creates it")
            return
        if not installation.database_url and _cluster_is_missing(installation.data):
            yield error(
                "数据库文件丢失", "the database's files are gone", "./yaojian restore FILE.tar (从备份恢复)"
            )
            return
        with database.open_database(installation, "check") as access:
            yield from _check_server(access)
            yield from _check_migrations(installation, access)
    except OperationError as problem:
        yield error(f"数据库不可用: {problem.zh}", problem.en, problem.cure)


def _cluster_is_missing(data: Path) -> bool:
    home = Path(json.loads((data / LOCATION_FILE).read_text())["home"])
    return not (home / "postgres" / "PG_VERSION").exists()


def _check_server(access: database.DatabaseAccess) -> Iterator[Finding]:
    with psycopg.connect(access.owner_url) as connection:
        number = connection.info.server_version
        shown = f"PostgreSQL {number // 10000}.{number % 10000}"
        if number < database.MINIMUM_SERVER_VERSION:
            yield error(f"{shown} 过旧", "PostgreSQL 15 or newer is needed")
        else:
            yield good(shown, "the database answers")
        durable = connection.execute(
            "SELECT current_setting('fsync'), current_setting('server_encoding')"
        ).fetchone()
        if durable is not None and durable[0] != "on":
            yield error("数据库 fsync 已关闭, 断电会丢数据", "fsync is off", "ALTER SYSTEM SET fsync = on")
        if durable is not None and durable[1] != "UTF8":
            yield error(f"数据库编码是 {durable[1]}", "the database must be UTF8")
        letters = connection.execute("SELECT cardinality(show_trgm('药品监管'))").fetchone()
        if letters is None or not letters[0]:
            yield error(
                "数据库的 LC_CTYPE 不识别汉字, 搜索无效",
                "this database's LC_CTYPE knows no Chinese letters; search would find nothing",
                "CREATE DATABASE … LC_CTYPE 'C.UTF-8' TEMPLATE template0",
            )
    with psycopg.connect(access.app_url) as connection:
        owned = connection.execute(
            "SELECT rolsuper OR rolcreatedb OR rolcreaterole,"
            " (SELECT count(*) FROM pg_class WHERE relowner = r.oid)"
            " FROM pg_roles r WHERE rolname = current_user"
        ).fetchone()
        if owned is None or owned[0] or owned[1]:
            yield error(
                f"应用角色 {roles.APPLICATION} 权限过大", "the application role owns things or is privileged"
            )
        else:
            yield good(f"应用角色 {roles.APPLICATION} 不拥有任何对象", "the application role owns nothing")


def _check_migrations(installation: Installation, access: database.DatabaseAccess) -> Iterator[Finding]:
    asked = subprocess.run(
        python_command("-m", "django", "migrate", "--check"),
        env=installation.child_environment(access.app_url, access.owner_url),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=120,
    )
    if asked.returncode == 0:
        yield good("数据库结构为最新", "no migration is pending")
    elif b"Traceback" in asked.stderr or b"Error" in asked.stderr:
        said = asked.stderr.decode(errors="replace").strip().splitlines()[-1:]
        yield error(f"无法检查数据库结构: {' '.join(said)}", "the migrations cannot be checked")
    else:
        yield warning("数据库结构待升级", "migrations are pending", "./yaojian up")
