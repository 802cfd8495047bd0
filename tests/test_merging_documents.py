"""Merging subjects with documents and risk decisions: both are found on the kept file, and go back."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from yaojian.foundation.accounts.facade import Actor, Role, User
from yaojian.foundation.documents.models import Document
from yaojian.foundation.ledger.facade import SUBJECT_KIND
from yaojian.foundation.timekeeping import now, today
from yaojian.registers.enterprises import actions
from yaojian.registers.enterprises.facade import Subject
from yaojian.registers.enterprises.tests.factories import Region, make_region, officer, pharmacy, registered

WHY = "现场核实为同一家药店"


@pytest.fixture
def region(db: None) -> Region:
    return make_region()


@pytest.fixture
def chief(region: Region) -> Actor:
    return officer(region.qitai, "kezhang", role=Role.CHIEF)


@pytest.fixture
def twins(region: Region) -> tuple[Subject, Subject]:
    first, second = registered(
        *(pharmacy(n, region.qitai, name="奇台县惠民大药房", licence_no="", risk_grade="I") for n in (1, 2))
    )
    return first, second


def a_document(by: Actor, subject: Subject, name: str, **more: Any) -> Document:
    return Document.objects.create(
        sha256=more.pop("sha256", name * 8),
        media_type="application/pdf",
        size_bytes=1,
        original_name=name,
        organ_id=by.organ_id,
        uploaded_by_id=by.user_id,
        uploaded_at=now(),
        **{"file_kind": SUBJECT_KIND, "file_id": subject.pk, **more},
    )


def browser(actor: Actor) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(User.objects.get(pk=actor.user_id))
    return client


def test_documents_follow_and_go_back(chief: Actor, twins: tuple[Subject, Subject]) -> None:
    kept, ended = twins
    a_document(chief, kept, "同一份", sha256="a")
    a_document(chief, ended, "同一份", sha256="a")
    a_document(chief, ended, "营业执照")
    a_document(chief, ended, "别的档案", file_kind="people.person")
    before = list(Document.objects.order_by("pk").values())
    merge = actions.merge_subjects(by=chief, kept_id=kept.pk, ended_id=ended.pk, taken=[], reason=WHY)
    page = browser(chief).get(f"/subjects/{kept.pk}/", {"view": "documents"})
    names = [row["document"].original_name for row in page.context["document_rows"]]
    assert sorted(names) == ["同一份", "营业执照"]
    assert Document.objects.get(original_name="别的档案").file_id == ended.pk
    actions.undo_merge(by=chief, merge_id=merge.pk, reason=WHY)
    assert list(Document.objects.order_by("pk").values()) == before


def test_risk_decisions_of_both_are_shown(chief: Actor, twins: tuple[Subject, Subject]) -> None:
    kept, ended = twins
    actions.set_grade(by=chief, subject_id=ended.pk, grade="III", on=today(), note="连续两次检查不合格")
    merge = actions.merge_subjects(by=chief, kept_id=kept.pk, ended_id=ended.pk, taken=[], reason=WHY)

    def notes() -> list[str]:
        shown = browser(chief).get(f"/subjects/{kept.pk}/", {"view": "risk"}).context["decisions"]
        return [decision["row"].note for decision in shown]

    assert notes() == ["连续两次检查不合格"]
    actions.undo_merge(by=chief, merge_id=merge.pk, reason=WHY)
    assert notes() == []
