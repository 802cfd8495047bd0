"""People, organs and subjects for the tests of this room; identity numbers are invented and check."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from yaojian.foundation.accounts.facade import (
    Actor,
    Level,
    Organ,
    Role,
    actor_of,
    post_person,
    register_organ,
    system_actor,
)
from yaojian.registers.enterprises.facade import Subject, SubjectEntry, register_subjects
from yaojian.registers.people.checks import identity_check_digit
from yaojian.registers.people.contracts import PersonEntry, RoleEntry, RoleKind
from yaojian.registers.people.facade import register_people

OPENED = date(2015, 1, 1)
DAY = date(2025, 3, 1)
EXPIRES = date(2029, 12, 31)


def identity(serial: int, born: date = date(1985, 6, 7), place: str = "652301") -> str:
    """A number that fits GB 11643, of nobody; odd serials are men's."""
    body = f"{place}{born:%Y%m%d}{serial:03d}"
    return body + identity_check_digit(body)


def an_organ(code: str, parent: Organ | None = None, territory: str = "652301") -> Organ:
    return register_organ(
        code=code,
        name=f"{code}局",
        level=Level.COUNTY,
        parent=parent,
        territories=[territory] if territory else [],
    )


def an_actor(organ: Organ, role: Role = Role.REGISTRAR) -> Actor:
    user = post_person(
        username=f"{organ.code}-{role.value}",
        display_name="办事员",
        organ=organ,
        role=role,
        valid_from=date(2020, 1, 1),
    )
    actor = actor_of(user)
    assert actor is not None
    return actor


def a_pharmacy(organ: Organ, code: str, division: str = "652301001", **more: Any) -> Subject:
    entry = SubjectEntry(
        code=code,
        name=f"{code}药店",
        responsible_organ=organ.code,
        division_code=division,
        opened_on=OPENED,
        **{"subject_type": "single_pharmacy", **more},
    )
    (outcome,) = register_subjects([entry], by=system_actor(organ), effective_on=OPENED)
    return Subject.objects.get(pk=outcome.subject_id)


def registration(subject_code: str, serial: int, first: date = DAY, **more: Any) -> RoleEntry:
    values = {
        "subject_code": subject_code,
        "certificate_no": f"ZZ{serial:08d}",
        "registration_no": f"6522{serial:08d}",
        "category": "pharmacy",
        "practice": "trade",
        "expires_on": EXPIRES,
        **more,
    }
    return RoleEntry(RoleKind.PHARMACIST, first, None, values)


def an_entry(serial: int, *roles: RoleEntry, name: str = "", **more: Any) -> PersonEntry:
    return PersonEntry(
        key=f"row {serial}",
        name=name or f"古丽{serial}",
        identity_number=more.pop("identity_number", identity(serial)),
        phone=more.pop("phone", f"1380013{serial:04d}"),
        roles=tuple(roles),
        **more,
    )


def enter(by: Actor, *entries: PersonEntry, on: date = DAY, **more: Any) -> list[Any]:
    return register_people(entries, by=by, effective_on=on, **more)


def days(n: int) -> timedelta:
    return timedelta(days=n)
