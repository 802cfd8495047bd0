"""Reads of the journal for callers who have checked what the asking person may see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta

from django.db import connection
from django.db.models import Max, QuerySet

from yaojian.foundation.ledger.actions import content_of
from yaojian.foundation.ledger.canonical import canonical_bytes
from yaojian.foundation.ledger.contracts import SUBJECT_KIND, Ref
from yaojian.foundation.ledger.models import Act
from yaojian.foundation.timekeeping import CHINA

WRITING = 1818517604
"""The advisory lock that a transaction shares while it writes acts (migration 0004)."""


def acts_of_subject(subject_id: int) -> QuerySet[Act]:
    """The timeline of a subject the caller has already been let see, newest first."""
    acts = Act.objects.defer("canonical", "salt")
    return acts.filter(subject_kind=SUBJECT_KIND, subject_id=subject_id).order_by("-claimed_at", "-id")


def acts_of_subjects(subject_ids: Iterable[int]) -> QuerySet[Act]:
    """One timeline of several subjects (one, and those merged into it), newest first."""
    acts = Act.objects.defer("canonical", "salt")
    found = acts.filter(subject_kind=SUBJECT_KIND, subject_id__in=list(subject_ids))
    return found.order_by("-claimed_at", "-id")


def acts_of_file(file: Ref) -> QuerySet[Act]:
    """The acts of one file the caller has already been let see, oldest first."""
    return (
        Act.objects.defer("canonical", "salt")
        .filter(file_kind=file.kind, file_id=file.id)
        .order_by("recorded_at", "id")
    )


def row_matches_canonical(act: Act) -> bool:
    """Whether the row's columns still say what its canonical bytes say."""
    return canonical_bytes(content_of(act)) == bytes(act.canonical)


def altered_acts(acts: Iterable[Act]) -> list[Act]:
    """The acts whose row no longer says what its canonical bytes say."""
    return [act for act in acts if not row_matches_canonical(act)]


def newest_act_key() -> int:
    """The key of the newest act that can be seen, 0 in an empty journal."""
    return Act.objects.aggregate(newest=Max("pk"))["newest"] or 0


def nobody_is_writing() -> bool:
    """Whether no other transaction is writing acts: then the newest key seen before has no gaps below it.

    Keys are drawn before acts are committed: while somebody writes, one with a smaller key may still appear.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT CASE WHEN pg_try_advisory_lock(%s) THEN pg_advisory_unlock(%s) ELSE false END",
            [WRITING, WRITING],
        )
        return bool(cursor.fetchone()[0])


def acts_between(
    kind: str, first: date, last: date, facts: Mapping[str, Iterable[str]] | None = None
) -> QuerySet[Act]:
    """Acts of a kind claimed between two Beijing days, both included; facts narrow to given values."""
    acts = Act.objects.defer("canonical", "salt").filter(
        kind=kind,
        claimed_at__gte=datetime.combine(first, time.min, tzinfo=CHINA),
        claimed_at__lt=datetime.combine(last + timedelta(days=1), time.min, tzinfo=CHINA),
    )
    for name, values in (facts or {}).items():
        acts = acts.filter(**{f"facts__{name}__in": list(values)})
    return acts
