"""Work items: what is to be done, by which organ, about whom, until when, and why."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.worklist.states import UNFINISHED, ItemState

_UNFINISHED = Q(state__in=[state.value for state in UNFINISHED])
LONGEST_REASON = 300


class WorkItem(models.Model):
    """One thing that an officer has to do (工作项)."""

    kind = models.CharField(max_length=40)
    state = models.CharField(max_length=10, default=ItemState.OPEN.value)
    organ = models.ForeignKey("accounts.Organ", models.PROTECT, related_name="+")
    assignee = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    assigned_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    assigned_at = models.DateTimeField(null=True)
    subject_id = models.BigIntegerField(null=True)
    subject_name = models.CharField(max_length=200, blank=True)
    division_code = models.CharField(max_length=12, blank=True)
    file_kind = models.CharField(max_length=40, blank=True)
    file_id = models.BigIntegerField(null=True)
    due_on = models.DateField(null=True)
    clock = models.ForeignKey(
        "deadlines.RunningClock", models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(max_length=300, help_text="why it must be done: the mandate's or rule's name")
    source = models.CharField(max_length=200, blank=True, help_text="article or plan line")
    origin_kind = models.CharField(max_length=40, blank=True)
    origin_key = models.CharField(max_length=60, blank=True)
    parameters = models.JSONField(default=dict, help_text="what the page where it is done starts with")
    return_reason = models.CharField(max_length=LONGEST_REASON, blank=True, help_text="why it was sent back")
    reminded_at = models.DateTimeField(null=True, help_text="when somebody last reminded by hand")
    escalation_level = models.PositiveSmallIntegerField(default=0, help_text="0 no, 1 chief, 2 leader")
    escalated_at = models.DateTimeField(null=True)
    escalated_to = ArrayField(models.BigIntegerField(), default=list, help_text="keys of people told")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("work item")
        ordering: ClassVar = ["due_on", "id"]
        indexes: ClassVar = [
            models.Index(fields=["organ", "due_on", "id"], condition=_UNFINISHED, name="item_of_organ"),
            models.Index(fields=["assignee", "due_on", "id"], condition=_UNFINISHED, name="item_of_assignee"),
            models.Index(fields=["due_on", "id"], condition=_UNFINISHED, name="item_by_due"),
            # Holds all that the tally of the workbench counts by, so that it need not read the rows.
            models.Index(
                fields=["kind", "due_on"],
                include=["organ", "assignee", "state", "escalation_level"],
                condition=_UNFINISHED,
                name="item_tallied",
            ),
            models.Index(
                fields=["division_code"],
                condition=_UNFINISHED,
                opclasses=["varchar_pattern_ops"],
                name="item_on_land",
            ),
            GinIndex(fields=["escalated_to"], condition=Q(escalation_level__gt=0), name="item_escalated"),
            models.Index(fields=["subject_id", "state"], name="item_of_subject"),
            models.Index(fields=["file_kind", "file_id"], name="item_of_file"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in ItemState]), name="item_state_known"
            ),
            models.CheckConstraint(
                condition=(_UNFINISHED & Q(closed_at__isnull=True))
                | (~_UNFINISHED & Q(closed_at__isnull=False)),
                name="item_closed_when_finished",
            ),
            models.CheckConstraint(
                condition=~Q(state=ItemState.RETURNED.value) | ~Q(return_reason=""),
                name="item_returned_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(escalation_level=0, escalated_at__isnull=True)
                | Q(escalation_level__gt=0, escalated_at__isnull=False),
                name="item_escalated_since",
            ),
            # The same duty opens one item at a time, however often the engine runs.
            models.UniqueConstraint(
                fields=["kind", "origin_kind", "origin_key", "subject_id"],
                condition=_UNFINISHED,
                name="item_open_once",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_name}"


class Firing(models.Model):
    """An alarm that has rung for an item and its due day: the same one never rings twice."""

    item = models.ForeignKey(WorkItem, models.CASCADE, related_name="firings")
    step = models.CharField(max_length=20)
    due_on = models.DateField()
    fired_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["item", "step", "due_on"], name="firing_once"),
        ]

    def __str__(self) -> str:
        return f"{self.step} {self.item_id}"


class AlarmSetting(models.Model):
    """When a kind of work is reminded of and escalated, where the administrator has set it; working days."""

    kind = models.CharField(max_length=40, unique=True)
    remind = ArrayField(models.PositiveSmallIntegerField(), default=list)
    chief_after = models.PositiveSmallIntegerField(null=True)
    leader_after = models.PositiveSmallIntegerField(null=True)
    set_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["kind"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(chief_after__isnull=True)
                | Q(leader_after__isnull=True)
                | Q(chief_after__lt=models.F("leader_after")),
                name="alarm_leader_after_chief",
            ),
            models.CheckConstraint(
                condition=Q(chief_after__isnull=True) | Q(chief_after__gte=1), name="alarm_chief_after_due"
            ),
            models.CheckConstraint(
                condition=Q(leader_after__isnull=True) | Q(leader_after__gte=1), name="alarm_leader_after_due"
            ),
        ]

    def __str__(self) -> str:
        return self.kind


class SavedView(models.Model):
    """A named set of filters of one person's workbench."""

    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="+")
    name = models.CharField(max_length=30)
    query = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering: ClassVar = ["name", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "name"], name="view_name_once_per_person"),
            models.CheckConstraint(condition=~Q(name=""), name="view_has_name"),
        ]

    def __str__(self) -> str:
        return self.name
