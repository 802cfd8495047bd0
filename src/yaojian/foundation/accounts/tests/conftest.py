"""Organs of the tests of this room: a prefecture with a county and a township, and a neighbour."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.utils.translation import override

from yaojian.foundation.accounts.facade import Level, Organ, register_organ


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """Refusals are compared in English, whatever language an earlier request has left behind."""
    with override("en"):
        yield


@dataclass(frozen=True)
class Organs:
    """昌吉州, 奇台县 below it, 奇台镇 below that; 阿勒泰地区 beside."""

    prefecture: Organ
    county: Organ
    town: Organ
    neighbour: Organ


@pytest.fixture
def organs(db: None) -> Organs:
    prefecture = register_organ(
        code="cj", name="昌吉州局", level=Level.PREFECTURE, territories=["6523"], name_en="Changji"
    )
    county = register_organ(
        code="cj.qt", name="奇台县局", level=Level.COUNTY, parent=prefecture, territories=["652325"]
    )
    town = register_organ(
        code="cj.qt.t", name="奇台镇", level=Level.TOWNSHIP, parent=county, territories=["652325100"]
    )
    neighbour = register_organ(code="alt", name="阿勒泰地区局", level=Level.PREFECTURE, territories=["6543"])
    return Organs(prefecture, county, town, neighbour)
