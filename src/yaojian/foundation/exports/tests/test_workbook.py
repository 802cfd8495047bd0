"""Workbooks as other programs read them."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import python_calamine

from yaojian.foundation.exports import workbook
from yaojian.foundation.exports.answers import workbook_answer
from yaojian.foundation.exports.workbook import Sheet, workbook_file
from yaojian.foundation.timekeeping import CHINA


def read(*sheets: Sheet) -> dict[str, list[list[Any]]]:
    with workbook_file(sheets) as file:
        book = python_calamine.CalamineWorkbook.from_filelike(file)
        return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def xml_of(*sheets: Sheet) -> str:
    with workbook_file(sheets) as file:
        return zipfile.ZipFile(file).read("xl/worksheets/sheet1.xml").decode()


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
    xml = xml_of(Sheet("a", ["x"], [9], [["=cmd|' /C calc'!A0"]]))
    assert "<f>" not in xml
    assert 'autoFilter ref="A1:A2"' in xml
    assert 'state="frozen"' in xml


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("<r><t>x</t></r>", "<r><t>x</t></r> "),
        ("_x0041_\x07\ud800", "_x0041_"),
        ("长" * 40_000, "长" * 32_767),
        (10**17, "1" + "0" * 17),
        (float("nan"), "nan"),
        (date(1899, 5, 6), "1899-05-06"),
        (" 名 ", " 名 "),
    ],
)
def test_what_a_cell_cannot_hold_becomes_a_text_that_it_can(value: object, text: str) -> None:
    assert read(Sheet("a", ["x"], [9], [[value]]))["a"][1][0] == text


def test_sheets_have_names_of_their_own() -> None:
    sheets = [Sheet(name, ["n"], [9], []) for name in ("a", "A", "'[]'", "长" * 40, "长" * 41)]
    assert len(read(*sheets)) == 5


def test_long_lists_go_on_in_further_sheets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "ROWS_PER_SHEET", 3)
    found = read(Sheet("表/一", ["n"], [9], ([n] for n in range(7))), Sheet("空", ["n"], [9], []))
    assert {name: len(rows) for name, rows in found.items()} == {
        "表 一": 4,
        "表 一 (2)": 4,
        "表 一 (3)": 2,
        "空": 1,
    }


@pytest.mark.django_db  # an answer that is closed tells Django that the request is over
def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def failing() -> Iterator[list[int]]:
        yield [1]
        raise ValueError("the database went away")

    with pytest.raises(ValueError, match="went away"):
        workbook_file([Sheet("a", ["n"], [9], failing())])
    answer = workbook_answer(workbook_file([Sheet("a", ["n"], [9], [[1]])]), "list")
    next(iter(answer))
    answer.close()
    assert answer.file_to_stream.closed
    assert list(tmp_path.iterdir()) == []
