"""What is measured inside a database that will be thrown away, beside the sequencer that works on it."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from hashlib import sha256
from typing import Any
from uuid import uuid4

import psycopg
from django.conf import settings
from psycopg.types.json import Jsonb

from yaojian.bench.contracts import BenchFailed
from yaojian.bench.ledger import trees
from yaojian.bench.quantiles import percentile
from yaojian.foundation.accounts.facade import actor_of
from yaojian.foundation.ledger.facade import Act, Ref, compose_act, public_files, run_audit

KIND = "inspection.concluded"
PER_TRANSACTION, ROUNDS, SINGLES = 2_000, 5, 200
SEQUENCED, SEQUENCED_ROUNDS = 50_000, 3
OFFERED_PER_S, OFFERED_FOR_S, SLICES_PER_S = 5_000, 15, 10
CLIENTS, CLIENTS_FOR_S = 8, 5.0
PATIENCE_S = 120.0
PLAIN = """
DROP TABLE IF EXISTS bench_plain, bench_chain;
CREATE TABLE bench_plain (LIKE ledger_act INCLUDING ALL);
ALTER TABLE bench_plain ADD FOREIGN KEY (actor_id) REFERENCES accounts_user,
    ADD FOREIGN KEY (organ_id) REFERENCES accounts_organ;
