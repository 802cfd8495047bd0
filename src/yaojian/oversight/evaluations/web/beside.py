"""What this room says of a figure on the pages of plans: tasks, adjustments, and who answers for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.urls import reverse

from yaojian.foundation.accounts.facade import Actor, Permission
from yaojian.oversight.evaluations.contracts import STANDING_MEANINGS, STANDING_NAMES
from yaojian.oversight.evaluations.evidence import evidence_counts
from yaojian.oversight.evaluations.models import Task
from yaojian.oversight.evaluations.permissions import is_within
from yaojian.oversight.evaluations.queries import adjustments_visible_to, standing, tasks_visible_to
from yaojian.oversight.evaluations.states import TaskState
from yaojian.oversight.evaluations.web import adjusting
from yaojian.oversight.evaluations.web.tasks import rows_of
from yaojian.oversight.plans.facade import Figure, Owner, Panel, organ_of_figures

MOST = 50
"""Tasks of one figure on its page; the list of tasks has them all."""


def panel_of(actor: Actor, figure: Figure, as_of: date) -> Panel | None:
    """Tasks, milestones and adjustments of a figure, and what the actor may do; None in another region."""
    plan = figure.row.plan
    if not actor.may(Permission.EVALUATION_VIEW) or organ_of_figures(actor, plan) is None:
        return None
    tasks = list(tasks_visible_to(actor).filter(figure_key=figure.key).order_by("ends_on", "pk")[:MOST])
    counts = evidence_counts([task.pk for task in tasks])
    may_prepare = actor.may(Permission.EVALUATION_PREPARE)
    own = list(adjustments_visible_to(actor).filter(figure_key=figure.key)[:MOST])
    context = {
        "figure": figure,
        "tasks": [{**row, "evidence": counts.get(row["task"].pk, 0)} for row in rows_of(tasks, as_of)],
        "adjustments": adjusting.rows_of(own),
        "may_give": may_prepare and figure.klass != "baseline",
        "may_propose": may_prepare
        and figure.unit != "milestone"
        and figure.klass != "baseline"
        and is_within(actor, plan.organ),
    }
    return Panel("evaluations/_figure.html", context)


def owners_by_key(actor: Actor, keys: Sequence[str], as_of: date) -> dict[str, list[Owner]]:
    """By figure key, who was given it and has not finished: person and organ, with the page of the task."""
    if not actor.may(Permission.EVALUATION_VIEW):
        return {}
    running = [TaskState.OPEN.value, TaskState.REPORTED.value]
    found: dict[str, list[Owner]] = {}
    tasks = tasks_visible_to(actor).filter(figure_key__in=list(keys), state__in=running)
    for task in tasks.order_by("ends_on", "pk")[:500]:
        found.setdefault(task.figure_key, []).append(_owner(task, as_of))
    return found


def _owner(task: Task, as_of: date) -> Owner:
    # By the days of its schedule alone: the value of each organ would have to be counted for the cockpit.
    how = standing(task, as_of, task.value)
    organ = task.organ.short_name or task.organ.label
    label = f"{organ} · {task.owner.display_name}" if task.owner else organ
    return Owner(
        label, reverse("evaluations:task", args=[task.pk]), STANDING_MEANINGS[how], str(STANDING_NAMES[how])
    )
