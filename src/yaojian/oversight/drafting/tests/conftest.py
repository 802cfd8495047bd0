"""The world of this room's tests, and the day on which they play."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from yaojian.foundation.reference.facade import seed_calendar
from yaojian.foundation.timekeeping import held_at
from yaojian.oversight.drafting.tests.factories import NOON, Drawing, make_world


@pytest.fixture
def world(db: None) -> Iterator[Drawing]:
    """Everything, on a day near the end of 2026."""
    with held_at(NOON):
        seed_calendar(2026, 2026)
        yield make_world()
