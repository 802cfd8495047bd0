"""A first look at a sheet's XML while it streams by: how far it reaches, formulas, merged cells.

The parser behind us keeps a slot for each cell of the rectangle around everything filled in, so that two
cells in opposite corners would cost it all memory; and it gives results of formulas as if they were entered.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from yaojian.registers.intake.tables.archive import PIECE, damaged, pieces
from yaojian.registers.intake.tables.limits import MAX_CELLS, MAX_COLUMNS
from yaojian.registers.intake.tables.refusals import TableRefused

_FILLED = re.compile(rb'<(?:\w+:)?c\s(?:[^<>]*?\s)?r="([A-Z]{1,3})(\d{1,7})"[^<>]*(?<!/)>')
_USUAL = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"[^<>]*(?<!/)>')
_UNPLACED = re.compile(rb'<(?:\w+:)?c(?:>|\s(?![^<>]*\br="[A-Z]{1,3}\d{1,7}")[^<>]*>)')
_FORMULA = re.compile(rb'<(?:\w+:)?c\s(?:[^<>]*?\s)?r="([A-Z]{1,3})(\d{1,7})"[^<>]*>\s*<(?:\w+:)?f[\s/>]')
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^<>]*?ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
_CARRIED = 4096
"""Bytes taken over into the next piece, so that no tag is cut in two."""
_STARTS = (b"<c ", b":c ", b"<row", b":row")
_MOST_COVERED = 1_000_000


@dataclass(slots=True)
class SheetScan:
    """What a look has found. Rows count from 1, columns from 0."""

    first_row: int = 0
    last_row: int = 0
    columns: int = 0
    formulas: dict[int, set[int]] = field(default_factory=dict)
    covered: dict[int, set[int]] = field(default_factory=dict)
    merged_cells: int = 0

    @property
    def cells(self) -> int:
        """How many slots the parser would keep."""
        return (self.last_row - self.first_row + 1) * self.columns if self.columns else 0


def column_number(letters: bytes | str) -> int:
    """The place of a column from its letters: A is 0, Z 25, AA 26."""
    number = 0
    for letter in letters if isinstance(letters, bytes) else letters.encode():
        number = number * 26 + letter - 64
    return number - 1


def scan_sheet(archive: zipfile.ZipFile, name: str) -> SheetScan:
    """Look through a sheet in bounded memory.

    Raises TableRefused for XML in a disguise, and for a sheet too wide or too long.
    """
    scan, columns = SheetScan(), set[bytes]()
    for text in _overlapping(pieces(archive, name)):
        is_usual = _is_usual(text)
        if placed := (_USUAL if is_usual else _FILLED).findall(text):
            columns.update({letters for letters, _row in placed})
            rows = [int(row) for row in {row for _letters, row in placed}]
            scan.first_row = min(scan.first_row or rows[0], *rows)
            scan.last_row = max(scan.last_row, *rows)
        if not is_usual and _UNPLACED.search(text):
            raise damaged()
        if b"<f" in text or b":f" in text:
            for letters, row in _FORMULA.findall(text):
                scan.formulas.setdefault(int(row), set()).add(column_number(letters))
        for left, top, right, bottom in _MERGED.findall(text):
            _cover(scan, int(top), int(bottom), column_number(left), column_number(right))
    scan.columns = max(map(column_number, columns), default=-1) + 1
    _check(scan)
    return scan


def _is_usual(text: bytes) -> bool:
    """Whether every cell begins as nearly all programs write it, so that a plain pattern finds them all."""
    return text.count(b"<c ") == text.count(b'<c r="') and b":c " not in text and b"<c>" not in text


def _overlapping(stream: Iterator[bytes]) -> Iterator[bytes]:
    """The stream in pieces that begin with a row or a cell, so that a cell and its formula stand together."""
    kept, is_first = b"", True
    for piece in stream:
        if is_first and (piece.startswith((b"\xff\xfe", b"\xfe\xff")) or b"<!DOCTYPE" in piece[:2048]):
            raise damaged()
        is_first = False
        text = kept + piece
        end = max(len(text) - _CARRIED, 0)
        start = max(text.rfind(mark, 0, end) for mark in _STARTS)
        # What follows the last cell of a sheet is not kept together: it may be long and has no formulas.
        cut = text.rfind(b"<", 0, start + 1 if end - start < PIECE and start >= 0 else end)
        cut = max(cut, 0)
        kept = text[cut:]
        yield text[:cut]
    yield kept


def _cover(scan: SheetScan, top: int, bottom: int, left: int, right: int) -> None:
    scan.merged_cells += max(bottom - top + 1, 0) * max(right - left + 1, 0)
    if scan.merged_cells > _MOST_COVERED:
        raise damaged()
    for row in range(top, bottom + 1):
        if hidden := range(left + 1 if row == top else left, right + 1):
            scan.covered.setdefault(row, set()).update(hidden)


def _check(scan: SheetScan) -> None:
    if scan.columns > MAX_COLUMNS:
        raise TableRefused(
            _("The sheet has %(columns)s columns; a register has at most %(most)s.")
            % {"columns": scan.columns, "most": MAX_COLUMNS},
            cure=_("Delete the columns to the right of the table and save the file again."),
        )
    if scan.cells > MAX_CELLS:
        raise TableRefused(
            _("The sheet reaches down to row %(row)s; a table of this width cannot be that long.")
            % {"row": scan.last_row},
            cure=_("Delete everything below the table, or split the table into several files."),
        )
