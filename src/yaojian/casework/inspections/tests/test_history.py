"""Past files entered in bulk look as if every step had been taken one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from yaojian.casework.inspections import actions
from yaojian.casework.inspections.contracts import Conclusion, InspectionKind, Severity
from yaojian.casework.inspections.history import (
    PastConclusion,
    PastFinding,
    PastInspection,
    PastRound,
    enter_history,
)
from yaojian.casework.inspections.models import Inspection
from yaojian.casework.inspections.tests.factories import World, acting
from yaojian.foundation.errors import RuleBroken
from yaojian.foundation.ledger.facade import Act, row_matches_canonical
from yaojian.foundation.timekeeping import CHINA, held_at
from yaojian.foundation.worklist.facade import ItemState, WorkItem

DELAY = timedelta(minutes=7)
FIELDS = (
    *("state", "kind", "basis", "opened_at", "started_at", "concluded_at", "conclusion", "summary"),
    *("rectify_by", "rectification", "submitted_at", "verified_at", "verification", "closed_at"),
)


def at(day: int, hour: int, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, 0, tzinfo=CHINA)


def past(world: World, **steps: Any) -> PastInspection:
    """An inspection with one major finding, returned once and verified late, unless told otherwise."""
    values: dict[str, Any] = {
        "started_at": at(3, 11),
        "findings": [PastFinding(at(3, 12), Severity.MAJOR, "GSP *12502", "药师不在岗")],
        "conclusion": PastConclusion(at(3, 13), Conclusion.RECTIFY, "限期整改", date(2026, 3, 20)),
        "rounds": [
            PastRound(at(10, 11), "已整改", at(11, 11), acting(world.chief), "照片不清", date(2026, 3, 25)),
            PastRound(at(26, 11), "补充照片", at(27, 11), acting(world.lead), "复查合格"),
        ],
        **steps,
    }
    return PastInspection(
        subject=world.pharmacy,
        kind=InspectionKind.ROUTINE,
        basis="年度计划",
        team=[acting(world.lead), acting(world.second)],
        opened_at=at(2, 16),
        delay=DELAY,
        **values,
    )


def step_by_step(world: World) -> Inspection:
    """The same inspection through the room's actions, each at its moment."""
    lead, chief = acting(world.lead), acting(world.chief)
    with held_at(at(2, 16)):
        inspection = actions.open_inspection(
            by=lead,
            subject_id=world.pharmacy.pk,
            kind=InspectionKind.ROUTINE,
            officer_ids=[world.lead.pk, world.second.pk],
            lead_id=world.lead.pk,
            basis="年度计划",
        )
    pk = inspection.pk
    with held_at(at(3, 11)):
        actions.start_inspection(by=lead, inspection_id=pk)
    with held_at(at(3, 12)):
        actions.record_finding(
            by=lead, inspection_id=pk, severity=Severity.MAJOR, description="药师不在岗", clause="GSP *12502"
        )
    with held_at(at(3, 13)):
        actions.conclude_inspection(
            by=lead,
            inspection_id=pk,
            conclusion=Conclusion.RECTIFY,
            summary="限期整改",
            rectify_by=date(2026, 3, 20),
        )
    with held_at(at(10, 11)):
        actions.submit_rectification(by=lead, inspection_id=pk, report="已整改")
    with held_at(at(11, 11)):
        actions.return_rectification(
            by=chief, inspection_id=pk, reason="照片不清", rectify_by=date(2026, 3, 25)
        )
    with held_at(at(26, 11)):
        actions.submit_rectification(by=lead, inspection_id=pk, report="补充照片")
    with held_at(at(27, 11)):
        actions.verify_rectification(by=lead, inspection_id=pk, note="复查合格")
    return Inspection.objects.get(pk=pk)


def acts_of(inspection: Inspection) -> list[Act]:
    return list(Act.objects.filter(file_id=inspection.pk).order_by("id"))


def told(acts: Sequence[Act]) -> list[dict[str, Any]]:
    """What acts say, but for numbers, keys and the moment of recording."""
    return [
        {
            "kind": act.kind,
            "by": (act.actor_name, act.organ_name, act.role),
            "claimed_at": act.claimed_at,
            "legal_basis": act.legal_basis,
            "facts": {key: value for key, value in act.facts.items() if key not in ("number", "clock")},
        }
        for act in acts
    ]


