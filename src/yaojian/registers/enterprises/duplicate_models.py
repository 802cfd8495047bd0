"""Pairs of subjects that may be one, and merges that can be undone."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from yaojian.registers.enterprises.states import PairState

OPEN, APART, MERGED = PairState.OPEN.value, PairState.APART.value, PairState.MERGED.value


class DuplicatePair(models.Model):
    """Two subjects that look like one; a decision that they are two is remembered."""

    first = models.ForeignKey("enterprises.Subject", models.CASCADE, related_name="+")
    second = models.ForeignKey("enterprises.Subject", models.CASCADE, related_name="+")
    score = models.SmallIntegerField(help_text="0 to 100: how alike they are")
    reasons = ArrayField(models.CharField(max_length=30))
    state = models.CharField(max_length=8, default=OPEN)
    found_on = models.DateField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=60, blank=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering: ClassVar = ["-score", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["first", "second"], name="duplicate_pair_once"),
            models.CheckConstraint(
                condition=models.Q(first__lt=models.F("second")), name="duplicate_pair_in_order"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[OPEN, APART, MERGED]), name="duplicate_pair_state_known"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "-score"], name="duplicate_pair_by_score"),
            models.Index(fields=["second"], name="duplicate_pair_second"),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} ~ {self.second_id} {self.state}"


class Merge(models.Model):
    """One subject became part of another; what moved with it, so that it can be undone exactly."""

    kept = models.ForeignKey("enterprises.Subject", models.PROTECT, related_name="+")
    ended = models.ForeignKey("enterprises.Subject", models.PROTECT, related_name="+")
    act = models.UUIDField(unique=True)
    reason = models.CharField(max_length=500)
    moved = models.JSONField(help_text="rows that now point to the kept subject, by what they are")
    merged_at = models.DateTimeField()
    merged_by = models.CharField(max_length=60)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering: ClassVar = ["-merged_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["ended"], condition=models.Q(undone_at__isnull=True), name="merge_ends_a_subject_once"
            ),
            models.CheckConstraint(condition=~models.Q(kept=models.F("ended")), name="merge_of_two"),
        ]

    def __str__(self) -> str:
        return f"{self.ended_id} → {self.kept_id}"
