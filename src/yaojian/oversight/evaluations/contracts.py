"""What crosses the door of the evaluations room, and its words."""

from __future__ import annotations

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yaojian.oversight.evaluations.states import AdjustmentState, EvaluationState, TaskState

TASK_KIND = "evaluation.task"
EVALUATION_KIND = "evaluation"
ADJUSTMENT_KIND = "evaluation.adjustment"
"""Kinds of file."""


class TaskKind(StrEnum):
    """A milestone is done or not; a share of a target has values on the way."""

    MILESTONE = "milestone"
    SHARE = "share"


class Progress(StrEnum):
    """Where the value of a share comes from."""

    REPORTED = "reported"
    FIGURE = "figure"


class EvaluationKind(StrEnum):
    """Which evaluation of a plan it is."""

    YEARLY = "yearly"
    MID_TERM = "mid_term"
    FINAL = "final"


class Standing(StrEnum):
    """How a task stands on a day, given its dates."""

    AHEAD = "ahead"
    UNDER_WAY = "under_way"
    DUE_SOON = "due_soon"
    LATE = "late"
    REPORTED = "reported"
    DONE = "done"
    CANCELLED = "cancelled"


KIND_NAMES: dict[TaskKind, Promise] = {
    TaskKind.MILESTONE: _("Milestone"),
    TaskKind.SHARE: _("Share of a target"),
}
PROGRESS_NAMES: dict[Progress, Promise] = {
    Progress.REPORTED: _("reported by the responsible organ"),
    Progress.FIGURE: _("computed from the figure"),
}
EVALUATION_NAMES: dict[EvaluationKind, Promise] = {
    EvaluationKind.YEARLY: _("Yearly evaluation"),
    EvaluationKind.MID_TERM: _("Mid-term evaluation"),
    EvaluationKind.FINAL: _("Final evaluation"),
}
STANDING_NAMES: dict[Standing, Promise] = {
    Standing.AHEAD: pgettext_lazy("task", "Not begun"),
    Standing.UNDER_WAY: pgettext_lazy("task", "Under way"),
    Standing.DUE_SOON: pgettext_lazy("task", "Due soon"),
    Standing.LATE: pgettext_lazy("task", "Late"),
    Standing.REPORTED: pgettext_lazy("task", "Waits for confirmation"),
    Standing.DONE: pgettext_lazy("task", "Done"),
    Standing.CANCELLED: pgettext_lazy("task", "Cancelled"),
}
STANDING_MEANINGS: dict[Standing, str] = {
    Standing.AHEAD: "neutral",
    Standing.UNDER_WAY: "info",
    Standing.DUE_SOON: "due_soon",
    Standing.LATE: "overdue",
    Standing.REPORTED: "due_soon",
    Standing.DONE: "done",
    Standing.CANCELLED: "neutral",
}
TASK_STATE_NAMES: dict[TaskState, Promise] = {
    TaskState.OPEN: pgettext_lazy("task", "Open"),
    TaskState.REPORTED: pgettext_lazy("task", "Waits for confirmation"),
    TaskState.DONE: pgettext_lazy("task", "Done"),
    TaskState.CANCELLED: pgettext_lazy("task", "Cancelled"),
}
EVALUATION_STATE_NAMES: dict[EvaluationState, tuple[str, Promise]] = {
    EvaluationState.DRAFT: ("neutral", pgettext_lazy("evaluation", "Draft")),
    EvaluationState.SUBMITTED: ("due_soon", pgettext_lazy("evaluation", "Waits to be frozen")),
    EvaluationState.FROZEN: ("done", pgettext_lazy("evaluation", "Frozen")),
    EvaluationState.DISCARDED: ("neutral", pgettext_lazy("evaluation", "Discarded")),
}
ADJUSTMENT_STATE_NAMES: dict[AdjustmentState, tuple[str, Promise]] = {
    AdjustmentState.PROPOSED: ("due_soon", pgettext_lazy("adjustment", "Waits for a decision")),
    AdjustmentState.APPROVED: ("done", pgettext_lazy("adjustment", "Approved")),
    AdjustmentState.REJECTED: ("overdue", pgettext_lazy("adjustment", "Rejected")),
    AdjustmentState.WITHDRAWN: ("neutral", pgettext_lazy("adjustment", "Withdrawn")),
}
