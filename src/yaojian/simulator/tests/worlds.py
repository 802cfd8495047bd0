"""Worlds that the tests look at, built once each."""

from __future__ import annotations

from datetime import date
from functools import cache

from yaojian.simulator.entities import World
from yaojian.simulator.world import build_world

SEED = 14
AS_OF = date(2026, 11, 20)


@cache
def world_on(as_of: date, seed: int = SEED) -> World:
    """The world of a seed on a day."""
    return build_world(seed, as_of)
