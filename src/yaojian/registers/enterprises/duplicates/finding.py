"""Finds pairs in the register and keeps them; decisions are remembered."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from yaojian.foundation.copying import is_any_of
from yaojian.foundation.reference.facade import division_names
from yaojian.foundation.timekeeping import today
from yaojian.registers.enterprises.actions.storing import AT_ONCE, KEY
from yaojian.registers.enterprises.duplicate_models import OPEN
from yaojian.registers.enterprises.duplicates.likeness import (
    Entry,
    Likeness,
    bigrams,
    core_of,
    likenesses,
    plain_text,
)
from yaojian.registers.enterprises.models import DuplicatePair, Subject

COLUMNS = (
    "pk",
    "subject_type",
    "name",
    "address",
    "licence_no",
    "division_code",
    "enterprise_id",
    "parent_id",
    "latitude",
    "longitude",
)


def find_all_duplicates() -> int:
    """Compare the whole register; how many open pairs there are now. Run each night."""
    found = likenesses(_entries(_comparable()))
    with transaction.atomic():
        _keep(found, DuplicatePair.objects.filter(state=OPEN))
    return DuplicatePair.objects.filter(state=OPEN).count()


@transaction.atomic
def find_duplicates_of(keys: Collection[int]) -> int:
    """Compare some subjects with those near them; how many pairs they are in."""
    rows = list(_comparable().filter(is_any_of("pk", keys, KEY)).values(*COLUMNS))
    near = is_any_of("pk", keys, KEY)
    for row in rows:
        near |= Q(division_code__startswith=row["division_code"][:9], subject_type=row["subject_type"])
        near |= Q(enterprise_id=row["enterprise_id"]) if row["enterprise_id"] else Q()
        near |= Q(licence_no=row["licence_no"]) if row["licence_no"] else Q()
    found = likenesses(_entries(_comparable().filter(near)), focus=keys)
    of_these = DuplicatePair.objects.filter(
        is_any_of("first_id", keys, KEY) | is_any_of("second_id", keys, KEY), state=OPEN
    )
    _keep(found, of_these)
    return len(found)


def _comparable() -> QuerySet[Subject]:
    return Subject.objects.filter(merged_into=None).order_by()


def _entries(subjects: QuerySet[Subject]) -> Iterator[Entry]:
    names: dict[str, str] = {}
    for row in subjects.values(*COLUMNS).iterator(chunk_size=AT_ONCE):
        county = row["division_code"][:6]
        if county not in names:
            names |= {county: "", **division_names([county])}
        yield entry_of(row, names[county])


def entry_of(row: dict[str, Any], county: str) -> Entry:
    """A row as the comparison takes it; `county` is the name of the county it lies in."""
    name = plain_text(row["name"])
    core = core_of(name, [county, county.rstrip("市县区")] if county else [])
    position = None
    if row["latitude"] is not None and row["longitude"] is not None:
        position = (round(row["latitude"], 5), round(row["longitude"], 5))
    return Entry(
        key=row["pk"],
        subject_type=row["subject_type"],
        name=name,
        core=core,
        address=plain_text(row["address"]),
        licence=plain_text(row["licence_no"]),
        division=row["division_code"],
        entity=row["enterprise_id"],
        parent=row["parent_id"],
        position=position,
        pairs=bigrams(core),
    )


def _keep(found: list[Likeness], before: QuerySet[DuplicatePair]) -> None:
    """Make the open pairs of `before` just those found; pairs that were decided stay as decided."""
    wanted = {(one.first, one.second): one for one in found}
    gone = [
        key
        for key, first, second in before.values_list("pk", "first_id", "second_id")
        if (first, second) not in wanted
    ]
    DuplicatePair.objects.filter(is_any_of("pk", gone, KEY)).delete()
    DuplicatePair.objects.bulk_create(
        [
            DuplicatePair(
                first_id=one.first,
                second_id=one.second,
                score=one.score,
                reasons=[reason.value for reason in one.reasons],
                found_on=today(),
            )
            for one in wanted.values()
        ],
        ignore_conflicts=True,
        batch_size=2000,
    )
