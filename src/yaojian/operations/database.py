"""The installation's database: the embedded server or the one behind DATABASE_URL, ready with its roles."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from yaojian.operations import cluster as clusters
from yaojian.operations import roles
from yaojian.operations.installation import Installation
from yaojian.operations.postgres import DATABASE, EmbeddedPostgres, socket_url
from yaojian.operations.speech import Announce, OperationError, say
from yaojian.operations.urls import with_identity, without_password

MINIMUM_SERVER_VERSION = 150000
WAIT_FOR_COMMAND_S = 60.0


@dataclass(frozen=True)
class DatabaseAccess:
    """The URLs by which the parts of the house reach the database."""

    owner_url: str
    app_url: str
    sequencer_url: str
    superuser_url: str | None  # only for the embedded server

    @property
    def admin_url(self) -> str:
        """Who may create and rename databases: the superuser where we have one, else the owner."""
        return self.superuser_url or self.owner_url


def prepare_embedded(server: EmbeddedPostgres, installation: Installation) -> DatabaseAccess:
    """Make sure that the running embedded server has our roles, database and extension."""
    passwords = installation.role_passwords()
    superuser_url = server.superuser_url()
    roles.ensure_roles(superuser_url, passwords)
    roles.ensure_database(superuser_url, DATABASE)
    roles.ensure_extensions(server.superuser_url(DATABASE))
    return _embedded_access(server.cluster.socket_folder, installation)


def _embedded_access(socket_folder: Path, installation: Installation) -> DatabaseAccess:
    own = installation.secrets()
    return DatabaseAccess(
        owner_url=socket_url(socket_folder, roles.OWNER, own.owner_password),
        app_url=socket_url(socket_folder, roles.APPLICATION, own.app_password),
        sequencer_url=socket_url(socket_folder, roles.SEQUENCER, own.sequencer_password),
        superuser_url=socket_url(socket_folder, "postgres", own.superuser_password),
    )


EXTERNAL_MARK = "external-database"


def embedded_server(
    installation: Installation, announce: Announce, pause: Callable[[float], None] = time.sleep
) -> EmbeddedPostgres:
    """The installation's embedded server, not started yet.

    Raises OperationError when the folder belongs to an external database: an empty one beside it
    would look as if everything were lost.
    """
    owner = installation.data / EXTERNAL_MARK
    if owner.exists():
        raise OperationError(
            f"数据目录 {installation.data} 一直使用外部数据库 {owner.read_text().strip()}, "
            "但未设置 DATABASE_URL",
            "this data folder belongs to an external database, and DATABASE_URL is not set",
            cure=f"设置 DATABASE_URL, 或换 --data 目录; 确要改用内置数据库则删除 {owner}"
            " / set DATABASE_URL or take another --data; delete that file to change over for good",
        )
    return EmbeddedPostgres(
        installation.data,
        installation.secrets().superuser_password,
        announce=announce,
        connections=installation.connections,
        pause=pause,
    )


def prepare_external(installation: Installation) -> DatabaseAccess:
    """Check the server behind DATABASE_URL and make the application role there.

    Raises OperationError with the exact SQL for the database administrator when we may not.
    """
    owner_url = installation.database_url
    passwords = installation.role_passwords()
    app_url = with_identity(owner_url, roles.APPLICATION, passwords.application)
    sequencer_url = with_identity(owner_url, roles.SEQUENCER, passwords.sequencer)
    try:
        with psycopg.connect(owner_url, autocommit=True, connect_timeout=10) as connection:
            if connection.info.server_version < MINIMUM_SERVER_VERSION:
                raise OperationError(
                    f"PostgreSQL 版本过低: {connection.info.server_version // 10000}, 需要 15 或以上",
                    "PostgreSQL is too old; 15 or newer is needed",
                )
            if not (_can_connect(app_url) and _can_connect(sequencer_url)):
                _make_roles(connection, passwords)
            (installation.data / EXTERNAL_MARK).write_text(without_password(owner_url) + "\n")
            connection.execute("SET client_min_messages = warning")
            roles.make_extensions(connection)
    except psycopg.errors.InsufficientPrivilege as error:
        raise OperationError(
            "数据库账号权限不足, 请数据库管理员执行下列语句",
            "the database user lacks a privilege; ask the administrator to run this",
            cure=_sql_for_administrator(owner_url, passwords),
        ) from error
    except psycopg.OperationalError as error:
        raise OperationError(
            f"无法连接数据库 {without_password(owner_url)}",
            "the database of DATABASE_URL is not reachable",
            detail=str(error),
            cure="检查 DATABASE_URL、网络与数据库服务 / check DATABASE_URL, the network and the server",
        ) from error
    for role, url in ((roles.APPLICATION, app_url), (roles.SEQUENCER, sequencer_url)):
        if not _can_connect(url):
            raise OperationError(
                f"角色 {role} 无法登录数据库 (请检查 pg_hba.conf)",
                f"the role {role} cannot log in; check pg_hba.conf",
            )
    return DatabaseAccess(
        owner_url=owner_url, app_url=app_url, sequencer_url=sequencer_url, superuser_url=None
    )


def _make_roles(connection: psycopg.Connection, passwords: roles.RolePasswords) -> None:
    roles.ensure_role(connection, roles.APPLICATION, passwords.application, may_create_databases=False)
    roles.ensure_role(connection, roles.SEQUENCER, passwords.sequencer, may_create_databases=False)
    connection.execute(roles.grant_connect(connection.info.dbname))


def _sql_for_administrator(owner_url: str, passwords: roles.RolePasswords) -> str:
    name = psycopg.conninfo.conninfo_to_dict(owner_url).get("dbname") or DATABASE
    return (
        f"CREATE ROLE {roles.APPLICATION} LOGIN PASSWORD '{passwords.application}';\n"
        f"    CREATE ROLE {roles.SEQUENCER} LOGIN PASSWORD '{passwords.sequencer}';\n"
        f"    GRANT CONNECT ON DATABASE {name} TO {roles.APPLICATION}, {roles.SEQUENCER};\n"
        f"    \\c {name}\n    "
        + "\n    ".join(f"CREATE EXTENSION IF NOT EXISTS {extension};" for extension in roles.EXTENSIONS)
    )


def _can_connect(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


@contextmanager
def open_database(installation: Installation, purpose: str) -> Iterator[DatabaseAccess]:
    """Yield access to the database: the running one, or the embedded one, started while we need it."""
    installation.prepare_folders()
    if installation.database_url:
        yield prepare_external(installation)
        return
    if _served_by_supervisor(installation):
        yield _running_access(installation)
        return
    with installation.locked(purpose):
        server = embedded_server(installation, say)
        try:
            server.start()
            yield prepare_embedded(server, installation)
        finally:
            server.stop()


def _served_by_supervisor(installation: Installation) -> bool:
    """Whether `yaojian up` runs here; waits for another short command to end."""
    deadline = time.monotonic() + WAIT_FOR_COMMAND_S
    told = False
    while (holder := installation.holder()) is not None:
        if holder.purpose == "up":
            return True
        if time.monotonic() > deadline:
            break  # taking the lock will name the holder
        if not told:
            say(f"等待另一个命令结束 ({holder.purpose})", f"waiting for another command ({holder.purpose})")
            told = True
        time.sleep(0.2)
    return False


def _running_access(installation: Installation) -> DatabaseAccess:
    """Access to the server that the supervisor runs; waits while it is starting or recovering."""
    cluster = clusters.locate(installation.data, say)
    access = _embedded_access(cluster.socket_folder, installation)
    began = reported = time.monotonic()
    while not _can_connect(access.app_url):
        if installation.holder() is None:
            raise OperationError("药鉴刚刚停止, 请重试", "the server has just stopped; try again")
        now = time.monotonic()
        if now - reported >= 5:
            reported = now
            say(f"等待数据库, 已 {now - began:.0f} 秒", f"waiting for the database ({now - began:.0f} s)")
        time.sleep(0.2)
    return access
