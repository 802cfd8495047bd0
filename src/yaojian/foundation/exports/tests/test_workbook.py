"""Workbooks as other programs read them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import python_calamine

from yaojian.foundation.exports import workbook
from yaojian.foundation.exports.workbook import Sheet, column_letters, workbook_pieces
from yaojian.foundation.timekeeping import CHINA


def read(*sheets: Sheet) -> dict[str, list[list[Any]]]:
    file = io.BytesIO(b"".join(workbook_pieces(sheets)))
    book = python_calamine.CalamineWorkbook.from_filelike(file)
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def test_values_arrive_as_what_they_are() -> None:
    moment = datetime(2026, 11, 22, 6, 5, tzinfo=UTC)
    local = moment.astimezone(CHINA).replace(tzinfo=None)
    row = ["甲 & <乙>\x07", "", None, 12, 0.5, date(2026, 11, 22), moment, True, "=1+1", "916523010000000012"]
    found = read(Sheet("主体", list("abcdefghij"), [9] * 10, [row]))["主体"]
    assert found[0] == list("abcdefghij")
    assert found[1] == [
        "甲 & <乙>", "", "", 12.0, 0.5, date(2026, 11, 22), local, True, "=1+1",
        "916523010000000012",
    ]  # fmt: skip


def test_a_text_is_never_a_formula() -> None:
    file = io.BytesIO(b"".join(workbook_pieces([Sheet("a", ["x"], [9], [["=cmd|' /C calc'!A0"]])])))
    assert b"<f" not in zipfile.ZipFile(file).read("xl/worksheets/sheet1.xml")


def test_long_lists_go_on_in_further_sheets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "ROWS_PER_SHEET", 3)
    found = read(Sheet("表/一", ["n"], [9], ([n] for n in range(7))), Sheet("空", ["n"], [9], []))
    assert {name: len(rows) for name, rows in found.items()} == {
        "表 一": 4,
        "表 一 (2)": 4,
        "表 一 (3)": 2,
        "空": 1,
    }


def test_rows_are_asked_for_only_as_they_are_sent() -> None:
    asked = []

    def rows() -> Iterator[list[int]]:
        for number in range(5_000):
            asked.append(number)
            yield [number]

    pieces = workbook_pieces([Sheet("a", ["n"], [9], rows())])
    next(pieces)
    assert len(asked) <= workbook.ROWS_AT_ONCE + 1


def test_letters_of_columns() -> None:
    assert [column_letters(n) for n in (0, 25, 26, 701, 702, 16_383)] == ["A", "Z", "AA", "ZZ", "AAA", "XFD"]
