"""What systems are given of evaluations and tasks."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from yaojian.foundation.accounts.models import User
from yaojian.foundation.ledger.facade import canonical_bytes
from yaojian.foundation.timekeeping import today
from yaojian.oversight.evaluations import evaluation_actions, task_actions
from yaojian.oversight.evaluations.contracts import EvaluationKind
from yaojian.oversight.evaluations.task_actions import Assignment
from yaojian.oversight.evaluations.tests.factories import make_field, make_plan
from yaojian.oversight.statistics.tests.factories import Field


@pytest.fixture
def world(db: None, settings: Any, tmp_path: Path) -> Field:
    settings.DOCUMENTS_FOLDER = tmp_path
    found = make_field()
    make_plan(found)
    return found


def test_systems_get_what_was_frozen_and_can_check_its_hash(world: Field, client: Client) -> None:
    evaluation = evaluation_actions.draft_evaluation(
        by=world.planner, plan_code="t", organ=world.prefecture, kind=EvaluationKind.YEARLY, as_of=today()
    )
    assert "年年" not in evaluation.title
    evaluation_actions.comment_evaluation(by=world.planner, pk=evaluation.pk, summary="良好", comments={})
    evaluation_actions.submit_evaluation(by=world.planner, pk=evaluation.pk)
    client.force_login(User.objects.get(pk=world.leader.user_id))
    address = f"/api/v1/evaluations/{evaluation.pk}/snapshot"
    assert client.get(address).status_code == 404
    kept = evaluation_actions.freeze_evaluation(by=world.leader, pk=evaluation.pk)
    given = client.get(address).json()
    assert given["sha256"] == kept.sha256 == hashlib.sha256(canonical_bytes(given["content"])).hexdigest()
    assert given["act"] == str(kept.act)
    (listed,) = client.get("/api/v1/evaluations/?plan=t").json()["items"]
    assert (listed["state"], listed["sha256"]) == ("frozen", kept.sha256)
    client.force_login(User.objects.get(pk=world.county_leader.user_id))
    assert client.get(address).status_code == 404
    assert client.get("/api/v1/evaluations/").json()["items"] == []


def test_systems_get_the_tasks_of_a_figure(world: Field, client: Client) -> None:
    task = task_actions.assign_task(
        by=world.planner, assignment=Assignment("900-02", world.county, today(), today())
    )
    client.force_login(User.objects.get(pk=world.county_leader.user_id))
    (item,) = client.get("/api/v1/evaluations/tasks?figure=900-02").json()["items"]
    assert (item["id"], item["kind"], item["state"]) == (task.pk, "milestone", "open")
    assert client.get("/api/v1/evaluations/tasks?figure=900-01").json()["items"] == []


def test_levels_leave_as_a_table(world: Field, client: Client) -> None:
    client.force_login(User.objects.get(pk=world.leader.user_id))
    answer = client.get("/evaluations/levels/?plan=t&export=csv")
    assert answer.status_code == 200
