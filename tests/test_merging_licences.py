"""Merging subjects that hold licences: what forbids it, and what the subject's number is before and after."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from yaojian.foundation.timekeeping import CHINA, held_at
from yaojian.registers.enterprises import actions
from yaojian.registers.enterprises.facade import Subject
from yaojian.registers.enterprises.models import CURRENT, DuplicatePair, Merge, SubjectVersion
from yaojian.registers.enterprises.tests.factories import pharmacy, registered
from yaojian.registers.licences.facade import Licence, move_licence, register_licences, renew_licence
from yaojian.registers.licences.tests.factories import TODAY, Region, make_region, retail

WHY = "现场核实为同一家药店"
FIRST, SECOND = "新DB994100001", "新DB994100002"


@pytest.fixture
def region(db: None) -> Iterator[Region]:
    with held_at(datetime.combine(TODAY, time(10), CHINA)):
        yield make_region()


def twins(region: Region) -> tuple[Subject, Subject]:
    first, second = registered(
        pharmacy(1, region.qitai, name="奇台县惠民大药房", licence_no="", opened_on=date(2015, 1, 1)),
        pharmacy(2, region.qitai, name="奇台县惠民大药房", licence_no="", opened_on=date(2015, 1, 1)),
    )
    return first, second


def licensed(region: Region, *subjects: tuple[int, Subject]) -> list[Licence]:
    entries = [retail(n, subject) for n, subject in subjects]
    outcomes = register_licences(entries, by=region.registrar, effective_on=TODAY)
    assert [outcome.change for outcome in outcomes] == ["new"] * len(entries)
    return [Licence.objects.get(number=entry.number) for entry in entries]


def numbers(*subjects: Subject) -> list[tuple[str, str]]:
    """For each subject the number on its row, and in the version that is in force."""
    found = []
    for subject in subjects:
        subject.refresh_from_db()
        version = SubjectVersion.objects.filter(CURRENT, subject=subject, valid_to=None).first()
        found.append((subject.licence_no, version.licence_no if version else ""))
    return found


def merged(region: Region, kept: Subject, ended: Subject) -> Merge:
    return actions.merge_subjects(
        by=region.qitai_registrar, kept_id=kept.pk, ended_id=ended.pk, taken=[], reason=WHY
    )


def test_two_active_licences_of_one_kind_forbid_the_merge_until_one_is_cancelled(region: Region) -> None:
    kept, ended = twins(region)
    licences = licensed(region, (1, kept), (2, ended))
    pair = DuplicatePair.objects.create(first=kept, second=ended, score=60, reasons=[], found_on=TODAY)
    client = Client(headers={"accept-language": "en"})
    client.force_login(get_user_model().objects.get(pk=region.qitai_registrar.user_id))
    page = client.get(f"/subjects/duplicates/{pair.pk}/").content.decode()
    assert FIRST in page
    assert SECOND in page
    assert "Cancel the one that is wrong first" in page
    form = {"kept": kept.pk, "reason": WHY}
    refused = client.post(f"/subjects/duplicates/{pair.pk}/merge/", form)
    assert refused.status_code == 422
    assert WHY in refused.content.decode()
    assert not Merge.objects.exists()
    move_licence(
        by=region.qitai_registrar,
        licence_id=licences[0].pk,
        verb="cancel",
        effective_on=TODAY,
        reason="重复核发，予以注销",
    )
    assert client.post(f"/subjects/duplicates/{pair.pk}/merge/", form).status_code == 302
    assert numbers(kept) == [(SECOND, SECOND)]
    assert set(Licence.objects.values_list("subject_id", flat=True)) == {kept.pk}
    done = Merge.objects.get()
    assert client.post(f"/subjects/merges/{done.pk}/undo/", {"reason": WHY}).status_code == 302
    assert numbers(kept, ended) == [("", ""), (SECOND, SECOND)]


def test_the_number_follows_the_licence_and_comes_back(region: Region) -> None:
    kept, ended = twins(region)
    licensed(region, (2, ended))
    done = merged(region, kept, ended)
    assert numbers(kept) == [(SECOND, SECOND)]
    actions.undo_merge(by=region.qitai_registrar, merge_id=done.pk, reason=WHY)
    assert numbers(kept, ended) == [("", ""), (SECOND, SECOND)]


def test_a_typed_number_gives_way_to_a_licence_and_comes_back_with_the_undo(region: Region) -> None:
    kept, ended = registered(
        pharmacy(1, region.qitai, licence_no="旧证001", opened_on=date(2015, 1, 1)),
        pharmacy(2, region.qitai, licence_no="", opened_on=date(2015, 1, 1)),
    )
    licensed(region, (2, ended))
    done = merged(region, kept, ended)
    assert numbers(kept) == [(SECOND, SECOND)]
    actions.undo_merge(by=region.qitai_registrar, merge_id=done.pk, reason=WHY)
    assert numbers(kept, ended) == [("旧证001", "旧证001"), (SECOND, SECOND)]


def test_a_renewal_after_the_merge_goes_back_with_its_licence(region: Region) -> None:
    kept, ended = twins(region)
    (licence,) = licensed(region, (2, ended))
    done = merged(region, kept, ended)
    renewal = renew_licence(
        by=region.qitai_registrar,
        licence_id=licence.pk,
        number="新DB994100077",
        issued_on=TODAY,
        valid_from=TODAY,
        expires_on=date(2031, 11, 19),
    )
    assert numbers(kept) == [("新DB994100077", "新DB994100077")]
    actions.undo_merge(by=region.qitai_registrar, merge_id=done.pk, reason=WHY)
    renewal.refresh_from_db()
    assert renewal.subject_id == ended.pk
    assert numbers(kept, ended) == [("", ""), ("新DB994100077", "新DB994100077")]
