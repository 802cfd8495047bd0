"""Who gives, reports, writes and freezes are not the same; what was frozen stays, and was what was read."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from yaojian.foundation.accounts.facade import Actor, Role
from yaojian.foundation.accounts.models import User
from yaojian.foundation.errors import Conflict, InvalidInput, NotAllowed
from yaojian.foundation.ledger.facade import Act
from yaojian.foundation.timekeeping import today
from yaojian.foundation.worklist.facade import WorkItem, unfinished_q
from yaojian.oversight.evaluations import adjustments, evaluation_actions, task_actions
from yaojian.oversight.evaluations.content import digest_of_draft, lines_in, lines_of, trends_in
from yaojian.oversight.evaluations.contracts import EvaluationKind, Progress
from yaojian.oversight.evaluations.models import Comment, Evaluation, Task
from yaojian.oversight.evaluations.permissions import evaluation_verbs, task_verbs
from yaojian.oversight.evaluations.queries import due_on
from yaojian.oversight.evaluations.task_actions import Assignment
from yaojian.oversight.evaluations.tests.factories import make_field, make_plan, paper
from yaojian.oversight.evaluations.web.listings import as_number, plain_value
from yaojian.oversight.evaluations.web.printing import bars_of
from yaojian.oversight.plans.models import Figure, KeptValue
from yaojian.oversight.plans.queries import plan_by_code, values_of_figures
from yaojian.oversight.plans.web.presentation import judgement
from yaojian.oversight.statistics.tests.factories import Field, confirmed, content, officer

DAY = timedelta(days=1)
ASKED: dict[str, Any] = {"dims": {"item": "support"}, "sample_size": 500, "method": "电话"}


@pytest.fixture
def world(db: None, settings: Any, tmp_path: Path) -> Field:
    settings.DOCUMENTS_FOLDER = tmp_path
    found = make_field()
    make_plan(found)
    return found


def drafted(world: Field, kind: EvaluationKind = EvaluationKind.YEARLY) -> Evaluation:
    evaluation = evaluation_actions.draft_evaluation(
        by=world.planner, plan_code="t", organ=world.prefecture, kind=kind, as_of=today()
    )
    evaluation_actions.comment_evaluation(
        by=world.planner, pk=evaluation.pk, summary="总体良好", comments={"900-01": "待补数据"}
    )
    return evaluation_actions.submit_evaluation(by=world.planner, pk=evaluation.pk)


def given(by: Actor, world: Field, key: str = "900-02", **values: Any) -> Task:
    task = Assignment(key, world.county, today() - DAY, today() + DAY, **values)
    return task_actions.assign_task(by=by, assignment=task)


def done(by: Actor, task: Task) -> Task:
    return task_actions.report_progress(by=by, pk=task.pk, note="完成", done=True, evidence=[paper()])


def test_who_is_responsible_does_not_confirm_what_was_given_from_above(world: Field) -> None:
    task = done(world.county_planner, given(world.planner, world))
    assert "confirm" not in task_verbs(world.county_leader, task)
    with pytest.raises(NotAllowed):
        task_actions.confirm_task(by=world.county_leader, pk=task.pk)
    assert task_actions.confirm_task(by=world.planner, pk=task.pk).state == "done"


def test_what_an_organ_gave_itself_reaches_no_milestone_of_a_plan_above(world: Field) -> None:
    figure = Figure.objects.get(key="900-02")
    task = done(world.county_planner, given(world.county_planner, world))
    task_actions.confirm_task(by=world.county_leader, pk=task.pk)
    assert values_of_figures([figure], world.prefecture, today())["900-02"].met is None


def test_a_share_counted_by_its_figure_is_not_done_below_its_goal(world: Field) -> None:
    task = given(world.planner, world, "900-01", goal=Decimal(90), progress_from=Progress.FIGURE)
    year = {"year": today().year, "last_on": today()}
    confirmed(world, world.county, content("survey_results", amount=Decimal("88.5"), **ASKED, **year))
    with pytest.raises(InvalidInput) as refused:
        done(world.county_planner, task)
    assert refused.value.field == "value"


def test_who_wrote_in_an_evaluation_does_not_freeze_it(world: Field) -> None:
    evaluation = drafted(world)
    other = officer(world.prefecture, "guihua2", Role.PLANNER)
    evaluation_actions.return_evaluation(by=other, pk=evaluation.pk, reason="补写结论")
    evaluation_actions.comment_evaluation(by=other, pk=evaluation.pk, summary="结论", comments={})
    evaluation_actions.submit_evaluation(by=other, pk=evaluation.pk)
    both = replace(world.leader, user_id=other.user_id)
    assert "freeze" not in evaluation_verbs(both, evaluation)
    with pytest.raises(NotAllowed):
        evaluation_actions.freeze_evaluation(by=both, pk=evaluation.pk)


def test_only_what_was_read_is_frozen_and_it_is_counted_anew(world: Field) -> None:
    evaluation, plan = drafted(world), plan_by_code("t")
    read = digest_of_draft(evaluation, plan, lines_of(evaluation))
    KeptValue.objects.update(milliseconds=60_000)
    year = {"year": today().year, "last_on": today()}
    confirmed(world, world.prefecture, content("survey_results", amount=Decimal(88), **ASKED, **year))
    with pytest.raises(Conflict):
        evaluation_actions.freeze_evaluation(by=world.leader, pk=evaluation.pk, shown=read)
    read = digest_of_draft(evaluation, plan, lines_of(evaluation))
    snapshot = evaluation_actions.freeze_evaluation(by=world.leader, pk=evaluation.pk, shown=read)
    assert evaluation_actions.frozen_content(snapshot)["lines"][0]["number"] == "88.00"


def test_what_is_printed_of_a_frozen_evaluation_stands_in_it(world: Field) -> None:
    for year, last in ((today().year - 1, date(today().year - 1, 12, 31)), (today().year, today())):
        what = content("survey_results", amount=Decimal(88), year=year, last_on=last, **ASKED)
        confirmed(world, world.prefecture, what)
    Figure.objects.filter(key="900-01").update(targets=[{"every": "year", "op": ">=", "value": 80}])
    snapshot = evaluation_actions.freeze_evaluation(by=world.leader, pk=drafted(world).pk)
    frozen = evaluation_actions.frozen_content(snapshot)
    Figure.objects.filter(key="900-01").update(targets=[{"every": "year", "op": ">=", "value": 99}])
    (bar,) = bars_of(lines_in(frozen))
    assert (bar.value, bar.target) == (88, 80)
    assert frozen["prepared_by"] == "guihua"
    assert [one.target for one in trends_in(frozen)] in ([], ["80"])


def test_nothing_leaves_what_is_frozen(world: Field) -> None:
    evaluation, other = drafted(world), drafted(world, EvaluationKind.FINAL)
    evaluation_actions.freeze_evaluation(by=world.leader, pk=evaluation.pk)
    for change in (
        lambda: Comment.objects.filter(evaluation=evaluation).update(evaluation=other),
        lambda: Comment.objects.filter(evaluation=other).update(evaluation=evaluation, figure_key="900-03"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_no_table_of_what_is_frozen_or_confirmed_is_emptied(db: None) -> None:
    kept = {f"evaluations_{name}" for name in ("evaluation", "comment", "snapshot")}
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgtype & 34 = 34")
        found = {table for (table,) in cursor.fetchall()}
    assert found >= {*kept, "statistics_statistic", "ledger_act"}


def test_what_must_be_there_only_once_is_looked_up_by_one_at_a_time(world: Field) -> None:
    def proposed() -> None:
        adjustments.propose_adjustment(
            by=world.planner, figure_key="900-01", year=2025, value=85, effective_on=today(), reason="改革"
        )

    for act in (lambda: drafted(world), lambda: given(world.planner, world), proposed):
        with CaptureQueriesContext(connection) as asked:
            act()
        assert any("FOR NO KEY UPDATE" in one["sql"] for one in asked)


def test_what_was_handed_in_stands_on_the_list_of_who_may_freeze_it(world: Field) -> None:
    evaluation = evaluation_actions.draft_evaluation(
        by=world.planner, plan_code="t", organ=world.prefecture, kind=EvaluationKind.FINAL, as_of=today()
    )
    with pytest.raises(InvalidInput) as refused:
        evaluation_actions.submit_evaluation(by=world.planner, pk=evaluation.pk)
    assert refused.value.field == "summary"
    write = {"by": world.planner, "pk": evaluation.pk, "comments": {}}
    evaluation_actions.comment_evaluation(**write, summary="总体良好")
    with pytest.raises(Conflict):
        evaluation_actions.freeze_evaluation(by=world.leader, pk=evaluation.pk)
    evaluation_actions.submit_evaluation(by=world.planner, pk=evaluation.pk)
    item = WorkItem.objects.get(unfinished_q())
    assert (item.kind, item.organ_id) == ("evaluation.freeze", world.prefecture.pk)
    with pytest.raises(Conflict):
        evaluation_actions.comment_evaluation(**write, summary="改")
    # Given back with a reason, it is on the list of who prepared it; once frozen, nothing is left.
    with pytest.raises(InvalidInput):
        evaluation_actions.return_evaluation(by=world.leader, pk=evaluation.pk, reason=" ")
    evaluation_actions.return_evaluation(by=world.leader, pk=evaluation.pk, reason="缺抽检数据说明")
    item = WorkItem.objects.get(unfinished_q())
    assert (item.kind, item.assignee_id) == ("evaluation.mend", world.planner.user_id)
    evaluation_actions.submit_evaluation(by=world.planner, pk=evaluation.pk)
    evaluation_actions.freeze_evaluation(by=world.leader, pk=evaluation.pk)
    assert not WorkItem.objects.filter(unfinished_q()).exists()


def test_of_two_who_write_at_one_place_the_second_sees_the_other_text(world: Field, client: Client) -> None:
    evaluation = drafted(world)
    evaluation_actions.return_evaluation(by=world.planner, pk=evaluation.pk, reason="补写")
    client.force_login(User.objects.get(pk=world.planner.user_id))
    address = f"/evaluations/{evaluation.pk}/"
    first = second = {"summary": "总体良好", "was-summary": "总体良好"}
    seen = {"was-900-01": "待补数据", "was-900-02": ""}
    first = {**first, **seen, "comment-900-01": "甲的说明", "comment-900-02": ""}
    second = {**second, **seen, "comment-900-01": "乙的说明", "comment-900-02": "乙的另一处"}
    assert client.post(f"{address}comment/", first).status_code == 302
    answer = client.post(f"{address}comment/", second)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "甲的说明" in page
    assert "乙的说明" in page
    texts = dict(Comment.objects.values_list("figure_key", "text"))
    assert texts == {"900-01": "甲的说明"}
    # Who has read the other's text keeps their own; what only others changed is never touched.
    again = {**second, "was-900-01": "甲的说明", "comment-900-02": "", "was-900-02": ""}
    Comment.objects.create(evaluation=evaluation, figure_key="900-02", text="丙的说明")
    assert client.post(f"{address}comment/", again).status_code == 302
    texts = dict(Comment.objects.values_list("figure_key", "text"))
    assert texts == {"900-01": "乙的说明", "900-02": "丙的说明"}


def test_against_the_platforms_own_figure_a_report_is_confirmed_for_a_reason(
    world: Field, client: Client
) -> None:
    year = {"year": today().year, "last_on": today()}
    confirmed(world, world.county, content("survey_results", amount=Decimal("88.5"), **ASKED, **year))
    task = given(world.planner, world, "900-01", goal=Decimal(90))
    task_actions.report_progress(
        by=world.county_planner, pk=task.pk, note="完成", value=Decimal(91), done=True
    )
    client.force_login(User.objects.get(pk=world.planner.user_id))
    page = client.get(f"/evaluations/tasks/{task.pk}/").content.decode()
    assert "88.5%" in page
    assert f"as_of={today()}" in page
    with pytest.raises(InvalidInput) as refused:
        task_actions.confirm_task(by=world.planner, pk=task.pk)
    assert refused.value.field == "reason"
    task_actions.confirm_task(by=world.planner, pk=task.pk, reason="系统数据滞后，已核对台账")
    facts = Act.objects.get(kind="task.confirmed").facts
    assert (facts["value"], facts["reason"]) == ("88.5", "系统数据滞后，已核对台账")
    assert Act.objects.get(kind="task.reported").facts["value"] == "91"


def test_a_figure_that_is_to_fall_is_given_measured_and_done_downwards(world: Field) -> None:
    Figure.objects.filter(key="900-01").update(targets=[{"every": "year", "op": "<=", "value": 10}])
    steps = [(today(), Decimal(15)), (today() + DAY, Decimal(10))]
    rising = [(today(), Decimal(5)), (today() + DAY, Decimal(10))]
    with pytest.raises(InvalidInput):
        given(world.planner, world, "900-01", goal=Decimal(10), steps=rising)
    task = given(world.planner, world, "900-01", goal=Decimal(10), steps=steps)
    assert due_on(task, Decimal(12)) == today() + DAY
    assert due_on(task, Decimal(20)) == today()
    report = {"by": world.county_planner, "pk": task.pk, "note": "下降"}
    with pytest.raises(InvalidInput):
        task_actions.report_progress(**report, value=Decimal(12), done=True)
    task_actions.report_progress(**report, value=Decimal(9), done=True)


def test_what_is_taken_out_to_be_reckoned_with_is_a_number() -> None:
    for number, value, found in (
        ("88.50", "88.50%", Decimal("88.50")),
        ("1200.00", "1,200人", Decimal(1200)),
        ("3.00", "B+", "B+"),
        ("1.00", "2026-03-01", "2026-03-01"),
        ("", "0 / 0", "0 / 0"),
    ):
        line: Any = SimpleNamespace(number=number, value=value)
        assert plain_value(line) == found
    assert as_number("") == ""


def test_a_milestone_reached_after_its_year_is_reached_late(world: Field) -> None:
    task = done(world.county_planner, given(world.planner, world))
    task_actions.confirm_task(by=world.planner, pk=task.pk)
    for year, met in ((2026, True), (2025, False)):
        Figure.objects.filter(key="900-02").update(targets=[{"year": year, "op": "done"}])
        figure = Figure.objects.get(key="900-02")
        value = values_of_figures([figure], world.prefecture, today())["900-02"]
        assert (value.met, value.late) == (met, not met)
        assert judgement(figure, value)[0] == ("done" if met else "due_soon")


def test_the_judged_day_goes_along_from_page_to_page(world: Field, client: Client) -> None:
    year, day = today().year - 1, date(today().year - 1, 12, 31)
    asked = {**ASKED, "year": year, "last_on": day}
    confirmed(world, world.prefecture, content("survey_results", amount=Decimal(88), **asked))
    evaluation = evaluation_actions.draft_evaluation(
        by=world.planner, plan_code="t", organ=world.prefecture, kind=EvaluationKind.YEARLY, as_of=day
    )
    client.force_login(User.objects.get(pk=world.planner.user_id))
    kept = f"as_of={day}"
    for address, links in (
        (f"/evaluations/{evaluation.pk}/", [f"/plans/figures/900-01/?{kept}"]),
        (f"/plans/t/?{kept}", [f"/plans/?{kept}", f"/plans/figures/900-01/?{kept}"]),
        (f"/plans/figures/900-01/?{kept}", [f"/plans/?{kept}", f"/plans/t/?{kept}"]),
        (f"/evaluations/levels/?plan=t&{kept}", []),
    ):
        page = client.get(address)
        assert page.status_code == 200, address
        for link in links:
            assert link in page.content.decode(), (address, link)
    assert client.get(f"/evaluations/levels/?{kept}").context["day"] == day
