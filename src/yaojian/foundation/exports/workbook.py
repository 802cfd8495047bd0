"""Workbooks (XLSX) of any length with little memory, written by xlsxwriter to a file that has no name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import chain, count, islice
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from yaojian.foundation.exports.delimited import could_start_a_formula
from yaojian.foundation.timekeeping import CHINA

ROWS_PER_SHEET = 1_000_000
LONGEST_NAME = 31
_EXACT = 10**15
"""Whole numbers from here on lose digits in a spreadsheet; they are written as text."""
_FIRST_YEAR = 1900
"""Spreadsheets know no day before it; such a day is written as text."""
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\]")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: its name, its columns' names and widths in characters, its rows."""

    name: str
    head: Sequence[object]
    widths: Sequence[int]
    rows: Iterable[Sequence[object]]


@dataclass(frozen=True, slots=True)
class _Styles:
    head: Format
    day: Format
    moment: Format
    quoted: Format


def workbook_file(sheets: Iterable[Sheet]) -> IO[bytes]:
    """The workbook as an open file at its beginning; a long sheet goes on in further ones.

    The file has no name, so it is gone when it is closed, however that comes about.
    """
    file = TemporaryFile(prefix="yaojian-export-")  # noqa: SIM115 (the caller closes it)
    try:
        with TemporaryDirectory(prefix="yaojian-export-") as place:
            book = Workbook(file, {"constant_memory": True, "tmpdir": place})
            styles = _Styles(
                head=book.add_format(
                    {"bold": True, "bg_color": "#E8EEF4", "valign": "vcenter", "text_wrap": True}
                ),
                day=book.add_format({"num_format": "yyyy-mm-dd"}),
                moment=book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
                quoted=book.add_format({"num_format": "@", "quote_prefix": True}),
            )
            for name, sheet, rows in _parts(sheets):
                _write(book.add_worksheet(name), sheet, rows, styles)
            book.close()
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file


def _parts(sheets: Iterable[Sheet]) -> Iterator[tuple[str, Sheet, Iterator[Sequence[object]]]]:
    """The sheets of the file: each sheet, or as many as its rows need, with a name of its own."""
    taken: set[str] = set()
    for sheet in sheets:
        rows = iter(sheet.rows)
        for part in count(1):
            first = list(islice(rows, 1))
            if part > 1 and not first:
                break
            name = _name(sheet.name, part, taken)
            taken.add(name.casefold())
            yield name, sheet, chain(first, islice(rows, ROWS_PER_SHEET - 1))
            if not first:
                break


def _write(target: Worksheet, sheet: Sheet, rows: Iterator[Sequence[object]], styles: _Styles) -> None:
    target.freeze_panes(1, 0)
    for place, width in enumerate(sheet.widths):
        target.set_column(place, place, width)
    for place, name in enumerate(sheet.head):
        target.write_string(0, place, _text(name), styles.head)
    number = 0
    for number, row in enumerate(rows, 1):
        for place, value in enumerate(row):
            _write_cell(target, number, place, value, styles)
    target.autofilter(0, 0, number, len(sheet.head) - 1)


def _write_cell(target: Worksheet, row: int, place: int, value: object, styles: _Styles) -> None:
    if value is None or value == "":
        return
    if isinstance(value, str):
        _write_text(target, row, place, value, styles)
    elif isinstance(value, bool):
        target.write_boolean(row, place, value)
    elif isinstance(value, int | float | Decimal) and -_EXACT < value < _EXACT:
        target.write_number(row, place, float(value) if isinstance(value, Decimal) else value)
    elif isinstance(value, datetime):
        local = value.astimezone(CHINA).replace(tzinfo=None)
        target.write_datetime(row, place, local, styles.moment)
    elif isinstance(value, date) and value.year >= _FIRST_YEAR:
        target.write_datetime(row, place, value, styles.day)
    else:
        _write_text(target, row, place, str(value), styles)


def _write_text(target: Worksheet, row: int, place: int, value: str, styles: _Styles) -> None:
    text = _text(value)
    target.write_string(row, place, text, styles.quoted if could_start_a_formula(text) else None)


def _text(value: object) -> str:
    """A text as a cell may hold it."""
    text = str(value)
    if _NOT_XML.search(text):
        text = _NOT_XML.sub("", text)
    # What begins and ends like a run of rich text, xlsxwriter would write into the XML as it is.
    return f"{text} " if text.startswith("<r>") and text.endswith("</r>") else text


def _name(name: str, part: int, taken: set[str]) -> str:
    """A name that a sheet may have and no other has."""
    end = f" ({part})" if part > 1 else ""
    plain = _NOT_IN_NAMES.sub(" ", name).strip("' ")[: LONGEST_NAME - len(end)].rstrip("'") or "Sheet"
    found = plain + end
    return found if found.casefold() not in taken else f"{plain[: LONGEST_NAME - 4]} #{len(taken) + 1}"