INSERT INTO bench_plain OVERRIDING SYSTEM VALUE SELECT * FROM ledger_act;
SELECT setval(pg_get_serial_sequence('bench_plain', 'id'), (SELECT max(id) FROM bench_plain));
CREATE TABLE bench_chain (head bytea NOT NULL);
INSERT INTO bench_chain VALUES ('');
GRANT SELECT, INSERT ON bench_plain TO yaojian_app;
GRANT SELECT, UPDATE ON bench_chain TO yaojian_app;
"""
COLUMNS = [str(field.column) for field in Act._meta.concrete_fields if not field.primary_key]
NAMES = ", ".join(COLUMNS)
INSERT = f"INSERT INTO {{}} ({NAMES}) VALUES ({', '.join(['%s'] * len(COLUMNS))})"  # noqa: S608 — own names
Row = list[Any]


class Material:
    """Finished rows of acts like one that the demo data have."""

    def __init__(self) -> None:
        model = Act.objects.filter(kind=KIND).order_by("id").first()
        by = actor_of(model.actor) if model else None
        if model is None or by is None:
            raise BenchFailed(f"the demo data have no act {KIND} by an officer")
        self._by, self._model = by, model

    def rows(self, count: int) -> list[Row]:
        """So many rows; composing them is not what is measured here."""
        return [self._row() for _number in range(count)]

    def _row(self) -> Row:
        model = self._model
        act = compose_act(
            by=self._by,
            kind=KIND,
            subject=Ref(model.subject_kind, model.subject_id or 0),
            file=Ref(model.file_kind, model.file_id or 0),
            legal_basis=model.legal_basis,
            evidence=model.evidence,
            facts=model.facts,
        )
        values = {field.column: getattr(act, field.attname) for field in Act._meta.concrete_fields}
        return [Jsonb(values[name]) if name == "facts" else values[name] for name in COLUMNS]


@contextmanager
def connected(url: str) -> Iterator[psycopg.Connection[Any]]:
    """A connection that commits each statement."""
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


def measure() -> dict[str, float | None]:
    """All readings, by name."""
    found: dict[str, float | None] = {}
    app_url, owner_url = settings.ENVIRONMENT.database_app_url, settings.ENVIRONMENT.database_owner_url
    material = Material()
    with connected(owner_url) as owner:
        owner.execute(PLAIN)
    with connected(app_url) as app:
        wait_until_taken(app)
        found |= insert_costs(app, material) | clients(app_url, material)
        wait_until_taken(app)
        found |= sequencing(app, material) | lag(app, material)
        found |= sizes(app) | audited() | tree_rates(app)
    return found


def wait_until_taken(app: psycopg.Connection[Any]) -> float:
    """Wait until every act is in a signed tree; how many seconds that took."""
    began = time.perf_counter()
    row = app.execute("SELECT count(*) FROM ledger_act").fetchone()
    acts = row[0] if row else 0
    while signed(app) < acts:
        if time.perf_counter() - began > PATIENCE_S:
            raise BenchFailed(f"the sequencer did not take {acts} acts in {PATIENCE_S:.0f} s")
        time.sleep(0.01)
    return time.perf_counter() - began


def signed(app: psycopg.Connection[Any]) -> int:
    """How many leaves the newest checkpoint covers."""
    row = app.execute("SELECT coalesce(max(size), 0) FROM ledger_logcheckpoint").fetchone()
    return int(row[0]) if row else 0


# --- in the business transaction ---------------------------------------------------------------


def insert_costs(app: psycopg.Connection[Any], material: Material) -> dict[str, float]:
    """µs per act: into the journal, and into the same table without the trigger that lets writers be seen."""
    taken: dict[str, list[float]] = {"batch": [], "batch_plain": [], "single": [], "single_plain": []}
    for turn in range(ROUNDS + 1):
        for table, ending in (("ledger_act", ""), ("bench_plain", "_plain")):
            statement = INSERT.format(table)
            rows = material.rows(PER_TRANSACTION)
            batch = _seconds(_together, app, statement, rows)
            singles = [_seconds(_alone, app, statement, row) for row in material.rows(SINGLES)]
            wait_until_taken(app)
            if turn:  # the first warms up
                taken[f"batch{ending}"].append(batch / PER_TRANSACTION)
                taken[f"single{ending}"] += singles
    return {name: statistics.median(values) * 1e6 for name, values in taken.items()}


def _together(app: psycopg.Connection[Any], statement: str, rows: Sequence[Row]) -> None:
    with app.transaction():
        for row in rows:
            app.execute(statement, row, prepare=True)


def _alone(app: psycopg.Connection[Any], statement: str, row: Row) -> None:
    app.execute(statement, row, prepare=True)


def _seconds(work: Callable[..., None], *given: Any) -> float:
    began = time.perf_counter()
    work(*given)
    return time.perf_counter() - began


def clients(app_url: str, material: Material) -> dict[str, float]:
    """Acts a second by several clients at once, each committed: as we do it, and with a hash chain."""
    rows = material.rows(PER_TRANSACTION)

    def run(write: Callable[[psycopg.Connection[Any], Row], None]) -> float:
        with ThreadPoolExecutor(CLIENTS) as pool:
            done = list(pool.map(lambda _number: _busy(app_url, write, rows), range(CLIENTS)))
        return sum(done) / CLIENTS_FOR_S

    return {"clients": run(_insert), "clients_chain": run(_insert_chained)}


def _busy(url: str, write: Callable[[psycopg.Connection[Any], Row], None], rows: Sequence[Row]) -> int:
    done, until = 0, time.perf_counter() + CLIENTS_FOR_S
    uid = COLUMNS.index("uid")
    with connected(url) as connection:
        while time.perf_counter() < until:
            row = list(rows[done % len(rows)])
            row[uid] = uuid4()
            write(connection, row)
            done += 1
    return done


def _insert(connection: psycopg.Connection[Any], row: Row) -> None:
    connection.execute(INSERT.format("bench_plain"), row, prepare=True)


def _insert_chained(connection: psycopg.Connection[Any], row: Row) -> None:
    with connection.transaction():
        head = connection.execute("SELECT head FROM bench_chain FOR UPDATE").fetchone()
        _insert(connection, row)
        linked = sha256((bytes(head[0]) if head else b"") + row[COLUMNS.index("canonical")]).digest()
        connection.execute("UPDATE bench_chain SET head = %s", [linked])


# --- the sequencer -----------------------------------------------------------------------------


def _copy(app: psycopg.Connection[Any], rows: Sequence[Row]) -> None:
    with (
        app.transaction(),
        app.cursor() as cursor,
        cursor.copy(f"COPY ledger_act ({NAMES}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row(row)


def sequencing(app: psycopg.Connection[Any], material: Material) -> dict[str, float]:
    """Acts a second from the commit of many to the signed checkpoint over all."""
    rates = []
    for _round in range(SEQUENCED_ROUNDS):
        _copy(app, material.rows(SEQUENCED))
        rates.append(SEQUENCED / wait_until_taken(app))
    return {"sequenced": statistics.median(rates)}


def lag(app: psycopg.Connection[Any], material: Material) -> dict[str, float]:
    """Seconds from the commit of an act to a signed checkpoint over it, while acts come steadily."""
    part = OFFERED_PER_S // SLICES_PER_S
    slices = [material.rows(part) for _number in range(OFFERED_FOR_S * SLICES_PER_S)]
    size = signed(app)
    waiting: list[tuple[int, float]] = []
    lags: list[float] = []
    began = time.perf_counter()
    for number, rows in enumerate(slices):
        while time.perf_counter() < began + number / SLICES_PER_S:
            _look(app, waiting, lags)
            time.sleep(0.005)
        _copy(app, rows)
        size += part
        waiting.append((size, time.perf_counter()))
    offered = len(slices) * part / (time.perf_counter() - began)
    while waiting and time.perf_counter() - began < PATIENCE_S:
        _look(app, waiting, lags)
        time.sleep(0.005)
    return {"offered": offered, "lag_p95": percentile(lags, 95), "lag_max": max(lags)}


def _look(app: psycopg.Connection[Any], waiting: list[tuple[int, float]], lags: list[float]) -> None:
    covered, moment = signed(app), time.perf_counter()
    while waiting and waiting[0][0] <= covered:
        lags.append(moment - waiting.pop(0)[1])


# --- who verifies ------------------------------------------------------------------------------


def sizes(app: psycopg.Connection[Any]) -> dict[str, float]:
    """Bytes of an act in the published files and in the tables of the log, beside those of the act itself."""
    leaves = signed(app)
    tables = "pg_total_relation_size('ledger_leaf') + pg_total_relation_size('ledger_logcheckpoint')"
    row = app.execute(f"SELECT {tables}, pg_total_relation_size('ledger_act')").fetchone()
    files = sum(file.stat().st_size for file in settings.LOG_FOLDER.rglob("*") if file.is_file())
    assert row is not None
    return {
        "leaves": leaves,
        "bytes_files": files / leaves,
        "bytes_database": row[0] / leaves,
        "bytes_act": row[1] / leaves,
    }


def audited() -> dict[str, float]:
    """Acts a second that an audit of everything compares."""
    report, seconds = run_audit()
    if report.found:
        raise BenchFailed(f"the audit found {report.found} differences, the first: {report.told[0]}")
    return {"audited": report.acts / seconds}


def tree_rates(app: psycopg.Connection[Any]) -> dict[str, float | None]:
    """Proofs a second, beside pymerkle and the machine's SHA-256."""
    files, size = public_files(), signed(app)
    rows = app.execute(
        "SELECT entry FROM ledger_leaf ORDER BY index LIMIT %s", [trees.PEER_ENTRIES], binary=True
    ).fetchall()
    entries = [entry for (entry,) in rows]
    appended, proved = trees.peer_rates(entries)
    warm, cold = trees.own_proofs(files, size)
    entry_bytes = round(statistics.mean(map(len, entries)))
    return {
        "proofs_warm": warm,
        "proofs_cold": cold,
        "peer_appends": appended,
        "peer_proofs": proved,
        "entry_bytes": entry_bytes,
        "hashes": trees.hashes_per_second(entry_bytes),
    }
