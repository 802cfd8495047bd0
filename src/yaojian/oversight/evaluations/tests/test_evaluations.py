"""Evaluations are frozen once and for all; tasks and adjustments take two people."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from yaojian.foundation.accounts.models import User
from yaojian.foundation.errors import Conflict, InvalidInput, NotAllowed, NotFound
from yaojian.foundation.ledger.facade import Act
from yaojian.foundation.outbox.models import OutboxEvent
from yaojian.foundation.timekeeping import today
from yaojian.foundation.worklist.facade import WorkItem, unfinished_q
from yaojian.oversight.evaluations import adjustments, evaluation_actions, task_actions
from yaojian.oversight.evaluations.contracts import EvaluationKind, Progress, Standing
from yaojian.oversight.evaluations.models import Comment, Evaluation, Snapshot, Task
from yaojian.oversight.evaluations.queries import current_values, standing
from yaojian.oversight.evaluations.rules import Stage, next_stage, standing_of
from yaojian.oversight.evaluations.states import (
    ADJUSTMENT_STATES,
    EVALUATION_STATES,
    TASK_STATES,
    TaskState,
)
from yaojian.oversight.evaluations.task_actions import Assignment
from yaojian.oversight.evaluations.tests.factories import make_field, make_plan, paper
from yaojian.oversight.evaluations.work_kinds import refresh_tasks
from yaojian.oversight.plans.evaluation import target_for
from yaojian.oversight.plans.models import Figure
from yaojian.oversight.plans.queries import values_of_figures
from yaojian.oversight.statistics.tests.factories import Field, confirmed, content

ROOM = Path(__file__).resolve().parent.parent
DAY = timedelta(days=1)


@pytest.fixture
def world(db: None, settings: Any, tmp_path: Path) -> Field:
    settings.DOCUMENTS_FOLDER = tmp_path
    found = make_field()
    make_plan(found)
    return found


@pytest.mark.parametrize("table", [TASK_STATES, EVALUATION_STATES, ADJUSTMENT_STATES])
def test_the_states_in_the_readme_are_those_of_the_tables(table: Any) -> None:
    readme = (ROOM / "README.md").read_text(encoding="utf-8")
    drawn = f"```mermaid\n{table.mermaid()}\n```"
    assert drawn in readme, f"put this between the marks:\n{drawn}"


def drafted(world: Field, **values: Any) -> Evaluation:
    given = {"plan_code": "t", "organ": world.prefecture, "kind": EvaluationKind.YEARLY, "as_of": today()}
    evaluation = evaluation_actions.draft_evaluation(by=world.planner, **{**given, **values})
    evaluation_actions.comment_evaluation(
        by=world.planner, pk=evaluation.pk, summary="总体良好", comments={"900-01": "待补数据"}
    )
    return evaluation_actions.submit_evaluation(by=world.planner, pk=evaluation.pk)


def test_a_frozen_evaluation_carries_its_hash_in_the_journal(world: Field) -> None:
    snapshot = evaluation_actions.freeze_evaluation(by=world.leader, pk=drafted(world).pk)
    assert snapshot.sha256 == hashlib.sha256(bytes(snapshot.content)).hexdigest()
    act = Act.objects.get(uid=snapshot.act)
    assert (act.kind, act.facts["sha256"]) == ("evaluation.frozen", snapshot.sha256)
    assert evaluation_actions.verify_snapshot(Snapshot.objects.get()).is_sound
    frozen = evaluation_actions.frozen_content(snapshot)
    assert [line["key"] for line in frozen["lines"]] == ["900-01", "900-02", "900-03"]
    assert frozen["lines"][0]["comment"] == "待补数据"
    snapshot.content = bytes(snapshot.content) + b" "
    assert not evaluation_actions.verify_snapshot(snapshot).is_sound


def test_what_is_frozen_does_not_follow_later_data(world: Field) -> None:
    snapshot = evaluation_actions.freeze_evaluation(by=world.leader, pk=drafted(world).pk)
    confirmed(
        world,
        world.prefecture,
        content(
            "survey_results",
            year=today().year,
            last_on=today(),
            dims={"item": "support"},
            amount=Decimal(96),
            sample_size=1200,
            method="入户",
        ),
    )
    figure = Figure.objects.get(key="900-01")
    assert values_of_figures([figure], world.prefecture, today())["900-01"].number == Decimal(96)
    assert evaluation_actions.frozen_content(snapshot)["lines"][0]["value"] == ""


def test_every_change_of_a_frozen_evaluation_is_refused(world: Field) -> None:
    evaluation = drafted(world)
    evaluation_actions.freeze_evaluation(by=world.leader, pk=evaluation.pk)
    for change in (
        lambda: evaluation_actions.comment_evaluation(
            by=world.planner, pk=evaluation.pk, summary="改", comments={}
        ),
        lambda: evaluation_actions.freeze_evaluation(by=world.leader, pk=evaluation.pk),
        lambda: evaluation_actions.discard_evaluation(by=world.planner, pk=evaluation.pk),
    ):
        with pytest.raises(Conflict) as refused:
            change()
        assert refused.value.code == "evaluation_frozen"
    for change in (
        lambda: Snapshot.objects.update(sha256="0" * 64),
        lambda: Snapshot.objects.all().delete(),
        lambda: Evaluation.objects.filter(pk=evaluation.pk).update(summary="改"),
        lambda: Comment.objects.update(text="改"),
        lambda: Comment.objects.create(evaluation=evaluation, figure_key="900-02", text="新"),
        lambda: Comment.objects.all().delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_who_prepared_an_evaluation_does_not_freeze_it(world: Field) -> None:
    evaluation = drafted(world)
    with pytest.raises(NotAllowed):
        evaluation_actions.freeze_evaluation(by=world.planner, pk=evaluation.pk)
    with pytest.raises(NotFound):
        evaluation_actions.freeze_evaluation(by=world.county_leader, pk=evaluation.pk)


def test_evaluations_that_cannot_be_are_refused(world: Field) -> None:
    with pytest.raises(InvalidInput):
        drafted(world, as_of=today() + DAY)
    with pytest.raises(InvalidInput):
        drafted(world, as_of=date(2020, 12, 31))
    with pytest.raises(NotFound):
        drafted(world, plan_code="nothing")
    evaluation = evaluation_actions.draft_evaluation(
        by=world.planner, plan_code="t", organ=world.county, kind=EvaluationKind.FINAL, as_of=today()
    )
    with pytest.raises(Conflict):
        drafted(world, organ=world.county, kind=EvaluationKind.FINAL)
    with pytest.raises(InvalidInput):
        evaluation_actions.submit_evaluation(by=world.planner, pk=evaluation.pk)
    with pytest.raises(InvalidInput):
        evaluation_actions.comment_evaluation(
            by=world.planner, pk=evaluation.pk, summary="", comments={"000-01": "别的规划"}
        )


def given(world: Field, key: str = "900-02", **values: Any) -> Task:
    said: dict[str, Any] = {
        "figure_key": key,
        "organ": world.county,
        "starts_on": today() - 10 * DAY,
        "ends_on": today() + 20 * DAY,
        **values,
    }
    return task_actions.assign_task(by=world.planner, assignment=Assignment(**said))


def test_a_milestone_is_reached_with_evidence_and_a_second_person(world: Field) -> None:
    task = given(world, owner_id=world.county_planner.user_id)
    figure = Figure.objects.get(key="900-02")
    item = WorkItem.objects.get(unfinished_q(), kind="evaluation.do")
    assert (item.assignee_id, item.due_on) == (world.county_planner.user_id, task.ends_on)
    report = {"by": world.county_planner, "pk": task.pk, "note": "已验收"}
    with pytest.raises(InvalidInput) as refused:
        task_actions.report_progress(**report, done=True)
    assert refused.value.field == "evidence"
    task_actions.report_progress(**report, share_done=60, evidence=[paper()])
    task_actions.report_progress(**report, done=True)
    assert not WorkItem.objects.filter(unfinished_q(), kind="evaluation.do").exists()
    with pytest.raises(NotAllowed):
        task_actions.confirm_task(by=world.county_planner, pk=task.pk)
    assert values_of_figures([figure], world.prefecture, today())["900-02"].met is not True
    task_actions.confirm_task(by=world.planner, pk=task.pk)
    value = values_of_figures([figure], world.prefecture, today())["900-02"]
    assert (value.met, value.outcome.done_on) == (True, today())
    assert not WorkItem.objects.filter(unfinished_q()).exists()
    with pytest.raises(Conflict):
        task_actions.cancel_task(by=world.planner, pk=task.pk, reason="不再需要")


def test_a_returned_task_is_open_again(world: Field) -> None:
    task = given(world)
    task_actions.report_progress(
        by=world.county_planner, pk=task.pk, note="完成", done=True, evidence=[paper()]
    )
    with pytest.raises(InvalidInput):
        task_actions.return_task(by=world.planner, pk=task.pk, reason="")
    task_actions.return_task(by=world.planner, pk=task.pk, reason="缺验收报告")
    assert WorkItem.objects.filter(unfinished_q(), kind="evaluation.do").count() == 1
    task_actions.cancel_task(by=world.planner, pk=task.pk, reason="规划调整")
    assert not WorkItem.objects.filter(unfinished_q()).exists()


def test_a_share_has_a_rising_schedule(world: Field) -> None:
    start, end = today() - 10 * DAY, today() + 20 * DAY
    wrong: list[dict[str, Any]] = [
        {"goal": None},
        {"goal": Decimal(90), "ends_on": start - DAY},
        {"goal": Decimal(90), "steps": [(end + DAY, Decimal(50))]},
        {"goal": Decimal(90), "steps": [(start, Decimal(60)), (end, Decimal(50))]},
        {"goal": Decimal(90), "steps": [(end, Decimal(95))]},
        {"goal": Decimal(90), "steps": [(end, Decimal(50)), (end, Decimal(60))]},
        {"goal": Decimal(90), "owner_id": world.leader.user_id},
    ]
    for values in wrong:
        with pytest.raises(InvalidInput):
            given(world, "900-01", **values)
    with pytest.raises(InvalidInput):
        given(world, goal=Decimal(1))
    with pytest.raises(NotAllowed):
        task_actions.assign_task(
            by=world.county_planner,
            assignment=Assignment("900-01", world.second, start, end, goal=Decimal(1)),
        )
    steps = [(start, Decimal(50)), (end, Decimal(90))]
    task = given(world, "900-01", goal=Decimal(90), steps=steps)
    with pytest.raises(Conflict):
        given(world, "900-01", goal=Decimal(80))
    assert standing(task, today(), None) is Standing.LATE
    task_actions.report_progress(
        by=world.county_planner, pk=task.pk, note="进展", value=Decimal(55), share_done=60
    )
    task.refresh_from_db()
    assert standing(task, today(), task.value) is Standing.DUE_SOON
    with pytest.raises(InvalidInput):
        task_actions.report_progress(by=world.county_planner, pk=task.pk, note="完成", done=True)
    task_actions.report_progress(
        by=world.county_planner, pk=task.pk, note="完成", value=Decimal(91), done=True
    )


def test_progress_of_a_share_can_come_from_the_figure(world: Field) -> None:
    task = given(world, "900-01", goal=Decimal(90), progress_from=Progress.FIGURE)
    said = {"dims": {"item": "support"}, "sample_size": 500, "method": "电话"}
    year = {"year": today().year, "last_on": today()}
    confirmed(world, world.county, content("survey_results", amount=Decimal("88.5"), **said, **year))
    assert current_values([task], today()) == {task.pk: Decimal("88.50")}


def test_the_nightly_run_puts_what_is_near_on_the_lists_once(world: Field) -> None:
    far = given(world, ends_on=today() + 200 * DAY)
    assert not WorkItem.objects.filter(file_id=far.pk, kind="evaluation.do").exists()
    Task.objects.filter(pk=far.pk).update(ends_on=today() + 30 * DAY)
    assert refresh_tasks() == 1
    assert refresh_tasks() == 0


def test_standings_follow_the_days() -> None:
    day = date(2025, 6, 1)
    open_ = TaskState.OPEN
    assert standing_of(open_, day, day - DAY, day) is Standing.LATE
    assert standing_of(open_, day, day + 30 * DAY, day) is Standing.DUE_SOON
    assert standing_of(open_, day + DAY, day + 300 * DAY, day) is Standing.AHEAD
    assert standing_of(open_, day, day + 300 * DAY, day) is Standing.UNDER_WAY
    assert standing_of(TaskState.DONE, day, day - DAY, day) is Standing.DONE
    stages = [Stage(day, Decimal(50)), Stage(day + DAY, Decimal(90))]
    end = day + 9 * DAY
    assert [next_stage(stages, end, v) for v in (None, Decimal(50), Decimal(90))] == [day, day + DAY, end]


def proposed(world: Field, **values: Any) -> Any:
    said = {
        "figure_key": "900-01",
        "year": 2025,
        "value": 85,
        "effective_on": date(2025, 6, 1),
        "reason": "机构改革",
        **values,
    }
    return adjustments.propose_adjustment(by=world.planner, **said)


def test_an_approved_adjustment_holds_from_its_day_and_is_named(world: Field) -> None:
    adjustment = proposed(world, papers=[paper("请示.pdf")])
    figure = Figure.objects.get(key="900-01")
    assert target_for(figure, 2025, date(2025, 7, 1)).value == 90  # type: ignore[union-attr]
    with pytest.raises(NotAllowed):
        adjustments.decide_adjustment(by=world.planner, pk=adjustment.pk, approve=True)
    adjustments.decide_adjustment(by=world.leader, pk=adjustment.pk, approve=True)
    news = OutboxEvent.objects.get(name="MandatesChanged")
    assert news.payload == {"codes": ["900-01"]}
    figure.refresh_from_db()
    after, before = (target_for(figure, 2025, day) for day in (date(2025, 6, 1), date(2025, 5, 31)))
    assert after is not None
    assert before is not None
    assert (after.value, after.adjustment) == (85, adjustment.pk)
    assert (before.value, before.adjustment) == (90, None)
    value = values_of_figures([figure], world.prefecture, date(2025, 7, 1))["900-01"]
    assert value.target is not None
    assert value.target.adjustment == adjustment.pk
    assert figure.targets[0] == {"year": 2025, "op": ">=", "value": 90}
    with pytest.raises(Conflict):
        adjustments.decide_adjustment(by=world.leader, pk=adjustment.pk, approve=False, note="改")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"value": 90}, "value"),
        ({"value": "B"}, "value"),
        ({"value": float("nan")}, "value"),
        ({"value": 500}, "value"),
        ({"value": -500}, "value"),
        ({"year": 2031}, "year"),
        ({"reason": " "}, "reason"),
        ({"figure_key": "900-02"}, "value"),
        ({"figure_key": "900-03", "value": 3}, "value"),
        ({"figure_key": "900-03", "value": "Z"}, "value"),
    ],
)
def test_adjustments_that_do_not_fit_are_refused(world: Field, values: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        proposed(world, **values)
    assert refused.value.field == field


def test_only_one_adjustment_waits_and_only_for_ones_own_plan(world: Field) -> None:
    first = proposed(world)
    with pytest.raises(Conflict):
        proposed(world, value=80)
    with pytest.raises(NotAllowed):
        adjustments.propose_adjustment(
            by=world.county_planner,
            figure_key="900-01",
            year=2025,
            value=80,
            effective_on=today(),
            reason="试试",
        )
    with pytest.raises(InvalidInput):
        adjustments.decide_adjustment(by=world.leader, pk=first.pk, approve=False)
    adjustments.decide_adjustment(by=world.leader, pk=first.pk, approve=False, note="理由不足")
    adjustments.withdraw_adjustment(by=world.planner, pk=proposed(world, value=80).pk)


def client_of(username: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=username))
    return client


def test_pages_show_and_take_all_of_it(world: Field) -> None:
    planner, leader, county = (client_of(name) for name in ("guihua", "juzhang", "cj-guihua"))
    answer = planner.post(
        "/evaluations/tasks/assign/900-02/",
        {
            "organ": "xj.changji.cj",
            "owner": "cj-guihua",
            "starts_on": today() - DAY,
            "ends_on": today() + DAY,
            "steps": "",
        },
    )
    task = Task.objects.get()
    assert answer.headers["Location"] == f"/evaluations/tasks/{task.pk}/"
    county.post(
        f"/evaluations/tasks/{task.pk}/report/",
        {"on": today(), "share_done": 100, "note": "完成", "done": "on", "evidence": paper()},
    )
    assert planner.get("/evaluations/milestones/").content.count("待确认".encode()) >= 1
    leader.post(f"/evaluations/tasks/{task.pk}/step/confirm/")
    task.refresh_from_db()
    assert task.state == "done"
    planner.post(
        "/evaluations/begin/", {"plan": "t", "organ": "xj.changji", "kind": "yearly", "as_of": today()}
    )
    evaluation = Evaluation.objects.get()
    here = f"/evaluations/{evaluation.pk}/"
    planner.post(f"{here}comment/", {"summary": "总体良好", "comment-900-01": "缺调查"})
    planner.post(f"{here}step/submit/")
    leader.post(f"{here}freeze/")
    assert not Snapshot.objects.exists()
    leader.post(f"{here}freeze/", {"shown": leader.get(here).context["digest"]})
    sha256 = Snapshot.objects.get().sha256
    page = planner.get(here).content.decode()
    assert sha256 in page
    assert "已核验" in page
    planner.post(f"{here}comment/", {"summary": "改", "comment-900-01": "改"})
    assert Evaluation.objects.get().summary == "总体良好"
    for address in ("", "levels/", "missing/", "adjustments/", "tasks/", "milestones/?state=done"):
        assert planner.get(f"/evaluations/{address}").status_code == 200, address
    answer = planner.get(f"{here}?export=xlsx")
    assert answer.status_code == 200


def test_missing_data_lead_to_the_form_filled_in(world: Field) -> None:
    page = client_of("guihua").get("/evaluations/missing/?plan=t&year=2024").content.decode()
    assert "datum=survey_results&amp;organ=xj.changji&amp;year=2024&amp;span=year&amp;item=support" in page
    said = {"dims": {"item": "support"}, "sample_size": 500, "method": "电话"}
    confirmed(world, world.prefecture, content("survey_results", amount=Decimal(88), **said))
    page = client_of("guihua").get("/evaluations/missing/?plan=t&year=2024").content.decode()
    assert "survey_results" not in page
