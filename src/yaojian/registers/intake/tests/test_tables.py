"""Files that are no tables, tables in every dress, and guards that stand before the parser."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from yaojian.foundation.exports.facade import Sheet, workbook_file
from yaojian.registers.intake.tables import limits
from yaojian.registers.intake.tables.cells import Computed, Covered, Damaged, code_like, plain
from yaojian.registers.intake.tables.days import day_of, is_open_ended
from yaojian.registers.intake.tables.delimited import delimiter_of, encoding_of
from yaojian.registers.intake.tables.header import find_header, name_key
from yaojian.registers.intake.tables.reading import Shape, read_table
from yaojian.registers.intake.tables.refusals import TableRefused

KNOWN = {name_key("企业名称"), name_key("代码")}


def kept(folder: Path, content: bytes) -> Path:
    path = folder / "table.xlsx"
    path.write_bytes(content)
    return path


def shape(folder: Path, content: bytes, sheet: str = "") -> Shape:
    return read_table(kept(folder, content), KNOWN, sheet)[0]


def workbook(rows: list[list[Any]], name: str = "主体") -> bytes:
    return workbook_file([Sheet(name, rows[0], [9] * len(rows[0]), rows[1:])]).read()


def with_entries(content: bytes, **entries: str) -> bytes:
    """A workbook with entries of its archive replaced or added."""
    old, new = zipfile.ZipFile(io.BytesIO(content)), io.BytesIO()
    with zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in old.namelist():
            if name not in entries:
                archive.writestr(name, old.read(name))
        for name, text in entries.items():
            archive.writestr(name, text)
    return new.getvalue()


def with_sheet(rows: str) -> bytes:
    """A workbook whose only sheet has these rows as they are."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    head = (
        '<row r="1"><c r="A1" t="inlineStr"><is><t>企业名称</t></is></c>'
        '<c r="B1" t="inlineStr"><is><t>代码</t></is></c></row>'
    )
    text = f'<worksheet xmlns="{main}"><sheetData>{head}{rows}</sheetData></worksheet>'
    return with_entries(workbook([["a"], ["b"]]), **{"xl/worksheets/sheet1.xml": text})


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"%PDF-1.7 ...",
        b"\x89PNG\r\n\x1a\n....",
        b"<html><table><tr><td>x</td></tr></table></html>",
        b"\xef\xbb\xbf<?xml version='1.0'?><Workbook/>",
        b"PK\x03\x04 and nothing else",
        b"name,code\n\x00\x01\x02",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
        "企业名称,代码\n".encode(),
        b'name,code\n"never closed,1\n' + b"x" * 40_000,
        b"name,code\n\x81\x00\xff\xff",
    ],
)
def test_what_is_no_table_is_refused_with_a_cure(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(TableRefused) as refused:
        shape(tmp_path, content)
    assert str(refused.value.cure)


def test_the_name_of_a_file_says_nothing(tmp_path: Path) -> None:
    path = tmp_path / "register.pdf"
    path.write_bytes("企业名称,代码\n甲,1\n".encode())
    assert read_table(path, KNOWN)[0].kind == "csv"


@pytest.mark.parametrize(
    ("entry", "text"),
    [("xl/vbaProject.bin", "macro"), ("xl/externalLinks/externalLink1.xml", "<x/>")],
)
def test_macros_and_links_are_refused(tmp_path: Path, entry: str, text: str) -> None:
    with pytest.raises(TableRefused):
        shape(tmp_path, with_entries(workbook([["企业名称"], ["甲"]]), **{entry: text}))


def test_a_bomb_is_refused_without_being_expanded(tmp_path: Path) -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            for _mebibyte in range(200):
                sheet.write(b"\0" * 1024 * 1024)
    path = kept(tmp_path, bomb.getvalue())
    tracemalloc.start()
    with pytest.raises(TableRefused):
        read_table(path, KNOWN)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 * 1024 * 1024


def test_an_archive_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    content = bytearray(workbook([["企业名称"], *[[f"甲{n}"] for n in range(5_000)]]))
    info = next(
        info for info in zipfile.ZipFile(io.BytesIO(bytes(content))).infolist() if "sheet1" in info.filename
    )
    place = content.rindex(b"PK\x01\x02", 0, content.rindex(info.filename.encode()))
    content[place + 24 : place + 28] = (100).to_bytes(4, "little")
    with pytest.raises(TableRefused):
        shape(tmp_path, bytes(content))


@pytest.mark.parametrize("empty", ['<row r="{n}"/>', '<row r="{n}"><c r="A{n}" s="1"/></row>'])
def test_two_million_empty_rows_are_passed_over(tmp_path: Path, empty: str) -> None:
    rows = "".join(empty.replace("{n}", str(n)) for n in range(3, 2_000_000, 1 if "<c" not in empty else 4))
    path = kept(tmp_path, with_sheet('<row r="2"><c r="A2"><v>1</v></c></row>' + rows))
    found, below = read_table(path, KNOWN)
    assert (found.rows, [number for number, _cells in below]) == (1, [2])


def test_two_million_empty_lines_are_passed_over(tmp_path: Path) -> None:
    assert shape(tmp_path, "企业名称,代码\n".encode() + b"\n,\n" * 1_000_000 + "甲,1\n".encode()).rows == 1


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="2"><c r="A2"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        '<row r="2"><c r="XFD2"><v>1</v></c></row>',
        '<row r="1000000"><c r="CV1000000"><v>1</v></c></row>',
        '<row r="2"><c><v>1</v></c></row>',
    ],
)
def test_a_sheet_whose_rectangle_would_take_all_memory_is_refused(tmp_path: Path, rows: str) -> None:
    with pytest.raises(TableRefused):
        shape(tmp_path, with_sheet(rows))


