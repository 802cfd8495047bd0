"""Reads of tasks, evaluations and adjustments, scoped to the asking person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Actor, Organ, subtree_q
from yaojian.foundation.documents.facade import Document
from yaojian.foundation.errors import NotFound
from yaojian.oversight.evaluations.contracts import TASK_KIND, Progress, Standing, TaskKind
from yaojian.oversight.evaluations.models import Adjustment, Evaluation, Step, Task
from yaojian.oversight.evaluations.rules import Stage, next_stage, standing_of
from yaojian.oversight.evaluations.states import AdjustmentState, TaskState
from yaojian.oversight.plans.facade import (
    Figure,
    FigureValue,
    Plan,
    Reached,
    carrier_of,
    target_for,
    values_at,
    values_of_figures,
)

FALLING = ("<", "<=")
"""Comparisons of a goal that a figure is to fall to."""
_STEPS = Prefetch("steps", Step.objects.order_by("due_on"))


def tasks_visible_to(actor: Actor) -> QuerySet[Task]:
    """Tasks of the actor's organ and those below it, and those that these organs gave."""
    found = Task.objects.filter(subtree_q(actor, "organ") | subtree_q(actor, "assigned_in"))
    return found.select_related("organ", "assigned_in", "owner").prefetch_related(_STEPS)


def task_visible_to(actor: Actor, pk: int, *, for_update: bool = False) -> Task:
    """One task, locked if asked. Raises NotFound."""
    found = tasks_visible_to(actor).filter(pk=pk)
    task = (found.select_for_update(of=("self",)) if for_update else found).first()
    if task is None:
        raise NotFound(_("There is no such task in your area."), cure=_("Choose one in the list of tasks."))
    return task


def evaluations_visible_to(actor: Actor) -> QuerySet[Evaluation]:
    """Evaluations of the actor's organ and of those below it."""
    return Evaluation.objects.filter(subtree_q(actor, "organ")).select_related("organ", "prepared_by")


def evaluation_visible_to(actor: Actor, pk: int, *, for_update: bool = False) -> Evaluation:
    """One evaluation, locked if asked. Raises NotFound."""
    found = evaluations_visible_to(actor).filter(pk=pk)
    evaluation = (found.select_for_update(of=("self",)) if for_update else found).first()
    if evaluation is None:
        raise NotFound(
            _("There is no such evaluation in your area."), cure=_("Choose one in the list of evaluations.")
        )
    return evaluation


def adjustments_visible_to(actor: Actor) -> QuerySet[Adjustment]:
    """Adjustments proposed in the actor's organ, below it, or in one above it, whose plans hold for it."""
    steps = actor.organ_path.split(".")[:-1]
    line = [".".join(steps[: n + 1]) + "." for n in range(len(steps))]
    own = subtree_q(actor, "proposed_in") | Q(proposed_in__path__in=line)
    return Adjustment.objects.filter(own).select_related("proposed_in", "proposed_by", "decided_by")


def adjustment_visible_to(actor: Actor, pk: int, *, for_update: bool = False) -> Adjustment:
    """One adjustment, locked if asked. Raises NotFound."""
    found = adjustments_visible_to(actor).filter(pk=pk)
    adjustment = (found.select_for_update(of=("self",)) if for_update else found).first()
    if adjustment is None:
        raise NotFound(
            _("There is no such adjustment in your area."), cure=_("Choose one in the list of adjustments.")
        )
    return adjustment


def falls(figure: Figure | None, year: int) -> bool:
    """Whether a figure is to fall: its target of the year is a most, not a least."""
    target = target_for(figure, year) if figure is not None else None
    return target is not None and target.op in FALLING


def figure_value(task: Task, as_of: date) -> FigureValue | None:
    """What the platform itself makes of a task's figure for the responsible organ; None without one."""
    figure = Figure.objects.filter(key=task.figure_key).select_related("row__plan", "version").first()
    if figure is None:
        return None
    return values_of_figures([figure], task.organ, as_of).get(figure.key)


