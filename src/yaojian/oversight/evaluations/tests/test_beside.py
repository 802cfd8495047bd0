"""What the pages of figures show of tasks, milestones and adjustments."""

from __future__ import annotations

from copy import copy
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from yaojian.foundation.accounts.facade import Level, Tree, register_organ
from yaojian.foundation.accounts.models import User
from yaojian.foundation.timekeeping import today
from yaojian.oversight.evaluations import adjustments, task_actions
from yaojian.oversight.evaluations.contracts import Progress
from yaojian.oversight.evaluations.models import Task
from yaojian.oversight.evaluations.queries import current_values
from yaojian.oversight.evaluations.task_actions import Assignment
from yaojian.oversight.evaluations.tests.factories import make_field, make_plan, paper
from yaojian.oversight.plans.models import Figure
from yaojian.oversight.plans.queries import values_of_figures
from yaojian.oversight.statistics.tests.factories import Field, confirmed, content


@pytest.fixture
def world(db: None, settings: Any, tmp_path: Path) -> Field:
    settings.DOCUMENTS_FOLDER = tmp_path
    found = make_field()
    make_plan(found)
    return found


def given(world: Field, **values: Any) -> Task:
    said: dict[str, Any] = {"figure_key": "900-02", "organ": world.county, "starts_on": today(), **values}
    return task_actions.assign_task(by=world.planner, assignment=Assignment(ends_on=today(), **said))


def _finished(world: Field, task: Task) -> None:
    task_actions.report_progress(by=world.planner, pk=task.pk, note="完成", done=True, evidence=[paper()])
    task_actions.confirm_task(by=world.leader, pk=task.pk)


def test_a_milestone_given_to_several_organs_is_reached_when_all_are_done(world: Field) -> None:
    first, second = given(world), given(world, organ=world.second)
    figure = Figure.objects.get(key="900-02")
    _finished(world, first)
    assert values_of_figures([figure], world.prefecture, today())["900-02"].outcome.done_on is None
    assert values_of_figures([figure], world.county, today())["900-02"].outcome.done_on == today()
    _finished(world, second)
    assert values_of_figures([figure], world.prefecture, today())["900-02"].met is True


def test_the_page_of_a_figure_lists_its_tasks_and_adjustments(world: Field, client: Client) -> None:
    task = given(world, owner_id=world.county_planner.user_id)
    client.force_login(User.objects.get(pk=world.planner.user_id))
    page = client.get("/plans/figures/900-02/").content.decode()
    assert f"/evaluations/tasks/{task.pk}/" in page
    assert "/evaluations/tasks/assign/900-02/" in page
    assert "/evaluations/adjustments/propose/900-02/" not in page
    _finished(world, task)
    assert today().isoformat() in client.get("/plans/figures/900-02/").content.decode()
    proposed = adjustments.propose_adjustment(
        by=world.planner, figure_key="900-01", year=2026, value=95, effective_on=today(), reason="提高"
    )
    adjustments.decide_adjustment(by=world.leader, pk=proposed.pk, approve=True)
    page = client.get("/plans/figures/900-01/").content.decode()
    assert page.count(f"/evaluations/adjustments/{proposed.pk}/") == 2
    client.force_login(User.objects.get(pk=world.county_planner.user_id))
    assert (
        "/evaluations/adjustments/propose/900-01/"
        not in client.get("/plans/figures/900-01/").content.decode()
    )


def test_tasks_of_two_trees_and_of_a_repeated_row_have_their_values(world: Field) -> None:
    task = given(world, figure_key="900-01", goal=Decimal(90), progress_from=Progress.FIGURE)
    said = {"dims": {"item": "support"}, "sample_size": 500, "method": "电话"}
    year = {"year": today().year, "last_on": today()}
    confirmed(world, world.county, content("survey_results", amount=Decimal("88.5"), **said, **year))
    first = Figure.objects.get(key="900-01")
    Figure.objects.create(
        row=first.row, key="900-09", position=9, klass=first.klass, unit=first.unit, same_as="900-01"
    )
    repeated = given(world, figure_key="900-09", goal=Decimal(90), progress_from=Progress.FIGURE)
    corps = register_organ(
        code="xpcc", name="兵团局", level=Level.PROVINCE, territories=["66"], tree=Tree.XPCC
    )
    beside = copy(task)
    beside.pk, beside.organ = -1, corps
    found = {task.pk: Decimal("88.50"), repeated.pk: Decimal("88.50"), -1: None}
    assert current_values([task, repeated, beside], today()) == found
