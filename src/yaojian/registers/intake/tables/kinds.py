"""What a file is, by its content; its name and what the browser says of it are not asked."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from yaojian.registers.intake.tables.limits import MAX_FILE_BYTES
from yaojian.registers.intake.tables.refusals import TableRefused

LOOKED_AT = 4096
COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
TEXT_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_FOREIGN = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x1f\x8b",
    b"MZ",
    b"\x7fELF",
)
_MARKUP = (b"<!doctype", b"<html", b"<table", b"<?xml", b"<head", b"<meta", b"{\\rtf")


class FileKind(StrEnum):
    """The two kinds of tables that are read."""

    WORKBOOK = "xlsx"
    DELIMITED = "csv"


def kind_of(path: Path) -> FileKind:
    """Whether a file is a workbook or delimited text. Raises TableRefused with the cure for anything else."""
    size = path.stat().st_size
    if size == 0:
        raise TableRefused(_("The file is empty."), cure=_("Choose the file again, or save it anew."))
    if size > MAX_FILE_BYTES:
        raise TableRefused(
            _("The file is larger than %(megabytes)s MB.") % {"megabytes": MAX_FILE_BYTES // 1024**2},
            cure=_("Remove pictures and other sheets, or split the table into several files."),
        )
    with path.open("rb") as file:
        head = file.read(LOOKED_AT)
    if head.startswith(b"PK\x03\x04"):
        return FileKind.WORKBOOK
    if head.startswith(COMPOUND_FILE):
        raise _compound(path)
    _refuse_foreign(head)
    return FileKind.DELIMITED


def _compound(path: Path) -> TableRefused:
    with path.open("rb") as file:
        locked = ENCRYPTED_PACKAGE in file.read(MAX_FILE_BYTES)
    if locked:
        return TableRefused(
            _("The workbook is protected by a password."),
            cure=_("Open it, remove the password under “Protect workbook”, and save it again."),
        )
    return TableRefused(
        _("This is a workbook of the old format (.xls)."), cure=_("Open it and save it as “.xlsx”.")
    )


def _refuse_foreign(head: bytes) -> None:
    if head.startswith(_FOREIGN):
        raise TableRefused(
            _("By its content this is no table, whatever its name says."),
            cure=_("Save the table as “.xlsx” or as “CSV UTF-8”."),
        )
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_MARKUP):
        raise TableRefused(
            _("This is a web page or XML with the name of a table, as some systems export it."),
            cure=_("Open it in the spreadsheet program and save it as “.xlsx”."),
        )
    if b"\x00" in head and not head.startswith(TEXT_MARKS):
        raise TableRefused(
            _("By its content this is no table, whatever its name says."),
            cure=_("Save the table as “.xlsx” or as “CSV UTF-8”."),
        )
