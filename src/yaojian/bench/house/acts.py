"""The cost of an act beside a plain INSERT of the same row. Only for a database that will be thrown away."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from itertools import cycle, islice
from typing import Any

import psycopg
from django.db import connection, transaction
from psycopg.types.json import Jsonb

from yaojian.bench.contracts import BenchFailed
from yaojian.foundation.accounts.facade import Actor, actor_of
from yaojian.foundation.ledger.facade import Act, Ref, compose_act, record_act, subject_ref
from yaojian.registers.enterprises.facade import Subject

KIND = "inspection.concluded"
ACTS_PER_BATCH = 2000
BATCHES = 5
SINGLES_PER_ROUND = 100
ROUNDS = 5
WARM_UP = 200
US_PER_S = 1e6
# The least that a durable commit can carry: a few bytes of WAL, no table, no index.
EMPTY_DURABLE_COMMIT = "SELECT pg_logical_emit_message(true, 'bench', '')"


@dataclass(frozen=True)
class ActCosts:
    """Medians in µs per act: many acts in one transaction, and one act per transaction."""

    batch: float
    batch_peer: float
    single: float
    single_peer: float
    single_limit: float
    acts_per_batch: int = ACTS_PER_BATCH
    singles: int = SINGLES_PER_ROUND * ROUNDS


class Material:
    """Acts like those that the demo data have, on one subject after the other."""

    def __init__(self) -> None:
        model = Act.objects.filter(kind=KIND).order_by("id").first()
        by = actor_of(model.actor) if model else None
        if model is None or by is None:
            raise BenchFailed(f"the demo data have no act {KIND} by an officer")
        self._by: Actor = by
        self._model: Act = model
        self._subjects: Iterator[int] = cycle(Subject.objects.order_by("id").values_list("id", flat=True))

    def take(self, count: int) -> list[dict[str, Any]]:
        """What `record_act` is given, `count` times."""
        return [
            {
                "by": self._by,
                "kind": KIND,
                "subject": subject_ref(subject),
                "file": Ref(self._model.file_kind, self._model.file_id or 0),
                "legal_basis": self._model.legal_basis,
                "evidence": self._model.evidence,
                "facts": self._model.facts,
            }
            for subject in islice(self._subjects, count)
        ]


class PlainInsert:
    """A prepared INSERT of finished rows through a connection without Django."""

    def __init__(self) -> None:
        given = connection.settings_dict
        self.connection = psycopg.connect(
            dbname=given["NAME"],
            user=given["USER"],
            password=given["PASSWORD"],
            host=given["HOST"],
            port=given["PORT"] or None,
            autocommit=True,
        )
        self._columns = [field.column for field in Act._meta.concrete_fields if not field.primary_key]
        names = ", ".join(f'"{column}"' for column in self._columns)
        values = ", ".join(["%s"] * len(self._columns))
        self.statement = f'INSERT INTO "{Act._meta.db_table}" ({names}) VALUES ({values})'  # noqa: S608 — own names

    def rows(self, material: list[dict[str, Any]]) -> list[list[Any]]:
        """The rows that `record_act` would insert for this material."""
        return [self._row(compose_act(**what)) for what in material]

    def _row(self, act: Act) -> list[Any]:
        values = {field.column: getattr(act, field.attname) for field in Act._meta.concrete_fields}
        return [Jsonb(values[name]) if name == "facts" else values[name] for name in self._columns]

    def insert(self, row: list[Any]) -> None:
        """Insert one row."""
        self.connection.execute(self.statement, row, prepare=True)

    def insert_all(self, rows: list[list[Any]]) -> None:
        """Insert rows in one transaction."""
        with self.connection.transaction():
            for row in rows:
                self.insert(row)

    def commit_nothing(self) -> None:
        """Commit a transaction that changes nothing and is made durable all the same."""
        self.connection.execute(EMPTY_DURABLE_COMMIT, prepare=True)


def measure() -> ActCosts:
    """Measure, own and peer by turns, so that both meet the same noise."""
    material, plain = Material(), PlainInsert()
    try:
        _batches(material, plain, batches=1, size=WARM_UP)
        batch, batch_peer = _batches(material, plain, batches=BATCHES, size=ACTS_PER_BATCH)
        single, single_peer, single_limit = _singles(material, plain)
    finally:
        plain.connection.close()
    return ActCosts(batch, batch_peer, single, single_peer, single_limit)


def _batches(material: Material, plain: PlainInsert, *, batches: int, size: int) -> tuple[float, float]:
    own, peer = [], []
    for _ in range(batches):
        given = material.take(size)
        own.append(_timed(partial(_record_all, given)) / size)
        rows = plain.rows(material.take(size))
        peer.append(_timed(partial(plain.insert_all, rows)) / size)
    return statistics.median(own) * US_PER_S, statistics.median(peer) * US_PER_S


def _singles(material: Material, plain: PlainInsert) -> tuple[float, float, float]:
    own: list[float] = []
    peer: list[float] = []
    limit: list[float] = []
    for _ in range(ROUNDS):
        own += [_timed(partial(_record_all, [what])) for what in material.take(SINGLES_PER_ROUND)]
        rows = plain.rows(material.take(SINGLES_PER_ROUND))
        peer += [_timed(partial(plain.insert, row)) for row in rows]
        limit += [_timed(plain.commit_nothing) for _ in range(SINGLES_PER_ROUND)]
    return (
        statistics.median(own) * US_PER_S,
        statistics.median(peer) * US_PER_S,
        statistics.median(limit) * US_PER_S,
    )


def _record_all(material: list[dict[str, Any]]) -> None:
    with transaction.atomic():
        for what in material:
            record_act(**what)


def _timed(act: Callable[[], None]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def as_fields(costs: ActCosts) -> dict[str, float]:
    """The costs by name, for JSON."""
    return asdict(costs)
