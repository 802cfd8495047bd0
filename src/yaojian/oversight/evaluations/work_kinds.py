"""The work that tasks put on lists: what is due, what waits for confirmation or a decision."""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from yaojian.foundation.accounts.facade import Permission
from yaojian.foundation.ledger.facade import Ref
from yaojian.foundation.timekeeping import now, today
from yaojian.foundation.worklist.facade import (
    ItemKind,
    WorkItem,
    cancel_items_of_file,
    complete_items_of_file,
    open_items,
    redate_items_of_file,
    register_kind,
)
from yaojian.oversight.evaluations.contracts import ADJUSTMENT_KIND, EVALUATION_KIND, TASK_KIND
from yaojian.oversight.evaluations.models import Adjustment, Evaluation, Task
from yaojian.oversight.evaluations.queries import current_values, due_on
from yaojian.oversight.evaluations.rules import HORIZON
from yaojian.oversight.evaluations.states import TaskState

DO = "evaluation.do"
CONFIRM = "evaluation.confirm"
DECIDE = "evaluation.decide"
FREEZE = "evaluation.freeze"
MEND = "evaluation.mend"
WITHIN = timedelta(days=10)


def _task_page(item: WorkItem) -> str:
    return reverse("evaluations:task", args=[item.file_id])


def _evaluation_page(item: WorkItem) -> str:
    return reverse("evaluations:evaluation", args=[item.file_id])


def register() -> None:
    """Enter the kinds in the worklist's register."""
    report = Permission.TASK_REPORT
    register_kind(ItemKind(DO, _("Task of a plan"), _("Report progress"), _task_page, report))
    prepare, decide = Permission.EVALUATION_PREPARE, Permission.EVALUATION_DECIDE
    register_kind(ItemKind(CONFIRM, _("Task to confirm"), _("Check"), _task_page, prepare))
    register_kind(
        ItemKind(
            DECIDE,
            _("Adjustment of a target to decide"),
            _("Decide"),
            lambda item: reverse("evaluations:adjustment", args=[item.file_id]),
            decide,
        )
    )
    register_kind(ItemKind(FREEZE, _("Evaluation to freeze"), _("Read and freeze"), _evaluation_page, decide))
    register_kind(ItemKind(MEND, _("Evaluation given back"), _("Mend"), _evaluation_page, prepare))


def _item(
    kind: str, file: Ref, organ_id: int, due: date | None, reason: str, assignee: int | None
) -> WorkItem:
    return WorkItem(
        kind=kind,
        organ_id=organ_id,
        assignee_id=assignee,
        file_kind=file.kind,
        file_id=file.id,
        origin_kind=file.kind,
        origin_key=str(file.id),
        due_on=due,
        reason=reason[:300],
        opened_at=now(),
    )


def refresh_tasks(as_of: date | None = None) -> int:
    """Put open tasks on the lists whose next day has come near, and date those that are there.

    Idempotent; returns how many items were new.
    """
    day = as_of or today()
    tasks = list(
        Task.objects.filter(state=TaskState.OPEN.value)
        .select_related("organ")
        .prefetch_related("steps")
        .order_by("pk")
    )
    values = current_values(tasks, day)
    wanted = []
    for task in tasks:
        due = due_on(task, values[task.pk])
        file = Ref(TASK_KIND, task.pk)
        redate_items_of_file(file, {DO}, due)
        if due <= day + HORIZON:
            wanted.append(_item(DO, file, task.organ_id, due, task.title, task.owner_id))
    return open_items(wanted) if wanted else 0


def task_opened(task: Task) -> None:
    """Put a new or returned task on its organ's list, if it is due before long."""
    due = due_on(task, task.value)
    if due <= today() + HORIZON:
        open_items([_item(DO, Ref(TASK_KIND, task.pk), task.organ_id, due, task.title, task.owner_id)])


def task_moved(task: Task) -> None:
    """Date the item of a task anew after a report."""
    redate_items_of_file(Ref(TASK_KIND, task.pk), {DO}, due_on(task, task.value))


def task_reported(task: Task) -> None:
    """Ask for confirmation instead of the deed."""
    file = Ref(TASK_KIND, task.pk)
    complete_items_of_file(file, {DO})
    open_items([_item(CONFIRM, file, task.assigned_in_id, today() + WITHIN, task.title, None)])


def task_settled(task: Task) -> None:
    """Nothing is left to do or confirm."""
    complete_items_of_file(Ref(TASK_KIND, task.pk), {CONFIRM})


def task_cancelled(task: Task) -> None:
    """Withdraw all work on a task."""
    cancel_items_of_file(Ref(TASK_KIND, task.pk))


def adjustment_proposed(adjustment: Adjustment) -> None:
    """Ask for a decision."""
    with override(settings.LANGUAGE_CODE):
        reason = str(_("Adjustment of the target of %(key)s")) % {"key": adjustment.figure_key}
    file = Ref(ADJUSTMENT_KIND, adjustment.pk)
    open_items([_item(DECIDE, file, adjustment.proposed_in_id, today() + WITHIN, reason, None)])


def adjustment_settled(adjustment: Adjustment) -> None:
    """The decision has been made."""
    complete_items_of_file(Ref(ADJUSTMENT_KIND, adjustment.pk), {DECIDE})


def evaluation_submitted(evaluation: Evaluation) -> None:
    """Ask who may freeze it to read it."""
    file = Ref(EVALUATION_KIND, evaluation.pk)
    complete_items_of_file(file, {MEND})
    open_items([_item(FREEZE, file, evaluation.organ_id, today() + WITHIN, evaluation.title, None)])


def evaluation_returned(evaluation: Evaluation) -> None:
    """Ask who prepared it to mend it."""
    file = Ref(EVALUATION_KIND, evaluation.pk)
    complete_items_of_file(file, {FREEZE})
    due, reason = today() + WITHIN, evaluation.reason or evaluation.title
    open_items([_item(MEND, file, evaluation.organ_id, due, reason, evaluation.prepared_by_id)])


def evaluation_settled(evaluation: Evaluation) -> None:
    """It is frozen or discarded."""
    complete_items_of_file(Ref(EVALUATION_KIND, evaluation.pk), {FREEZE, MEND})
