"""Writes the simulated people through the register's own door."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from yaojian.foundation.accounts.facade import Actor
from yaojian.registers.people.facade import (
    Change,
    PersonEntry,
    RoleEntry,
    RoleKind,
    link_account,
    refresh_people_duties,
    register_people,
)
from yaojian.simulator.entities import SimOfficer, SimPerson, SimRole, World
from yaojian.simulator.personnel import BARKOL, CHANGJI, REGION, keeper_of


def register_personnel(world: World, actors: Mapping[str, Actor]) -> int:
    """Enter the people, each role by the chief of the organ that answers for its place; returns how many.

    Raises ValueError when the register refuses one.
    """
    keepers = {subject.code: keeper_of(subject) for subject in world.subjects}
    # Who keeps the person comes first: a role elsewhere finds the person there by the identity number.
    for own in (True, False):
        for keeper in (CHANGJI, BARKOL, REGION):
            chief = actors[_chief_of(world.officers, keeper)]
            entries = [
                _entry(person, roles)
                for person in world.personnel
                if (person.keeper == keeper) == own
                if (roles := [r for r in person.roles if keepers.get(r.subject, person.keeper) == keeper])
            ]
            people = _enter(entries, chief, world)
            for person in world.personnel:
                if own and person.account and person.keeper == keeper:
                    link_account(by=chief, person_id=people[person.phone], username=person.account)
    refresh_people_duties(world.as_of)
    return len(world.personnel)


def _enter(entries: list[PersonEntry], chief: Actor, world: World) -> dict[str, int]:
    """Register the entries; returns the people by the entries' keys."""
    people: dict[str, int] = {}
    for outcome in register_people(entries, by=chief, effective_on=world.as_of):
        if outcome.change is Change.REFUSED or outcome.person_id is None:
            raise ValueError(f"the register refuses {outcome.code}: {outcome.field} {outcome.reason}")
        people[outcome.code] = outcome.person_id
    return people


def _chief_of(officers: tuple[SimOfficer, ...], organ: str) -> str:
    return next(officer.username for officer in officers if (officer.organ, officer.role) == (organ, "chief"))


def _entry(person: SimPerson, held: Sequence[SimRole]) -> PersonEntry:
    roles = []
    for role in held:
        values = dict(role.values)
        if role.subject:
            values["subject_code"] = role.subject
        roles.append(RoleEntry(RoleKind(role.kind), role.first, role.last, values))
    return PersonEntry(
        key=person.phone,
        name=person.name,
        identity_number=person.identity_number,
        phone=person.phone,
        roles=tuple(roles),
    )