def current_values(tasks: Sequence[Task], as_of: date) -> dict[int, Decimal | None]:
    """By task, the value it has reached: reported, or that of its figure for the responsible organ."""
    found = {task.pk: task.value for task in tasks}
    computed = [task for task in tasks if task.progress_from == Progress.FIGURE.value]
    figures = Figure.objects.filter(key__in={task.figure_key for task in computed}) if computed else []
    # A row that repeats another one takes its formula from there.
    carriers = {figure.key: carrier_of(figure) for figure in figures}
    if not carriers:
        return found
    organs = {task.organ_id: task.organ for task in computed}
    values = values_of_organs(list(carriers.values()), organs.values(), as_of)
    for task in computed:
        carrier = carriers.get(task.figure_key)
        value = values[task.organ_id].get(carrier.key) if carrier is not None else None
        found[task.pk] = value.number if value is not None else None
    return found


def values_of_organs(
    figures: Sequence[Figure], organs: Iterable[Organ], as_of: date
) -> dict[int, Mapping[str, FigureValue]]:
    """By organ and key, the values of figures; those of each tree are read together from above them all."""
    trees: dict[str, list[Organ]] = defaultdict(list)
    for organ in organs:
        trees[(organ.path or "").partition(".")[0]].append(organ)
    found: dict[int, Mapping[str, FigureValue]] = {}
    for own in trees.values():
        above = _above_all([organ.path or "" for organ in own])
        places = [(above, as_of), *((organ, as_of) for organ in own if organ.pk != above.pk)]
        found |= {organ_id: values for (organ_id, _day), values in values_at(figures, places).items()}
    return found


def _above_all(paths: Sequence[str]) -> Organ:
    """The lowest organ that is at or above all of some in one tree."""
    steps = [path.rstrip(".").split(".") for path in paths]
    common = [one[0] for one in zip(*steps, strict=False) if len(set(one)) == 1]
    return Organ.objects.get(pk=int(common[-1]))


def due_on(task: Task, value: Decimal | None) -> date:
    """The next day by which something of a task is due."""
    stages = [Stage(step.due_on, step.value) for step in task.steps.all()]
    return next_stage(stages, task.ends_on, value, task.goal)


def standing(task: Task, today: date, value: Decimal | None) -> Standing:
    """How a task stands on a day."""
    return standing_of(TaskState(task.state), task.starts_on, due_on(task, value), today)


def lock_organ(pk: int) -> None:
    """Let nobody else write for the organ before this transaction ends: what was looked up still holds."""
    Organ.objects.select_for_update(no_key=True).only("pk").get(pk=pk)


def reached_milestones(keys: Sequence[str], organ: Organ, as_of: date) -> Mapping[str, Reached]:
    """The milestones among some figures that all responsible organs, at or below one, have done by a day.

    Only tasks count that the organ of the plan has given, or one above it: nobody below answers for it.
    """
    tasks = Task.objects.filter(
        kind=TaskKind.MILESTONE.value, figure_key__in=list(keys), organ__path__startswith=organ.path or "-"
    ).exclude(state=TaskState.CANCELLED.value)
    tasks = tasks.select_related("assigned_in").order_by()
    owners = dict(
        Plan.objects.filter(code__in={task.plan_code for task in tasks}).values_list("code", "organ__path")
    )
    by_key: dict[str, list[Task]] = {}
    for task in tasks:
        if (owners.get(task.plan_code) or "").startswith(task.assigned_in.path or "-"):
            by_key.setdefault(task.figure_key, []).append(task)
    done: dict[str, list[Task]] = {
        key: own
        for key, own in by_key.items()
        if all(task.done_on is not None and task.done_on <= as_of and task.confirmed_by_id for task in own)
    }
    if not done:
        return {}
    wanted = {task.pk: key for key, own in done.items() for task in own}
    documents = Document.objects.filter(file_kind=TASK_KIND, file_id__in=list(wanted)).order_by()
    counts: dict[str, int] = {}
    for file_id in documents.values_list("file_id", flat=True):
        counts[wanted[file_id]] = counts.get(wanted[file_id], 0) + 1
    return {
        key: Reached(max(task.done_on for task in own if task.done_on), counts.get(key, 0))
        for key, own in done.items()
    }


def approved_adjustments(keys: Sequence[str]) -> QuerySet[Adjustment]:
    """The approved adjustments of some figures, the earliest first."""
    return Adjustment.objects.filter(
        figure_key__in=list(keys), state=AdjustmentState.APPROVED.value
    ).order_by("effective_on", "pk")
