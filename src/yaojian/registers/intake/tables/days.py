"""Days as people write them in tables. Pure."""

from __future__ import annotations

import re
from datetime import date, timedelta

from yaojian.registers.intake.tables.cells import code_like

_NUMERIC = re.compile(r"(\d{4})[-/.．、年](\d{1,2})[-/.．、月](\d{1,2})[日号]?(?:T?\d{1,2}[:时].*)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_CHINESE = re.compile(
    r"([〇零○O0一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})[日号]?"
)
_DIGITS = {character: digit for digit, character in enumerate("〇一二三四五六七八九")}
_DIGITS |= {"零": 0, "○": 0, "O": 0, "0": 0}
_EPOCH = date(1899, 12, 30)
_SERIALS = range(10_000, 80_000)
"""Serial days of a workbook from 1927 to 2118."""

OPEN_ENDED = frozenset(
    ("长期", "长期有效", "永久", "永久有效", "至今", "无", "无固定期限", "/", "-", "--", "—", "NONE", "NULL")
)


def day_of(text: str) -> date | None:
    """The day that a cell names, or None when it names none or none for sure.

    Reads 2024-5-6, 2024/05/06, 2024.5.6, 20240506, 2024年5月6日, 二〇二四年五月六日, each with or without a
    time behind it, and a workbook's serial day. A year of two digits and 05/06/2024 are not sure.
    """
    text = code_like(text)
    if found := _NUMERIC.fullmatch(text) or _COMPACT.fullmatch(text):
        return _day(*(int(part) for part in found.groups()))
    if _SERIAL.fullmatch(text):
        serial = int(float(text))
        return _EPOCH + timedelta(days=serial) if serial in _SERIALS else None
    if found := _CHINESE.fullmatch(text):
        year, month, day = found.groups()
        return _day(int("".join(str(_DIGITS[c]) for c in year)), _counted(month), _counted(day))
    return None


def is_open_ended(text: str) -> bool:
    """Whether a cell says that there is no last day (长期)."""
    return code_like(text) in OPEN_ENDED


def _counted(text: str) -> int:
    """A number below one hundred in Chinese: 三, 十, 十二, 二十, 三十一."""
    tens, has_ten, ones = text.rpartition("十")
    if not has_ten:
        return _DIGITS.get(ones, 0) if len(ones) == 1 else 0
    return 10 * (_DIGITS.get(tens, 0) if tens else 1) + (_DIGITS.get(ones, 0) if ones else 0)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
