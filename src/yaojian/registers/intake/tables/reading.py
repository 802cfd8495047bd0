"""A table file as its sheets, its header and its rows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from yaojian.registers.intake.tables.delimited import delimited_rows, encoding_of
from yaojian.registers.intake.tables.header import LOOKED_AT_ROWS, Header, find_header
from yaojian.registers.intake.tables.kinds import FileKind, kind_of
from yaojian.registers.intake.tables.limits import MAX_ROWS
from yaojian.registers.intake.tables.refusals import TableRefused
from yaojian.registers.intake.tables.workbook import sheets_of, workbook_rows

Row = tuple[int, list[str]]
SAMPLE_ROWS = 5


@dataclass(frozen=True, slots=True)
class Shape:
    """What a file holds: its kind, its encoding or its visible sheets, the header and how many rows follow.

    `sample` has the first rows below the header; `rows` counts those that are not empty.
    """

    kind: FileKind
    encoding: str
    sheets: tuple[str, ...]
    sheet: str
    header: Header
    rows: int
    sample: tuple[tuple[int, tuple[str, ...]], ...]


def rows_of(path: Path, sheet: str) -> Iterator[Row]:
    """All rows that are not empty, from the top, with their numbers in the file. Raises TableRefused."""
    if kind_of(path) is FileKind.WORKBOOK:
        yield from workbook_rows(path, sheet)
    else:
        yield from delimited_rows(path, encoding_of(path))


def data_rows(path: Path, sheet: str, header_row: int) -> Iterator[Row]:
    """The rows below the header. Raises TableRefused when there are more than half a million."""
    return _bearable(row for row in rows_of(path, sheet) if row[0] > header_row)


def read_table(path: Path, known: Collection[str], sheet: str = "") -> tuple[Shape, list[Row]]:
    """Read a file through and tell what it holds, with the rows below the header.

    `known` are the keys of names that a header may have; `sheet` is a choice, else the first visible sheet
    with rows. Raises TableRefused.
    """
    kind = kind_of(path)
    if kind is FileKind.DELIMITED:
        return _shape(path, known, kind, encoding_of(path), (), "")
    found = sheets_of(path)
    names = tuple(one.name for one in found if one.is_visible) or (found[0].name,)
    if sheet in names:
        return _shape(path, known, kind, "", names, sheet)
    for name in names[:-1]:
        try:
            return _shape(path, known, kind, "", names, name)
        except NothingInIt:
            continue
    return _shape(path, known, kind, "", names, names[-1])


class NothingInIt(TableRefused):
    """There are no rows, or only a header."""


def _shape(
    path: Path, known: Collection[str], kind: FileKind, encoding: str, sheets: tuple[str, ...], sheet: str
) -> tuple[Shape, list[Row]]:
    rows = rows_of(path, sheet)
    top = list(islice(rows, LOOKED_AT_ROWS))
    header = find_header(top, known)
    if header is None:
        raise NothingInIt(
            _("The table has no rows."), cure=_("Choose the file or the sheet with the register.")
        )
    below = list(_bearable(row for row in chain(top, rows) if row[0] > header.row))
    if not below:
        raise NothingInIt(
            _("The table has a header but no rows below it."),
            cure=_("Enter the rows below the header and save the file again."),
        )
    sample = tuple((number, tuple(cells)) for number, cells in below[:SAMPLE_ROWS])
    return Shape(kind, encoding, sheets, sheet, header, len(below), sample), below


def _bearable(rows: Iterable[Row]) -> Iterator[Row]:
    for count, row in enumerate(rows, 1):
        if count > MAX_ROWS:
            raise TableRefused(
                _("The table has more than %(most)s rows.") % {"most": MAX_ROWS},
                cure=_("Split it into several files, for instance by prefecture."),
            )
        yield row
