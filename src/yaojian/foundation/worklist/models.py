"""Work items: what is to be done, by which organ, about whom, until when, and why."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.worklist.states import ItemState


class WorkItem(models.Model):
    """One thing that an officer has to do (工作项)."""

    kind = models.CharField(max_length=40)
    state = models.CharField(max_length=10, default=ItemState.OPEN.value)
    organ = models.ForeignKey("accounts.Organ", models.PROTECT, related_name="+")
    assignee = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    subject_id = models.BigIntegerField(null=True)
    subject_name = models.CharField(max_length=200, blank=True)
    division_code = models.CharField(max_length=12, blank=True)
    file_kind = models.CharField(max_length=40, blank=True)
    file_id = models.BigIntegerField(null=True)
    due_on = models.DateField(null=True)
    reason = models.CharField(max_length=300, help_text="why it must be done: the mandate's or rule's name")
    source = models.CharField(max_length=200, blank=True, help_text="article or plan line")
    origin_kind = models.CharField(max_length=40, blank=True)
    origin_key = models.CharField(max_length=60, blank=True)
    parameters = models.JSONField(default=dict, help_text="what the page where it is done starts with")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("work item")
        ordering: ClassVar = ["due_on", "id"]
        indexes: ClassVar = [
            models.Index(fields=["organ", "state", "due_on"], name="item_of_organ"),
            models.Index(fields=["assignee", "state", "due_on"], name="item_of_assignee"),
            models.Index(fields=["subject_id", "state"], name="item_of_subject"),
            models.Index(fields=["file_kind", "file_id"], name="item_of_file"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(state__in=[s.value for s in ItemState]), name="item_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state="open", closed_at__isnull=True)
                | (~models.Q(state="open") & models.Q(closed_at__isnull=False)),
                name="item_closed_when_not_open",
            ),
            # The same duty opens one item at a time, however often the engine runs.
            models.UniqueConstraint(
                fields=["kind", "origin_kind", "origin_key", "subject_id"],
                condition=models.Q(state="open"),
                name="item_open_once",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_name}"
