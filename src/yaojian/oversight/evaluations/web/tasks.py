"""The board of milestones, the list of tasks, and one task."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from yaojian.foundation.accounts.facade import Actor, Permission
from yaojian.foundation.accounts.web.access import ActingRequest, requires
from yaojian.foundation.design.paging import address
from yaojian.foundation.documents.web.panel import documents_context
from yaojian.foundation.errors import Conflict, InvalidInput, NotAllowed, NotFound, RuleBroken
from yaojian.foundation.exports.facade import export_of, exporting
from yaojian.foundation.ledger.facade import acts_of_file, timeline_of_acts
from yaojian.foundation.timekeeping import today
from yaojian.oversight.evaluations import task_actions
from yaojian.oversight.evaluations.contracts import (
    PROGRESS_NAMES,
    STANDING_MEANINGS,
    STANDING_NAMES,
    Progress,
    Standing,
    TaskKind,
)
from yaojian.oversight.evaluations.models import Task
from yaojian.oversight.evaluations.permissions import task_verbs
from yaojian.oversight.evaluations.queries import (
    current_values,
    due_on,
    figure_value,
    standing,
    task_visible_to,
    tasks_visible_to,
)
from yaojian.oversight.evaluations.rules import Stage, falls_to
from yaojian.oversight.evaluations.states import TaskState
from yaojian.oversight.evaluations.task_actions import Assignment, file_ref, kind_of
from yaojian.oversight.evaluations.web.forms import ReasonForm, ReportForm, TaskForm, refuse
from yaojian.oversight.evaluations.web.listings import TASKS
from yaojian.oversight.evaluations.web.wording import amount, quarter_of, said_of_act, tabs
from yaojian.oversight.plans.facade import Figure, figure_by_key, organ_of_figures, plans, target_for
from yaojian.oversight.plans.web.presentation import language, unit_of

PAGE_SIZE = 50
REFUSALS = (InvalidInput, RuleBroken, Conflict, NotAllowed)
UNPROCESSABLE = 422


@requires(Permission.EVALUATION_VIEW)
def milestones(request: ActingRequest) -> HttpResponseBase:
    """Milestones by quarter and state; those of the plans that nobody has been given yet."""
    return _board(request, TaskKind.MILESTONE)


@requires(Permission.EVALUATION_VIEW)
def tasks(request: ActingRequest) -> HttpResponseBase:
    """Shares of targets by quarter and state."""
    return _board(request, TaskKind.SHARE)


def _board(request: ActingRequest, kind: TaskKind) -> HttpResponseBase:
    actor, day = request.actor, today()
    found = tasks_visible_to(actor).filter(kind=kind.value)
    plan = request.GET.get("plan", "")
    known = {one.code: one for one in plans()}
    if plan in known:
        found = found.filter(plan_code=plan)
    rows = rows_of(list(found.order_by("ends_on", "id")), day)
    counts = Counter(row["standing"] for row in rows)
    state = request.GET.get("state", "")
    rows = [row for row in rows if row["standing"].value == state] if state in set(Standing) else rows
    rows.sort(key=lambda row: (row["due_on"], row["task"].pk))
    if exporting(request):
        return export_of(request, TASKS, rows, len(rows))
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    name = "evaluations:milestones" if kind is TaskKind.MILESTONE else "evaluations:tasks"
    context = {
        "tabs": tabs(name),
        "heading": _("Milestones") if kind is TaskKind.MILESTONE else _("Tasks"),
        "is_board": kind is TaskKind.MILESTONE,
        "page": page,
        "groups": [
            {"title": title, "rows": list(own)}
            for title, own in groupby(page, key=lambda row: quarter_of(row["due_on"]))
        ],
        "chips": [
            {
                "label": label,
                "count": count,
                "url": address(request.GET, state=code),
                "active": state == code,
            }
            for code, label, count in [
                ("", pgettext("tasks", "All"), sum(counts.values())),
                *((one.value, STANDING_NAMES[one], counts[one]) for one in Standing if counts[one]),
            ]
        ],
        "plans": known.values(),
        "plan": plan if plan in known else "",
        "state": state,
        "may_assign": actor.may(Permission.EVALUATION_PREPARE),
        "unassigned": unassigned(actor, kind, plan) if actor.may(Permission.EVALUATION_PREPARE) else [],
    }
    return render(request, "evaluations/tasks.html", context)


def rows_of(found: list[Task], day: Any) -> list[dict[str, Any]]:
    """Tasks as rows, with what they have reached and how they stand."""
    values = current_values(found, day)
    figures = {f.key: f for f in Figure.objects.filter(key__in={task.figure_key for task in found})}
    rows = []
    for task in found:
        value = values[task.pk]
        how = standing(task, day, value)
        figure = figures.get(task.figure_key)
        rows.append(
            {
                "task": task,
                "standing": how,
                "badge": (STANDING_MEANINGS[how], STANDING_NAMES[how]),
                "due_on": due_on(task, value),
                "value": amount(value, figure),
                "number": value,
                "goal": amount(task.goal, figure),
                "share": share_of(task, value),
                "figure": figure,
            }
        )
    return rows


def share_of(task: Task, value: Any) -> float:
    """How much of a task is done, in percent: of its goal, or as reported."""
    if task.progress_from == Progress.FIGURE.value and task.goal and value is not None:
        falling = falls_to([Stage(step.due_on, step.value) for step in task.steps.all()], task.goal)
        ratio = task.goal / value if falling and value else value / task.goal
        return float(min(100, 100 * ratio))
    return float(task.share_done)


def unassigned(actor: Actor, kind: TaskKind, plan: str) -> list[Figure]:
    """Figures of the actor's plans that nobody has been given yet: milestones, or those with a target."""
    own = [
        one for one in plans() if organ_of_figures(actor, one) is not None and (not plan or one.code == plan)
    ]
    figures = Figure.objects.filter(row__plan__in=own, same_as="").select_related("row__plan")
    if kind is TaskKind.MILESTONE:
        figures = figures.filter(unit="milestone")
    else:
        figures = figures.exclude(unit="milestone").exclude(targets=[]).exclude(klass="baseline")
    given = set(tasks_visible_to(actor).values_list("figure_key", flat=True))
    left = [f for f in figures.order_by("row__plan", "row__position", "position") if f.key not in given]
    return left[:60]


