"""Imports of subjects from the file to the register and back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from yaojian.foundation.accounts.facade import Actor, Organ, Permission, Posting, Role
from yaojian.foundation.errors import Conflict, InvalidInput, NotAllowed, NotFound
from yaojian.foundation.ledger.facade import Act
from yaojian.foundation.reference.facade import load_divisions
from yaojian.foundation.timekeeping import today
from yaojian.registers.enterprises.facade import Subject, register_subjects
from yaojian.registers.enterprises.tests.factories import Region, officer, pharmacy
from yaojian.registers.intake import jobs, storage
from yaojian.registers.intake.actions import (
    cancel_import,
    choose_mapping,
    confirm_import,
    retry_import,
    undo_import,
)
from yaojian.registers.intake.contracts import RowChange
from yaojian.registers.intake.models import Import, Progress
from yaojian.registers.intake.progress import Watch
from yaojian.registers.intake.tests.factories import (
    HEAD,
    checked,
    code,
    csv,
    entered,
    received,
    row,
    workbook,
    worked,
)


def counts(job: Import) -> tuple[int, int, int, int]:
    return tuple(job.count(change) for change in RowChange)  # type: ignore[return-value]


def faults(job: Import) -> dict[int, list[str]]:
    return {result.row: [fault[0] for fault in result.faults] for result in job.results.all()}


def test_a_table_is_checked_confirmed_and_entered(registrar: Actor) -> None:
    job = checked(registrar, workbook([row(1), row(2)]))
    assert (job.state, counts(job)) == ("checked", (2, 0, 0, 0)), job.refusal
    assert not Subject.objects.exists()
    confirm_import(by=registrar, uid=job.uid)
    job = worked(job)
    assert (job.state, counts(job)) == ("done", (2, 0, 0, 0))
    subject = Subject.objects.get(code=code(1))
    assert (subject.name, subject.subject_type) == ("奇台县惠民大药房1店", "single_pharmacy")
    assert not storage.path_of(job.uid).exists()
    act = Act.objects.get(kind="register.imported")
    assert (act.facts["new"], act.facts["sha256"]) == (2, job.file_sha256)


def test_a_second_import_of_the_same_table_changes_nothing(registrar: Actor) -> None:
    table = workbook([row(1), row(2), row(3, 行政区划="9")])
    entered(registrar, table)
    acts = Act.objects.filter(kind="subjects.registered").count()
    job = entered(registrar, table)
    assert counts(job) == (0, 0, 2, 1)
    assert Act.objects.filter(kind="subjects.registered").count() == acts


def test_the_preview_shows_field_by_field_what_would_change(registrar: Actor) -> None:
    entered(registrar, workbook([row(1), row(2)]))
    job = checked(registrar, workbook([row(1), row(2, 企业名称="奇台县康宁大药房")]))
    assert counts(job) == (0, 1, 1, 0)
    assert job.samples == [
        {
            "row": 3,
            "change": "changed",
            "code": code(2),
            "cells": [["name", "奇台县惠民大药房2店", "奇台县康宁大药房"]],
        }
    ]
    assert Subject.objects.get(code=code(2)).name == "奇台县惠民大药房2店"


def test_broken_rows_are_left_out_and_told(registrar: Actor) -> None:
    wrong = code(4)[:-1] + ("0" if code(4)[-1] != "0" else "1")
    table = [
        row(1),
        row(1, 企业名称="另一个名称"),
        row(2, 成立日期="19年5月"),
        row(3, 主体类型="杂货店", 监管机关="别处的局"),
        row(5, 统一社会信用代码=wrong),
        row(6, 企业名称=""),
        row(7),
    ]
    job = entered(registrar, workbook(table))
    assert counts(job) == (2, 0, 0, 5)
    assert faults(job) == {
        3: ["code"],
        4: ["opened_on"],
        5: ["subject_type", "responsible_organ"],
        6: ["code"],
        7: ["name"],
    }
    assert set(Subject.objects.values_list("code", flat=True)) == {code(1), code(7)}


def test_full_width_digits_spaces_and_hidden_characters_are_corrected(registrar: Actor) -> None:
    wide = "".join(chr(ord(c) + 0xFEE0) for c in code(1))
    entered(
        registrar,
        csv(
            [
                row(
                    1,
                    统一社会信用代码=f" {wide}\u200b",
                    企业名称="\ufeff奇台县１店  \u3000",
                    成立日期="二〇一九年五月六日",
                )
            ]
        ),
    )
    subject = Subject.objects.get()
    assert (subject.code, subject.name) == (code(1), "奇台县1店")
    assert subject.opened_on == date(2019, 5, 6)


def test_places_and_organs_may_be_named(region: Region, registrar: Actor) -> None:
    load_divisions(
        (place, name, "")
        for place, name in (
            ("6523", "昌吉回族自治州"),
            ("652325", "奇台县"),
            ("652325100", "奇台镇"),
            ("652327", "吉木萨尔县"),
            ("652327100", "奇台镇"),
        )
    )
    job = entered(
        registrar, csv([row(1, 行政区划="奇台县奇台镇"), row(2, 行政区划="奇台镇"), row(3, 行政区划="某地")])
    )
    assert faults(job) == {3: ["division_code"], 4: ["division_code"]}
    assert Subject.objects.get().division_code == "652325100"


def test_a_file_in_gb_18030_with_a_title_and_semicolons(registrar: Actor) -> None:
    lines = ["奇台县药店名录", "", ";".join(HEAD), *(";".join(row(n)) for n in (1, 2))]
    job = entered(registrar, "\r\n".join(lines).encode("gb18030"))
    assert (job.state, counts(job)) == ("done", (2, 0, 0, 0))
    assert job.shape["encoding"] == "gb18030"
    assert (job.shape["header_row"], job.shape["above"]) == (3, ["奇台县药店名录"])


def test_a_header_that_says_too_little_is_mapped_by_a_person_and_remembered(registrar: Actor) -> None:
    head = ("甲", "乙", "丙", "丁", "日")
    table = csv([[code(1), "某某药店", "单体药店", "652325", "2019-05-06"]], head)
    job = checked(registrar, table)
    assert job.state == "mapping"
    columns = {"code": 0, "name": 1, "subject_type": 2, "division_code": 3, "opened_on": 4}
    with pytest.raises(InvalidInput) as refused:
        choose_mapping(
            by=registrar, uid=job.uid, columns=columns, constants={}, effective_on=date(2026, 1, 1)
        )
    assert list(refused.value.errors) == ["responsible_organ"]
    choose_mapping(
        by=registrar,
        uid=job.uid,
        columns=columns,
        constants={"responsible_organ": "cj.qt"},
        effective_on=date(2026, 1, 1),
    )
    assert worked(job).state == "checked"
    assert checked(registrar, table).state == "checked"


def test_rows_outside_the_own_area_are_broken(region: Region, county_registrar: Actor) -> None:
    register_subjects(
        [pharmacy(9, region.jimsar, code=code(9), division_code="652327100")],
        by=officer(region.prefecture, "sun", Role.REGISTRAR),
        effective_on=date(2026, 1, 1),
    )
    table = [row(1), row(2, 监管机关="cj.jm"), row(3, 行政区划="652327"), row(9)]
    job = entered(county_registrar, workbook(table))
    assert counts(job) == (1, 0, 0, 3)
    assert Subject.objects.get(code=code(9)).responsible_organ == region.jimsar


def test_who_may_not_import_is_refused(region: Region) -> None:
    inspector = officer(region.qitai, "qian")
    with pytest.raises(NotAllowed):
        received(inspector, workbook([row(1)]))
    assert not Import.objects.exists()
    assert not list(storage.path_of(Import().uid).parent.glob("*"))


def test_another_organs_import_is_not_there(
    region: Region, registrar: Actor, county_registrar: Actor
) -> None:
    job = checked(registrar, workbook([row(1)]))
    for step in (confirm_import, cancel_import, undo_import):
        with pytest.raises(NotFound):
            step(by=county_registrar, uid=job.uid)


def test_a_whole_import_is_taken_back_except_what_was_changed_since(registrar: Actor) -> None:
    entered(registrar, workbook([row(1)]))
    job = entered(registrar, workbook([row(1, 企业名称="新名称"), row(2), row(3)]))
    entered(registrar, workbook([row(3, 经营地址="搬迁后的地址")]))
    undo_import(by=registrar, uid=job.uid)
    job = worked(job)
    assert (job.state, job.counts["undone"]) == ("undone", 2)
    assert [kept for kept, _reason in job.kept_by_undo] == [code(3)]
    assert Subject.objects.get(code=code(1)).name == "奇台县惠民大药房1店"
    assert set(Subject.objects.values_list("code", flat=True)) == {code(1), code(3)}
    with pytest.raises(Conflict):
        undo_import(by=registrar, uid=job.uid)


def test_an_import_is_cancelled_before_it_is_confirmed(registrar: Actor) -> None:
    job = checked(registrar, workbook([row(1)]))
    cancel_import(by=registrar, uid=job.uid)
    assert worked(job).state == "cancelled"
    assert not storage.path_of(job.uid).exists()
    with pytest.raises(Conflict):
        confirm_import(by=registrar, uid=job.uid)


def test_a_cancel_in_the_middle_keeps_nothing(registrar: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    job = checked(registrar, workbook([row(n) for n in range(1, 30)]))
    confirm_import(by=registrar, uid=job.uid)
    monkeypatch.setattr("yaojian.registers.intake.engine.AT_ONCE", 10)

    def asked_in_the_middle(self: Watch, done: int) -> None:
        if done == 20:
            assert Subject.objects.count() == 20
            raise jobs.Stopped

    monkeypatch.setattr(Watch, "moved", asked_in_the_middle)
    assert worked(job).state == "cancelled"
    assert not Subject.objects.exists()
    assert not Act.objects.filter(kind__in=["register.imported", "subjects.registered"]).exists()


def test_a_cancel_between_two_steps_is_heard(registrar: Actor) -> None:
    job = received(registrar, workbook([row(1)]))
    Progress.objects.filter(job=job).update(cancel_asked=True)
    assert worked(job).state == "cancelled"


def test_a_fault_of_ours_keeps_nothing_and_can_be_tried_again(
    registrar: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = checked(registrar, workbook([row(1)]))
    confirm_import(by=registrar, uid=job.uid)
    with monkeypatch.context() as broken:
        broken.setattr(jobs, "record", lambda *args, **facts: 1 / 0)
        job = worked(job)
    assert job.state == "failed"
    assert not Subject.objects.exists()
    retry_import(by=registrar, uid=job.uid)
    assert worked(job).state == "checked"


def test_an_import_whose_worker_died_is_given_on_and_at_last_given_up(
    registrar: Actor,
) -> None:
    job = checked(registrar, workbook([row(1)]))
    confirm_import(by=registrar, uid=job.uid)
    for attempt in (1, 2, 3):
        assert jobs._begin(job.pk) is not None
        assert jobs.take_up_what_was_left() == (1 if attempt < 3 else 0)
    assert Import.objects.get(pk=job.pk).state == "failed"


def test_an_import_that_a_worker_holds_is_left_to_it(registrar: Actor) -> None:
    job = received(registrar, workbook([row(1)]))
    with Watch(job.pk) as watch:
        assert watch.is_mine
        jobs._begin(job.pk)
        assert jobs.take_up_what_was_left() == 0
        with Watch(job.pk) as second:
            assert not second.is_mine


def test_the_worker_acts_in_the_posting_that_sent_the_table(registrar: Actor, region: Region) -> None:
    newest = post_to(region.qitai, registrar, Role.INSPECTOR)
    assert newest.pk != registrar.posting_id
    job = entered(registrar, workbook([row(1)]))
    assert (job.state, job.count(RowChange.NEW)) == ("done", 1)
    act = Act.objects.get(kind="register.imported")
    assert (act.organ_id, act.role) == (region.prefecture.pk, Role.REGISTRAR)


def test_a_posting_that_is_over_is_stood_in_for_by_another_of_the_same_organ(
    registrar: Actor, region: Region
) -> None:
    job = received(registrar, workbook([row(1)]))
    Posting.objects.filter(pk=registrar.posting_id).update(valid_to=today() - timedelta(days=1))
    post_to(region.prefecture, registrar, Role.INSPECTOR)
    chief = post_to(region.prefecture, registrar, Role.CHIEF)
    assert jobs._importer(job).posting_id == chief.pk
    Posting.objects.filter(pk=chief.pk).update(valid_to=today() - timedelta(days=1))
    with pytest.raises(NotAllowed):
        jobs._importer(job)


def test_what_came_by_a_token_is_worked_on_with_the_tokens_rights(registrar: Actor) -> None:
    limits = frozenset({Permission.REGISTER_IMPORT, Permission.SUBJECT_EDIT})
    job = received(replace(registrar, limited_to=limits), workbook([row(1)]))
    assert jobs._importer(Import.objects.get(pk=job.pk)).limited_to == limits
    assert jobs._importer(received(registrar, workbook([row(2)]))).limited_to is None


def post_to(organ: Organ, actor: Actor, role: Role) -> Posting:
    """A newer posting of the same person."""
    return Posting.objects.create(
        user_id=actor.user_id, organ=organ, role=role.value, valid_from=date(2024, 1, 1)
    )
