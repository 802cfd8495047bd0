"""What a file is, by its content: a closed list of kinds, each with its endings and its size.

A name is never believed; where it promises another kind than the content, the file is refused.
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from pathlib import PurePosixPath

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.documents.pictures import photo_type
from yaojian.foundation.errors import InvalidInput

MIB = 1024 * 1024
LONGEST_NAME = 200
OFFICE = "application/vnd.openxmlformats-officedocument."
OPEN_DOCUMENT = "application/vnd.oasis.opendocument."


@dataclass(frozen=True, slots=True)
class Media:
    """A kind of file that is taken in."""

    type: str
    name: Promise
    endings: tuple[str, ...]
    most_bytes: int
    icon: str = "file-text"


_KINDS = (
    Media("image/jpeg", _("JPEG picture"), ("jpg", "jpeg", "jfif"), 10 * MIB, "photo"),
    Media("image/png", _("PNG picture"), ("png",), 10 * MIB, "photo"),
    Media("image/webp", _("WebP picture"), ("webp",), 10 * MIB, "photo"),
    Media("application/pdf", _("PDF document"), ("pdf",), 30 * MIB),
    Media(f"{OFFICE}wordprocessingml.document", _("Word document (DOCX)"), ("docx",), 20 * MIB),
    Media(f"{OFFICE}spreadsheetml.sheet", _("Excel workbook (XLSX)"), ("xlsx",), 20 * MIB, "table"),
    Media(f"{OPEN_DOCUMENT}text", _("OpenDocument text (ODT)"), ("odt",), 20 * MIB),
    Media(f"{OPEN_DOCUMENT}spreadsheet", _("OpenDocument workbook (ODS)"), ("ods",), 20 * MIB, "table"),
    Media("text/csv", _("Table as text (CSV)"), ("csv",), 5 * MIB, "table"),
    Media("text/plain", _("Plain text"), ("txt", "log", "md"), 5 * MIB),
)
MEDIA: dict[str, Media] = {media.type: media for media in _KINDS}
ACCEPTED = ",".join(f".{ending}" for media in _KINDS for ending in media.endings)
LARGEST = max(media.most_bytes for media in _KINDS)

PROGRAMS = (
    b"MZ",
    b"\x7fELF",
    b"\xca\xfe\xba\xbe",
    b"\xfe\xed\xfa\xce",
    b"\xfe\xed\xfa\xcf",
    b"\xcf\xfa\xed\xfe",
    b"\xce\xfa\xed\xfe",
    b"#!",
    b"dex\n",
)
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MARKUP = re.compile(
    r"\s*(?:<\?xml|<\?php|<!doctype|<!--|<html|<head|<body|<svg|<script|<iframe|@echo\s|powershell\b)",
    re.IGNORECASE,
)
CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
MOST_ENTRIES = 4000
MOST_UNPACKED = 200 * MIB
STEEPEST = 200
"""How many times its size a part may grow when unpacked; text compresses some ten- to fortyfold."""


def plain_file_name(name: str) -> str:
    """A file's name alone: no folders, no invisible characters, not longer than 200."""
    last = PurePosixPath(name.replace("\\", "/")).name
    last = BIDI.sub("", re.sub(r"[\x00-\x1f\x7f]", "", last)).strip(" .") or "document"
    if len(last) <= LONGEST_NAME:
        return last
    stem, dot, ending = last.rpartition(".")
    return (
        stem[: LONGEST_NAME - len(ending) - 1] + dot + ending
        if dot and len(ending) <= 10
        else last[:LONGEST_NAME]
    )


def ending_of(name: str) -> str:
    """What stands behind the last dot of a name, in small letters; empty when there is none."""
    _stem, dot, ending = name.rpartition(".")
    return ending.lower() if dot else ""


def media_of(content: bytes, name: str) -> Media:
    """The kind of a file by its content, which fits its name and its size.

    Raises InvalidInput, field `files`, with what is wrong and what to do.
    """
    if not content:
        raise _refused(
            _("The file is empty."), _("Open it on your device; send it again once it shows something.")
        )
    media = MEDIA[_type_of(content, ending_of(name))]
    ending = ending_of(name)
    if ending and ending not in media.endings:
        raise _refused(
            _("The name ends in .%(ending)s, but the content is: %(kind)s.")
            % {"ending": ending[:10], "kind": media.name},
            _("Give the file the ending that fits its content, or send the right file."),
        )
    if len(content) > media.most_bytes:
        raise _refused(
            _("%(kind)s: the file is larger than %(most)s MB.")
            % {"kind": media.name, "most": media.most_bytes // MIB},
            _("Send a smaller copy, or split it."),
        )
    return media


def _refused(detail: Promise | str, cure: Promise | str) -> InvalidInput:
    return InvalidInput(detail, field="files", cure=cure)


def _type_of(content: bytes, ending: str) -> str:
    if content.startswith(PROGRAMS):
        raise _refused(_("The file is a program or script."), _("Send the document itself, never a program."))
    if content.startswith(OLD_OFFICE):
        raise _refused(
            _("The file has the old binary Office format, or is encrypted, and cannot be checked."),
            _("Save it without a password as DOCX, XLSX or PDF, and send that."),
        )
    if content.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) or content[8:12] == b"WEBP":
        _refuse_second_nature(content)
        return photo_type(content)
    if content.startswith(b"%PDF-"):
        _refuse_second_nature(content)
        return "application/pdf"
    if content.startswith(b"PK\x03\x04"):
        return _type_of_package(content)
    return _type_of_text(content, ending)


