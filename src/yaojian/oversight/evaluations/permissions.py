"""Who may do what with tasks, evaluations and adjustments."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Actor, Organ, Permission, check_may
from yaojian.foundation.errors import NotAllowed
from yaojian.foundation.ledger.facade import Act
from yaojian.oversight.evaluations.contracts import EVALUATION_KIND
from yaojian.oversight.evaluations.models import Adjustment, Evaluation, Task
from yaojian.oversight.evaluations.states import (
    ADJUSTMENT_STATES,
    EVALUATION_STATES,
    TASK_STATES,
    AdjustmentState,
    EvaluationState,
    TaskState,
)


def is_within(actor: Actor, organ: Organ) -> bool:
    """Whether an organ is the actor's own or one below it."""
    return (organ.path or "").startswith(actor.organ_path)


def check_within(actor: Actor, organ: Organ) -> None:
    """Raise NotAllowed unless the organ is the actor's own or one below it."""
    if not is_within(actor, organ):
        raise NotAllowed(
            _("This organ does not lie below yours."), cure=_("Choose your own organ or one below it.")
        )


def check_user_can_report(actor: Actor, task: Task) -> None:
    """Raise NotAllowed unless the actor reports, for the responsible organ or one above it."""
    check_may(actor, Permission.TASK_REPORT)
    check_within(actor, task.organ)


def check_user_can_confirm(actor: Actor, task: Task) -> None:
    """Raise NotAllowed unless the actor follows tasks up for the organ that gave it, and reported it not."""
    if not (actor.may(Permission.EVALUATION_PREPARE) or actor.may(Permission.EVALUATION_DECIDE)):
        check_may(actor, Permission.EVALUATION_PREPARE)
    if not is_within(actor, task.assigned_in):
        raise NotAllowed(_("Only the organ that gave the task, or one above it, confirms it."))
    if task.reported_by_id == actor.user_id:
        raise NotAllowed(
            _("Who reported a task as done does not confirm it."),
            cure=_("Ask a second person to confirm it."),
        )


def task_verbs(actor: Actor, task: Task) -> frozenset[str]:
    """The verbs that a task's state permits and the actor may perform."""
    permitted = frozenset(TASK_STATES.verbs(TaskState(task.state)))
    verbs: set[str] = set()
    if actor.may(Permission.TASK_REPORT) and is_within(actor, task.organ):
        verbs |= permitted & {"progress", "report"}
    follows = actor.may(Permission.EVALUATION_PREPARE) or actor.may(Permission.EVALUATION_DECIDE)
    if follows and is_within(actor, task.assigned_in):
        if task.reported_by_id != actor.user_id:
            verbs |= permitted & {"confirm", "return"}
        if actor.may(Permission.EVALUATION_PREPARE):
            verbs |= permitted & {"cancel"}
    return frozenset(verbs)


def wrote(actor: Actor, evaluation: Evaluation) -> bool:
    """Whether the actor prepared the evaluation, its conclusion or a comment: who did does not freeze it."""
    said = Act.objects.filter(file_kind=EVALUATION_KIND, file_id=evaluation.pk, kind="evaluation.commented")
    return evaluation.prepared_by_id == actor.user_id or said.filter(actor_id=actor.user_id).exists()


def evaluation_verbs(actor: Actor, evaluation: Evaluation) -> frozenset[str]:
    """The verbs that an evaluation's state permits and the actor may perform."""
    permitted = frozenset(EVALUATION_STATES.verbs(EvaluationState(evaluation.state)))
    if not is_within(actor, evaluation.organ):
        return frozenset()
    verbs: set[str] = set()
    if actor.may(Permission.EVALUATION_PREPARE):
        verbs |= permitted & {"comment", "submit", "return", "discard"}
    if actor.may(Permission.EVALUATION_DECIDE):
        verbs |= permitted & ({"return"} if wrote(actor, evaluation) else {"return", "freeze"})
    return frozenset(verbs)


def adjustment_verbs(actor: Actor, adjustment: Adjustment) -> frozenset[str]:
    """The verbs that an adjustment's state permits and the actor may perform."""
    permitted = frozenset(ADJUSTMENT_STATES.verbs(AdjustmentState(adjustment.state)))
    if not is_within(actor, adjustment.proposed_in):
        return frozenset()
    verbs: set[str] = set()
    if actor.may(Permission.EVALUATION_PREPARE):
        verbs |= permitted & {"withdraw"}
    if actor.may(Permission.EVALUATION_DECIDE) and adjustment.proposed_by_id != actor.user_id:
        verbs |= permitted & {"approve", "reject"}
    return frozenset(verbs)
