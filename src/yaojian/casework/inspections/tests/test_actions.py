"""Every write on real PostgreSQL: what it changes, the act it leaves, and every refusal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.apps import apps

from yaojian.casework.inspections import actions
from yaojian.casework.inspections.bookkeeping import file_ref
from yaojian.casework.inspections.contracts import Conclusion, InspectionKind, Severity
from yaojian.casework.inspections.models import Finding, Inspection
from yaojian.casework.inspections.tests.factories import (
    World,
    acting,
    on_site,
    opened,
    photo,
    rectifying,
    submitted,
)
from yaojian.foundation.documents.facade import documents_of, read
from yaojian.foundation.errors import Conflict, DomainError, InvalidInput, NotAllowed, NotFound, RuleBroken
from yaojian.foundation.ledger.facade import Act, acts_of_file
from yaojian.foundation.timekeeping import held_at, now, today
from yaojian.foundation.worklist.facade import WorkItem


def kinds_of_acts(inspection: Inspection) -> list[str]:
    return [act.kind for act in acts_of_file(file_ref(inspection))]


def open_kinds(inspection: Inspection) -> list[str]:
    items = WorkItem.objects.filter(file_id=inspection.pk, state="open")
    return list(items.values_list("kind", flat=True))


def open_with(world: World, **changes: object) -> Inspection:
    what: dict[str, object] = {
        "by": acting(world.lead),
        "subject_id": world.pharmacy.pk,
        "kind": InspectionKind.FULL_ITEM,
        "officer_ids": [world.lead.pk, world.second.pk],
        "lead_id": world.lead.pk,
        "basis": "年度检查计划",
    }
    return actions.open_inspection(**{**what, **changes})  # type: ignore[arg-type]


def test_a_second_inspection_of_the_same_matter_is_refused(world: World) -> None:
    first = open_with(world)
    with pytest.raises(Conflict, match=first.number):
        open_with(world)
    assert Inspection.objects.count() == 1


def test_opening_numbers_the_file_and_gives_the_lead_work(world: World) -> None:
    first, second = open_with(world), open_with(world, beside=True)
    assert [n.number.rpartition("〕")[2] for n in (first, second)] == ["1号", "2号"]
    assert first.state == "planned"
    assert {m.officer_id: m.is_lead for m in first.team.all()} == {
        world.lead.pk: True,
        world.second.pk: False,
    }
    assert kinds_of_acts(first) == ["inspection.opened"]
    item = WorkItem.objects.get(file_id=first.pk)
    assert (item.kind, item.assignee_id) == ("inspection.conduct", world.lead.pk)


@pytest.mark.parametrize(
    ("changes", "error", "field"),
    [
        (lambda w: {"officer_ids": [w.lead.pk]}, RuleBroken, "officers"),
        (lambda w: {"officer_ids": [w.lead.pk, w.lead.pk]}, RuleBroken, "officers"),
        (lambda w: {"lead_id": w.chief.pk}, InvalidInput, "lead"),
        (lambda w: {"officer_ids": [w.lead.pk, w.stranger.pk]}, InvalidInput, "officers"),
        (lambda w: {"officer_ids": [w.lead.pk, w.leader.pk]}, InvalidInput, "officers"),
        (lambda w: {"by": acting(w.leader)}, NotAllowed, None),
        (lambda w: {"by": acting(w.township)}, NotAllowed, None),
        (lambda w: {"by": acting(w.stranger)}, NotFound, None),
        (lambda w: {"subject_id": 10**9}, NotFound, None),
    ],
)
def test_opening_is_refused(
    world: World, changes: Callable[[World], dict[str, object]], error: type[DomainError], field: str | None
) -> None:
    with pytest.raises(error) as refusal:
        open_with(world, **changes(world))
    assert refusal.value.field == field
    assert not Inspection.objects.exists()
    assert not Act.objects.filter(kind__startswith="inspection.").exists()


def test_a_closed_subject_is_not_inspected(world: World) -> None:
    world.pharmacy.closed_on = today()
    world.pharmacy.save()
    with pytest.raises(RuleBroken):
        open_with(world)


def test_an_organ_that_only_has_the_subject_on_its_land_may_not_open(world: World) -> None:
    world.pharmacy.responsible_organ = world.prefecture
    world.pharmacy.save()
    with pytest.raises(NotAllowed):
        open_with(world)


def test_a_team_member_sees_the_file_wherever_the_subject_lies(world: World) -> None:
    inspection = open_with(
        world, by=acting(world.above), officer_ids=[world.above.pk, world.second.pk], lead_id=world.above.pk
    )
    world.pharmacy.responsible_organ = world.prefecture
    world.pharmacy.division_code = "652301001"
    world.pharmacy.save()
    actions.start_inspection(by=acting(world.second), inspection_id=inspection.pk)
    with pytest.raises(NotFound):
        actions.start_inspection(by=acting(world.lead), inspection_id=inspection.pk)


def test_findings_carry_their_photos_as_evidence(world: World) -> None:
    inspection = on_site(world)
    finding = actions.record_finding(
        by=acting(world.second),
        inspection_id=inspection.pk,
        severity=Severity.CRITICAL,
        description="  冷藏柜温度 14 ℃ ",
        photos=[photo(), photo("second.jpg", "red")],
    )
    assert (finding.number, finding.description) == (1, "冷藏柜温度 14 ℃")
    documents = list(documents_of(file_ref(inspection)))
    act = Act.objects.get(kind="inspection.finding_recorded")
    assert sorted(act.evidence) == sorted(document.sha256 for document in documents)
    assert all(read(document.sha256) for document in documents)


def test_a_finding_needs_a_description_and_real_photos(world: World) -> None:
    inspection = on_site(world)
    with pytest.raises(InvalidInput) as empty:
        actions.record_finding(
            by=acting(world.lead), inspection_id=inspection.pk, severity=Severity.MAJOR, description=" "
        )
    forged = photo("forged.jpg")
    forged.file.seek(0)
    forged.file.write(b"<script>")
    forged.file.seek(0)
    with pytest.raises(InvalidInput) as not_a_photo:
        actions.record_finding(
            by=acting(world.lead),
            inspection_id=inspection.pk,
            severity=Severity.MAJOR,
            description="过期",
            photos=[forged],
        )
    assert [empty.value.field, not_a_photo.value.field] == ["description", "photo"]
    assert not Finding.objects.exists()


def conclude(world: World, inspection: Inspection, **changes: object) -> Inspection:
    what: dict[str, object] = {"by": acting(world.lead), "inspection_id": inspection.pk}
    return actions.conclude_inspection(**{**what, **changes})  # type: ignore[arg-type]


def test_without_a_finding_the_conclusion_closes_the_file(world: World) -> None:
    inspection = conclude(world, on_site(world), conclusion=Conclusion.COMPLIANT, summary="现场整洁")
    assert (inspection.state, inspection.closed_at is not None) == ("closed", True)
    assert kinds_of_acts(inspection)[-2:] == ["inspection.concluded", "inspection.closed"]
    assert open_kinds(inspection) == []
    told = apps.get_model("outbox", "OutboxEvent").objects.filter(name__endswith="InspectionConcluded")
    assert told.count() == 1


def test_with_a_finding_the_subject_rectifies_by_a_day(world: World) -> None:
    inspection = on_site(world, Severity.MAJOR, Severity.GENERAL)
    deadline = today() + timedelta(days=20)
    conclude(world, inspection, conclusion=Conclusion.NON_COMPLIANT, rectify_by=deadline)
    act = Act.objects.get(kind="inspection.concluded")
    assert act.facts["findings"] == {"critical": 0, "major": 1, "general": 1}
    assert (act.facts["conclusion"], act.facts["rectify_by"]) == ("non_compliant", deadline.isoformat())
    item = WorkItem.objects.get(file_id=inspection.pk, state="open")
    assert (item.kind, item.due_on) == ("inspection.rectify", deadline)


@pytest.mark.parametrize(
    ("severities", "changes", "error", "field"),
    [
        ([], {"conclusion": Conclusion.RECTIFY}, RuleBroken, "conclusion"),
        ([], {"conclusion": Conclusion.NON_COMPLIANT}, RuleBroken, "conclusion"),
        ([Severity.GENERAL], {"conclusion": Conclusion.COMPLIANT}, RuleBroken, "conclusion"),
        ([Severity.CRITICAL], {"conclusion": Conclusion.RECTIFY}, RuleBroken, "conclusion"),
        ([Severity.MAJOR], {"conclusion": Conclusion.RECTIFY, "rectify_by": 60}, InvalidInput, "rectify_by"),
        ([Severity.MAJOR], {"conclusion": Conclusion.RECTIFY, "rectify_by": -1}, InvalidInput, "rectify_by"),
        ([], {"conclusion": Conclusion.COMPLIANT, "concluded_at": 60}, InvalidInput, "concluded_at"),
        ([], {"conclusion": Conclusion.COMPLIANT, "concluded_at": -60}, InvalidInput, "concluded_at"),
    ],
)
def test_a_conclusion_is_refused(
    world: World,
    severities: list[Severity],
    changes: dict[str, object],
    error: type[DomainError],
    field: str,
) -> None:
    inspection = on_site(world, *severities)
    given = dict(changes)
    if isinstance(given.get("rectify_by"), int):
        given["rectify_by"] = today() + timedelta(days=given["rectify_by"])
    if isinstance(given.get("concluded_at"), int):
        given["concluded_at"] = now() + timedelta(minutes=given["concluded_at"])
    with pytest.raises(error) as refusal:
        conclude(world, inspection, **given)
    assert refusal.value.field == field
    assert Inspection.objects.get(pk=inspection.pk).state == "on_site"
    assert open_kinds(inspection) == ["inspection.conduct"]


def test_the_end_of_a_visit_may_be_entered_within_three_days(world: World) -> None:
    began = now()
    with held_at(began):
        inspection = on_site(world)
    ended = began + timedelta(hours=2)
    with held_at(began + timedelta(days=4)), pytest.raises(InvalidInput) as too_late:
        conclude(world, inspection, conclusion=Conclusion.COMPLIANT, concluded_at=ended)
    assert too_late.value.field == "concluded_at"
    with held_at(began + timedelta(days=2)):
        conclude(world, inspection, conclusion=Conclusion.COMPLIANT, concluded_at=ended)
    act = Act.objects.get(kind="inspection.concluded")
    assert (act.claimed_at, act.recorded_at) == (ended, began + timedelta(days=2))


def test_rectification_is_submitted_returned_submitted_and_verified(world: World) -> None:
    inspection = rectifying(world)
    lead = acting(world.lead)
    actions.submit_rectification(by=lead, inspection_id=inspection.pk, report="已整改", photos=[photo()])
    assert open_kinds(inspection) == ["inspection.verify"]
    later = today() + timedelta(days=7)
    actions.return_rectification(
        by=lead, inspection_id=inspection.pk, reason="缺少销毁记录", rectify_by=later
    )
    assert open_kinds(inspection) == ["inspection.rectify"]
    actions.submit_rectification(by=lead, inspection_id=inspection.pk, report="补充销毁记录")
    closed = actions.verify_rectification(
        by=acting(world.above), inspection_id=inspection.pk, note="现场复核合格"
    )
    assert (closed.state, closed.rectify_by, closed.rectification) == ("closed", later, "补充销毁记录")
    assert set(closed.findings.values_list("verified", flat=True)) == {True}
    assert open_kinds(inspection) == []
    acts = [kind for kind in kinds_of_acts(inspection) if not kind.startswith("clock.")]
    assert acts[-5:] == [
        "rectification.submitted",
        "rectification.returned",
        "rectification.submitted",
        "rectification.verified",
        "inspection.closed",
    ]


def test_a_verification_after_the_deadline_says_so(world: World) -> None:
    inspection = submitted(world)
    with held_at(now() + timedelta(days=3)):
        actions.verify_rectification(by=acting(world.lead), inspection_id=inspection.pk)
    assert Act.objects.get(kind="rectification.verified").facts["late"] is True


@pytest.mark.parametrize(
    ("step", "error", "field"),
    [
        (lambda w, i: actions.verify_rectification(by=acting(w.leader), inspection_id=i), NotAllowed, None),
        (lambda w, i: actions.verify_rectification(by=acting(w.township), inspection_id=i), NotAllowed, None),
        (lambda w, i: actions.verify_rectification(by=acting(w.stranger), inspection_id=i), NotFound, None),
        (
            lambda w, i: actions.return_rectification(
                by=acting(w.lead), inspection_id=i, reason=" ", rectify_by=today()
            ),
            InvalidInput,
            "reason",
        ),
        (
            lambda w, i: actions.return_rectification(
                by=acting(w.lead), inspection_id=i, reason="缺", rectify_by=today() - timedelta(days=1)
            ),
            InvalidInput,
            "rectify_by",
        ),
        (
            lambda w, i: actions.return_rectification(
                by=acting(w.leader), inspection_id=i, reason="缺", rectify_by=today()
            ),
            NotAllowed,
            None,
        ),
        (lambda w, i: actions.start_inspection(by=acting(w.lead), inspection_id=i), Conflict, None),
        (
            lambda w, i: actions.cancel_inspection(by=acting(w.lead), inspection_id=i, reason="不查了"),
            Conflict,
            None,
        ),
    ],
)
def test_a_step_after_submission_is_refused(
    world: World, step: Callable[[World, int], object], error: type[DomainError], field: str | None
) -> None:
    inspection = submitted(world)
    before = kinds_of_acts(inspection)
    with pytest.raises(error) as refusal:
        step(world, inspection.pk)
    assert refusal.value.field == field
    assert Inspection.objects.get(pk=inspection.pk).state == "submitted"
    assert kinds_of_acts(inspection) == before


def test_the_organ_below_may_not_verify_what_the_organ_above_inspected(world: World) -> None:
    inspection = submitted(world)
    Inspection.objects.filter(pk=inspection.pk).update(organ=world.prefecture)
    with pytest.raises(NotAllowed):
        actions.verify_rectification(by=acting(world.lead), inspection_id=inspection.pk)


STEPS_OF_THE_TEAM: dict[str, Callable[[World, int], object]] = {
    "start": lambda w, i: actions.start_inspection(by=acting(w.chief), inspection_id=i),
    "finding": lambda w, i: actions.record_finding(
        by=acting(w.chief), inspection_id=i, severity=Severity.GENERAL, description="缺"
    ),
    "conclude": lambda w, i: actions.conclude_inspection(
        by=acting(w.chief), inspection_id=i, conclusion=Conclusion.COMPLIANT
    ),
    "submit": lambda w, i: actions.submit_rectification(by=acting(w.chief), inspection_id=i, report="已整改"),
    "cancel": lambda w, i: actions.cancel_inspection(by=acting(w.chief), inspection_id=i, reason="停业"),
}


@pytest.mark.parametrize("step", STEPS_OF_THE_TEAM.values(), ids=STEPS_OF_THE_TEAM)
def test_only_the_team_records_the_inspection(world: World, step: Callable[[World, int], object]) -> None:
    inspection = opened(world)
    with pytest.raises(NotAllowed):
        step(world, inspection.pk)
    assert kinds_of_acts(inspection) == ["inspection.opened"]


def test_steps_out_of_order_are_conflicts(world: World) -> None:
    inspection, lead = opened(world), acting(world.lead)
    with pytest.raises(Conflict):
        conclude(world, inspection, conclusion=Conclusion.COMPLIANT)
    with pytest.raises(Conflict):
        actions.submit_rectification(by=lead, inspection_id=inspection.pk, report="已整改")
    with pytest.raises(Conflict):
        actions.record_finding(
            by=lead, inspection_id=inspection.pk, severity=Severity.MAJOR, description="过期"
        )


def test_an_empty_report_is_refused(world: World) -> None:
    inspection = rectifying(world)
    with pytest.raises(InvalidInput) as refusal:
        actions.submit_rectification(by=acting(world.lead), inspection_id=inspection.pk, report="\n")
    assert refusal.value.field == "report"


def test_cancelling_withdraws_the_work_and_keeps_the_findings(world: World) -> None:
    inspection = on_site(world, Severity.GENERAL)
    with pytest.raises(InvalidInput) as refusal:
        actions.cancel_inspection(by=acting(world.lead), inspection_id=inspection.pk, reason="")
    assert refusal.value.field == "reason"
    cancelled = actions.cancel_inspection(
        by=acting(world.second), inspection_id=inspection.pk, reason="企业停业"
    )
    assert cancelled.state == "cancelled"
    assert (open_kinds(inspection), inspection.findings.count()) == ([], 1)
    assert Act.objects.get(kind="inspection.cancelled").facts == {"reason": "企业停业"}
