"""Delimited text: its encoding found by decoding, its delimiter by counting."""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from yaojian.registers.intake.tables.cells import plain
from yaojian.registers.intake.tables.limits import MAX_CELL_CHARACTERS, MAX_COLUMNS
from yaojian.registers.intake.tables.refusals import TableRefused

DELIMITERS = (",", "\t", ";")
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_LOOKED_AT_LINES = 40
_PIECE = 1024 * 1024


def encoding_of(path: Path) -> str:
    """The encoding in which the whole file can be decoded: UTF-8, UTF-16 with a mark, or GB 18030.

    Raises TableRefused with the place of the first byte that fits none.
    """
    with path.open("rb") as file:
        head = file.read(4)
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    if _decodes(path, "utf-8") is None:
        return "utf-8"
    place = _decodes(path, "gb18030")
    if place is None:
        return "gb18030"
    raise TableRefused(
        _("The text is neither UTF-8 nor GB 18030; byte %(place)s fits neither.") % {"place": place + 1},
        cure=_("Save the table as “CSV UTF-8” or as “.xlsx”."),
    )


def _decodes(path: Path, encoding: str) -> int | None:
    """Where decoding fails, or None."""
    decoder, done = codecs.getincrementaldecoder(encoding)(), 0
    with path.open("rb") as file:
        while True:
            piece = file.read(_PIECE)
            try:
                decoder.decode(piece, final=not piece)
            except UnicodeDecodeError as error:
                return done + error.start
            if not piece:
                return None
            done += len(piece)


def delimiter_of(path: Path, encoding: str) -> str:
    """The delimiter that parts the first lines most evenly; a comma when there is only one column."""
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        sample = [line for line, _n in zip(file, range(_LOOKED_AT_LINES), strict=False)]
    best, most = ",", 0
    for delimiter in DELIMITERS:
        try:
            widths = Counter(len(row) for row in csv.reader(sample, delimiter=delimiter) if any(row))
        except csv.Error:
            continue
        (width, count), *_rest = widths.most_common(1) or [(1, 0)]
        if width > 1 and width * count > most:
            best, most = delimiter, width * count
    return best


def delimited_rows(path: Path, encoding: str) -> Iterator[tuple[int, list[str]]]:
    """The rows with their numbers, counted from 1 as a spreadsheet counts them; empty ones are left out.

    Raises TableRefused for a quotation mark that is never closed and for too many columns.
    """
    delimiter, number = delimiter_of(path, encoding), 0
    csv.field_size_limit(MAX_CELL_CHARACTERS)
    with io.open(path, encoding=encoding, newline="") as file:  # noqa: UP020 — csv wants the line ends as they are
        rows = csv.reader(file, delimiter=delimiter, strict=True)
        try:
            for row in rows:
                number += 1
                if not row:
                    continue
                if len(row) > MAX_COLUMNS:
                    row = _narrow(row, number)
                if any(row):
                    yield number, row
        except csv.Error:
            raise TableRefused(
                _("A quotation mark in row %(row)s is not closed or stands in the middle of a cell.")
                % {"row": number + 1},
                cure=_("Put the cell into quotation marks and double those inside, or save as “.xlsx”."),
            ) from None
        except UnicodeDecodeError:
            raise TableRefused(
                _("The text after row %(row)s cannot be decoded.") % {"row": number},
                cure=_("Save the table as “CSV UTF-8” or as “.xlsx”."),
            ) from None


def _narrow(row: list[str], number: int) -> list[str]:
    """The row without empty cells at its end, when it then is not too wide."""
    while row and not plain(row[-1]):
        row.pop()
    if len(row) > MAX_COLUMNS:
        raise TableRefused(
            _("Row %(row)s has %(columns)s columns; a register has at most %(most)s.")
            % {"row": number, "columns": len(row), "most": MAX_COLUMNS},
            cure=_("Delete the columns to the right of the table and save the file again."),
        )
    return row
