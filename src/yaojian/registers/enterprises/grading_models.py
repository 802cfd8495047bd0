"""Decisions about risk grades, and what the scheme proposes."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from yaojian.registers.enterprises.types import RISK_NAMES, RiskGrade

GRADED = [(g.value, RISK_NAMES[g]) for g in RiskGrade if g]


class RiskDecision(models.Model):
    """Somebody's decision about a subject's grade: set, kept against a proposal, or set by hand."""

    subject = models.ForeignKey("enterprises.Subject", models.PROTECT, related_name="risk_decisions")
    grade = models.CharField(_("risk grade"), max_length=3, choices=GRADED)
    before = models.CharField(max_length=3, blank=True)
    valid_from = models.DateField()
    by_hand = models.BooleanField()
    kept = models.BooleanField(help_text="the grade stayed although another was proposed")
    note = models.CharField(max_length=500, blank=True)
    scheme = models.CharField(max_length=40)
    score = models.SmallIntegerField()
    proposed = models.CharField(max_length=3, choices=GRADED)
    reasons = models.JSONField(help_text="[kind, code, amount, points] of each line of the sum")
    fingerprint = models.CharField(max_length=64)
    decided_at = models.DateTimeField()
    decided_by = models.CharField(max_length=60)
    organ_name = models.CharField(max_length=120)
    act = models.UUIDField()

    class Meta:
        ordering: ClassVar = ["-decided_at", "-id"]
        indexes: ClassVar = [models.Index(fields=["subject", "-decided_at"], name="risk_decision_of_subject")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(grade__in=[g.value for g in RiskGrade if g]),
                name="risk_decision_grade_known",
            ),
            models.CheckConstraint(
                condition=~models.Q(note="") | models.Q(by_hand=False, kept=False),
                name="risk_decision_against_the_scheme_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject_id} {self.grade} {self.valid_from}"


class RiskProposal(models.Model):
    """A grade that the scheme proposes and nobody has decided about yet; one a subject."""

    subject = models.OneToOneField("enterprises.Subject", models.CASCADE, related_name="risk_proposal")
    grade = models.CharField(_("risk grade"), max_length=3, choices=GRADED)
    score = models.SmallIntegerField()
    reasons = models.JSONField()
    fingerprint = models.CharField(max_length=64)
    computed_on = models.DateField()

    class Meta:
        ordering: ClassVar = ["-score", "subject"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(grade__in=[g.value for g in RiskGrade if g]),
                name="risk_proposal_grade_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject_id} {self.grade}"
