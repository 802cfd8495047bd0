"""Duplicates: found with reasons, decided once, merged and unmerged exactly."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils.translation import gettext_lazy

from yaojian.foundation.accounts.facade import Actor, Role
from yaojian.foundation.errors import Conflict, DomainError, InvalidInput, NotAllowed, NotFound, RuleBroken
from yaojian.foundation.ledger.facade import Act
from yaojian.foundation.timekeeping import now, today
from yaojian.foundation.worklist.facade import WorkItem
from yaojian.registers.enterprises import actions
from yaojian.registers.enterprises.duplicates.finding import find_all_duplicates, find_duplicates_of
from yaojian.registers.enterprises.facade import (
    Subject,
    public_subject,
    subject_visible_to,
    subjects_visible_to,
    survivor_visible_to,
)
from yaojian.registers.enterprises.models import DuplicatePair, Merge, SubjectVersion
from yaojian.registers.enterprises.tests.factories import (
    Region,
    facility,
    make_region,
    officer,
    pharmacy,
    registered,
    uscc,
)

WHY = "现场核实为同一家药店"
TWIN = {"name": "奇台县惠民大药房（东大街店）", "address": "东大街1号"}


@pytest.fixture
def region(db: None) -> Region:
    return make_region()


@pytest.fixture
def registrar(region: Region) -> Actor:
    return officer(region.qitai, "dengji", role=Role.REGISTRAR)


@pytest.fixture
def twins(region: Region) -> tuple[Subject, Subject]:
    first, second = registered(
        pharmacy(1, region.qitai, name="奇台县惠民大药房", address="东大街1号", licence_no=""),
        pharmacy(2, region.qitai, **TWIN, licence_no="新DA1", business_scope="中成药"),
    )
    return first, second


def merge(by: Actor, kept: Subject, ended: Subject, *taken: str) -> Merge:
    return actions.merge_subjects(by=by, kept_id=kept.pk, ended_id=ended.pk, taken=list(taken), reason=WHY)


def rows() -> tuple[list[Any], ...]:
    """All that a merge touches, without what it only adds."""
    columns = [f.attname for f in SubjectVersion._meta.concrete_fields]
    return (
        list(Subject.objects.order_by("pk").values()),
        list(SubjectVersion.objects.filter(replaced_by=None).order_by("pk").values(*columns)),
        list(WorkItem.objects.order_by("pk").values()),
    )


@pytest.mark.parametrize(
    ("fields", "reasons"),
    [
        ({"name": "奇台县惠民大药房"}, ["same_name", "same_township"]),
        ({"name": "奇台县惠民药店", "address": "东大街1号"}, ["alike_name", "same_address", "same_township"]),
        ({"name": "完全不同", "licence_no": "新DA9"}, ["same_licence", "same_township"]),
        (
            {"name": "奇台县惠民药房", "uscc": uscc(9), "latitude": 44.0, "longitude": 89.0},
            ["same_entity", "alike_name", "same_place", "same_township"],
        ),
        ({"name": "完全不同", "address": "东大街1号"}, None),
        ({"name": "奇台县惠民大药房", "subject_type": "clinic"}, None),
        ({"name": "同济堂", "uscc": uscc(9), "address": "别处 3 号"}, None),
    ],
)
def test_pairs_are_found_with_their_reasons(
    region: Region, fields: dict[str, Any], reasons: list[str] | None
) -> None:
    shared = {"address": "东大街1号", "licence_no": "新DA9", "uscc": uscc(9)}
    registered(
        pharmacy(1, region.qitai, name="奇台县惠民大药房", latitude=44.0, longitude=89.0, **shared),
        pharmacy(2, region.qitai, **{"address": "西街", "licence_no": "", **fields}),
    )
    assert find_all_duplicates() == (reasons is not None)
    assert find_all_duplicates() == (reasons is not None)
    if reasons is not None:
        assert DuplicatePair.objects.get().reasons == reasons


def test_the_stores_of_a_chain_are_not_one(region: Region) -> None:
    head = pharmacy(90, region.qitai, subject_type="chain_headquarters", name="康泰连锁", uscc=uscc(90))
    stores = [
        pharmacy(
            n,
            region.qitai,
            subject_type="chain_store",
            name=f"康泰连锁第{n}分店",
            parent=facility(90),
            uscc=uscc(90),
            licence_no="",
        )
        for n in range(1, 30)
    ]
    registered(head, *stores)
    assert find_all_duplicates() == 0


def test_what_is_found_near_one_is_what_is_found_in_all(twins: tuple[Subject, Subject]) -> None:
    assert find_duplicates_of([twins[0].pk]) == 1
    near = list(DuplicatePair.objects.values("first", "second", "score", "reasons"))
    DuplicatePair.objects.all().delete()
    find_all_duplicates()
    assert list(DuplicatePair.objects.values("first", "second", "score", "reasons")) == near


def test_a_pair_that_is_no_more_alike_goes(registrar: Actor, twins: tuple[Subject, Subject]) -> None:
    find_all_duplicates()
    actions.edit_subject(
        by=registrar,
        subject_id=twins[1].pk,
        changes={"name": "古城诊所旁药店", "address": "西街 9 号"},
        effective_on=today(),
    )
    assert find_duplicates_of([twins[1].pk]) == 0
    assert not DuplicatePair.objects.exists()


def test_two_that_are_two_are_not_shown_again(registrar: Actor, twins: tuple[Subject, Subject]) -> None:
    find_all_duplicates()
    pair = DuplicatePair.objects.get()
    with pytest.raises(InvalidInput):
        actions.keep_apart(by=registrar, pair_id=pair.pk, note="")
    actions.keep_apart(by=registrar, pair_id=pair.pk, note=WHY)
    assert find_all_duplicates() == 0
    with pytest.raises(Conflict):
        actions.keep_apart(by=registrar, pair_id=pair.pk, note=WHY)


def test_a_merge_takes_values_and_rows_and_can_be_undone_exactly(
    region: Region, registrar: Actor, twins: tuple[Subject, Subject]
) -> None:
    kept, ended = twins
    find_all_duplicates()
    WorkItem.objects.create(
        kind="inspection.due", organ=region.qitai, subject_id=ended.pk, reason="检查", opened_at=now()
    )
    before = rows()
    done = merge(registrar, kept, ended, "name", "licence_no", "business_scope")
    kept.refresh_from_db()
    assert (kept.name, kept.licence_no, kept.business_scope) == (ended.name, "新DA1", "中成药")
    assert "奇台县惠民大药房" in kept.former_names
    assert WorkItem.objects.get().subject_id == kept.pk
    assert list(subjects_visible_to(registrar)) == [kept]
    with pytest.raises(NotFound):
        subject_visible_to(registrar, ended.pk)
    assert survivor_visible_to(registrar, ended.pk) == kept.pk
    assert public_subject(ended.code) == kept
    assert DuplicatePair.objects.get().state == "merged"
    act = Act.objects.get(kind="subjects.merged")
    assert (act.subject_id, act.facts["ended_code"], act.facts["moved"]) == (kept.pk, ended.code, 1)
    actions.undo_merge(by=registrar, merge_id=done.pk, reason=WHY)
    assert rows() == before
    assert DuplicatePair.objects.get().state == "apart"
    with pytest.raises(NotFound):
        actions.undo_merge(by=registrar, merge_id=done.pk, reason=WHY)


def test_stores_follow_their_headquarters(region: Region, registrar: Actor) -> None:
    chain = {"subject_type": "chain_headquarters", "licence_no": ""}
    kept, ended, store = registered(
        pharmacy(1, region.qitai, name="康泰连锁", **chain),
        pharmacy(2, region.qitai, name="康泰医药连锁", **chain),
        pharmacy(3, region.qitai, subject_type="chain_store", parent=facility(2)),
    )
    before = rows()
    done = merge(registrar, kept, ended)
    store.refresh_from_db()
    assert store.parent == kept
    actions.undo_merge(by=registrar, merge_id=done.pk, reason=WHY)
    assert rows() == before


def test_after_later_changes_a_merge_is_not_undone(registrar: Actor, twins: tuple[Subject, Subject]) -> None:
    done = merge(registrar, *twins)
    actions.edit_subject(
        by=registrar, subject_id=twins[0].pk, changes={"name": "后来的名称"}, effective_on=today()
    )
    with pytest.raises(RuleBroken):
        actions.undo_merge(by=registrar, merge_id=done.pk, reason=WHY)


def test_merges_that_cannot_be(
    region: Region, registrar: Actor, twins: tuple[Subject, Subject], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, ended = twins
    clinic, foreign = registered(
        pharmacy(3, region.qitai, subject_type="clinic"),
        pharmacy(4, region.jimsar, division_code="652327100"),
    )
    with pytest.raises(InvalidInput):
        merge(registrar, kept, kept)
    with pytest.raises(RuleBroken):
        merge(registrar, kept, clinic)
    with pytest.raises(NotFound):
        merge(registrar, kept, foreign)
    with pytest.raises(NotAllowed):
        merge(officer(region.qitai, "jiancha"), kept, ended)
    with pytest.raises(InvalidInput):
        merge(registrar, kept, ended, "code")
    with pytest.raises(InvalidInput):
        actions.merge_subjects(by=registrar, kept_id=kept.pk, ended_id=ended.pk, taken=[], reason="")
    objection = gettext_lazy("Merged")
    monkeypatch.setattr(
        "yaojian.registers.enterprises.actions.merging.merge_objections", lambda *_pair: [objection]
    )
    with pytest.raises(DomainError) as refusal:
        merge(registrar, kept, ended)
    assert refusal.value.code == "merge_refused"
    assert not Merge.objects.exists()
    assert Subject.objects.filter(merged_into=None).count() == 4


def test_merged_twice_and_undone_in_order(region: Region, registrar: Actor) -> None:
    same = {"name": "奇台县惠民大药房", "address": "东大街1号", "licence_no": ""}
    a, b, c = registered(*(pharmacy(n, region.qitai, **same) for n in (1, 2, 3)))
    before = rows()
    first = merge(registrar, b, a)
    second = merge(registrar, c, b)
    assert survivor_visible_to(registrar, a.pk) == c.pk
    with pytest.raises(NotFound):
        actions.undo_merge(by=registrar, merge_id=first.pk, reason=WHY)
    actions.undo_merge(by=registrar, merge_id=second.pk, reason=WHY)
    assert survivor_visible_to(registrar, a.pk) == b.pk
    actions.undo_merge(by=registrar, merge_id=first.pk, reason=WHY)
    assert rows() == before
