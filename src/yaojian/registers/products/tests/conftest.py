"""Fixtures of this room's tests."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time

import pytest

from yaojian.foundation.timekeeping import CHINA, held_at
from yaojian.registers.licences.tests.factories import TODAY, Region, make_region


@pytest.fixture
def region(db: None) -> Iterator[Region]:
    with held_at(datetime.combine(TODAY, time(10), CHINA)):
        yield make_region()
