"""Whose licences are listed, how they are counted and found."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from yaojian.foundation.accounts.facade import Width
from yaojian.registers.enterprises.facade import Subject
from yaojian.registers.licences import queries
from yaojian.registers.licences.actions import issue_licence
from yaojian.registers.licences.models import Licence
from yaojian.registers.licences.queries import (
    LicenceFilter,
    Snapshot,
    facet_counts,
    having_text,
    licences_visible_to,
    licences_within,
    matching,
    snapshot,
)
from yaojian.registers.licences.states import LicenceState
from yaojian.registers.licences.tests.factories import TODAY, Region, make_subject, retail


@pytest.fixture
def licence(region: Region) -> Licence:
    subject = make_subject(1, region.qitai)
    return issue_licence(by=region.registrar, code=subject.code, entry=retail(1, subject))


def everything(region: Region, day: date = TODAY) -> Snapshot:
    return snapshot(licences_visible_to(region.registrar), day)


def test_a_licence_goes_with_its_subject_to_another_organ(region: Region, licence: Licence) -> None:
    assert licences_visible_to(region.qitai_registrar).get() == licence
    assert not licences_visible_to(region.jimsar_registrar).exists()
    Subject.objects.update(responsible_organ=region.jimsar, division_code="652327100")
    assert not licences_visible_to(region.qitai_registrar).exists()
    assert licences_within(region.jimsar_registrar, Width.MINE).get() == licence


def test_a_licence_that_changes_its_subject_changes_its_place(region: Region, licence: Licence) -> None:
    other = make_subject(2, region.jimsar, division_code="652327100")
    Licence.objects.update(subject=other)
    found = Licence.objects.get()
    assert (found.organ_id, found.division_code) == (region.jimsar.pk, "652327100")


def test_nobody_gives_a_licence_a_place_of_its_own(region: Region, licence: Licence) -> None:
    Licence.objects.update(organ=region.jimsar, division_code="999999")
    found = Licence.objects.get()
    assert (found.organ_id, found.division_code) == (region.qitai.pk, "652325100")


@pytest.mark.parametrize(
    "day", [date(2023, 2, 28), date(2023, 3, 1), TODAY, date(2028, 2, 29), date(2028, 3, 1)]
)
@pytest.mark.parametrize("kept", ["in_force", "suspended", "cancelled"])
def test_counts_agree_with_lists(region: Region, licence: Licence, day: date, kept: str) -> None:
    Licence.objects.update(state=kept, state_since=TODAY - timedelta(days=5))
    counts = facet_counts(everything(region, day), LicenceFilter())
    for state in LicenceState:
        listed = matching(everything(region, day), LicenceFilter(state=state.value)).licences.count()
        assert listed == counts.states.get(state.value, 0), state
        narrowed = facet_counts(everything(region, day), LicenceFilter(state=state.value))
        assert (narrowed.total, sum(narrowed.kinds.values())) == (listed, listed)
    assert counts.total == 1


def test_what_is_found_by_words_is_the_same_however_many_it_is(
    region: Region, licence: Licence, monkeypatch: pytest.MonkeyPatch
) -> None:
    subject = make_subject(2, region.qitai, name="奇台县春天诊所", pinyin="qtxctzs")
    issue_licence(
        by=region.registrar, code=subject.code, entry=replace(retail(2, subject), number="新DB0000077")
    )
    for text, found in ((licence.number[-6:], 1), ("大药房", 1), ("春天", 1), ("奇台县", 2), ("无此", 0)):
        few = set(having_text(everything(region), text).licences)
        with monkeypatch.context() as patch:
            patch.setattr(queries, "MOST_KEYS", 0)
            many = set(having_text(everything(region), text).licences)
        assert len(few) == found
        assert few == many
