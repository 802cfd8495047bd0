"""Writes to tasks: permission, state, change, act, work, in one transaction each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Actor, Organ, Permission, check_may, people_in_office
from yaojian.foundation.documents.facade import add_document
from yaojian.foundation.errors import Conflict, InvalidInput
from yaojian.foundation.ledger.facade import Ref, record_act
from yaojian.foundation.timekeeping import now, today
from yaojian.oversight.evaluations import work_kinds
from yaojian.oversight.evaluations.contracts import TASK_KIND, Progress, TaskKind
from yaojian.oversight.evaluations.evidence import has_evidence
from yaojian.oversight.evaluations.models import Report, Step, Task
from yaojian.oversight.evaluations.permissions import (
    check_user_can_confirm,
    check_user_can_report,
    check_within,
    is_within,
)
from yaojian.oversight.evaluations.queries import (
    FALLING,
    current_values,
    falls,
    figure_value,
    lock_organ,
    task_visible_to,
)
from yaojian.oversight.evaluations.rules import is_short
from yaojian.oversight.evaluations.states import TASK_STATES, TaskState
from yaojian.oversight.plans.facade import Figure, FigureValue, figure_by_key

MOST_STEPS = 24


@dataclass(frozen=True, slots=True)
class Assignment:
    """What an organ is to do for a figure; `steps` are days with the values to be reached by then.

    `kind`: a milestone may also stand on the way to a target; by itself the figure decides.
    """

    figure_key: str
    organ: Organ
    starts_on: date
    ends_on: date
    owner_id: int | None = None
    title: str = ""
    goal: Decimal | None = None
    progress_from: Progress = Progress.REPORTED
    steps: Sequence[tuple[date, Decimal | None]] = field(default=())
    kind: TaskKind | None = None


def file_ref(task: Task) -> Ref:
    """The pointer to a task's file."""
    return Ref(TASK_KIND, task.pk)


def kind_of(figure: Figure) -> TaskKind:
    """What tasks of a figure are: milestones where the figure is one, else shares of its target."""
    return TaskKind.MILESTONE if figure.unit == "milestone" else TaskKind.SHARE


@transaction.atomic
def assign_task(*, by: Actor, assignment: Assignment) -> Task:
    """Give an organ a milestone or a share of a target.

    Raises NotFound (figure), NotAllowed (organ), InvalidInput (days, values, owner), Conflict (the organ has
    it already).
    """
    check_may(by, Permission.EVALUATION_PREPARE)
    figure = figure_by_key(assignment.figure_key)
    check_within(by, assignment.organ)
    _check_plan(by, figure)
    _check_days(assignment)
    kind = kind_of(figure) if assignment.kind is None else assignment.kind
    if figure.unit == "milestone":
        kind = TaskKind.MILESTONE
    _check_values(assignment, kind, falls(figure, assignment.ends_on.year))
    _check_owner(assignment)
    lock_organ(assignment.organ.pk)
    running = Task.objects.filter(
        kind=kind.value,
        figure_key=figure.key,
        organ=assignment.organ,
        state__in=[TaskState.OPEN.value, TaskState.REPORTED.value],
    )
    if running.exists():
        raise Conflict(
            _("This organ has the task already."), field="organ", cure=_("Change or cancel that one first.")
        )
    task = Task.objects.create(
        kind=kind.value,
        figure_key=figure.key,
        plan_code=figure.row.plan.code,
        title=(assignment.title.strip() or figure.title_zh)[:200],
        organ=assignment.organ,
        owner_id=assignment.owner_id,
        assigned_in_id=by.organ_id,
        assigned_by_id=by.user_id,
        assigned_at=now(),
        starts_on=assignment.starts_on,
        ends_on=assignment.ends_on,
        progress_from=assignment.progress_from.value,
        goal=assignment.goal,
    )
    Step.objects.bulk_create([Step(task=task, due_on=day, value=value) for day, value in assignment.steps])
    record_act(by=by, kind="task.assigned", file=file_ref(task), facts=_facts(task))
    work_kinds.task_opened(task)
    return task


def _facts(task: Task) -> dict[str, Any]:
    return {
        "figure": task.figure_key,
        "plan": task.plan_code,
        "title": task.title,
        "organ": task.organ.code,
        "period": f"{task.starts_on:%Y-%m-%d}/{task.ends_on:%Y-%m-%d}",
    }


def _check_plan(by: Actor, figure: Figure) -> None:
    """The plan must hold for the actor's organ: it is that of an organ in its own line."""
    owner = figure.row.plan.organ
    if not is_within(by, owner) and not by.organ_path.startswith(owner.path or "-"):
        raise InvalidInput(
            _("This plan does not hold for your organ."),
            field="figure",
            cure=_("Choose a figure of your plans."),
        )


