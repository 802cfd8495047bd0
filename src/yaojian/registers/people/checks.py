"""Numbers of people: made plain, checked, and explained when they are wrong. Pure but for its words.

Identity numbers by GB 11643-1999 (ISO 7064 MOD 11-2). Certificate and registration numbers of licensed
pharmacists have no published check digit: only their shape is checked.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from django.utils.translation import gettext_lazy as _
from pypinyin import Style, lazy_pinyin

from yaojian.foundation.errors import InvalidInput

IDENTITY_WEIGHTS = tuple(2 ** (17 - place) % 11 for place in range(17))
IDENTITY_CHECKS = "10X98765432"
PROVINCES = frozenset(
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 "  # noqa: SIM905
    "71 81 82 83 91 92".split()
)
"""Beginnings of identity numbers: GB/T 2260 provinces, residence permits (83), foreigners (91, 92)."""
OLDEST_BIRTH = date(1900, 1, 1)
CERTIFICATE = re.compile(r"ZZ\d{8}|\d{7,24}")
REGISTRATION = re.compile(r"\d{12}")
MOBILE = re.compile(r"1[3-9]\d{9}")
INSPECTOR_CERTIFICATE = re.compile(r"[\w()（）〔〕\[\]\-/·]{2,40}")
# Surnames that pypinyin reads as the common word: 曾 is Zeng, not Ceng.
SURNAMES = {
    "曾": "z",
    "单": "s",
    "解": "x",
    "仇": "q",
    "区": "o",
    "查": "z",
    "盖": "g",
    "朴": "p",
    "翟": "z",
    "尉": "y",
}


def plain_number(text: str) -> str:
    """A number as it is kept: full-width made plain, capitals, without spaces and dashes."""
    normal = unicodedata.normalize("NFKC", text or "").upper()
    return re.sub(r"[\s\u2010-\u2015\-]", "", normal)


def plain_name(text: str) -> str:
    """A name as it is kept: outer and double blanks away, dots of minority names alike (·)."""
    name = " ".join(unicodedata.normalize("NFC", text or "").split())
    return re.sub(r"\s*[•‧∙・．]\s*", "·", name)


def initials_of(name: str) -> str:
    """The pinyin initials of a person's name, surnames read as surnames."""
    letters = "".join(lazy_pinyin(name, style=Style.FIRST_LETTER, errors="default"))
    return ((SURNAMES.get(name[:1], letters[:1]) + letters[1:]) if name else "").lower()[:120]


def identity_check_digit(first_seventeen: str) -> str:
    """The eighteenth character of an identity number. Raises ValueError for anything but 17 digits."""
    if len(first_seventeen) != 17 or not first_seventeen.isascii() or not first_seventeen.isdigit():
        raise ValueError("seventeen digits are needed")
    total = sum(int(digit) * weight for digit, weight in zip(first_seventeen, IDENTITY_WEIGHTS, strict=True))
    return IDENTITY_CHECKS[total % 11]


def checked_identity_number(text: str, on: date) -> str:
    """An identity number, plain and right on a day. Raises InvalidInput saying what is wrong, without it."""
    number = plain_number(text)
    cure = _("Copy the 18 characters from the identity card.")
    if re.fullmatch(r"\d{15}", number):
        raise InvalidInput(
            _("An identity number of 15 digits is no longer valid."),
            field="identity_number",
            cure=_("Take the 18-digit number from the present card."),
        )
    if not re.fullmatch(r"\d{17}[\dX]", number, re.ASCII) or number[:2] not in PROVINCES:
        raise InvalidInput(
            _("An identity number has 18 characters: place, birth date, three digits and a check character."),
            field="identity_number",
            cure=cure,
        )
    born = birth_date(number)
    if born is None or not OLDEST_BIRTH <= born <= on:
        raise InvalidInput(
            _("The birth date in the identity number (characters 7 to 14) is not a possible one."),
            field="identity_number",
            cure=cure,
        )
    if number[17] != identity_check_digit(number[:17]):
        raise InvalidInput(
            _("The last character of the identity number does not fit: one is wrong, or two are swapped."),
            field="identity_number",
            cure=cure,
        )
    return number


def birth_date(number: str) -> date | None:
    """The birth date in an identity number; None when there is no such day."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def sex_in(number: str) -> str:
    """The sex in an identity number: "m" or "f" by its seventeenth digit."""
    return "m" if int(number[16]) % 2 else "f"


def checked_mobile(text: str) -> str:
    """A mobile number of mainland China, plain: 11 digits. Raises InvalidInput, without the number."""
    number = plain_number(text)
    for prefix in ("+86", "0086"):
        number = number.removeprefix(prefix)
    if not MOBILE.fullmatch(number):
        raise InvalidInput(
            _("A mobile number has 11 digits and begins with 13 to 19."),
            field="phone",
            cure=_("Enter it without country code, for instance 13800138000."),
        )
    return number


def checked_certificate(text: str, field: str = "certificate_no") -> str:
    """The number of a pharmacist's certificate, plain. Raises InvalidInput naming the known forms."""
    number = plain_number(text)
    if not CERTIFICATE.fullmatch(number):
        raise InvalidInput(
            _("This is not the number of a pharmacist's certificate."),
            field=field,
            cure=_("Known forms: ZZ and 8 digits (old certificates), or a number of 7 to 24 digits."),
        )
    return number


def checked_registration(text: str) -> str:
    """The number of a pharmacist's registration, plain: 12 digits that begin with a province."""
    number = plain_number(text)
    if not REGISTRATION.fullmatch(number) or number[:2] not in PROVINCES:
        raise InvalidInput(
            _("A registration number has 12 digits and begins with the code of the province."),
            field="registration_no",
            cure=_("Copy it from the registration certificate, for instance 652224001234."),
        )
    return number


def checked_inspector_certificate(text: str) -> str:
    """The number of an inspector's certificate; provinces choose its form. Raises InvalidInput."""
    number = plain_number(text)
    if number and not INSPECTOR_CERTIFICATE.fullmatch(number):
        raise InvalidInput(
            _("The certificate number holds characters that no certificate has, or is too long."),
            field="certificate_no",
            cure=_("Copy it from the certificate: letters, digits, brackets and strokes, at most 40."),
        )
    return number
