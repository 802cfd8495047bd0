"""A journal of its own for the sequencer, which works outside of any test's transaction."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import psycopg
import pytest
from django.db import connection as django_connection
from psycopg import sql
from psycopg.types.json import Jsonb

from yaojian.foundation.accounts.contracts import Actor, Level, Role
from yaojian.foundation.ledger.facade import Act, compose_act
from yaojian.foundation.ledger.sequencing.cosigning import Cosigners
from yaojian.foundation.ledger.sequencing.sequencer import Sequencer
from yaojian.foundation.ledger.sequencing.service import LogPlaces, Service
from yaojian.foundation.ledger.transparency.checkpoints import Checkpoint, parse_checkpoint
from yaojian.foundation.ledger.transparency.durable import Reach, go_on
from yaojian.foundation.ledger.transparency.head import Head
from yaojian.foundation.ledger.transparency.keys import LogKeys, keys_from
from yaojian.foundation.ledger.transparency.notes import parse_note
from yaojian.operations.urls import with_database

COLUMNS = [field.column for field in Act._meta.concrete_fields if not field.primary_key]
INSERT = sql.SQL("INSERT INTO ledger_act ({}) VALUES ({}) RETURNING id").format(
    sql.SQL(", ").join(map(sql.Identifier, COLUMNS)), sql.SQL(", ").join(sql.Placeholder() * len(COLUMNS))
)
MORNING = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
ORIGIN = "log.test.example"


def values_of(act: Act) -> list[Any]:
    """An act's columns as the database takes them."""
    values = []
    for field in Act._meta.concrete_fields:
        if not field.primary_key:
            value = getattr(act, field.attname)
            values.append(Jsonb(value) if field.name == "facts" else value)
    return values


@dataclass
class Journal:
    """A database with an organ and a person, and a log beside it."""

    superuser_url: str
    sequencer_url: str
    app_url: str
    owner_url: str
    name: str
    places: LogPlaces
    actor: Actor
    moment: datetime = MORNING
    sm2_seed: bytes = b""

    @property
    def keys(self) -> LogKeys:
        return keys_from(ORIGIN, bytes(32), bytes([1] * 32), self.sm2_seed)

    @property
    def head(self) -> Head:
        return Head(self.places.head)

    def now(self) -> datetime:
        return self.moment

    def act(self, number: int = 0, **more: Any) -> Act:
        recorded = MORNING + timedelta(seconds=number)
        kind = more.pop("kind", "inspection.concluded")
        facts = {"number": number} | more.pop("facts", {})
        return compose_act(by=self.actor, kind=kind, recorded_at=recorded, facts=facts, **more)

    def record(self, count: int = 1, *, start: int = 0, **more: Any) -> list[int]:
        """Insert acts as the application; their keys."""
        acts = [self.act(start + number, **more) for number in range(count)]
        with psycopg.connect(self.app_url) as connection:
            return [self.insert(connection, act) for act in acts]

    def insert(self, connection: psycopg.Connection[Any], act: Act) -> int:
        row = connection.execute(INSERT, values_of(act)).fetchone()
        assert row is not None
        return int(row[0])

    def sequencer(self, connection: psycopg.Connection[Any], reach: Reach = go_on) -> Sequencer:
        return Sequencer(
            connection,
            self.places.files(reach),
            Head(self.places.head, reach),
            self.keys,
            now=self.now,
            cosigners=Cosigners(self.places.their_witnesses(), self.places.public, now=self.now),
            reach=reach,
        )

    def sequence(self, reach: Reach = go_on) -> int:
        """Take everything that waits into the log; how many acts."""
        taken = 0
        with psycopg.connect(self.sequencer_url, autocommit=True) as connection:
            sequencer = self.sequencer(connection, reach)
            with sequencer.working():
                while got := sequencer.step():
                    taken += got
        return taken

    def service(self, stopping: Event, reach: Reach = go_on) -> Service:
        return Service(self.sequencer_url, self.places, ORIGIN, now=self.now, stopping=stopping, reach=reach)

    def published(self) -> Checkpoint:
        note = self.places.files().checkpoint()
        assert note is not None
        return parse_checkpoint(parse_note(note))

    def leaves(self) -> list[tuple[int, int | None, bytes]]:
        with psycopg.connect(self.app_url) as connection:
            rows = connection.execute("SELECT index, act_id, entry FROM ledger_leaf ORDER BY index")
            return [(index, act, bytes(entry)) for index, act, entry in rows]

    def as_dba(self, *statements: str, parameters: Sequence[Any] = ()) -> None:
        """Do what no trigger can hold off: a superuser in replica mode."""
        with psycopg.connect(self.superuser_url) as connection:
            connection.execute("SET session_replication_role = replica")
            for statement in statements:
                connection.execute(statement, parameters or None)  # type: ignore[arg-type]

    def snapshot(self) -> str:
        """Copy the database, as a backup would; the copy's name."""
        name = f"copy_{secrets.token_hex(4)}"
        self._administer("CREATE DATABASE {} TEMPLATE {}", name, self.name)
        return name

    def restore(self, name: str) -> None:
        """Put a copy in the database's place."""
        self._administer("DROP DATABASE {} WITH (FORCE)", self.name)
        self._administer("CREATE DATABASE {} TEMPLATE {}", self.name, name)

    def drop(self) -> None:
        self._administer("DROP DATABASE {} WITH (FORCE)", self.name)

    def _administer(self, statement: str, *names: str) -> None:
        url = with_database(self.superuser_url, "postgres")
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))  # type: ignore[arg-type]


