"""Workbooks: their sheets, and the rows of one with everything said about its cells."""

from __future__ import annotations

import posixpath
import zipfile
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import python_calamine
from django.utils.translation import gettext_lazy as _

from yaojian.registers.intake.tables.archive import damaged, open_archive, pieces
from yaojian.registers.intake.tables.cells import Computed, Covered, text_of
from yaojian.registers.intake.tables.refusals import TableRefused
from yaojian.registers.intake.tables.sheet_scan import SheetScan, scan_sheet

_SMALL = 4 * 1024 * 1024
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
PARSER_FAULTS = (
    python_calamine.CalamineError,
    python_calamine.XmlError,
    python_calamine.ZipError,
    python_calamine.WorksheetNotFound,
    ValueError,
    OSError,
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: its name, the entry of the archive it lies in, whether people see it."""

    name: str
    entry: str
    is_visible: bool


def sheets_of(path: Path) -> list[Sheet]:
    """The sheets of a workbook in their order. Raises TableRefused."""
    with open_archive(path) as archive:
        return _sheets(archive)


def _sheets(archive: zipfile.ZipFile) -> list[Sheet]:
    targets = {
        relation.get("Id"): str(relation.get("Target", ""))
        for relation in _xml(archive, "xl/_rels/workbook.xml.rels").iter()
        if relation.get("Id")
    }
    found = []
    for element in _xml(archive, "xl/workbook.xml").iter():
        target = targets.get(element.get(_RELATION), "")
        if not element.tag.endswith("}sheet") or "chartsheet" in target or not element.get("name"):
            continue
        entry = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
        if entry in archive.NameToInfo:
            is_visible = element.get("state", "visible") == "visible"
            found.append(Sheet(str(element.get("name")), entry, is_visible))
    if not found:
        raise damaged()
    return found


def _xml(archive: zipfile.ZipFile, name: str) -> ElementTree.Element:
    if name not in archive.NameToInfo or archive.getinfo(name).file_size > _SMALL:
        raise damaged()
    text = b"".join(pieces(archive, name))
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise damaged()
    try:
        return ElementTree.fromstring(text)  # noqa: S314 — neither a document type nor entities are in it
    except ElementTree.ParseError:
        raise damaged() from None


def workbook_rows(path: Path, sheet_name: str) -> Iterator[tuple[int, list[str]]]:
    """The rows of a sheet with their numbers; empty ones are left out.

    A cell that cannot be taken at its word is a `Marked` text. Raises TableRefused.
    """
    with open_archive(path) as archive:
        sheet = next((sheet for sheet in _sheets(archive) if sheet.name == sheet_name), None)
        if sheet is None:
            raise TableRefused(
                _("The workbook has no sheet of this name any more."), cure=_("Choose the sheet again.")
            )
        scan = scan_sheet(archive, sheet.entry)
        for name in archive.namelist():
            # What the parser will unpack beside the sheet must be no larger than the archive says.
            if name.startswith("xl/") and name.endswith(("sharedStrings.xml", "styles.xml")):
                deque(pieces(archive, name), maxlen=0)
    if scan.columns:
        yield from _rows(path, sheet_name, scan)


def _rows(path: Path, sheet_name: str, scan: SheetScan) -> Iterator[tuple[int, list[str]]]:
    try:
        book = python_calamine.load_workbook(str(path))
        rows = book.get_sheet_by_name(sheet_name)
        # The parser counts rows from the top of the sheet, but columns from the first that is used.
        before = [""] * (rows.start[1] if rows.start else 0)
        parsed = rows.iter_rows()
    except python_calamine.PasswordError:
        raise TableRefused(
            _("The workbook is protected by a password."),
            cure=_("Open it, remove the password under “Protect workbook”, and save it again."),
        ) from None
    except PARSER_FAULTS:
        raise damaged() from None
    marked = scan.formulas.keys() | scan.covered.keys()
    for number, values in enumerate(parsed, 1):
        if not any(values) and not any(value == 0 for value in values):
            continue
        row = before + [value if value.__class__ is str else text_of(value) for value in values]
        if number in marked:
            _mark(row, scan, number)
        yield number, row


def _mark(row: list[str], scan: SheetScan, number: int) -> None:
    for column in scan.formulas.get(number, ()):
        if column < len(row):
            row[column] = Computed(row[column])
    for column in scan.covered.get(number, ()):
        if column < len(row) and not row[column]:
            row[column] = Covered(row[column])
