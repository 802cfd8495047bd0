"""Lists as CSV that a spreadsheet opens without surprises."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from yaojian.foundation.reference.facade import division_names, place_of
from yaojian.registers.enterprises.facade import RISK_NAMES, RiskGrade, Subject, type_name

BYTE_ORDER_MARK = "\ufeff"
"""Tells spreadsheets that the file is UTF-8; without it Chinese becomes gibberish in them."""
RISKY_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
BATCH = 500


def safe_cell(value: object) -> str:
    """`value` as text that no spreadsheet runs as a formula: what could start one gets an apostrophe."""
    if value is None:
        return ""
    text = value.isoformat() if isinstance(value, date) else str(value)
    return (
        f"'{text}"
        if text.lstrip(" \u3000").startswith(RISKY_STARTS) or text.startswith(RISKY_STARTS)
        else text
    )


class _Line:
    """A file-like that gives back what csv writes."""

    def write(self, text: str) -> str:
        return text


def csv_lines(head: Sequence[object], rows: Iterator[Sequence[object]]) -> Iterator[str]:
    """The lines of a CSV file (RFC 4180), head first, one at a time."""
    writer = csv.writer(_Line())
    yield BYTE_ORDER_MARK + writer.writerow([safe_cell(cell) for cell in head])
    for row in rows:
        yield writer.writerow([safe_cell(cell) for cell in row])


def csv_of_subjects(subjects: QuerySet[Subject]) -> Iterator[str]:
    """Subjects as CSV; codes of places are put into words."""
    head = [
        _("Code"),
        _("Name"),
        pgettext("subject", "Type"),
        _("State"),
        _("Responsible organ"),
        pgettext("subject", "Place"),
        _("Address"),
        _("Licence number"),
        _("Risk grade"),
        _("In operation since"),
        _("Closed on"),
    ]
    return csv_lines(head, _rows(subjects))


def _rows(subjects: QuerySet[Subject]) -> Iterator[list[object]]:
    names: dict[str, str] = {}
    asked: set[str] = set()
    for subject in subjects.iterator(chunk_size=BATCH):
        code = subject.division_code
        wanted = {code[:digits] for digits in (4, 6, 9)} - asked
        if wanted:
            asked |= wanted
            names |= division_names(wanted)
        yield [
            subject.code,
            subject.name,
            type_name(subject.subject_type),
            _("In operation") if subject.is_open else _("Closed down"),
            subject.responsible_organ.label,
            place_of(code, names),
            subject.address,
            subject.licence_no,
            RISK_NAMES[RiskGrade(subject.risk_grade)] if subject.risk_grade else "",
            subject.opened_on,
            subject.closed_on,
        ]