@requires(Permission.EVALUATION_PREPARE)
def assign(request: ActingRequest, key: str) -> HttpResponse:
    """Give a milestone or a share of a target to an organ."""
    figure = figure_by_key(key)
    kind = TaskKind.MILESTONE if request.GET.get("kind") == TaskKind.MILESTONE else kind_of(figure)
    plan = figure.row.plan
    data = request.POST if request.method == "POST" else None
    first = max(today(), today().replace(year=plan.start_year, month=1, day=1))
    initial = {
        "organ": request.actor.organ_code,
        "title": figure.title_zh,
        "starts_on": first,
        "ends_on": max(first, first.replace(year=max(plan.end_year, first.year), month=12, day=31)),
    }
    form = TaskForm(data, actor=request.actor, figure=figure, kind=kind, initial=initial, auto_id="task_%s")
    if data is not None and form.is_valid():
        said = form.cleaned_data
        assignment = Assignment(
            figure_key=figure.key,
            organ=form.organs[said["organ"]],
            starts_on=said["starts_on"],
            ends_on=said["ends_on"],
            owner_id=said["owner"],
            title=said["title"],
            goal=said.get("goal"),
            progress_from=Progress(said.get("progress_from", Progress.REPORTED.value)),
            steps=said["steps"],
            kind=kind,
        )
        try:
            task = task_actions.assign_task(by=request.actor, assignment=assignment)
        except REFUSALS as error:
            refuse(form, error)
        else:
            messages.success(
                request, _("The task is given; it stands on the list of the organ when it is due.")
            )
            return redirect("evaluations:task", task.pk)
    target = target_for(figure, today().year)
    context = {
        "form": form,
        "figure": figure,
        "heading": _("Give a milestone") if kind is TaskKind.MILESTONE else _("Give a share of a target"),
        "target": target.describe(figure.unit, language()) if target else "",
        "unit": unit_of(figure) if kind is TaskKind.SHARE else "",
        "is_share": kind is TaskKind.SHARE,
    }
    return render(request, "evaluations/assign.html", context, status=UNPROCESSABLE if form.errors else 200)


@requires(Permission.EVALUATION_VIEW)
def task(request: ActingRequest, task_id: int) -> HttpResponse:
    """One task: schedule, progress, evidence, history, and what may be done."""
    return task_page(request, task_visible_to(request.actor, task_id))


