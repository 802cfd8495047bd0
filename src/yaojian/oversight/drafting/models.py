"""Drafts of plans: a pack in the making, with what its duties would cost."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yaojian.oversight.drafting.contracts import STATE_NAMES
from yaojian.oversight.drafting.states import DraftState


class PlanDraft(models.Model):
    """A plan that is not adopted yet. `pack` has the form of a pack file, dates as text."""

    code = models.CharField(max_length=40)
    organ = models.ForeignKey("accounts.Organ", models.PROTECT, related_name="+")
    based_on = models.ForeignKey("plans.Plan", models.SET_NULL, null=True, related_name="+")
    pack = models.JSONField()
    version = models.PositiveIntegerField(default=1, help_text="counts the changes; a stale form is refused")
    state = models.CharField(
        max_length=10,
        default=DraftState.DRAFT.value,
        choices=[(state.value, STATE_NAMES[state]) for state in DraftState],
    )
    reason = models.CharField(max_length=300, blank=True, help_text="why it was returned or withdrawn")
    cost = models.JSONField(null=True, help_text="what its duties would come to, by organ; see costing.py")
    cost_version = models.PositiveIntegerField(null=True, help_text="of which version the cost is")
    drafted_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    submitted_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    decided_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    plan = models.ForeignKey("plans.Plan", models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("draft of a plan")
        ordering: ClassVar = ["-changed_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["code"], condition=~Q(state=DraftState.WITHDRAWN.value), name="draft_code_once"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["organ", "state"], name="draft_of_organ")]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The title as drafted."""
        return str(self.pack["plan"]["title"])

    @property
    def years(self) -> tuple[int, int]:
        """First and last year."""
        return int(self.pack["plan"]["start"]), int(self.pack["plan"]["end"])
