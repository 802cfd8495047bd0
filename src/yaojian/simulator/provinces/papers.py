"""Drug licences of the subjects of a province: the term that runs, or the last one before it lapsed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from yaojian.registers.licences.facade import LicenceEntry, register_licences
from yaojian.simulator.provinces.facts import Province, codes
from yaojian.simulator.provinces.lives import Life
from yaojian.simulator.provinces.staff import Staff
from yaojian.simulator.provinces.writing import Refused

KINDS = {
    "drug_wholesaler": ("drug_wholesale", "A"),
    "chain_headquarters": ("drug_chain", "B"),
    "chain_store": ("drug_retail", "C"),
    "single_pharmacy": ("drug_retail", "D"),
}
YEARS_A_TERM = 5


def enter_licences(lives: Sequence[Life], staff: Staff, province: Province) -> int:
    """Enter the licences of some subjects; returns how many. Raises Refused."""
    entries = [licence_of(life, province) for life in lives if life.states[0].subject_type in KINDS]
    for outcome in register_licences(entries, by=staff.registrar, effective_on=province.until):
        if outcome.change != "new":
            raise Refused(f"{outcome.code}: {outcome.change} {outcome.errors}")
    return len(entries)


def licence_of(life: Life, province: Province) -> LicenceEntry:
    """The last term of a subject's licence; cancelled when it has closed."""
    kind, letter = KINDS[life.states[0].subject_type]
    begin = life.opened_on
    last_day = life.closed_on or province.until
    while _years_after(begin, YEARS_A_TERM) <= last_day:
        following = _years_after(begin, YEARS_A_TERM)
        if "licence_lapsed" in life.faults and _years_after(following, YEARS_A_TERM) > last_day:
            break
        begin = following
    return LicenceEntry(
        kind=kind,
        number=f"{province.letter}{letter}A{codes().index(province.code)}{life.number:08d}",
        subject=life.code,
        issued_on=begin,
        valid_from=begin,
        expires_on=_years_after(begin, YEARS_A_TERM) - timedelta(days=1),
        premises=life.address,
        issuer=f"{province.title}药品监督管理局" if letter in "AB" else "",
        state="cancelled" if life.closed_on else "in_force",
        state_since=life.closed_on,
        reason="企业终止经营" if life.closed_on else "",
    )


def _years_after(day: date, years: int) -> date:
    return date(day.year + years, day.month, min(day.day, 28))
