"""Writes to the register of subjects."""

from __future__ import annotations

from collections.abc import Iterable

from pypinyin import Style, lazy_pinyin

from yaojian.registers.enterprises.models import Subject

UPDATED = [
    "name",
    "pinyin",
    "subject_type",
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


def initials(name: str) -> str:
    """The pinyin initials of a Chinese name; Latin letters and digits stay."""
    return "".join(lazy_pinyin(name, style=Style.FIRST_LETTER, errors="default"))[:200].lower()


def register_subjects(subjects: Iterable[Subject], batch_size: int = 1000) -> int:
    """Enter subjects in the register by code, or bring existing ones up to date; returns how many."""
    rows = list(subjects)
    for row in rows:
        row.pinyin = initials(row.name)
    Subject.objects.bulk_create(
        rows, batch_size=batch_size, update_conflicts=True, unique_fields=["code"], update_fields=UPDATED
    )
    return len(rows)