def task_page(
    request: ActingRequest, found: Task, *, report: ReportForm | None = None, status: int = 200
) -> HttpResponse:
    """The page of a task; with a report that was refused, as it was typed."""
    verbs = task_verbs(request.actor, found)
    (row,) = rows_of([found], today())
    kind = TaskKind(found.kind)
    context = {
        **row,
        "verbs": verbs,
        "report_form": report
        or ReportForm(kind=kind, initial={"share_done": found.share_done}, auto_id="report_%s"),
        "refused": report,
        "steps": [
            {"due_on": step.due_on, "value": amount(step.value, row["figure"]), "late": step.due_on < today()}
            for step in found.steps.all()
        ],
        "own_report": found.reported_by_id == request.actor.user_id,
        "facts": facts_of(found, row),
        **_platforms_own(found),
        "reports": list(found.reports.select_related("reported_by")[:20]),
        "timeline": timeline_of_acts(
            acts_of_file(file_ref(found)).order_by("-recorded_at", "-id")[:50], said_of_act
        ),
        **documents_context(request.actor, file_ref(found), answers="progress" in verbs),
    }
    return render(request, "evaluations/task.html", context, status=status)


def _platforms_own(found: Task) -> dict[str, Any]:
    """The platform's own figure beside what an organ reported, with its day, and whether they differ."""
    reported = found.kind == TaskKind.SHARE.value and found.progress_from == Progress.REPORTED.value
    if not reported or found.state not in (TaskState.OPEN.value, TaskState.REPORTED.value):
        return {}
    own = figure_value(found, found.done_on or today())
    if own is None:
        return {}
    figure = Figure.objects.filter(key=found.figure_key).first()
    query = urlencode({"as_of": own.as_of.isoformat(), "organ": found.organ.code})
    return {
        "own": {
            "shown": amount(own.number, figure),
            "day": own.as_of,
            "url": f"{reverse('plans:figure', args=[found.figure_key])}?{query}",
        },
        "against": task_actions.contradicts(found, own),
    }


def facts_of(found: Task, row: dict[str, Any]) -> list[dict[str, Any]]:
    """What a task says, for a definition list."""
    figure = row["figure"]
    days = {"first": found.starts_on.isoformat(), "last": found.ends_on.isoformat()}
    facts: list[dict[str, Any]] = [
        {
            "label": _("Figure of the plan"),
            "value": f"{found.figure_key} {figure.title if figure else ''}",
            "href": reverse("plans:figure", args=[found.figure_key]) if figure else "",
        },
        {"label": pgettext("task", "Responsible organ"), "value": found.organ.label},
        {"label": _("Person in charge"), "value": found.owner.display_name if found.owner else None},
        {"label": pgettext("task", "Period"), "value": _("%(first)s to %(last)s") % days},
        {"label": pgettext("task", "Given by"), "value": found.assigned_in.label},
    ]
    if found.goal is not None:
        facts.append({"label": _("Goal of this organ"), "value": row["goal"]})
        facts.append({"label": _("Progress"), "value": PROGRESS_NAMES[Progress(found.progress_from)]})
    if found.confirmed_by is not None:
        facts.append({"label": _("Confirmed by"), "value": found.confirmed_by.display_name})
    return facts


@requires(Permission.TASK_REPORT)
@require_POST
def report(request: ActingRequest, task_id: int) -> HttpResponse:
    """Report progress, or that the task is done."""
    found = task_visible_to(request.actor, task_id)
    form = ReportForm(request.POST, request.FILES, kind=TaskKind(found.kind), auto_id="report_%s")
    status = UNPROCESSABLE
    if form.is_valid():
        try:
            task_actions.report_progress(by=request.actor, pk=task_id, **form.cleaned_data)
        except REFUSALS as error:
            refuse(form, error)
            status = error.status
        else:
            messages.success(request, _("The report is recorded."))
            return redirect("evaluations:task", task_id)
    return task_page(request, found, report=form, status=status)


@requires(Permission.EVALUATION_VIEW)
@require_POST
def task_step(request: ActingRequest, task_id: int, verb: str) -> HttpResponse:
    """Confirm, return or cancel; the action asks for the right that the step needs."""
    task_visible_to(request.actor, task_id)
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    try:
        if verb == "confirm":
            task_actions.confirm_task(by=request.actor, pk=task_id, reason=reason)
            messages.success(request, _("Confirmed as done."))
        elif verb == "return":
            task_actions.return_task(by=request.actor, pk=task_id, reason=reason)
            messages.success(request, _("Returned: it is open again."))
        elif verb == "cancel":
            task_actions.cancel_task(by=request.actor, pk=task_id, reason=reason)
            messages.success(request, _("The task is cancelled."))
        else:
            raise NotFound(_("There is no such step."))
    except (InvalidInput, Conflict, RuleBroken) as error:
        messages.error(request, str(error))
    return redirect("evaluations:task", task_id)
