"""Puts rows and their versions into the database, by the thousand as fast as one by one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, models

from yaojian.foundation.copying import is_any_of
from yaojian.foundation.timekeeping import now, today
from yaojian.registers.enterprises.models import (
    CURRENT,
    Enterprise,
    EnterpriseVersion,
    Subject,
    SubjectVersion,
)
from yaojian.registers.enterprises.versions import Span, Values, span_on

TEXT, KEY = models.TextField(), models.BigIntegerField()
AT_ONCE = 10_000
"""How many rows are asked for, and told to the journal, at a time."""


@dataclass(frozen=True, slots=True)
class Register:
    """A table with its table of versions: `columns` are those that both have, `key` points back."""

    row: type[models.Model]
    version: type[models.Model]
    key: str
    columns: tuple[str, ...]


SUBJECTS = Register(
    Subject,
    SubjectVersion,
    "subject_id",
    (
        "code",
        "name",
        "pinyin",
        "subject_type",
        "enterprise_id",
        "parent_id",
        "responsible_organ_id",
        "division_code",
        "address",
        "latitude",
        "longitude",
        "licence_no",
        "business_scope",
        "hospital_level",
        "opened_on",
        "closed_on",
        "in_production",
        "flags",
        "risk_grade",
    ),
)
ENTERPRISES = Register(
    Enterprise,
    EnterpriseVersion,
    "enterprise_id",
    ("uscc", "name", "pinyin", "kind", "registered_address", "established_on", "dissolved_on", "status"),
)
MARKS = ("valid_from", "valid_to", "recorded_at", "recorded_by", "batch", "replaced_by")


@dataclass(frozen=True, slots=True)
class Mark:
    """Which act writes, in which batch, when."""

    act: UUID
    batch: UUID | None
    at: datetime

    @classmethod
    def of(cls, act: UUID, batch: UUID | None = None) -> Mark:
        """The mark of an act that writes now."""
        return cls(act, batch, now())


def new_keys(register: Register, count: int) -> list[int]:
    """Keys for rows that are about to be inserted."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [register.row._meta.db_table, count],
        )
        return [key for (key,) in cursor.fetchall()]


def insert(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Insert rows by COPY; constraints and indexes hold as always."""
    quote = connection.ops.quote_name
    names = ", ".join(map(quote, columns))
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {quote(model._meta.db_table)} ({names}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row(row)


def insert_versions(register: Register, mark: Mark, histories: Mapping[int, Iterable[Span]]) -> None:
    """Insert spans as versions of rows."""
    insert(
        register.version,
        (register.key, *register.columns, *MARKS),
        (
            (
                key,
                *(span.values[name] for name in register.columns),
                span.valid_from,
                span.valid_to,
                mark.at,
                mark.act,
                mark.batch,
                None,
            )
            for key, history in histories.items()
            for span in history
        ),
    )


def histories_of(register: Register, keys: Sequence[int]) -> dict[int, list[tuple[int, Span]]]:
    """The versions that the register stands by, with their own keys, in the order of time."""
    found: dict[int, list[tuple[int, Span]]] = defaultdict(list)
    for start in range(0, len(keys), AT_ONCE):
        rows = register.version._default_manager.filter(
            CURRENT, is_any_of(register.key, keys[start : start + AT_ONCE], KEY)
        ).order_by(register.key, "valid_from")
        for row in rows.values_list("id", register.key, "valid_from", "valid_to", *register.columns):
            version, key, valid_from, valid_to, *values = row
            span = Span(valid_from, valid_to, dict(zip(register.columns, values, strict=True)))
            found[key].append((version, span))
    return dict(found)


def spans_of(held: Sequence[tuple[int, Span]]) -> list[Span]:
    """A history without the keys of its versions."""
    return [span for _version, span in held]


def rewrite(
    register: Register,
    mark: Mark,
    held: Mapping[int, list[tuple[int, Span]]],
    wanted: Mapping[int, Sequence[Span]],
) -> None:
    """Replace the versions `held` by the histories `wanted`, and show today's in the rows themselves."""
    replaced: list[int] = []
    added: dict[int, list[Span]] = {}
    for key, history in wanted.items():
        replaced += [version for version, span in held[key] if span not in history]
        kept = spans_of(held[key])
        added[key] = [span for span in history if span not in kept]
    for start in range(0, len(replaced), AT_ONCE):
        register.version._default_manager.filter(
            is_any_of("pk", replaced[start : start + AT_ONCE], KEY)
        ).update(replaced_by=mark.act)
    insert_versions(register, mark, added)
    show(register, wanted)


def show(register: Register, histories: Mapping[int, Sequence[Span]]) -> None:
    """Make rows repeat the version in force today."""
    columns = [*register.columns]
    rows: list[tuple[Any, ...]] = []
    for key, history in histories.items():
        span = span_on(history, today())
        values: list[Any] = [span.values[name] for name in register.columns]
        if register is SUBJECTS:
            values += [former_names(history, span.values), span.valid_from]
        rows.append((*values, key))
    if register is SUBJECTS:
        columns += ["former_names", "in_force_from"]
    quote = connection.ops.quote_name
    sets = ", ".join(f"{quote(name)} = %s" for name in columns)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {quote(register.row._meta.db_table)} SET {sets} WHERE id = %s",  # noqa: S608 — own names
            rows,
        )


def insert_subjects(mark: Mark, subjects: Mapping[int, Sequence[Span]]) -> None:
    """Insert subjects with their versions."""
    rows = []
    for key, history in subjects.items():
        span = span_on(history, today())
        rows.append((key, *(span.values[name] for name in SUBJECTS.columns), "", span.valid_from))
    insert(Subject, ("id", *SUBJECTS.columns, "former_names", "in_force_from"), rows)
    insert_versions(SUBJECTS, mark, subjects)


def insert_enterprises(mark: Mark, enterprises: Mapping[int, Sequence[Span]]) -> None:
    """Insert legal entities with their versions."""
    rows = []
    for key, history in enterprises.items():
        values = span_on(history, today()).values
        rows.append((key, *(values[name] for name in ENTERPRISES.columns)))
    insert(Enterprise, ("id", *ENTERPRISES.columns), rows)
    insert_versions(ENTERPRISES, mark, enterprises)


def former_names(history: Sequence[Span], present: Values) -> str:
    """The names of a history that are not the present one, with their initials, for search."""
    names: dict[Any, Any] = {span.values["name"]: span.values["pinyin"] for span in history}
    names.pop(present["name"], None)
    return "\n".join(f"{name} {pinyin}" for name, pinyin in names.items())
