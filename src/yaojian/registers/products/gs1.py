"""GS1: item numbers (GTIN) with their check digit, and element strings as bar codes carry them. Pure.

Source: GS1 General Specifications, sections 3 (identifiers), 7.9 (check digit) and 7.12 (dates). H
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from yaojian.registers.products.codes import CodeError

GS = "\x1d"
"""FNC1 as a scanner sends it: the end of an element of variable length."""
GTIN_LENGTHS = (8, 12, 13, 14)
_SYMBOLOGY = re.compile(r"\](d2|C1|Q3|e0|J1)")
_BRACKETED = re.compile(r"\((\d{2,4})\)([^()]*)")
# AI: (shortest, longest, digits only). Those of equal lengths are of predefined length when they begin with
# one of _PREDEFINED; every other element ends with FNC1 unless it is the last.
ELEMENTS: dict[str, tuple[int, int, bool]] = {
    "00": (18, 18, True),
    "01": (14, 14, True),
    "02": (14, 14, True),
    "10": (1, 20, False),
    "11": (6, 6, True),
    "13": (6, 6, True),
    "15": (6, 6, True),
    "16": (6, 6, True),
    "17": (6, 6, True),
    "20": (2, 2, True),
    "21": (1, 20, False),
    "22": (1, 20, False),
    "30": (1, 8, True),
    "37": (1, 8, True),
    "240": (1, 30, False),
    "241": (1, 30, False),
    "250": (1, 30, False),
    "400": (1, 30, False),
    "710": (1, 20, False),
    "7003": (10, 10, True),
}
_PREDEFINED = frozenset({"00", "01", "02", "11", "13", "15", "16", "17", "20"})
_DATES = {"11": "produced_on", "17": "expires_on"}
_CHARACTERS = re.compile(r"[!\"%&'()*+,\-./0-9:;<=>?A-Z_a-z]+")
"""The 82 characters that elements of letters may hold (GS1 General Specifications, figure 7.11-1)."""


def check_digit(body: str) -> str:
    """The check digit of a GTIN or SSCC from the digits before it: weights 3 and 1 from the right, modulo 10.

    Raises CodeError "digits".
    """
    if not (body.isascii() and body.isdigit()):
        raise CodeError("digits", body)
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(body)))
    return str(-total % 10)


def check_gtin(text: str) -> str:
    """A GTIN-8, -12, -13 or -14 as the 14 digits by which it is kept.

    Raises CodeError: "empty", "gtin_length", "digits", "check_digit" (`found` is the digit expected).
    """
    plain = re.sub(r"[\s\-]+", "", unicodedata.normalize("NFKC", text))
    if not plain:
        raise CodeError("empty")
    if not (plain.isascii() and plain.isdigit()):
        raise CodeError("digits", plain)
    if len(plain) not in GTIN_LENGTHS:
        raise CodeError("gtin_length", str(len(plain)))
    expected = check_digit(plain[:-1])
    if plain[-1] != expected:
        raise CodeError("check_digit", expected)
    return plain.zfill(14)


@dataclass(frozen=True, slots=True)
class Elements:
    """What an element string says. `others` holds the elements that have no field of their own, by AI."""

    gtin: str = ""
    lot: str = ""
    serial: str = ""
    produced_on: date | None = None
    expires_on: date | None = None
    others: tuple[tuple[str, str], ...] = ()


def parse_elements(text: str, *, this_year: int) -> Elements:
    """A scanned element string, with FNC1 as a scanner sends it, or written with its identifiers in brackets.

    `this_year` settles the century of dates. Raises CodeError: "empty", "element_unknown", "element_short",
    "element_long", "element_characters", "element_twice", "date", and those of `check_gtin`.
    """
    folded = unicodedata.normalize("NFKC", text).strip(" \t\r\n")
    folded = _SYMBOLOGY.sub("", folded, count=1) if folded.startswith("]") else folded
    if not folded.strip(GS):
        raise CodeError("empty")
    pairs = _bracketed(folded) if folded.startswith("(") else _scanned(folded)
    found: dict[str, str] = {}
    for identifier, value in pairs:
        if found.get(identifier, value) != value:
            raise CodeError("element_twice", identifier)
        found[identifier] = value
    return _elements(found, this_year)


def _bracketed(text: str) -> list[tuple[str, str]]:
    pairs = _BRACKETED.findall(re.sub(r"\s+", "", text))
    if "".join(f"({identifier}){value}" for identifier, value in pairs) != re.sub(r"\s+", "", text):
        raise CodeError("element_unknown", text[:20])
    for identifier, value in pairs:
        _check_element(identifier, value)
    return pairs


def _scanned(text: str) -> list[tuple[str, str]]:
    rest, pairs = text.lstrip(GS), []
    while rest:
        identifier = _identifier(rest)
        _shortest, longest, _digits = ELEMENTS[identifier]
        rest = rest[len(identifier) :]
        if identifier in _PREDEFINED:
            value, rest = rest[:longest], rest[longest:]
        else:
            value, _, rest = rest.partition(GS)
        _check_element(identifier, value)
        pairs.append((identifier, value))
        rest = rest.lstrip(GS)
    return pairs


def _identifier(text: str) -> str:
    for length in (2, 3, 4):
        if text[:length] in ELEMENTS:
            return text[:length]
    raise CodeError("element_unknown", text[:4])


def _check_element(identifier: str, value: str) -> None:
    if identifier not in ELEMENTS:
        raise CodeError("element_unknown", identifier)
    shortest, longest, digits = ELEMENTS[identifier]
    if len(value) < shortest:
        raise CodeError("element_short", identifier)
    if len(value) > longest:
        raise CodeError("element_long", identifier)
    if digits and not (value.isascii() and value.isdigit()):
        raise CodeError("element_characters", identifier)
    if not _CHARACTERS.fullmatch(value):
        raise CodeError("element_characters", identifier)


def _elements(found: dict[str, str], this_year: int) -> Elements:
    own = {"01", "10", "21", *_DATES}
    if "00" in found and check_digit(found["00"][:-1]) != found["00"][-1]:
        raise CodeError("check_digit", check_digit(found["00"][:-1]))
    dates = {name: date_of(found[ai], this_year) for ai, name in _DATES.items() if ai in found}
    return Elements(
        gtin=check_gtin(found["01"]) if "01" in found else "",
        lot=found.get("10", ""),
        serial=found.get("21", ""),
        produced_on=dates.get("produced_on"),
        expires_on=dates.get("expires_on"),
        others=tuple((ai, value) for ai, value in found.items() if ai not in own),
    )


def date_of(six: str, this_year: int) -> date:
    """A date of six digits, YYMMDD; day 00 is the last of the month. The century is the nearest one.

    A year 51 to 99 above the present one (modulo 100) lies in the century before, one 50 to 99 below it in
    the century after. Raises CodeError "date".
    """
    year, month, day = int(six[:2]), int(six[2:4]), int(six[4:6])
    century, difference = this_year // 100, year - this_year % 100
    if difference >= 51:
        century -= 1
    elif difference <= -50:
        century += 1
    full = century * 100 + year
    try:
        return date(full, month, day or monthrange(full, month)[1])
    except (ValueError, IndexError):
        raise CodeError("date", six) from None
