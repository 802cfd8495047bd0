"""Delimited text that a spreadsheet opens without surprises. Pure."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

BYTE_ORDER_MARK = "\ufeff"
"""Tells spreadsheets that the file is UTF-8; without it Chinese becomes gibberish in them."""

RISKY_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
LINES_AT_ONCE = 500


def plain_text(value: object) -> str:
    """A value as text: days as 2026-11-22, moments as 2026-11-22 14:05."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    return value.isoformat() if isinstance(value, date) else str(value)


def could_start_a_formula(text: str) -> bool:
    """Whether a spreadsheet might run the text."""
    return text.startswith(RISKY_STARTS) or text.lstrip(" \u3000").startswith(RISKY_STARTS)


def safe_cell(value: object) -> str:
    """`value` as text that no spreadsheet runs as a formula: what could start one gets an apostrophe."""
    text = plain_text(value)
    if isinstance(value, int | float) or not could_start_a_formula(text):
        return text
    return f"'{text}"


class _Line:
    """A file-like that gives back what csv writes."""

    def write(self, text: str) -> str:
        return text


def csv_pieces(head: Sequence[object], rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """The bytes of a CSV file (RFC 4180, UTF-8 with mark), head first, some hundred lines at a time."""
    writer = csv.writer(_Line())
    lines = [BYTE_ORDER_MARK, str(writer.writerow([safe_cell(cell) for cell in head]))]
    for row in rows:
        lines.append(str(writer.writerow([safe_cell(cell) for cell in row])))
        if len(lines) >= LINES_AT_ONCE:
            yield "".join(lines).encode()
            lines.clear()
    if lines:
        yield "".join(lines).encode()
