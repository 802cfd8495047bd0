"""The simulated world: the same for the same seed and day, on every machine. Pure."""

from __future__ import annotations

from datetime import date

from yaojian.simulator.entities import World
from yaojian.simulator.history import simulate_inspections
from yaojian.simulator.people import build_officers
from yaojian.simulator.personnel import build_personnel
from yaojian.simulator.subjects import build_subjects

DEFAULT_SEED = 14


def build_world(seed: int, as_of: date) -> World:
    """Subjects, officers and two years of inspections ending on the eve of `as_of`."""
    subjects = build_subjects(seed, as_of)
    officers = build_officers(seed)
    inspections = simulate_inspections(seed, as_of, subjects, officers)
    personnel = build_personnel(seed, as_of, subjects, officers)
    return World(seed, as_of, subjects, officers, inspections, personnel)
