"""The unified social credit code (统一社会信用代码), by GB 32100-2015 and GB 11714-1997. Pure."""

from __future__ import annotations

import re
import unicodedata

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""GB 32100: digits and capitals without I, O, S, V, Z; a character counts as much as its place."""

LENGTH = 18
_VALUES = {character: value for value, character in enumerate(ALPHABET)}
_WEIGHTS = tuple(3**place % 31 for place in range(LENGTH - 1))
_ORGANISATION_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def organisation_check_character(body: str) -> str:
    """The ninth character of an organisation code from its first eight (GB 11714-1997).

    Raises ValueError for another length or a character outside digits and capitals.
    """
    if len(body) != len(_ORGANISATION_WEIGHTS):
        raise ValueError("the body of an organisation code has eight characters")
    values = [_ORGANISATION_ALPHABET.index(character) for character in body]
    remainder = -sum(v * w for v, w in zip(values, _ORGANISATION_WEIGHTS, strict=True)) % 11
    return "X" if remainder == 10 else str(remainder)


def check_character(first_seventeen: str) -> str:
    """The eighteenth character of a unified code from the seventeen before it (GB 32100-2015).

    Raises ValueError for another length or a character outside the alphabet.
    """
    if len(first_seventeen) != LENGTH - 1 or not set(first_seventeen) <= _VALUES.keys():
        raise ValueError("seventeen characters of the code's alphabet are needed")
    total = sum(_VALUES[c] * w for c, w in zip(first_seventeen, _WEIGHTS, strict=True))
    return ALPHABET[-total % 31]


def unified_code(category: str, division: str, body: str) -> str:
    """The code of a registered body.

    `category`: registering authority and kind of body, two characters ("91" company, "92" sole trader,
    "12" public institution, "52" private non-enterprise unit); `division`: six digits of the registering
    authority's division; `body`: the eight characters of the organisation code. Raises ValueError.
    """
    if len(category) != 2 or len(division) != 6 or not division.isdigit():
        raise ValueError("a category has two characters, a division six digits")
    first = f"{category}{division}{body}{organisation_check_character(body)}"
    return first + check_character(first)


def is_unified_code(code: str) -> bool:
    """Whether `code` is well formed and both check characters hold."""
    if len(code) != LENGTH or not set(code) <= _VALUES.keys() or not code[2:8].isdigit():
        return False
    return code[16] == organisation_check_character(code[8:16]) and code[17] == check_character(code[:17])


_SPACES_AND_DASHES = re.compile(r"[\s\-‐-―－_]+")


def plain_code(text: str) -> str:
    """A code as it was meant: full-width letters and digits made plain, capitals, no spaces or dashes."""
    return _SPACES_AND_DASHES.sub("", unicodedata.normalize("NFKC", text)).upper()


def looks_unified(code: str) -> bool:
    """Whether a code is meant to be a unified code: eighteen letters and digits."""
    return len(code) == LENGTH and code.isascii() and code.isalnum()
