from __future__ import annotations

import pytest

from yaojian.foundation.accounts.facade import Actor, Role
from yaojian.registers.enterprises.tests.factories import Region, make_region, officer


@pytest.fixture
def region(db: None) -> Region:
    return make_region()


@pytest.fixture
def registrar(region: Region) -> Actor:
    """A registrar of the prefecture."""
    return officer(region.prefecture, "li", Role.REGISTRAR)


@pytest.fixture
def county_registrar(region: Region) -> Actor:
    """A registrar of 奇台县."""
    return officer(region.qitai, "zhao", Role.REGISTRAR)
