"""Writes to the register of subjects."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from itertools import takewhile

from django.db import transaction
from pypinyin import Style, lazy_pinyin

from yaojian.foundation.accounts.facade import Organ, system_actor
from yaojian.foundation.errors import InvalidInput
from yaojian.foundation.ledger.facade import record_act
from yaojian.registers.enterprises.models import Subject

UPDATED = [
    "name",
    "pinyin",
    "subject_type",
    "parent",
    "responsible_organ",
    "division_code",
    "address",
    "licence_no",
    "opened_on",
    "closed_on",
    "in_production",
    "flags",
    "risk_grade",
]
REFERENCES = {"parent", "responsible_organ"}


def initials(name: str) -> str:
    """The pinyin initials of a Chinese name; Latin letters and digits stay."""
    return "".join(lazy_pinyin(name, style=Style.FIRST_LETTER, errors="default"))[:200].lower()


@transaction.atomic
def register_subjects(subjects: Iterable[Subject], batch_size: int = 1000) -> int:
    """Enter subjects in the register by code, or bring existing ones up to date; returns how many.

    Records one act for all that was new or changed, by the platform for the lowest organ that stands above
    all organs responsible; none when nothing was. Raises InvalidInput when there is no such organ.
    """
    rows = list(subjects)
    for row in rows:
        row.pinyin = initials(row.name)
    held = {
        subject.code: _entered(subject)
        for subject in Subject.objects.filter(code__in=[row.code for row in rows]).iterator(2000)
    }
    Subject.objects.bulk_create(
        rows, batch_size=batch_size, update_conflicts=True, unique_fields=["code"], update_fields=UPDATED
    )
    new = [row for row in rows if row.code not in held]
    changed = [row for row in rows if row.code in held and held[row.code] != _entered(row)]
    if entered := [*new, *changed]:
        codes = "\n".join(sorted(row.code for row in entered))
        record_act(
            by=system_actor(_organ_above(rows)),
            kind="subjects.registered",
            facts={
                "count": len(rows),
                "new": len(new),
                "changed": len(changed),
                "codes_sha256": hashlib.sha256(codes.encode()).hexdigest(),
            },
        )
    return len(rows)


def _entered(subject: Subject) -> tuple[object, ...]:
    """What the register holds about a subject, to compare."""
    return tuple(getattr(subject, f"{name}_id" if name in REFERENCES else name) for name in UPDATED)


def _organ_above(subjects: Iterable[Subject]) -> Organ:
    """The lowest organ that is, or stands above, every organ responsible for one of the subjects."""
    paths = {subject.responsible_organ.path or "" for subject in subjects}
    steps = zip(*(path.split(".")[:-1] for path in paths), strict=False)
    shared = [step[0] for step in takewhile(lambda step: len(set(step)) == 1, steps)]
    if not shared:
        raise InvalidInput(
            "The subjects belong to organs without a common one above them; register each part by itself.",
            field="responsible_organ",
        )
    return Organ.objects.get(path=".".join(shared) + ".")
