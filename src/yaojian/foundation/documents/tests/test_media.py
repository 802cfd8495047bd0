"""Files are what they contain; what lies, swells, runs or hides is refused with a cure."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yaojian.foundation.documents.media import MIB, ending_of, media_of, plain_file_name
from yaojian.foundation.documents.tests.makers import (
    docx,
    encrypted,
    odt,
    package,
    pdf,
    picture,
    xlsx,
)
from yaojian.foundation.errors import InvalidInput

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.mark.parametrize(
    ("content", "name", "found"),
    [
        (picture(), "现场.jpg", "image/jpeg"),
        (picture("PNG"), "a.PNG", "image/png"),
        (picture("WEBP"), "a.webp", "image/webp"),
        (pdf(), "许可证.pdf", "application/pdf"),
        (docx(), "说明.docx", WORD),
        (xlsx(), "名录.xlsx", SHEET),
        (odt(), "a.odt", "application/vnd.oasis.opendocument.text"),
        ("编号,名称\n1,阳光药店\n".encode(), "a.csv", "text/csv"),
        ("编号,名称\r\n".encode("gb18030"), "a.csv", "text/csv"),
        ("情况说明\n".encode("utf-8-sig"), "a.txt", "text/plain"),
        (picture(), "without an ending", "image/jpeg"),
    ],
)
def test_the_kind_is_found_in_the_content(content: bytes, name: str, found: str) -> None:
    assert media_of(content, name).type == found


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "empty.pdf"),
        (picture(), "lies.pdf"),
        (pdf(), "lies.jpg"),
        (docx(), "lies.xlsx"),
        (b"just text", "lies.docx"),
        (picture(), "photo.exe"),
        (b"MZ\x90\x00" + bytes(60), "setup.pdf"),
        (b"\x7fELF" + bytes(60), "a.txt"),
        (b"#!/bin/sh\nrm -rf /\n", "a.txt"),
        (b"@echo off\r\n", "a.txt"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "a.txt"),
        (b"  <!DOCTYPE html><html></html>", "a.csv"),
        (b"<?php system($_GET['x']);", "a.txt"),
        (b"GIF89a" + bytes(40), "a.gif"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "old.doc"),
        (bytes(range(256)), "a.txt"),
        (picture()[:200], "cut.jpg"),
        (picture() + package({"a": b"b"}), "polyglot.jpg"),
        (pdf() + package({"a": b"b"}), "polyglot.pdf"),
        (b"junk" + docx(), "junk.docx"),
        (package({"a.txt": b"b"}), "a.zip"),
        (docx(**{"word/vbaProject.bin": b"x"}), "a.docx"),
        (xlsx(**{"xl/macrosheets/sheet1.xml": b"x"}), "a.xlsx"),
        (odt(**{"Basic/Standard/script.xml": b"x"}), "a.odt"),
        (docx(**{"../../etc/passwd": b"x"}), "a.docx"),
        (encrypted(docx()), "a.docx"),
        (docx(**{"word/media/big.bin": bytes(120 * MIB)}), "bomb.docx"),
        (docx()[:-30], "cut.docx"),
        (package({"mimetype": b"application/x-evil", "content.xml": b""}), "a.odt"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_not_an_honest_document_is_refused(content: bytes, name: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        media_of(content, name)
    assert refusal.value.cure


def test_each_kind_has_its_own_size() -> None:
    # Bytes behind the end of a JPEG change nothing but its size.
    with pytest.raises(InvalidInput, match="10 MB"):
        media_of(picture() + bytes(11 * MIB), "large.jpg")
    assert media_of(pdf() + b" " * (11 * MIB), "large.pdf").type == "application/pdf"
    with pytest.raises(InvalidInput, match="30 MB"):
        media_of(pdf() + b" " * (31 * MIB), "larger.pdf")


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\许可证.pdf", "许可证.pdf"),
        ("a\x00b\r\n.pdf", "ab.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("..", "document"),
        ("", "document"),
        ("字" * 300 + ".pdf", "字" * 196 + ".pdf"),
    ],
)
def test_names_lose_their_folders_and_tricks(given_name: str, kept: str) -> None:
    assert plain_file_name(given_name) == kept


@given(st.text(max_size=400))
def test_a_kept_name_is_a_plain_name(name: str) -> None:
    kept = plain_file_name(name)
    assert 0 < len(kept) <= 200
    assert "/" not in kept
    assert "\x00" not in kept
    assert len(ending_of(kept)) <= 200
