"""Organs, made-up townships and inspectors of a province, entered through the rooms' doors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from random import Random

from yaojian.foundation.accounts.facade import (
    ROLE_NAMES,
    Actor,
    Level,
    Organ,
    Role,
    actor_of,
    organ_by_code,
    post_person,
    register_organ,
    system_actor,
)
from yaojian.foundation.errors import Conflict
from yaojian.foundation.reference.facade import load_divisions
from yaojian.simulator.provinces.facts import Province
from yaojian.simulator.provinces.land import Bureau, Land
from yaojian.simulator.provinces.roster import is_full_time, name_of, team_of

PASSWORD = "yaojian-demo-2026"  # noqa: S105 — that of the demo accounts; it opens simulated data only
IN_POST_SINCE = date(2021, 1, 1)


@dataclass(frozen=True, slots=True)
class Staff:
    """Who acts: the inspectors of each organ by its code, the registrar, and who states and confirms data."""

    inspectors: Mapping[str, Sequence[Actor]]
    registrar: Actor
    planner: Actor
    leader: Actor

    def team(self, organ: str, number: int) -> list[Actor]:
        """A team of two of an organ, another one for another number; the lead comes first."""
        people = self.inspectors[organ]
        return [people[place] for place in team_of(len(people), number)]

    @property
    def size(self) -> int:
        """How many people there are."""
        return sum(map(len, self.inspectors.values())) + 2


def enter_organs(land: Land) -> int:
    """Enter organs and townships that the packs do not have; returns how many organs."""
    load_divisions(land.made_up())
    new = [organ for organ in land.organs if not organ.given]
    for organ in new:
        register_organ(
            code=organ.code,
            name=organ.name,
            short_name=organ.short_name,
            level=Level(organ.level),
            parent=organ_by_code(organ.parent),
            territories=organ.territories,
        )
    return len(new)


def enter_staff(province: Province, land: Land) -> Staff:
    """Post the inspectors: as many as the province has, by the level of the organs, two at least in each."""
    inspectors = {
        organ.code: _people_of(organ, land.people_of(organ.code), province) for organ in land.organs
    }
    top = organ_by_code(next(organ.code for organ in land.organs if organ.level == "province"))
    own = organ_by_code(province.organ)
    rng = Random(f"{province.seed}:{province.code}:leaders")
    return Staff(
        inspectors,
        registrar=replace(system_actor(top), role=Role.REGISTRAR),
        planner=_post(f"{own.code}.guihua", name_of(rng), own, Role.PLANNER, password=PASSWORD),
        leader=_post(f"{own.code}.juzhang", name_of(rng), own, Role.LEADER, password=PASSWORD),
    )


def _people_of(organ: Bureau, count: int, province: Province) -> list[Actor]:
    place = organ_by_code(organ.code)
    rng = Random(f"{province.seed}:{organ.code}:people")
    return [
        _post(
            f"{organ.code}.jcy{number + 1}",
            name_of(rng),
            place,
            Role.INSPECTOR,
            full_time=is_full_time(number),
        )
        for number in range(count)
    ]


def _post(
    username: str,
    name: str,
    organ: Organ,
    role: Role,
    *,
    full_time: bool = True,
    password: str | None = None,
) -> Actor:
    user = post_person(
        username=username,
        display_name=name,
        organ=organ,
        role=role,
        valid_from=IN_POST_SINCE,
        password=password,
        full_time=full_time,
    )
    actor = actor_of(user)
    if actor is None or (actor.organ_code, actor.role_name) != (organ.code, ROLE_NAMES[role]):
        raise Conflict(f"The user name {username!r} already belongs to somebody with another post.")
    return actor
