"""Checks an entry by itself: forms of codes, lengths, dates, places. Pure apart from words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from django.utils.translation import gettext_lazy as _

from yaojian.registers.enterprises.codes import is_unified_code, looks_unified, plain_code
from yaojian.registers.enterprises.contracts import Fault, SubjectEntry
from yaojian.registers.enterprises.types import LEVEL_FLAGS, RiskGrade, SubjectType

LONGEST = {
    "code": 40,
    "name": 200,
    "address": 200,
    "licence_no": 60,
    "business_scope": 4000,
    "legal_name": 200,
}
EARLIEST = date(1840, 1, 1)
_TYPES = frozenset(SubjectType)
_GRADES = frozenset(RiskGrade)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_DIVISION = re.compile(r"(\d{4}|\d{6}|\d{9}|\d{12})", re.ASCII)


def cleaned(entry: SubjectEntry) -> SubjectEntry:
    """The entry as it was meant: codes made plain, spaces trimmed, coordinates to six decimals.

    A unified code in `code` is taken for the legal entity's where none is given.
    """
    code = plain_code(entry.code)
    uscc = plain_code(entry.uscc) if entry.uscc is not None else None
    if not uscc and looks_unified(code):
        uscc = code
    return replace(
        entry,
        code=code,
        name=entry.name.strip(),
        uscc=uscc or None,
        legal_name=_trimmed(entry.legal_name) or None,
        parent=None if entry.parent is None else plain_code(entry.parent),
        address=_trimmed(entry.address),
        latitude=_rounded(entry.latitude),
        longitude=_rounded(entry.longitude),
        licence_no=_trimmed(entry.licence_no),
        business_scope=_trimmed(entry.business_scope),
        flags=None if entry.flags is None else tuple(sorted(set(entry.flags))),
    )


def faults_of(entry: SubjectEntry) -> tuple[Fault, ...]:
    """Everything that is wrong with a cleaned entry by itself; empty when it can be registered."""
    return tuple(_faults(entry))


def _faults(entry: SubjectEntry) -> Iterator[Fault]:
    yield from _faults_of_texts(entry)
    yield from _faults_of_codes(entry)
    if entry.subject_type not in _TYPES:
        yield Fault("subject_type", _("This is no type of subject."), _("Choose one of the types."))
    if entry.risk_grade is not None and entry.risk_grade not in _GRADES:
        yield Fault("risk_grade", _("This is no risk grade."), _("Choose I, II, III or IV."))
    if entry.hospital_level is not None and (
        entry.subject_type != SubjectType.HOSPITAL or entry.hospital_level not in LEVEL_FLAGS
    ):
        yield Fault(
            "hospital_level",
            _("Only a hospital has a level, and it is 1, 2 or 3."),
            _("Leave the level empty or make the subject a hospital."),
        )
    yield from _faults_of_dates(entry)
    yield from faults_of_coordinates(entry.latitude, entry.longitude)


def _faults_of_texts(entry: SubjectEntry) -> Iterator[Fault]:
    if not entry.name:
        yield Fault("name", _("The name is missing."), _("Enter the registered name."))
    for field, longest in LONGEST.items():
        yield from faults_of_text(field, getattr(entry, field) or "", longest)


def faults_of_text(field: str, text: str, longest: int) -> Iterator[Fault]:
    """What is wrong with a text by itself: too long, or with characters that cannot be printed."""
    if len(text) > longest:
        yield Fault(
            field, _("This is longer than %(longest)s characters.") % {"longest": longest}, _("Shorten it.")
        )
    elif _CONTROL.search(text):
        yield Fault(field, _("This holds characters that cannot be printed."), _("Type it anew by hand."))


def _faults_of_codes(entry: SubjectEntry) -> Iterator[Fault]:
    if not entry.code:
        yield Fault(
            "code", _("The code is missing."), _("Enter the unified social credit code or facility code.")
        )
    elif looks_unified(entry.code) and not is_unified_code(entry.code):
        yield wrong_check_character("code")
    if entry.uscc and entry.uscc != entry.code and not is_unified_code(entry.uscc):
        yield wrong_check_character("uscc")
    if not _DIVISION.fullmatch(entry.division_code):
        yield Fault(
            "division_code",
            _("This is no code of a place."),
            _("Enter 6 digits for a county, 9 for a township, 12 for a village."),
        )


def wrong_check_character(field: str) -> Fault:
    """The fault of a unified code that does not hold together (GB 32100-2015)."""
    return Fault(
        field,
        _("This is no valid unified social credit code: its check characters do not fit (GB 32100)."),
        _("Compare it with the business licence, character by character."),
    )


def _faults_of_dates(entry: SubjectEntry) -> Iterator[Fault]:
    if entry.opened_on < EARLIEST:
        yield Fault("opened_on", _("The opening day lies too far back."), _("Check the year."))
    if entry.closed_on is not None and entry.closed_on < entry.opened_on:
        yield Fault(
            "closed_on", _("The closing day lies before the opening day."), _("Correct one of the two days.")
        )


def faults_of_coordinates(latitude: float | None, longitude: float | None) -> Iterator[Fault]:
    """What is wrong with a place on earth: half of it missing, or outside ±90° and ±180°."""
    if (latitude is None) != (longitude is None):
        missing = "latitude" if latitude is None else "longitude"
        yield Fault(missing, _("Latitude and longitude go together."), _("Enter both, or neither."))
        return
    for field, value, limit in (("latitude", latitude, 90), ("longitude", longitude, 180)):
        if value is not None and not -limit <= value <= limit:
            yield Fault(
                field,
                _("Degrees must lie between −%(limit)s and %(limit)s.") % {"limit": limit},
                _("Check whether latitude and longitude are exchanged."),
            )


def _trimmed(text: str | None) -> str | None:
    return None if text is None else text.strip()


def _rounded(degrees: float | None) -> float | None:
    return None if degrees is None else round(degrees, 6)
