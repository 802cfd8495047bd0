"""Inspectors of the measured province: 2,000 for 140,000 subjects, in the organs of its counties."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from yaojian.bench.contracts import BenchFailed
from yaojian.bench.registers import fill, province
from yaojian.registers.people import facade as people

SUBJECTS_PER_INSPECTOR = 70
QUALIFIED = date(2021, 1, 4)
FIRST_BIRTHDAY, SERIALS = date(1960, 1, 1), 999


def enter(subjects: int) -> int:
    """Enter as many as `subjects` ask for; who is there already stays. How many are new."""
    entries = list(_entries(subjects // SUBJECTS_PER_INSPECTOR))
    outcomes = people.register_people(entries, by=fill.registrar(), effective_on=QUALIFIED)
    if refused := [one for one in outcomes if one.change is people.Change.REFUSED]:
        raise BenchFailed(f"the register refused {refused[0]}")
    return sum(one.change is people.Change.NEW for one in outcomes)


def _entries(count: int) -> Iterator[people.PersonEntry]:
    counties = [code for code, _name in province.counties()]
    for number in range(count):
        days, serial = divmod(number, SERIALS)
        body = f"150102{FIRST_BIRTHDAY + timedelta(days=days):%Y%m%d}{serial + 1:03d}"
        role = people.RoleEntry(
            people.RoleKind.INSPECTOR,
            QUALIFIED,
            None,
            {
                "organ_code": f"{fill.PROVINCE_ORGAN}.{counties[number % len(counties)]}",
                "sequence": people.Sequence.DRUG.value,
                "tier": people.Tier.PROVINCIAL.value,
                "grade": people.Grade.INTERMEDIATE.value,
                "full_time": True,
            },
        )
        yield people.PersonEntry(
            key=f"inspector {number}",
            name=province.word(number),
            identity_number=body + people.identity_check_digit(body),
            roles=(role,),
        )