def test_16384_columns_of_text_are_refused_but_empty_ones_are_not(tmp_path: Path) -> None:
    head = "企业名称,代码"
    with pytest.raises(TableRefused):
        shape(tmp_path, f"{head}\n{','.join(['x'] * 16_384)}\n".encode())
    assert shape(tmp_path, f"{head}\n甲,1{',' * 16_384}\n".encode()).rows == 1


def test_more_rows_than_a_register_can_have_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("yaojian.registers.intake.tables.reading.MAX_ROWS", 3)
    with pytest.raises(TableRefused):
        shape(tmp_path, "企业名称\n1\n2\n3\n4\n".encode())


def test_a_file_too_large_is_refused_by_its_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("yaojian.registers.intake.tables.kinds.MAX_FILE_BYTES", 10)
    with pytest.raises(TableRefused):
        shape(tmp_path, "企业名称\n甲\n".encode())
    assert limits.MAX_FILE_BYTES <= 64 * 1024 * 1024


def test_cells_that_cannot_be_taken_at_their_word_are_marked(tmp_path: Path) -> None:
    path = tmp_path / "made.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("主体")
    sheet.write_row(1, 1, ["企业名称", "代码", "日期"])
    sheet.write_formula(3, 1, "=A1&B1", None, "甲")
    sheet.write_number(3, 2, 916523010000001234)
    sheet.write_datetime(3, 3, date(2024, 5, 6), book.add_format({"num_format": "yyyy/m/d"}))
    sheet.merge_range("B5:B6", "合并")
    sheet.write(5, 2, "x")
    sheet.write(4, 2, 45418)
    book.close()
    rows = dict(read_table(path, KNOWN)[1])
    assert [type(cell) for cell in rows[4]] == [str, Computed, Damaged, str]
    assert rows[4][3] == "2024-05-06"
    assert rows[5][2] == "45418"
    assert isinstance(rows[6][1], Covered)


def test_the_sheet_with_rows_is_taken_and_another_can_be_chosen(tmp_path: Path) -> None:
    sheets = [Sheet("说明", ["这里没有数据"], [9], []), Sheet("主体", ["企业名称"], [9], [["甲"]])]
    content = workbook_file([*sheets, Sheet("旧", ["企业名称"], [9], [["乙"]])]).read()
    found = shape(tmp_path, content)
    assert (found.sheets, found.sheet) == (("说明", "主体", "旧"), "主体")
    assert shape(tmp_path, content, "旧").sample == ((2, ("乙",)),)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_every_encoding_and_delimiter(tmp_path: Path, encoding: str, delimiter: str) -> None:
    text = delimiter.join(["企业名称", "代码"]) + "\r\n" + delimiter.join(['"甲\r\n""乙"""', "1"]) + "\r\n"
    path = kept(tmp_path, text.encode(encoding))
    assert delimiter_of(path, encoding_of(path)) == delimiter
    assert read_table(path, KNOWN)[1] == [(2, ['甲\r\n"乙"', "1"])]


def test_the_header_is_found_below_a_title() -> None:
    rows = [(1, ["奇台县药店名录", ""]), (3, ["", "*企业 名称"]), (4, ["1", "甲"])]
    header = find_header(rows, KNOWN)
    assert header is not None
    assert (header.row, header.above) == (3, ("奇台县药店名录",))
    assert find_header([], KNOWN) is None


@pytest.mark.parametrize(
    "text",
    [
        "2024-5-6",
        "2024/05/06",
        "2024.5.6",
        "20240506",
        "2024年5月6日",
        "二〇二四年五月六日",
        "45418",
        "45418.0",
        "２０２４－０５－０６",
        " 2024-05-06 00:00:00",
        "2024-05-06T08:30",
    ],
)
def test_days_in_every_dress(text: str) -> None:
    assert day_of(text) == date(2024, 5, 6)


@pytest.mark.parametrize(
    "text", ["05/06/2024", "24-5-6", "2024-13-1", "2024-02-30", "2024", "五月", "99999", ""]
)
def test_days_that_are_not_sure(text: str) -> None:
    assert day_of(text) is None


def test_no_last_day() -> None:
    assert is_open_ended(" 长期 ")
    assert not is_open_ended("2024-05-06")


def test_texts_are_made_plain_and_keep_their_punctuation() -> None:
    assert plain(" \ufeff奇台县\u200b１店（分）\u3000 南街\n2号 ") == "奇台县1店(分) 南街 2号".replace(
        "(分)", "（分）"
    )
    assert code_like(" ９１６５ ２３２５ｍａ\u200b") == "91652325MA"
