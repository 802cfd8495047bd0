"""A small house for clocks: two organs one above the other, a neighbour, the rule pack, the calendar."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import pytest

from yaojian.config.reference_packs import load_reference_packs
from yaojian.foundation.accounts.facade import Actor, Role, actor_of, organ_by_code, post_person
from yaojian.foundation.deadlines.facade import RunningClock, start_clock
from yaojian.foundation.ledger.facade import Ref
from yaojian.foundation.timekeeping import CHINA

FILE = "tests.file"


def at(text: str) -> datetime:
    """A moment in Beijing time."""
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


@pytest.fixture
def packs(db: None) -> None:
    load_reference_packs()


@pytest.fixture
def person(packs: None) -> Callable[..., Actor]:
    """Somebody in a role in an organ."""

    def enter(role: Role, organ: str = "xj.hami.barkol") -> Actor:
        user = post_person(
            username=f"{role.value}-{organ}",
            display_name="测试人员",
            organ=organ_by_code(organ),
            role=role,
            valid_from=date(2020, 1, 1),
        )
        actor = actor_of(user)
        assert actor is not None
        return actor

    return enter


@pytest.fixture
def running(person: Callable[..., Actor]) -> Callable[..., RunningClock]:
    """Start a clock for a file of the county."""

    def start(rule: str, triggered_at: str, file: int = 1, **more: object) -> RunningClock:
        by = person(Role.INSPECTOR)
        return start_clock(
            by=by,
            rule=rule,
            file=Ref(FILE, file),
            subject=None,
            triggered_at=at(triggered_at),
            organ=by.organ_id,
            **more,  # type: ignore[arg-type]
        )

    return start
