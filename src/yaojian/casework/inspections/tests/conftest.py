"""Fixtures of this room's tests."""

from __future__ import annotations

import pytest

from yaojian.casework.inspections.tests.factories import World, make_world


@pytest.fixture
def world(db: None) -> World:
    return make_world()