def _check_days(assignment: Assignment) -> None:
    if assignment.ends_on < assignment.starts_on:
        raise InvalidInput(
            _("The task ends before it begins."), field="ends_on", cure=_("Enter a later last day.")
        )
    if not 2000 <= assignment.starts_on.year <= assignment.ends_on.year <= 2100:
        raise InvalidInput(
            _("The days lie outside this century."), field="ends_on", cure=_("Enter days of the plan's time.")
        )
    days = [day for day, _value in assignment.steps]
    if len(days) > MOST_STEPS or len(set(days)) != len(days):
        raise InvalidInput(
            _("The schedule names a day twice, or more than 24 days."),
            field="steps",
            cure=_("Keep one value for each day."),
        )
    if any(not assignment.starts_on <= day <= assignment.ends_on for day in days):
        raise InvalidInput(
            _("The schedule has a day outside the task."),
            field="steps",
            cure=_("Use days from the first to the last of the task."),
        )


def _check_values(assignment: Assignment, kind: TaskKind, falls: bool) -> None:
    values = [value for _day, value in sorted(assignment.steps, key=lambda step: step[0])]
    if kind is TaskKind.MILESTONE:
        if assignment.goal is not None or any(value is not None for value in values):
            raise InvalidInput(
                _("A milestone is done or not and has no value."),
                field="goal",
                cure=_("Leave the values empty."),
            )
        return
    if assignment.goal is None:
        raise InvalidInput(
            _("The share of the target is missing."),
            field="goal",
            cure=_("Enter what this organ has to reach, in the unit of the figure."),
        )
    numbers = [value for value in (*values, assignment.goal) if value is not None]
    if any(number < 0 for number in numbers) or numbers != sorted(numbers, reverse=falls):
        raise InvalidInput(
            _("The values of the schedule must fall to the goal.")
            if falls
            else _("The values of the schedule must rise up to the goal."),
            field="steps",
            cure=_("Enter each day's value, the largest first, none below the goal.")
            if falls
            else _("Enter each day's value, the smallest first, none above the goal."),
        )


def _check_owner(assignment: Assignment) -> None:
    if assignment.owner_id is None:
        return
    own = people_in_office(assignment.organ.pk, today()).filter(user_id=assignment.owner_id)
    if not own.exists():
        raise InvalidInput(
            _("The person is not in office in the responsible organ."),
            field="owner",
            cure=_("Choose somebody of that organ, or leave it to the organ."),
        )


def _advance(task: Task, verb: str) -> None:
    state = TaskState(task.state)
    if not TASK_STATES.permits(state, verb):
        raise Conflict(
            _("The task has moved on in the meantime, so this step is no longer possible."),
            cure=_("The page shows where it stands now."),
        )
    task.state = TASK_STATES.next(state, verb).value


@transaction.atomic
def report_progress(
    *,
    by: Actor,
    pk: int,
    note: str,
    share_done: int = 0,
    value: Decimal | None = None,
    done: bool = False,
    on: date | None = None,
    evidence: Sequence[UploadedFile] = (),
) -> Task:
    """Report how far a task is, or that it is done; a milestone that is done needs evidence.

    Raises NotFound, NotAllowed, Conflict, InvalidInput.
    """
    task = task_visible_to(by, pk, for_update=True)
    check_user_can_report(by, task)
    day = on or today()
    _check_report(task, note, share_done, value, day)
    _advance(task, "report" if done else "progress")
    hashes = [add_document(by=by, file=file_ref(task), upload=upload).sha256 for upload in evidence]
    if done:
        _check_done(task, value, day)
        task.done_on, task.reported_by_id = day, by.user_id
    task.share_done = 100 if done else share_done
    task.value = value if value is not None else task.value
    task.save()
    _keep_report(by, task, note, value, day)
    record_act(
        by=by,
        kind="task.reported" if done else "task.progressed",
        file=file_ref(task),
        evidence=hashes,
        facts={
            "figure": task.figure_key,
            "day": day,
            "share_done": task.share_done,
            "value": None if value is None else f"{value.normalize():f}",
            "note": note.strip(),
        },
    )
    if done:
        work_kinds.task_reported(task)
    else:
        work_kinds.task_moved(task)
    return task


def _keep_report(by: Actor, task: Task, note: str, value: Decimal | None, day: date) -> None:
    Report.objects.create(
        task=task,
        on=day,
        value=value,
        share_done=task.share_done,
        note=note.strip(),
        reported_by_id=by.user_id,
        reported_at=now(),
    )