WORLD = """
INSERT INTO accounts_organ (code, name, name_en, short_name, level, path, territories, kind, tree, note,
                            note_en, entry_digest)
VALUES ('t', '测试局', '', '', 'county', 't.', '{}', 'bureau', 'government', '', '', '');
INSERT INTO accounts_user (username, display_name, password, is_active, failed_sign_ins, must_change_password)
VALUES ('t', '检查员甲', '!', false, 0, false);
"""


@pytest.fixture(scope="session")
def journal_database(test_database: Any, django_db_setup: None, django_db_blocker: Any) -> Iterator[Journal]:
    """A copy of the migrated database with one organ and one person."""
    with django_db_blocker.unblock():
        django_connection.close()
    name = f"log_{secrets.token_hex(4)}"
    urls = {
        role: with_database(getattr(test_database, role), name)
        for role in ("superuser_url", "sequencer_url", "app_url", "owner_url")
    }
    nowhere = LogPlaces(Path(), Path(), Path())
    made = Journal(**urls, name=name, places=nowhere, actor=actor(0, 0))
    made._administer("CREATE DATABASE {} TEMPLATE yaojian", name)
    with psycopg.connect(made.superuser_url) as connection:
        connection.execute(WORLD)
        organ = connection.execute("SELECT id FROM accounts_organ WHERE code = 't'").fetchone()
        user = connection.execute("SELECT id FROM accounts_user WHERE username = 't'").fetchone()
    assert organ is not None
    assert user is not None
    made.actor = actor(user[0], organ[0])
    yield made
    made.drop()


def actor(user_id: int, organ_id: int) -> Actor:
    return Actor(
        user_id, "t", "检查员甲", organ_id, "t", "测试局", "t.", Level.COUNTY, ("6523",), Role.INSPECTOR
    )


@pytest.fixture
def journal(journal_database: Journal, tmp_path: Path) -> Journal:
    """An empty journal, with folders of its own for its log."""
    tables = "ledger_act, ledger_leaf, ledger_logcheckpoint, ledger_logcosignature"
    journal_database.as_dba(f"TRUNCATE {tables} RESTART IDENTITY CASCADE")
    folders = (tmp_path / name for name in ("public", "private", "head", "witnesses"))
    places = LogPlaces(*folders)
    places.private.mkdir()
    key_file = places.private / "log-keys.json"
    seeds = {"log": bytes(32).hex(), "clock": bytes([1] * 32).hex()}
    key_file.write_text(json.dumps({"origin": ORIGIN, **seeds}))
    key_file.chmod(0o600)
    return replace(journal_database, places=places)
