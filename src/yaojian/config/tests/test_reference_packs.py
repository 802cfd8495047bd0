"""Organs, divisions and the calendar that every installation starts with."""

from __future__ import annotations

from datetime import date

import pytest

from yaojian.config.reference_packs import load_reference_packs
from yaojian.foundation.accounts.facade import Level, organ_by_code
from yaojian.foundation.reference.facade import add_working_days, division_names, place_of
from yaojian.packs.places import read_divisions, read_organs

pytestmark = pytest.mark.django_db


def test_loading_twice_is_loading_once() -> None:
    first = load_reference_packs()
    assert first["organs"] == len(read_organs())
    assert first["divisions"] == len(read_divisions())
    team = organ_by_code("xj.hami.barkol.kuisu")
    path, key = team.path, team.pk
    load_reference_packs()
    team = organ_by_code("xj.hami.barkol.kuisu")
    assert (team.path, team.pk) == (path, key)


def test_the_tree_leads_from_the_state_to_the_township() -> None:
    load_reference_packs()
    team = organ_by_code("xj.hami.barkol.kuisu")
    levels = []
    organ = team
    while organ is not None:
        levels.append(organ.level)
        organ = organ.parent
    wanted = [Level.TOWNSHIP, Level.COUNTY, Level.PREFECTURE, Level.PROVINCE, Level.NATIONAL]
    assert levels == [level.value for level in wanted]
    assert team.territories == ["650521103"]


def test_territories_are_divisions_with_names() -> None:
    load_reference_packs()
    codes = [territory for organ in read_organs() for territory in organ.territories]
    names = division_names([*codes, "6505", "650521"])
    assert set(codes) <= names.keys()
    assert place_of("650521103", names) == "哈密市巴里坤哈萨克自治县奎苏镇"


def test_working_days_are_known() -> None:
    load_reference_packs()
    # The week of the National Day 2026.
    assert add_working_days(date(2026, 9, 30), 1) == date(2026, 10, 8)
