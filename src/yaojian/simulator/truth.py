"""What each computable figure of the Changji and Barkol plans must come to.

Counted by hand from the simulated events, one plain loop per figure, without the product's formula
language, its engine or its database: where the two disagree, one of them is wrong. The conventions are
the plans' own words, and these: a member was in operation on the first day of the period and is not
closed by the day of the figure; it is reached by inspections concluded between the two days, in Beijing
dates. Someone closed is left out as closed, whatever else holds.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from yaojian.simulator.entities import SimInspection, SimSubject, World
from yaojian.simulator.working_time import BEIJING, DAY

CHANGJI, BARKOL = "xj.changji", "xj.hami.barkol"


def _concluded_on(inspection: SimInspection) -> date | None:
    return inspection.concluded_at.astimezone(BEIJING).date() if inspection.concluded_at else None


def _three_years_ago(day: date) -> date:
    """The day after the same day three years earlier."""
    if (day.month, day.day) == (2, 29):
        return date(day.year - 3, 3, 1)
    return date(day.year - 3, day.month, day.day) + DAY


def _reached(inspections: Iterable[SimInspection], start: date, end: date) -> set[str]:
    """Codes of the subjects with an inspection concluded between two days."""
    codes = set()
    for inspection in inspections:
        day = _concluded_on(inspection)
        if day is not None and start <= day <= end:
            codes.add(inspection.subject)
    return codes


def _figure(
    key: str, organ: str, as_of: date, start: date, subjects: Iterable[SimSubject], reached: set[str]
) -> dict[str, Any]:
    opened_later = closed = 0
    members, numerator = [], []
    for subject in subjects:
        if subject.closed_on is not None and subject.closed_on <= as_of:
            closed += 1
        elif subject.opened_on > start:
            opened_later += 1
        else:
            members.append(subject.code)
            if subject.code in reached:
                numerator.append(subject.code)
    percent = None
    if members:
        share = Decimal(len(numerator)) * 100 / Decimal(len(members))
        percent = str(share.quantize(Decimal("0.01"), ROUND_HALF_UP))
    listed = "\n".join(sorted(numerator))
    return {
        "key": key,
        "organ": organ,
        "as_of": as_of.isoformat(),
        "period_start": start.isoformat(),
        "numerator": len(numerator),
        "denominator": len(members),
        "percent": percent,
        "numerator_codes_sha256": hashlib.sha256(listed.encode("ascii")).hexdigest(),
        "excluded": {"closed": closed, "opened_later": opened_later},
    }


def _in_changji(subject: SimSubject) -> bool:
    return subject.division_code[:4] == "6523"


def _in_barkol(subject: SimSubject) -> bool:
    return subject.division_code[:6] == "650521"


def changji_producers(world: World) -> dict[str, Any]:
    """002-05: producers of drugs, devices and cosmetics in the prefecture inspected this year, by anyone."""
    start = date(world.as_of.year, 1, 1)
    producers = []
    for subject in world.subjects:
        kind = subject.subject_type
        if _in_changji(subject) and (
            kind == "drug_producer" or kind.startswith("device_producer_") or kind == "cosmetic_producer"
        ):
            producers.append(subject)
    reached = _reached(world.inspections, start, world.as_of)
    return _figure("002-05", CHANGJI, world.as_of, start, producers, reached)


def changji_drug_operators(world: World) -> dict[str, Any]:
    """002-S1: wholesalers, chain headquarters and pharmacies in the prefecture, within three years."""
    start = _three_years_ago(world.as_of)
    operators = []
    for subject in world.subjects:
        if _in_changji(subject) and subject.subject_type in (
            "drug_wholesaler",
            "chain_headquarters",
            "chain_store",
            "single_pharmacy",
        ):
            operators.append(subject)
    reached = _reached(world.inspections, start, world.as_of)
    return _figure("002-S1", CHANGJI, world.as_of, start, operators, reached)


def barkol_vaccination_units(world: World) -> dict[str, Any]:
    """003-02: vaccination units of the county inspected this year."""
    start = date(world.as_of.year, 1, 1)
    units = [s for s in world.subjects if _in_barkol(s) and s.subject_type == "vaccination_unit"]
    reached = _reached(world.inspections, start, world.as_of)
    return _figure("003-02", BARKOL, world.as_of, start, units, reached)


def barkol_full_item(world: World) -> dict[str, Any]:
    """003-09: operators and users of drugs and devices with a full-item inspection within three years."""
    start = _three_years_ago(world.as_of)
    wanted = {"drug_wholesaler", "chain_headquarters", "chain_store", "single_pharmacy", "device_operator"}
    wanted |= {"hospital", "primary_care", "clinic", "cdc", "vaccination_unit"}
    subjects = [s for s in world.subjects if _in_barkol(s) and s.subject_type in wanted]
    full_item = [inspection for inspection in world.inspections if inspection.kind == "full_item"]
    reached = _reached(full_item, start, world.as_of)
    return _figure("003-09", BARKOL, world.as_of, start, subjects, reached)


def barkol_device_operators(world: World) -> dict[str, Any]:
    """003-10a: operators of sterile devices, implants or in-vitro diagnostics inspected this year."""
    start = date(world.as_of.year, 1, 1)
    operators = []
    for subject in world.subjects:
        risky = "sterile" in subject.flags or "implant" in subject.flags or "ivd" in subject.flags
        if _in_barkol(subject) and subject.subject_type == "device_operator" and risky:
            operators.append(subject)
    reached = _reached(world.inspections, start, world.as_of)
    return _figure("003-10a", BARKOL, world.as_of, start, operators, reached)


def barkol_medical_institutions(world: World) -> dict[str, Any]:
    """003-10b: hospitals, health centres and clinics of the county inspected this year."""
    start = date(world.as_of.year, 1, 1)
    institutions = []
    for subject in world.subjects:
        if _in_barkol(subject) and subject.subject_type in ("hospital", "primary_care", "clinic"):
            institutions.append(subject)
    reached = _reached(world.inspections, start, world.as_of)
    return _figure("003-10b", BARKOL, world.as_of, start, institutions, reached)


COUNTED: tuple[Callable[[World], dict[str, Any]], ...] = (
    changji_producers,
    changji_drug_operators,
    barkol_vaccination_units,
    barkol_full_item,
    barkol_device_operators,
    barkol_medical_institutions,
)


def lent_certificates(world: World) -> list[str]:
    """Registrations in force whose holder works at another subject on the day, or whose place is closed."""
    closed = {s.code for s in world.subjects if s.closed_on is not None and s.closed_on <= world.as_of}
    lent = []
    for person in world.personnel:
        in_force = [role for role in person.roles if role.holds_on(world.as_of)]
        for role in in_force:
            if role.kind != "pharmacist":
                continue
            elsewhere = [
                other
                for other in in_force
                if other.kind == "position"
                and other.subject != role.subject
                and other.values["position"] != "legal_representative"
            ]
            if elsewhere or role.subject in closed:
                lent.append(str(role.values["registration_no"]))
    return sorted(lent)


def pharmacies_without_pharmacist(world: World) -> list[str]:
    """Codes of pharmacies open on the day where no pharmacist is registered on it."""
    staffed = set()
    for person in world.personnel:
        for role in person.roles:
            if role.kind == "pharmacist" and role.holds_on(world.as_of):
                staffed.add(role.subject)
    codes = []
    for subject in world.subjects:
        is_open = subject.closed_on is None or subject.closed_on > world.as_of
        if (
            subject.subject_type in ("chain_store", "single_pharmacy")
            and is_open
            and subject.code not in staffed
        ):
            codes.append(subject.code)
    return sorted(codes)


def truth_of(world: World) -> dict[str, Any]:
    """What every computable figure of the two plans must come to, and what is wrong with people."""
    return {
        "lent_certificates": lent_certificates(world),
        "pharmacies_without_pharmacist": pharmacies_without_pharmacist(world),
        "seed": world.seed,
        "as_of": world.as_of.isoformat(),
        "figures": [count(world) for count in COUNTED],
    }


def truth_bytes(world: World) -> bytes:
    """The truth file's bytes: the same for the same seed and day."""
    return (json.dumps(truth_of(world), ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()


def write_truth(world: World, folder: Path) -> Path:
    """Write the truth file into a folder, in one step; returns its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{world.seed}-{world.as_of.isoformat()}.json"
    partial = path.with_suffix(".new")
    partial.write_bytes(truth_bytes(world))
    partial.replace(path)
    return path
