"""Tasks with their schedules and progress, evaluations with their snapshots, adjustments of targets.

Figures are named by their key: rows of plans are written anew whenever a pack has changed.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yaojian.oversight.evaluations.contracts import (
    EVALUATION_NAMES,
    KIND_NAMES,
    EvaluationKind,
    Progress,
    TaskKind,
)
from yaojian.oversight.evaluations.states import AdjustmentState, EvaluationState, TaskState

_RUNNING = [TaskState.OPEN.value, TaskState.REPORTED.value]


class Task(models.Model):
    """What an organ has to do for a figure of a plan: a milestone, or its share of a target (任务分解)."""

    kind = models.CharField(max_length=10, choices=[(k.value, KIND_NAMES[k]) for k in TaskKind])
    figure_key = models.CharField(max_length=20)
    plan_code = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    organ = models.ForeignKey("accounts.Organ", models.PROTECT, related_name="+", help_text="responsible")
    owner = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    assigned_in = models.ForeignKey("accounts.Organ", models.PROTECT, related_name="+")
    assigned_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    assigned_at = models.DateTimeField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    progress_from = models.CharField(max_length=10, default=Progress.REPORTED.value)
    goal = models.DecimalField(max_digits=20, decimal_places=4, null=True, help_text="in the figure's unit")
    state = models.CharField(max_length=10, default=TaskState.OPEN.value)
    value = models.DecimalField(max_digits=20, decimal_places=4, null=True, help_text="last reported")
    share_done = models.PositiveSmallIntegerField(default=0, help_text="percent, as reported")
    done_on = models.DateField(null=True)
    reported_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    confirmed_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True, help_text="why it was returned or cancelled")

    class Meta:
        verbose_name = _("task")
        ordering: ClassVar = ["ends_on", "id"]
        indexes: ClassVar = [
            models.Index(fields=["figure_key"], name="task_of_figure"),
            models.Index(fields=["organ", "state", "ends_on"], name="task_of_organ"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in TaskState]), name="task_state_known"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=models.F("starts_on")), name="task_days_in_order"
            ),
            models.CheckConstraint(
                condition=~Q(state=TaskState.DONE.value)
                | (Q(done_on__isnull=False) & Q(confirmed_by__isnull=False)),
                name="task_done_is_confirmed",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=models.F("reported_by")),
                name="task_second_pair_of_eyes",
            ),
            models.UniqueConstraint(
                fields=["kind", "figure_key", "organ"],
                condition=Q(state__in=_RUNNING),
                name="task_once_per_organ",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Step(models.Model):
    """A day of a task's schedule and the value it should have reached by then."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="steps")
    due_on = models.DateField()
    value = models.DecimalField(max_digits=20, decimal_places=4, null=True)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar = ["due_on"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["task", "due_on"], name="step_once_per_day")]

    def __str__(self) -> str:
        return f"{self.task_id} {self.due_on}"


class Report(models.Model):
    """What was reported of a task on a day."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="reports")
    on = models.DateField()
    value = models.DecimalField(max_digits=20, decimal_places=4, null=True)
    share_done = models.PositiveSmallIntegerField()
    note = models.TextField()
    reported_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    reported_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-reported_at", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(share_done__lte=100), name="report_share_up_to_100")
        ]

    def __str__(self) -> str:
        return f"{self.task_id} {self.on}"


class Evaluation(models.Model):
    """A yearly, mid-term or final evaluation of a plan for an organ on a day."""

    kind = models.CharField(max_length=10, choices=[(k.value, EVALUATION_NAMES[k]) for k in EvaluationKind])
    plan_code = models.CharField(max_length=40)
    organ = models.ForeignKey("accounts.Organ", models.PROTECT, related_name="+")
    as_of = models.DateField()
    title = models.CharField(max_length=200)
    summary = models.TextField(blank=True)
    state = models.CharField(max_length=10, default=EvaluationState.DRAFT.value)
    prepared_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField()
    reason = models.CharField(max_length=300, blank=True, help_text="why it was given back")

    class Meta:
        verbose_name = _("evaluation")
        ordering: ClassVar = ["-as_of", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in EvaluationState]), name="evaluation_state_known"
            ),
            models.UniqueConstraint(
                fields=["kind", "plan_code", "organ", "as_of"],
                condition=~Q(state=EvaluationState.DISCARDED.value),
                name="evaluation_once",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Comment(models.Model):
    """What an evaluation says of a figure."""

    evaluation = models.ForeignKey(Evaluation, models.CASCADE, related_name="comments")
    figure_key = models.CharField(max_length=20)
    text = models.TextField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["evaluation", "figure_key"], name="comment_once_per_figure")
        ]

    def __str__(self) -> str:
        return f"{self.evaluation_id} {self.figure_key}"


class Snapshot(models.Model):
    """A frozen evaluation: its canonical bytes and their SHA-256; the database refuses any change."""

    evaluation = models.OneToOneField(Evaluation, models.PROTECT, related_name="snapshot")
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    act = models.UUIDField(help_text="the act of the journal that carries the hash")
    frozen_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    frozen_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-frozen_at"]

    def __str__(self) -> str:
        return self.sha256


class Printing(models.Model):
    """An evaluation as a document: asked for, made by the worker, kept under the hash of what it says."""

    evaluation = models.ForeignKey(Evaluation, models.PROTECT, related_name="printings")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the content that it shows")
    asked_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    step = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField(null=True)
    document = models.ForeignKey("documents.Document", models.PROTECT, null=True, related_name="+")
    pages = models.PositiveSmallIntegerField(default=0)
    refusal = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["-asked_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["evaluation", "digest"], name="printing_once"),
            models.CheckConstraint(
                condition=Q(made_at__isnull=True) | Q(document__isnull=False), name="printing_made_is_kept"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.evaluation_id} {self.digest[:12]}"


class Adjustment(models.Model):
    """A change of a target that was proposed and decided; the pack stays as it is (目标调整)."""

    figure_key = models.CharField(max_length=20)
    plan_code = models.CharField(max_length=40)
    year = models.PositiveSmallIntegerField()
    before = models.JSONField(null=True, help_text="the target as it stood")
    after = models.JSONField(help_text="the target as adjusted")
    effective_on = models.DateField()
    reason = models.TextField()
    state = models.CharField(max_length=10, default=AdjustmentState.PROPOSED.value)
    proposed_in = models.ForeignKey("accounts.Organ", models.PROTECT, related_name="+")
    proposed_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("adjustment")
        ordering: ClassVar = ["-proposed_at", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in AdjustmentState]), name="adjustment_state_known"
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=models.F("proposed_by")),
                name="adjustment_second_pair_of_eyes",
            ),
            models.UniqueConstraint(
                fields=["figure_key", "year"],
                condition=Q(state=AdjustmentState.PROPOSED.value),
                name="adjustment_proposed_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.figure_key} {self.year}"
