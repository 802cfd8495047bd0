"""Clocks that run for files, with their pauses and extensions."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.deadlines.states import ClockState
from yaojian.foundation.ledger.contracts import SUBJECT_KIND, Ref
from yaojian.foundation.workflow.clocks import Ground


class RunningClock(models.Model):
    """A statutory clock that runs, or ran, for one file (运行中的时限).

    `due_at` and `due_on` are what the engine makes of rule, trigger, pauses and extensions; they are empty
    while the clock stands still, and while the calendar misses a year (`missing_on`).
    """

    rule = models.ForeignKey("reference.ClockRuleVersion", models.PROTECT, related_name="+")
    organ = models.ForeignKey("accounts.Organ", models.PROTECT, related_name="+")
    file_kind = models.CharField(max_length=40)
    file_id = models.BigIntegerField()
    subject_id = models.BigIntegerField(null=True)
    state = models.CharField(max_length=10, default=ClockState.RUNNING.value)
    triggered_at = models.DateTimeField()
    ordered_on = models.DateField(null=True, help_text="an earlier last day, set by the organ")
    due_at = models.DateTimeField(null=True)
    due_on = models.DateField(null=True)
    soon_at = models.DateTimeField(null=True)
    missing_on = models.DateField(null=True, help_text="the day that the calendar would have to hold")
    started_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True, help_text="when what was due was done, or the clock lapsed")

    class Meta:
        verbose_name = _("running clock")
        ordering: ClassVar = ["due_at", "id"]
        indexes: ClassVar = [
            models.Index(fields=["file_kind", "file_id"], name="clock_of_file"),
            models.Index(
                fields=["organ", "due_at"],
                condition=Q(state__in=["running", "paused"]),
                name="open_clock_of_organ",
            ),
            models.Index(fields=["rule", "state"], name="clock_of_rule"),
            models.Index(fields=["subject_id"], name="clock_of_subject"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in ClockState]), name="clock_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["running", "paused"], stopped_at__isnull=True)
                | (~Q(state__in=["running", "paused"]) & Q(stopped_at__isnull=False)),
                name="clock_stopped_when_not_open",
            ),
            models.CheckConstraint(
                condition=Q(due_at__isnull=True, due_on__isnull=True, soon_at__isnull=True)
                | Q(due_at__isnull=False, due_on__isnull=False, soon_at__isnull=False),
                name="clock_due_whole",
            ),
            # A clock that runs has an end, or the day without which its end cannot be known.
            models.CheckConstraint(
                condition=~Q(state="running") | Q(due_at__isnull=False) | Q(missing_on__isnull=False),
                name="clock_runs_to_an_end",
            ),
            models.UniqueConstraint(
                fields=["file_kind", "file_id", "rule"],
                condition=Q(state__in=["running", "paused"]),
                name="clock_runs_once_for_a_file",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule_id} {self.file_kind}:{self.file_id}"

    @property
    def file(self) -> Ref:
        """The pointer to the file that the clock belongs to."""
        return Ref(self.file_kind, self.file_id)

    @property
    def subject(self) -> Ref | None:
        """The pointer to the subject that the file is about, if there is one."""
        return Ref(SUBJECT_KIND, self.subject_id) if self.subject_id else None


class _Span(Func):
    """tstzrange(started_at, ended_at): the end itself belongs to what follows."""

    function = "tstzrange"
    output_field = DateTimeRangeField()


class ClockPause(models.Model):
    """A span in which a clock stands still (不计入期限), on a ground that its rule names."""

    clock = models.ForeignKey(RunningClock, models.CASCADE, related_name="pauses")
    ground = models.CharField(max_length=20)
    reason = models.CharField(max_length=300, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["started_at", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ground__in=[g.value for g in Ground]), name="pause_ground_known"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")),
                name="pause_ends_after_start",
            ),
            models.UniqueConstraint(
                fields=["clock"], condition=Q(ended_at__isnull=True), name="one_open_pause_of_a_clock"
            ),
            ExclusionConstraint(
                name="pauses_lie_apart",
                expressions=[
                    ("clock", RangeOperators.EQUAL),
                    (_Span("started_at", "ended_at", Value("[)")), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.clock_id} {self.ground} {self.started_at}"


class ClockExtension(models.Model):
    """More time for a clock (延期), in the unit of its rule, with who approved it."""

    clock = models.ForeignKey(RunningClock, models.CASCADE, related_name="extensions")
    number = models.PositiveSmallIntegerField()
    amount = models.PositiveSmallIntegerField()
    collective = models.BooleanField(default=False)
    reason = models.CharField(max_length=300)
    approved_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    approved_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gte=1), name="extension_amount_positive"),
            models.CheckConstraint(condition=~Q(reason=""), name="extension_has_reason"),
            models.UniqueConstraint(fields=["clock", "number"], name="extension_number_once"),
        ]

    def __str__(self) -> str:
        return f"{self.clock_id} +{self.amount}"
