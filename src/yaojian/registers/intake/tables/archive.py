"""The zip archive that a workbook is: measured before it is unpacked, unpacked piece by piece."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from yaojian.registers.intake.tables.limits import (
    MAX_ENTRIES,
    MAX_EXPANDED_BYTES,
    MAX_RATIO,
    RATIO_LOOKED_AT_FROM,
)
from yaojian.registers.intake.tables.refusals import TableRefused

PIECE = 1024 * 1024
_LOCAL_HEADER = struct.Struct("<4s22xHH")
_STORED_OR_DEFLATED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def damaged() -> TableRefused:
    """The refusal of a workbook whose archive is broken or lies about itself."""
    return TableRefused(
        _("The workbook is damaged."), cure=_("Open it in the spreadsheet program and save it again.")
    )


def open_archive(path: Path) -> zipfile.ZipFile:
    """The archive of a workbook, when what it claims to hold is bearable and is a workbook.

    Raises TableRefused for a bomb, for a damaged archive, for macros, links to other workbooks and locked
    entries, before anything is unpacked.
    """
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, struct.error):
        raise damaged() from None
    try:
        _check(archive.infolist())
    except TableRefused:
        archive.close()
        raise
    return archive


def _check(entries: list[zipfile.ZipInfo]) -> None:
    names = {entry.filename for entry in entries}
    if len(names) != len(entries):
        raise damaged()
    expanded = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries) or 1
    if (
        len(entries) > MAX_ENTRIES
        or expanded > MAX_EXPANDED_BYTES
        or (expanded > RATIO_LOOKED_AT_FROM and expanded / packed > MAX_RATIO)
    ):
        raise too_much()
    if any(entry.flag_bits & 1 or entry.compress_type not in _STORED_OR_DEFLATED for entry in entries):
        raise damaged()
    if "xl/workbook.xml" not in names:
        raise TableRefused(
            _("This archive is no workbook."), cure=_("Save the table as “.xlsx” or as “CSV UTF-8”.")
        )
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise TableRefused(
            _("The workbook contains macros."), cure=_("Save it as “.xlsx”, the format without macros.")
        )
    if any(name.startswith("xl/externalLinks/") for name in names):
        raise TableRefused(
            _("Cells of the workbook are linked to other workbooks."),
            cure=_("Copy the table, paste it as values into a new workbook, and save that."),
        )


def too_much() -> TableRefused:
    """The refusal of an archive that would become too large."""
    return TableRefused(
        _("Unpacked, the workbook would be far too large; it was not opened."),
        cure=_("Copy the table alone into a new workbook and save that."),
    )


def pieces(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """The content of an entry, at most a mebibyte at a time.

    Raises TableRefused as soon as there is more than the archive claims: a parser behind us would unpack it.
    """
    entry = archive.getinfo(name)
    left = entry.file_size
    for piece in _unpacked(archive, entry):
        left -= len(piece)
        if left < 0:
            raise too_much()
        yield piece
    if left:
        raise damaged()


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    unpack = zlib.decompressobj(-15) if entry.compress_type == zipfile.ZIP_DEFLATED else None
    for packed in _packed(archive, entry):
        if unpack is None:
            yield packed
            continue
        try:
            while packed and not unpack.eof:
                yield unpack.decompress(packed, PIECE)
                packed = unpack.unconsumed_tail
        except zlib.error:
            raise damaged() from None
    if unpack is not None and not unpack.eof:
        raise damaged()


def _packed(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    file = archive.fp
    if file is None:
        raise ValueError("the archive is closed")
    file.seek(entry.header_offset)
    header = file.read(30)
    if len(header) < 30 or header[:4] != b"PK\x03\x04":
        raise damaged()
    _signature, name_length, extra_length = _LOCAL_HEADER.unpack(header)
    file.seek(name_length + extra_length, 1)
    left = entry.compress_size
    while left > 0:
        piece = file.read(min(left, 64 * 1024))
        if not piece:
            raise damaged()
        left -= len(piece)
        yield piece