def _refuse_second_nature(content: bytes) -> None:
    """Refuse a file that is a picture or PDF from its beginning and an archive from its end."""
    if zipfile.is_zipfile(io.BytesIO(content)):
        raise _refused(
            _("The file is two kinds of file at once, which no honest program writes."),
            _("Save or scan the document anew and send that."),
        )


def _type_of_package(content: bytes) -> str:
    """DOCX, XLSX, ODT or ODS by the parts inside; anything else that is packed is refused."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            entries = package.infolist()
            refuse_unsafe_package(content, entries)
            names = {entry.filename for entry in entries}
            if "mimetype" in names:
                return _type_of_open_document(package, names)
            if "[Content_Types].xml" in names:
                return _type_of_office(package, names)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, OSError):
        raise _refused(
            _("The file is a damaged package."), _("Open it on your device, save it again, and send that.")
        ) from None
    raise _refused(
        _("The file is an archive (ZIP) or an unknown package."),
        _("Unpack it and send the documents in it one by one."),
    )


def refuse_unsafe_package(content: bytes, entries: list[zipfile.ZipInfo]) -> None:
    """Refuse a package that is encrypted, swells when unpacked, or whose parts point outside it."""
    if any(entry.flag_bits & 1 for entry in entries):
        raise _refused(
            _("The package is encrypted and cannot be checked."),
            _("Save it without a password and send that."),
        )
    if (
        len(entries) > MOST_ENTRIES
        or sum(entry.file_size for entry in entries) > MOST_UNPACKED
        or any(entry.file_size > max(MIB, STEEPEST * entry.compress_size) for entry in entries)
    ):
        raise _refused(
            _("The package would swell beyond all measure when unpacked."),
            _("Save the document anew; if it stays so, send it as PDF."),
        )
    names = [entry.filename for entry in entries]
    outside = any(
        name.startswith(("/", "\\")) or ".." in PurePosixPath(name.replace("\\", "/")).parts for name in names
    )
    if outside or len(set(names)) != len(names) or min(entry.header_offset for entry in entries) != 0:
        raise _refused(
            _("The package is not built as an office program builds it."),
            _("Save the document anew and send that."),
        )


def _macros() -> InvalidInput:
    return _refused(
        _("The document carries macros, which can run on the reader's machine."),
        _("Save it without macros (DOCX, XLSX, PDF) and send that."),
    )


def _type_of_office(package: zipfile.ZipFile, names: set[str]) -> str:
    types = _small_part(package, "[Content_Types].xml").decode("utf-8", "replace")
    lowered = {name.lower() for name in names}
    if any("vbaproject" in name or "macrosheets/" in name or "activex/" in name for name in lowered) or (
        "macroenabled" in types.lower()
    ):
        raise _macros()
    if f"{OFFICE}wordprocessingml.document.main+xml" in types and "word/document.xml" in names:
        return f"{OFFICE}wordprocessingml.document"
    if f"{OFFICE}spreadsheetml.sheet.main+xml" in types and "xl/workbook.xml" in names:
        return f"{OFFICE}spreadsheetml.sheet"
    raise _refused(
        _("Of office documents only DOCX, XLSX, ODT and ODS are taken."),
        _("Save it as one of these or as PDF."),
    )


def _type_of_open_document(package: zipfile.ZipFile, names: set[str]) -> str:
    if any(name.startswith(("Basic/", "Scripts/")) for name in names):
        raise _macros()
    found = _small_part(package, "mimetype").decode("ascii", "replace").strip()
    if found not in MEDIA or not found.startswith(OPEN_DOCUMENT) or "content.xml" not in names:
        raise _refused(
            _("Of office documents only DOCX, XLSX, ODT and ODS are taken."),
            _("Save it as one of these or as PDF."),
        )
    return found


def _small_part(package: zipfile.ZipFile, name: str) -> bytes:
    with package.open(name) as part:
        return part.read(MIB)


def _type_of_text(content: bytes, ending: str) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = content.decode("gb18030")
        except UnicodeDecodeError:
            text = "\x00"
    if CONTROL.search(text):
        raise _refused(
            _("The content is of no kind that is taken in."),
            _("Send pictures (JPEG, PNG, WebP), PDF, DOCX, XLSX, ODT, ODS, CSV or plain text."),
        )
    if MARKUP.match(text):
        raise _refused(
            _("The file is a web page, drawing or script in text form."),
            _("Print it as PDF, or send a picture of it."),
        )
    return "text/csv" if ending == "csv" else "text/plain"
