"""Evidence of tasks and papers of adjustments, in the documents room."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Count
from django.urls import reverse

from yaojian.foundation.accounts.facade import Actor, Permission, check_may
from yaojian.foundation.documents.facade import Document, FileKind, register_file_kind
from yaojian.oversight.evaluations.contracts import ADJUSTMENT_KIND, EVALUATION_KIND, TASK_KIND
from yaojian.oversight.evaluations.permissions import adjustment_verbs, task_verbs
from yaojian.oversight.evaluations.queries import (
    adjustment_visible_to,
    evaluation_visible_to,
    task_visible_to,
)


def has_evidence(task_id: int) -> bool:
    """Whether a task carries at least one document."""
    return Document.objects.filter(file_kind=TASK_KIND, file_id=task_id).exists()


def evidence_counts(task_ids: Sequence[int]) -> dict[int, int]:
    """By task, how many documents it carries; tasks without one are left out."""
    found = Document.objects.filter(file_kind=TASK_KIND, file_id__in=list(task_ids)).order_by()
    return dict(found.values_list("file_id").annotate(n=Count("pk")))


def _see_task(actor: Actor, pk: int) -> None:
    check_may(actor, Permission.EVALUATION_VIEW)
    task_visible_to(actor, pk)


def _see_adjustment(actor: Actor, pk: int) -> None:
    check_may(actor, Permission.EVALUATION_VIEW)
    adjustment_visible_to(actor, pk)


def _see_evaluation(actor: Actor, pk: int) -> None:
    check_may(actor, Permission.EVALUATION_VIEW)
    evaluation_visible_to(actor, pk)


def may_add_to_task(actor: Actor, pk: int) -> bool:
    """Whether the actor may add evidence to a task: as long as they may report on it."""
    return "progress" in task_verbs(actor, task_visible_to(actor, pk))


def may_add_to_adjustment(actor: Actor, pk: int) -> bool:
    """Whether the actor may add papers to an adjustment: as long as they may withdraw it."""
    return "withdraw" in adjustment_verbs(actor, adjustment_visible_to(actor, pk))


def register() -> None:
    """Let the documents room ask here."""
    register_file_kind(
        FileKind(TASK_KIND, _see_task, may_add_to_task, lambda pk: reverse("evaluations:task", args=[pk]))
    )
    # Documents of an evaluation are made by the platform; nobody adds any.
    register_file_kind(
        FileKind(
            EVALUATION_KIND,
            _see_evaluation,
            lambda _actor, _pk: False,
            lambda pk: reverse("evaluations:evaluation", args=[pk]),
        )
    )
    register_file_kind(
        FileKind(
            ADJUSTMENT_KIND,
            _see_adjustment,
            may_add_to_adjustment,
            lambda pk: reverse("evaluations:adjustment", args=[pk]),
        )
    )
