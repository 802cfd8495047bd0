"""Enters pharmacists and qualified inspectors through the register of people's bulk door."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from random import Random

from yaojian.registers.people.facade import Change, PersonEntry, RoleEntry, RoleKind, register_people
from yaojian.simulator.provinces.facts import Province, codes
from yaojian.simulator.provinces.lives import Life
from yaojian.simulator.provinces.roster import Qualified, name_of
from yaojian.simulator.provinces.staff import Staff
from yaojian.simulator.provinces.writing import Refused

FIRST_SERIES = 91


def enter_pharmacists(lives: Iterable[Life], staff: Staff, province: Province) -> int:
    """Enter the pharmacists of some pharmacies, each with all terms; returns how many. Raises Refused."""
    return _enter([_pharmacist(life, province) for life in lives if life.pharmacist], staff, province)


def enter_inspectors(inspectors: Sequence[Qualified], staff: Staff, province: Province) -> int:
    """Enter the qualified inspectors; returns how many. Raises Refused."""
    return _enter([_inspector(one, province) for one in inspectors], staff, province)


def _enter(entries: Sequence[PersonEntry], staff: Staff, province: Province) -> int:
    for outcome in register_people(entries, by=staff.registrar, effective_on=province.until):
        if outcome.change is not Change.NEW:
            raise Refused(f"{outcome.code}: {outcome.change} {outcome.field} {outcome.reason}")
    return len(entries)


def _series(province: Province) -> int:
    """Two digits in which the numbers of one province differ from those of others."""
    return FIRST_SERIES + codes().index(province.code)


def _pharmacist(life: Life, province: Province) -> PersonEntry:
    rng = Random(f"{province.seed}:{province.code}:{life.number}:name")
    number = f"{_series(province):02d}{life.number:06d}"
    roles = tuple(
        RoleEntry(
            RoleKind.PHARMACIST,
            term.first,
            term.last,
            {
                "subject_code": life.code,
                "certificate_no": f"ZZ{number}",
                "registration_no": f"{province.region[:2]}22{number}",
                "category": rng.choice(("pharmacy", "pharmacy", "tcm", "both")),
                "practice": "trade",
                "expires_on": term.expires_on,
            },
        )
        for term in life.pharmacist
    )
    return PersonEntry(key=life.code, name=name_of(rng), roles=roles)


def _inspector(one: Qualified, province: Province) -> PersonEntry:
    role = RoleEntry(
        RoleKind.INSPECTOR,
        one.first,
        one.last,
        {
            "organ_code": one.organ,
            "sequence": one.field,
            "tier": one.tier,
            "grade": "intermediate",
            "full_time": True,
            "certificate_no": f"{province.letter}检{province.region}{one.number:05d}",
        },
    )
    return PersonEntry(key=str(one.number), name=one.name, roles=(role,))