def _check_report(task: Task, note: str, share_done: int, value: Decimal | None, day: date) -> None:
    if not note.strip():
        raise InvalidInput(
            _("The report is empty."), field="note", cure=_("Say what was done and what comes next.")
        )
    if not 0 <= share_done <= 100:
        raise InvalidInput(
            _("Progress lies between 0 and 100 percent."), field="share_done", cure=_("Enter 0 to 100.")
        )
    if day > today() or day < task.starts_on:
        raise InvalidInput(
            _("The day lies before the task or in the future."),
            field="on",
            cure=_("Enter the day it was so."),
        )
    if value is not None and (task.kind == TaskKind.MILESTONE.value or not value.is_finite() or value < 0):
        raise InvalidInput(
            _("This value cannot be reported here."),
            field="value",
            cure=_("Enter a number in the unit of the figure; a milestone has none."),
        )


def _check_done(task: Task, value: Decimal | None, day: date) -> None:
    if task.kind == TaskKind.MILESTONE.value and not has_evidence(task.pk):
        raise InvalidInput(
            _("A milestone that is done needs evidence."),
            field="evidence",
            cure=_("Add the record of acceptance, the decision or a photo."),
        )
    if task.kind == TaskKind.SHARE.value:
        reached = value if value is not None else task.value
        if task.progress_from == Progress.FIGURE.value:
            reached = current_values([task], day)[task.pk]
        figure = Figure.objects.filter(key=task.figure_key).first()
        if task.goal is not None and is_short(reached, task.goal, falls=falls(figure, day.year)):
            raise InvalidInput(
                _("The goal of %(goal)s is not reached yet.") % {"goal": f"{task.goal.normalize():f}"},
                field="value",
                cure=_("Report it as progress, or enter the value that has been reached."),
            )


@transaction.atomic
def confirm_task(*, by: Actor, pk: int, reason: str = "") -> Task:
    """Confirm that a task is done; against the platform's own figure only for a reason.

    Raises NotFound, NotAllowed (also who reported it), Conflict, InvalidInput (no reason).
    """
    task = task_visible_to(by, pk, for_update=True)
    check_user_can_confirm(by, task)
    _advance(task, "confirm")
    own = figure_value(task, task.done_on or today())
    against = contradicts(task, own)
    if against and not reason.strip():
        raise InvalidInput(
            _("The platform's own figure has not reached the goal."),
            field="reason",
            cure=_("Say why the report holds all the same, or return the task."),
        )
    task.confirmed_by_id, task.confirmed_at = by.user_id, now()
    task.save()
    facts: dict[str, Any] = {"figure": task.figure_key, "plan": task.plan_code, "day": task.done_on}
    if against and own is not None and own.number is not None:
        facts |= {"value": f"{own.number.normalize():f}", "reason": reason.strip()[:300]}
    record_act(by=by, kind="task.confirmed", file=file_ref(task), facts=facts)
    work_kinds.task_settled(task)
    return task


def contradicts(task: Task, own: FigureValue | None) -> bool:
    """Whether the platform's own figure says that the goal of a reported task is not reached."""
    if task.goal is None or own is None or own.number is None:
        return False
    return is_short(own.number, task.goal, falls=own.target is not None and own.target.op in FALLING)


def _reason(reason: str) -> str:
    if not reason.strip():
        raise InvalidInput(_("Give the reason."), field="reason", cure=_("One sentence is enough."))
    return reason.strip()[:300]


@transaction.atomic
def return_task(*, by: Actor, pk: int, reason: str) -> Task:
    """Find that a task is not done yet. Raises NotFound, NotAllowed, Conflict, InvalidInput."""
    task = task_visible_to(by, pk, for_update=True)
    check_user_can_confirm(by, task)
    _advance(task, "return")
    task.reason = _reason(reason)
    task.done_on = task.reported_by_id = None
    task.share_done = min(task.share_done, 99)
    task.save()
    record_act(by=by, kind="task.returned", file=file_ref(task), facts={"reason": task.reason})
    work_kinds.task_settled(task)
    work_kinds.task_opened(task)
    return task


@transaction.atomic
def cancel_task(*, by: Actor, pk: int, reason: str) -> Task:
    """Give a task up. Raises NotFound, NotAllowed, Conflict, InvalidInput."""
    check_may(by, Permission.EVALUATION_PREPARE)
    task = task_visible_to(by, pk, for_update=True)
    check_within(by, task.assigned_in)
    _advance(task, "cancel")
    task.reason = _reason(reason)
    task.save()
    record_act(by=by, kind="task.cancelled", file=file_ref(task), facts={"reason": task.reason})
    work_kinds.task_cancelled(task)
    return task