def test_bulk_and_single_steps_leave_the_same_file(world: World) -> None:
    single = step_by_step(world)
    enter_history([past(world)])
    bulk = Inspection.objects.exclude(pk=single.pk).get()
    assert {f: getattr(bulk, f) for f in FIELDS} == {f: getattr(single, f) for f in FIELDS}
    assert told(acts_of(bulk)) == told(acts_of(single))
    assert list(bulk.team.values_list("officer_id", "is_lead", "full_time")) == list(
        single.team.values_list("officer_id", "is_lead", "full_time")
    )
    columns = ("number", "severity", "clause", "description", "verified")
    assert list(bulk.findings.values_list(*columns)) == list(single.findings.values_list(*columns))


def test_acts_are_frozen_when_they_were_recorded(world: World) -> None:
    enter_history([past(world)])
    for act in Act.objects.filter(file_kind="inspections.inspection"):
        assert act.recorded_at - act.claimed_at == DELAY
        assert row_matches_canonical(act)


def test_numbers_continue_the_series(world: World) -> None:
    first = step_by_step(world)
    enter_history([past(world), past(world)])
    mark = first.number.removesuffix("1号")
    numbers = sorted(Inspection.objects.values_list("number", flat=True))
    assert numbers == [f"{mark}{n}号" for n in (1, 2, 3)]
    assert step_by_step(world).number == f"{mark}4号"


NOTHING: dict[str, Any] = {"started_at": None, "findings": [], "conclusion": None, "rounds": []}


@pytest.mark.parametrize(
    ("steps", "state", "kind"),
    [
        (NOTHING, "planned", "inspection.conduct"),
        ({"findings": [], "conclusion": None, "rounds": []}, "on_site", "inspection.conduct"),
        ({"rounds": []}, "rectifying", "inspection.rectify"),
        ({"rounds": [PastRound(at(10, 11), "已整改")]}, "submitted", "inspection.verify"),
    ],
)
def test_open_files_are_on_the_leads_list(world: World, steps: dict[str, Any], state: str, kind: str) -> None:
    enter_history([past(world, **steps)])
    inspection = Inspection.objects.get()
    item = WorkItem.objects.get()
    assert (inspection.state, item.kind, item.state) == (state, kind, ItemState.OPEN.value)
    # A report is judged within 20 working days; until there is one, the rectification is awaited.
    due_on = date(2026, 4, 8) if state == "submitted" else inspection.rectify_by
    assert (item.file_id, item.assignee_id, item.due_on) == (inspection.pk, world.lead.pk, due_on)


def test_closed_and_cancelled_files_leave_no_work(world: World) -> None:
    clean = PastConclusion(at(3, 13), Conclusion.COMPLIANT, "符合要求", None)
    enter_history(
        [
            past(world, findings=[], conclusion=clean, rounds=[]),
            past(world, **NOTHING, cancelled_at=at(3, 10), cancel_reason="停电"),
        ]
    )
    assert sorted(Inspection.objects.values_list("state", flat=True)) == ["cancelled", "closed"]
    assert not WorkItem.objects.exists()


def test_rules_hold_for_the_past_too(world: World) -> None:
    alone = past(world)
    with pytest.raises(RuleBroken):
        enter_history([replace(alone, team=alone.team[:1])])
    with pytest.raises(RuleBroken):
        enter_history([past(world, conclusion=PastConclusion(at(3, 13), Conclusion.COMPLIANT, "", None))])
    with pytest.raises(KeyError):
        enter_history([past(world, started_at=None)])
    assert not Inspection.objects.exists()


def test_past_acts_rest_on_the_law_of_what_was_inspected(world: World) -> None:
    world.pharmacy.subject_type = "device_operator"
    enter_history([past(world)])
    acts = Act.objects.filter(file_kind="inspections.inspection").exclude(kind__startswith="clock.")
    assert {tuple(act.legal_basis) for act in acts} == {("医疗器械监督管理条例",)}
    world.pharmacy.subject_type = "vaccination_unit"
    long_ago = past(
        world,
        started_at=datetime(2021, 5, 20, 10, tzinfo=CHINA),
        findings=[],
        conclusion=None,
        rounds=[],
    )
    enter_history([replace(long_ago, opened_at=datetime(2021, 5, 19, 10, tzinfo=CHINA))])
    assert Act.objects.filter(claimed_at__year=2021).count() == 2
    for act in Act.objects.filter(claimed_at__year=2021):
        assert act.legal_basis == ["疫苗管理法", "药品管理法 第九十九条"]
