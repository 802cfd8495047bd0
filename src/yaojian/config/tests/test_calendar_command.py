"""The calendar of a year is shown, refused when it is not whole, and entered with an act."""

from __future__ import annotations

from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from yaojian.foundation.accounts.facade import Level, register_organ
from yaojian.foundation.ledger.facade import Act
from yaojian.foundation.reference.facade import CalendarYearMissing, add_working_days

YEAR = """date,working,note
2031-01-01,0,元旦
2031-01-23,0,春节
2031-01-25,1,春节调休
2031-05-01,0,劳动节
2031-05-02,0,劳动节
2031-10-01,0,国庆节
2031-10-02,0,国庆节
2031-10-03,0,国庆节
"""


@pytest.fixture(autouse=True)
def _organ(db: None) -> None:
    register_organ(code="xj", name="自治区局", level=Level.PROVINCE)


def calendar(tmp_path: Path, text: str = YEAR, *flags: str) -> str:
    file, out = tmp_path / "2031.csv", StringIO()
    file.write_text(text, encoding="utf-8")
    call_command("calendar", "2031", str(file), "--organ", "xj", *flags, stdout=out)
    return out.getvalue()


def acts() -> list[Act]:
    return list(Act.objects.filter(kind="calendar.edited").order_by("pk"))


def test_a_year_is_shown_before_it_is_entered(tmp_path: Path) -> None:
    assert "365 days new or changed" in calendar(tmp_path)
    assert acts() == []
    with pytest.raises(CalendarYearMissing):
        add_working_days(date(2031, 1, 22), 1)


def test_a_year_is_entered_whole_and_recorded(tmp_path: Path) -> None:
    calendar(tmp_path, YEAR, "--apply")
    assert add_working_days(date(2031, 1, 22), 1) == date(2031, 1, 24)
    assert add_working_days(date(2031, 1, 24), 1) == date(2031, 1, 25)
    (act,) = acts()
    assert (act.organ.code, act.facts["changed"]) == ("xj", 365)
    assert "2031-01-25" in act.facts["days"]


def test_a_correction_names_the_days_that_change_and_a_repetition_is_no_act(tmp_path: Path) -> None:
    calendar(tmp_path, YEAR, "--apply")
    shown = calendar(tmp_path, YEAR + "2031-06-24,0,端午节\n", "--apply")
    assert "2031-06-24 0 端午节" in shown
    assert acts()[-1].facts["changed"] == 1
    calendar(tmp_path, YEAR + "2031-06-24,0,端午节\n", "--apply")
    assert len(acts()) == 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (YEAR.split("2031-10-01")[0], "whole year: 2031-10-01, 2031-10-02, 2031-10-03"),
        (YEAR + "2032-01-01,0,元旦\n", "Line 10: 2032-01-01"),
        (YEAR + "2031-10-01,0,国庆节\n", "Line 10: 2031-10-01"),
        (YEAR + "2031-13-01,0,\n", "Line 10 is not"),
        (YEAR + "2031-06-24,free,\n", "Line 10 is not"),
        ("day,free\n", "date,working,note"),
    ],
)
def test_what_is_not_a_whole_year_is_refused(tmp_path: Path, text: str, words: str) -> None:
    from django.utils import translation

    with translation.override("en"), pytest.raises(CommandError, match=words):
        calendar(tmp_path, text, "--apply")
    assert acts() == []


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="nowhere"):
        call_command("calendar", "2031", str(tmp_path / "nowhere.csv"), "--organ", "xj")
