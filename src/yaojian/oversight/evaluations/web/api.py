"""Evaluations and tasks for systems: frozen content with its hash, progress of what plans asked for."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from yaojian.foundation.accounts.facade import Permission
from yaojian.foundation.accounts.web.api_access import Needs
from yaojian.foundation.errors import NotFound
from yaojian.foundation.paging import NEXT, After, Limit, page_by_key
from yaojian.oversight.evaluations.evaluation_actions import frozen_content
from yaojian.oversight.evaluations.models import Evaluation, Snapshot, Task
from yaojian.oversight.evaluations.queries import (
    evaluation_visible_to,
    evaluations_visible_to,
    tasks_visible_to,
)
from yaojian.oversight.evaluations.states import EvaluationState

router = Router(tags=["evaluations"])


class EvaluationOut(Schema):
    """An evaluation of a plan for an organ on a day (评估)."""

    id: int
    kind: str = Field(description="yearly, mid_term or final")
    plan: str = Field(examples=["changji"])
    organ: str = Field(description="Code of the organ it is about.")
    as_of: date
    title: str
    state: str = Field(description="draft or frozen")
    sha256: str | None = Field(description="Of the frozen content; null for a draft.")


class EvaluationPage(Schema):
    """A page of evaluations."""

    items: list[EvaluationOut]
    next: str | None = Field(description=NEXT)


class SnapshotOut(Schema):
    """What was frozen: its SHA-256 is that of the RFC 8785 form of `content`, and stands in the act."""

    sha256: str
    act: UUID = Field(description="The act of the journal that carries the hash.")
    content: dict[str, Any]


class TaskOut(Schema):
    """A milestone or a share of a target that an organ was given (任务)."""

    id: int
    kind: str = Field(description="milestone or share")
    figure: str = Field(examples=["002-05"])
    plan: str
    title: str
    organ: str = Field(description="Code of the responsible organ.")
    state: str = Field(description="open, reported, done or cancelled")
    starts_on: date
    ends_on: date
    goal: Decimal | None
    value: Decimal | None = Field(description="As last reported.")
    done_on: date | None


class TaskPage(Schema):
    """A page of tasks."""

    items: list[TaskOut]
    next: str | None = Field(description=NEXT)


@router.get("/", response=EvaluationPage, auth=Needs(Permission.EVALUATION_VIEW))
def list_evaluations(
    request: HttpRequest,
    plan: Annotated[str, Query(max_length=40, description="Only of this plan.")] = "",
    after: After = "",
    limit: Limit = 50,
) -> EvaluationPage:
    """Evaluations of one's own organ and those below it, by key; discarded drafts are left out."""
    found = evaluations_visible_to(request.auth).exclude(state=EvaluationState.DISCARDED.value)  # type: ignore[attr-defined]
    if plan:
        found = found.filter(plan_code=plan)
    page = page_by_key(found.select_related("snapshot"), limit, after)
    return EvaluationPage(items=[_evaluation(row) for row in page["items"]], next=page["next"])


def _evaluation(row: Evaluation) -> EvaluationOut:
    return EvaluationOut(
        id=row.pk,
        kind=row.kind,
        plan=row.plan_code,
        organ=row.organ.code,
        as_of=row.as_of,
        title=row.title,
        state=row.state,
        sha256=row.snapshot.sha256 if hasattr(row, "snapshot") else None,
    )


@router.get("/{evaluation_id}/snapshot", response=SnapshotOut, auth=Needs(Permission.EVALUATION_VIEW))
def snapshot(request: HttpRequest, evaluation_id: int) -> SnapshotOut:
    """What was frozen of an evaluation, with its hash and the act that carries it."""
    evaluation = evaluation_visible_to(request.auth, evaluation_id)  # type: ignore[attr-defined]
    found = Snapshot.objects.filter(evaluation=evaluation).first()
    if found is None:
        raise NotFound("The evaluation is not frozen.", cure="Ask again when it has been frozen.")
    return SnapshotOut(sha256=found.sha256, act=found.act, content=frozen_content(found))


@router.get("/tasks", response=TaskPage, auth=Needs(Permission.EVALUATION_VIEW))
def list_tasks(
    request: HttpRequest,
    plan: Annotated[str, Query(max_length=40, description="Only of this plan.")] = "",
    figure: Annotated[str, Query(max_length=20, description="Only of this figure.")] = "",
    after: After = "",
    limit: Limit = 50,
) -> TaskPage:
    """Tasks of one's own organ and those below it, and those that these gave, by key."""
    found = tasks_visible_to(request.auth)  # type: ignore[attr-defined]
    if plan:
        found = found.filter(plan_code=plan)
    if figure:
        found = found.filter(figure_key=figure)
    page = page_by_key(found, limit, after)
    return TaskPage(items=[_task(row) for row in page["items"]], next=page["next"])


def _task(row: Task) -> TaskOut:
    return TaskOut(
        id=row.pk,
        kind=row.kind,
        figure=row.figure_key,
        plan=row.plan_code,
        title=row.title,
        organ=row.organ.code,
        state=row.state,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        goal=row.goal,
        value=row.value,
        done_on=row.done_on,
    )
