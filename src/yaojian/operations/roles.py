"""The database roles: an owner that migrates; application and sequencer, which own nothing."""

from __future__ import annotations

from dataclasses import dataclass

import psycopg
from psycopg import sql

OWNER = "yaojian_owner"
APPLICATION = "yaojian_app"
SEQUENCER = "yaojian_sequencer"
EXTENSIONS = ("pg_trgm", "btree_gist")
"""For searches by parts of names, and for periods that must not overlap. Backups hold no extension."""


@dataclass(frozen=True)
class RolePasswords:
    """The generated passwords of the roles."""

    owner: str
    application: str
    sequencer: str


def ensure_role(
    connection: psycopg.Connection, name: str, password: str, *, may_create_databases: bool
) -> None:
    """Create or correct a login role; safe to repeat."""
    exists = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone()
    statement = sql.SQL(
        "{verb} ROLE {name} LOGIN NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS {databases}"
        " PASSWORD {password}"
    ).format(
        verb=sql.SQL("ALTER" if exists else "CREATE"),
        name=sql.Identifier(name),
        databases=sql.SQL("CREATEDB" if may_create_databases else "NOCREATEDB"),
        password=sql.Literal(password),
    )
    connection.execute(statement)


def ensure_roles(superuser_url: str, passwords: RolePasswords, *, for_tests: bool = False) -> None:
    """Make the roles; the owner may create databases only in tests, where Django makes its own."""
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        # Statements with a password must not reach the server's log.
        connection.execute("SET log_statement = 'none'")
        connection.execute("SET log_min_duration_statement = -1")
        connection.execute("SET log_min_error_statement = 'panic'")
        ensure_role(connection, OWNER, passwords.owner, may_create_databases=for_tests)
        ensure_role(connection, APPLICATION, passwords.application, may_create_databases=False)
        ensure_role(connection, SEQUENCER, passwords.sequencer, may_create_databases=False)


def ensure_database(superuser_url: str, name: str) -> None:
    """Make the database, owned by the owner role and closed to everyone but our roles."""
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0").format(
                    sql.Identifier(name), sql.Identifier(OWNER)
                )
            )
        database = sql.Identifier(name)
        connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
        connection.execute(grant_connect(name))


def grant_connect(database: str) -> sql.Composed:
    """The statement that lets application and sequencer into a database."""
    names = sql.SQL(", ").join(map(sql.Identifier, (APPLICATION, SEQUENCER)))
    return sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(sql.Identifier(database), names)


def make_extensions(connection: psycopg.Connection) -> None:
    """Install the extensions; the connection may do so."""
    for name in EXTENSIONS:
        connection.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(name)))


def ensure_extensions(superuser_url: str) -> None:
    """Install the extensions into the database of the URL."""
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        connection.execute("SET client_min_messages = warning")
        make_extensions(connection)
