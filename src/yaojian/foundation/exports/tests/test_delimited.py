"""Delimited text: marks, quotes, and nothing that a spreadsheet would run."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from yaojian.foundation.exports.delimited import csv_pieces, safe_cell


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\u3000=1", "＝1", "＠x"]
)
def test_risky_cells_are_made_text(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["奇台县惠民药房", "91652325MA0000001X", "1-2", ""])
def test_plain_cells_stay_plain(text: str) -> None:
    assert safe_cell(text) == text


def test_numbers_stay_numbers() -> None:
    assert safe_cell(-5) == "-5"
    assert safe_cell(datetime(2026, 1, 2, 3, 4, tzinfo=UTC)) == "2026-01-02 03:04"


def test_a_file_begins_with_the_mark_and_quotes_what_needs_it() -> None:
    text = b"".join(csv_pieces(["名称", "备注"], [["甲", 'a,"b"\nc'], ["乙", None]])).decode()
    assert text == '\ufeff名称,备注\r\n甲,"a,""b""\nc"\r\n乙,\r\n'
