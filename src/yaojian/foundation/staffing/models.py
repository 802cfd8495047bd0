"""Departures with their successors, and the yearly reviews of rights with each decision."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.staffing.contracts import Decision


class Departure(models.Model):
    """A person leaves with the end of a day, and somebody takes over what is still open (离岗)."""

    user = models.ForeignKey("accounts.User", models.PROTECT, related_name="departures")
    last_day = models.DateField()
    successor = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=200)
    confirmed_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("departure")
        ordering: ClassVar = ["-confirmed_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user"], condition=models.Q(withdrawn_at__isnull=True), name="departure_once"
            ),
            models.CheckConstraint(
                condition=~models.Q(user=models.F("successor")), name="departure_to_somebody_else"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.last_day}"


class RightsReview(models.Model):
    """The yearly review of the rights that an organ, and those below without a reviewer, have given."""

    organ = models.ForeignKey("accounts.Organ", models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    opened_at = models.DateTimeField()
    due_on = models.DateField()
    concluded_at = models.DateTimeField(null=True)
    concluded_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("review of rights")
        ordering: ClassVar = ["-year", "organ__path"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organ", "year"], name="review_once_a_year"),
            models.CheckConstraint(
                condition=models.Q(concluded_at__isnull=True, concluded_by__isnull=True)
                | models.Q(concluded_at__isnull=False, concluded_by__isnull=False),
                name="review_concluded_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organ} {self.year}"


class RightsDecision(models.Model):
    """What a review decided about one posting."""

    review = models.ForeignKey(RightsReview, models.PROTECT, related_name="decisions")
    posting = models.ForeignKey("accounts.Posting", models.PROTECT, related_name="+")
    decision = models.CharField(max_length=10)
    reason = models.CharField(max_length=200, blank=True)
    decided_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["review", "posting"], name="one_decision_per_posting"),
            models.CheckConstraint(
                condition=models.Q(decision__in=[d.value for d in Decision]), name="decision_known"
            ),
            models.CheckConstraint(
                condition=models.Q(decision=Decision.CONFIRMED.value) | ~models.Q(reason=""),
                name="ending_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.review} {self.posting} {self.decision}"
