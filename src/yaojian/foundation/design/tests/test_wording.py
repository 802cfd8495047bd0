"""Figures, dates and deadlines read as they should."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from yaojian.foundation.design import wording

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("days", "kind", "chinese", "english"),
    [
        (-12, "overdue", "逾期 12 天", "12 days overdue"),
        (-1, "overdue", "逾期 1 天", "1 day overdue"),
        (0, "due_soon", "今天到期", "Due today"),
        (3, "due_soon", "剩 3 天", "3 days left"),
        (7, "due_soon", "剩 7 天", "7 days left"),
        (8, "neutral", "剩 8 天", "8 days left"),
    ],
)
def test_due_in_words(days: int, kind: str, chinese: str, english: str) -> None:
    for language, text in (("zh-hans", chinese), ("en", english)):
        with translation.override(language):
            due = wording.due_in_words(TODAY + timedelta(days=days), TODAY)
        assert (due.kind, due.text) == (kind, text)
        assert (TODAY + timedelta(days=days)).isoformat() in due.title


def test_working_days_replace_calendar_days() -> None:
    with translation.override("zh-hans"):
        assert wording.due_in_words(date(2026, 11, 26), TODAY, working_days=3).text == "剩 3 个工作日"


def test_finished_in_words() -> None:
    with translation.override("zh-hans"):
        assert wording.finished_in_words(TODAY, TODAY).text == "按期完成"
        late = wording.finished_in_words(TODAY, TODAY + timedelta(days=3))
    assert (late.kind, late.text) == ("neutral", "逾期 3 天完成")


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        ("2969", 0, "2\u202f969"),
        ("1234567.891", 2, "1\u202f234\u202f567.89"),
        ("12.5", 0, "13"),
        ("-5", 0, "\u22125"),
        ("-0.2", 0, "0"),
    ],
)
def test_grouped(value: str, decimals: int, text: str) -> None:
    assert wording.grouped(Decimal(value), decimals) == text


@given(st.decimals(min_value=0, max_value=100, places=6), st.integers(min_value=0, max_value=3))
def test_a_percentage_never_rounds_into_a_met_target(value: Decimal, decimals: int) -> None:
    shown = Decimal(wording.percentage(value, decimals).removesuffix("%"))
    assert (shown == 100) == (value == 100)
    assert (shown == 0) == (value == 0)
    assert abs(shown - value) <= Decimal(1).scaleb(-decimals)


@pytest.mark.parametrize("nothing", [None, "", "abc", True, float("nan"), float("inf")])
def test_what_is_no_number_is_none(nothing: object) -> None:
    assert wording.as_decimal(nothing) is None


def test_minute_is_beijing_time() -> None:
    assert wording.minute(datetime(2026, 11, 22, 6, 5, tzinfo=UTC)) == "2026-11-22 14:05"
    assert wording.minute(date(2026, 11, 22)) == "2026-11-22"
    assert wording.as_date(datetime(2026, 11, 22, 16, 5, tzinfo=UTC)) == date(2026, 11, 23)


def test_a_meaning_that_is_not_one_is_refused() -> None:
    assert wording.normal_kind("due-soon") == "due_soon"
    assert wording.normal_kind("") == "neutral"
    with pytest.raises(ValueError, match="purple"):
        wording.normal_kind("purple")


def test_recorded_late() -> None:
    at = datetime(2026, 11, 12, tzinfo=UTC)
    assert not wording.recorded_late(at, at + timedelta(hours=3))
    assert wording.recorded_late(at, at + timedelta(days=3))
    assert not wording.recorded_late(at, None)
