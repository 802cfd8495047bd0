"""Rules of an inspection. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from yaojian.casework.inspections.basis import inspection_law
from yaojian.casework.inspections.contracts import Conclusion, Severity

_TYPED_NUMBER = re.compile(r"(\S+)检\s*[〔\[(（［【]\s*(\d{4})\s*[〕\])）］】]\s*(\d{1,6})\s*号?")

_GRAVITY = {Conclusion.COMPLIANT: 0, Conclusion.RECTIFY: 1, Conclusion.NON_COMPLIANT: 2}


def file_number(organ_short_name: str, year: int, place: int) -> str:
    """A file number (文号) as offices write it: 昌吉州市监检〔2026〕42号."""
    return f"{organ_short_name.removesuffix('局')}检〔{year}〕{place}号"


def typed_file_number(text: str) -> str:
    """The file number that somebody typed, or nothing if it is none.

    Half-width and other brackets, spaces and full-width digits are put right: 昌吉州市监检[2026]42号
    means 昌吉州市监检〔2026〕42号. The 号 may be missing.
    """
    typed = _TYPED_NUMBER.fullmatch(text.strip())
    return f"{typed[1]}检〔{int(typed[2])}〕{int(typed[3])}号" if typed else ""


def team_is_large_enough(officers: Collection[int]) -> bool:
    """Whether as many different officers go on site as the law asks for: a gate, not a warning."""
    return len(set(officers)) >= inspection_law().officers


def mildest_conclusion(severities: Iterable[Severity]) -> Conclusion:
    """The mildest conclusion that the findings allow: a critical one leaves non-compliance only."""
    found = set(severities)
    if Severity.CRITICAL in found:
        return Conclusion.NON_COMPLIANT
    return Conclusion.RECTIFY if found else Conclusion.COMPLIANT


def conclusion_is_allowed(conclusion: Conclusion, severities: Collection[Severity]) -> bool:
    """Whether `conclusion` is no milder than the findings allow, and has a finding behind it."""
    if not severities:
        return conclusion is Conclusion.COMPLIANT
    return _GRAVITY[conclusion] >= _GRAVITY[mildest_conclusion(severities)]
