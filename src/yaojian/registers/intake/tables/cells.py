"""One cell's text, made plain: full-width letters and digits, hidden characters, numbers. Pure."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from typing import Any

EXACT_DIGITS = 15
"""A spreadsheet keeps 15 significant digits of a number; the 16th and all after it become zeros."""

_LARGEST_EXACT = 10**EXACT_DIGITS
_SPREAD_NUMBER = re.compile(r"[+-]?\d(?:\.\d+)?[Ee]\+\d{2,3}")

# Soft hyphen, zero-width and direction marks, byte-order mark, control characters except line breaks and tab.
_HIDDEN = "\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb"
_CONTROL = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
_HIDDEN_CHARACTER = re.compile(f"[{_HIDDEN}{_CONTROL}]")
_ODD = re.compile(f"[{_HIDDEN}{_CONTROL}\\s\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]")
_SPACES = re.compile(r"\s+")
_FULL_WIDTH = {
    **{code: code - 0xFEE0 for code in range(0xFF10, 0xFF1A)},
    **{code: code - 0xFEE0 for code in range(0xFF21, 0xFF3B)},
    **{code: code - 0xFEE0 for code in range(0xFF41, 0xFF5B)},
}


class Marked(str):
    """A cell's text with something about the cell that makes it useless; its class says what."""

    __slots__ = ()


class Computed(Marked):
    """The result of a formula: what it was when the file was last saved, not what somebody entered."""

    __slots__ = ()


class Damaged(Marked):
    """A long number of which the spreadsheet has kept the first 15 digits only."""

    __slots__ = ()


class Covered(Marked):
    """A cell that lies under another one merged over it."""

    __slots__ = ()


def plain(text: str) -> str:
    """A name or an address without hidden characters and needless spaces, letters and digits half-width.

    Punctuation stays as it is: （） in a registered name are part of it.
    """
    if _ODD.search(text) is None:
        return text
    text = _HIDDEN_CHARACTER.sub("", text).translate(_FULL_WIDTH)
    return _SPACES.sub(" ", text).strip()


def code_like(text: str) -> str:
    """A code, number or date: half-width throughout, without any spaces, letters large."""
    if text.isascii() and text.isalnum():
        return text.upper()
    text = unicodedata.normalize("NFKC", _HIDDEN_CHARACTER.sub("", text))
    return _SPACES.sub("", text).lstrip("'").upper()


def is_spread_number(text: str) -> bool:
    """Whether a long number was written out as 9.16523E+17."""
    return _SPREAD_NUMBER.fullmatch(text) is not None


def text_of(value: Any) -> str:
    """A parsed cell that is no text, as text: whole numbers without a decimal point, days as 2026-11-22."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int | float):
        return _text_of_number(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return "" if value is None else str(value)


def _text_of_number(value: float) -> str:
    if value != value or value in (float("inf"), float("-inf")):
        return Damaged("")
    if abs(value) >= _LARGEST_EXACT:
        return Damaged(f"{value:.0f}")
    return str(int(value)) if value == int(value) else repr(value)
