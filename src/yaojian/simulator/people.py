"""The people of the simulated organs: demo accounts and the officers beside them. Pure."""

from __future__ import annotations

from random import Random

from yaojian.packs.places import read_organs
from yaojian.simulator.content import content
from yaojian.simulator.entities import SimOfficer
from yaojian.simulator.names import Namer

TOWNSHIP, CHIEF, INSPECTOR = "township", "chief", "inspector"
SHARE_PART_TIME = 0.25


def build_officers(seed: int) -> tuple[SimOfficer, ...]:
    """All people: the demo accounts first, then chiefs, inspectors and township officers by organ."""
    rng = Random(f"{seed}:people")
    data = content("accounts")
    namer = Namer(rng)
    people = []
    for account in data["accounts"]:
        namer.take(account["name"])
        people.append(SimOfficer(**account, full_time=True, password=data["password"]))
    for organ in read_organs():
        wanted: dict[str, int] = {TOWNSHIP: 1} if organ.level == TOWNSHIP else {}
        if organ.code in data["inspectors"]:
            wanted = {CHIEF: 1, INSPECTOR: data["inspectors"][organ.code]}
        for role, count in wanted.items():
            there = sum(1 for person in people if (person.organ, person.role) == (organ.code, role))
            for number in range(there + 1, count + 1):
                full_time = role != INSPECTOR or rng.random() >= SHARE_PART_TIME
                username = f"{organ.code.replace('.', '-')}-{role}-{number}"
                people.append(SimOfficer(username, namer.person(), role, organ.code, full_time))
    return tuple(people)
