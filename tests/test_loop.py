"""The loop through the rooms: mandate, due work, inspection, acts, figure, next duty."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from yaojian.casework.inspections.actions import (
    conclude_inspection,
    open_inspection,
    record_finding,
    start_inspection,
    submit_rectification,
    verify_rectification,
)
from yaojian.casework.inspections.contracts import Conclusion, InspectionKind, Severity
from yaojian.config.reference_packs import load_reference_packs
from yaojian.foundation.accounts.facade import Actor, Organ, Role, actor_of, organ_by_code, post_person
from yaojian.foundation.ledger.facade import Act, acts_of_subject, row_matches_canonical
from yaojian.foundation.outbox.facade import deliver_pending, pending_count
from yaojian.foundation.timekeeping import today
from yaojian.foundation.worklist.facade import WorkItem
from yaojian.oversight.mandates.facade import refresh_duties
from yaojian.oversight.plans.facade import figures_of, load_packs
from yaojian.registers.enterprises.facade import SubjectEntry
from yaojian.registers.enterprises.tests.factories import registered

pytestmark = pytest.mark.django_db
KEY = "002-S1"


def person(name: str, organ: Organ) -> Actor:
    user = post_person(
        username=name, display_name=name, organ=organ, role=Role.INSPECTOR, valid_from=date(2020, 1, 1)
    )
    actor = actor_of(user)
    assert actor is not None
    return actor


def photo() -> SimpleUploadedFile:
    target = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(target, "JPEG")
    return SimpleUploadedFile("photo.jpg", target.getvalue(), content_type="text/plain")


def test_an_overdue_pharmacy_is_inspected_rectified_verified_and_moves_the_figure() -> None:
    load_reference_packs()
    load_packs()
    changji = organ_by_code("xj.changji")
    lead, second = person("甲", changji), person("乙", changji)
    registered(
        *[
            SubjectEntry(
                code=f"T{n}",
                name=f"测试大药房{n}号店",
                subject_type="single_pharmacy",
                responsible_organ=changji.code,
                division_code="652301001",
                opened_on=date(2015, 1, 1),
            )
            for n in range(4)
        ]
    )
    deliver_pending()
    refresh_duties()
    item = WorkItem.objects.filter(origin_key=KEY).order_by("pk").first()
    assert item is not None
    assert item.due_on is not None
    assert item.due_on < today()
    before = figures_of("changji", today())[KEY]
    assert (before.numerator, before.denominator) == (0, 4)

    inspection = open_inspection(
        by=lead,
        subject_id=item.subject_id or 0,
        kind=InspectionKind.ROUTINE,
        officer_ids=[lead.user_id, second.user_id],
        lead_id=lead.user_id,
        basis=item.reason,
    )
    start_inspection(by=lead, inspection_id=inspection.pk)
    record_finding(
        by=lead,
        inspection_id=inspection.pk,
        severity=Severity.MAJOR,
        description="阴凉区温湿度未记录",
        photos=[photo()],
    )
    conclude_inspection(
        by=lead,
        inspection_id=inspection.pk,
        conclusion=Conclusion.RECTIFY,
        rectify_by=today() + timedelta(days=20),
    )
    after = figures_of("changji", today())[KEY]
    assert (after.numerator, after.denominator) == (1, 4)

    assert pending_count() == 1
    assert deliver_pending() == 1
    item.refresh_from_db()
    assert item.state == "done"

    submit_rectification(by=second, inspection_id=inspection.pk, report="已更换记录仪并补充培训")
    closed = verify_rectification(by=lead, inspection_id=inspection.pk, note="现场复核，记录完整")
    assert closed.state == "closed"
    assert not WorkItem.objects.filter(file_id=inspection.pk, state="open").exists()

    timeline = list(acts_of_subject(item.subject_id or 0))
    assert {act.kind for act in timeline} == {
        "clock.started",
        "clock.met",
        "inspection.opened",
        "inspection.started",
        "inspection.finding_recorded",
        "inspection.concluded",
        "rectification.submitted",
        "rectification.verified",
        "inspection.closed",
    }
    assert all(row_matches_canonical(act) for act in Act.objects.all())
    finding = next(act for act in timeline if act.kind == "inspection.finding_recorded")
    assert len(finding.evidence) == 1
