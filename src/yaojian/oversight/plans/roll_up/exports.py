"""A province's subjects, acts and rectifications as Parquet, as of a day; no names, no addresses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from django.db.models import Q, QuerySet

from yaojian.casework.inspections.facade import rectifications_due
from yaojian.foundation.accounts.facade import Organ
from yaojian.foundation.ledger.facade import acts_between
from yaojian.foundation.timekeeping import local_date
from yaojian.oversight.plans.roll_up.expressions import SEPARATOR
from yaojian.registers.enterprises.facade import subjects_in_scope

EARLIEST = date(1990, 1, 1)
AT_ONCE = 20_000
TEXT, DAY, KEY = pa.string(), pa.date32(), pa.int64()
SUBJECTS = pa.schema(
    [
        ("province", TEXT),
        ("id", KEY),
        ("type", TEXT),
        ("flags", TEXT),
        ("grade", TEXT),
        ("in_production", pa.bool_()),
        ("opened_on", DAY),
        ("closed_on", DAY),
        ("on_land", pa.bool_()),
        ("in_charge", pa.bool_()),
    ]
)
"""On the land of the province, in charge of its organs, or both: a figure counts the one or the other."""
ACTS = pa.schema([("province", TEXT), ("subject_id", KEY), ("kind", TEXT), ("level", TEXT), ("day", DAY)])
RECTIFICATIONS = pa.schema(
    [
        ("province", TEXT),
        ("subject_id", KEY),
        ("kind", TEXT),
        ("level", TEXT),
        ("due_on", DAY),
        ("verified_on", DAY),
    ]
)
FILES = {"subjects": SUBJECTS, "acts": ACTS, "rectifications": RECTIFICATIONS}


def joined(flags: Iterable[str]) -> str:
    """Flags in one text, each between two separators."""
    return SEPARATOR + "".join(flag + SEPARATOR for flag in flags)


def write_table(folder: Path, name: str, rows: Iterable[Sequence[Any]]) -> int:
    """Write rows (in the order of the schema) as `name`.parquet, some thousand at a time; how many."""
    schema, written, left = FILES[name], 0, iter(rows)
    folder.mkdir(parents=True, exist_ok=True)
    with pq.ParquetWriter(folder / f"{name}.parquet", schema) as writer:
        while chunk := list(islice(left, AT_ONCE)):
            columns = zip(*chunk, strict=True)
            arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
            writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=schema))
            written += len(chunk)
    return written


def export(organ: Organ, as_of: date, folder: Path) -> dict[str, int]:
    """Write what an organ's figures over acts are counted from; rows by table. Callers check who asks."""
    return {
        "subjects": write_table(folder, "subjects", _subjects(organ, as_of)),
        "acts": write_table(folder, "acts", _acts(organ, as_of)),
        "rectifications": write_table(folder, "rectifications", _rectifications(organ, as_of)),
    }


def _reached(organ: Organ, as_of: date, *, by_territory: bool) -> QuerySet[Any]:
    return subjects_in_scope(organ, by_territory=by_territory, on=as_of).order_by()


def _either(organ: Organ, as_of: date, column: str) -> Q:
    """The condition on rows that a subject of theirs is on the organ's land or in its charge."""
    land, charge = (_reached(organ, as_of, by_territory=land).values("pk") for land in (True, False))
    return Q(**{f"{column}__in": land}) | Q(**{f"{column}__in": charge})


def _subjects(organ: Organ, as_of: date) -> Iterator[tuple[Any, ...]]:
    columns = ("pk", "subject_type", "flags", "risk_grade", "in_production", "opened_on", "closed_on")
    answered = set(_reached(organ, as_of, by_territory=False).values_list("pk", flat=True))
    for on_land in (True, False):
        rows = _reached(organ, as_of, by_territory=on_land)
        if not on_land:
            rows = rows.exclude(pk__in=_reached(organ, as_of, by_territory=True).values("pk"))
        for pk, kind, flags, *others in rows.values_list(*columns).iterator(AT_ONCE):
            yield organ.code, pk, kind, joined(flags), *others, on_land, pk in answered


def _acts(organ: Organ, as_of: date) -> Iterator[tuple[Any, ...]]:
    meant = _either(organ, as_of, "subject_id")
    acts = acts_between("inspection.concluded", EARLIEST, as_of).filter(meant).order_by()
    columns = ("subject_id", "facts__inspection_kind", "facts__organ_level", "claimed_at")
    for subject_id, kind, level, claimed_at in acts.values_list(*columns).iterator(AT_ONCE):
        yield organ.code, subject_id, kind or "", level or "", local_date(claimed_at)


def _rectifications(organ: Organ, as_of: date) -> Iterator[tuple[Any, ...]]:
    meant = _either(organ, as_of, "subject_id")
    due = rectifications_due(EARLIEST, as_of, verified_by=as_of).filter(meant).order_by()
    columns = ("subject_id", "kind", "organ__level", "rectify_by", "verified_at")
    for subject_id, kind, level, due_on, verified_at in due.values_list(*columns).iterator(AT_ONCE):
        verified_on = local_date(verified_at) if verified_at else None
        yield organ.code, subject_id, kind, level, due_on, verified_on
