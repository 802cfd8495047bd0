"""Entering subjects: new and changed ones are told apart, and each load is one act."""

from __future__ import annotations

import hashlib
from datetime import date

import pytest
from django.db import IntegrityError, transaction

from yaojian.foundation.accounts.facade import Level, register_organ
from yaojian.foundation.errors import InvalidInput
from yaojian.foundation.ledger.facade import Act
from yaojian.registers.enterprises.actions import initials
from yaojian.registers.enterprises.facade import Subject, register_subjects
from yaojian.registers.enterprises.tests.factories import Region, make_region, pharmacy


@pytest.fixture
def region(db: None) -> Region:
    return make_region()


def loads() -> list[Act]:
    return list(Act.objects.filter(kind="subjects.registered").order_by("pk"))


def test_a_load_is_one_act_of_the_lowest_organ_above_all(region: Region) -> None:
    assert register_subjects([pharmacy(2, region.qitai), pharmacy(1, region.jimsar)]) == 2
    (act,) = loads()
    assert (act.organ_id, act.actor.username, act.subject_id) == (region.prefecture.pk, "system", None)
    codes = "916523250000000001\n916523250000000002"
    assert act.facts == {
        "count": 2,
        "new": 2,
        "changed": 0,
        "codes_sha256": hashlib.sha256(codes.encode()).hexdigest(),
    }
    register_subjects([pharmacy(3, region.qitai)])
    assert loads()[-1].organ_id == region.qitai.pk


def test_only_what_changed_counts_and_nothing_changed_is_no_act(region: Region) -> None:
    register_subjects([pharmacy(n, region.qitai) for n in (1, 2)])
    register_subjects([pharmacy(n, region.qitai) for n in (1, 2)])
    assert len(loads()) == 1
    head = Subject.objects.get(code__endswith="0001")
    register_subjects(
        [pharmacy(1, region.qitai), pharmacy(2, region.qitai, parent=head), pharmacy(3, region.qitai)]
    )
    act = loads()[-1]
    assert (act.facts["count"], act.facts["new"], act.facts["changed"]) == (3, 1, 1)
    assert Subject.objects.get(code__endswith="0002").parent == head
    register_subjects([pharmacy(1, region.qitai, closed_on=date(2026, 1, 1))])
    assert not Subject.objects.get(code__endswith="0001").is_open
    assert len(loads()) == 3


def test_without_the_act_nothing_is_entered(region: Region) -> None:
    stranger = register_organ(code="alt", name="阿勒泰地区局", level=Level.PREFECTURE)
    with pytest.raises(InvalidInput):
        register_subjects([pharmacy(1, region.qitai), pharmacy(2, stranger)])
    assert not Subject.objects.exists()


def test_an_empty_load_is_no_act(region: Region) -> None:
    assert register_subjects([]) == 0
    assert loads() == []


def test_initials_of_names() -> None:
    assert initials("奇台县惠民大药房A1店") == "qtxhmdyfa1d"


@pytest.mark.parametrize(
    "wrong", [{"closed_on": date(2019, 1, 1)}, {"subject_type": "bakery"}, {"risk_grade": "V"}]
)
def test_the_database_keeps_the_register_in_order(region: Region, wrong: dict[str, object]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        register_subjects([pharmacy(1, region.qitai, **wrong)])
