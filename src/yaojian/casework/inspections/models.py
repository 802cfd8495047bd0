"""Inspections, their teams and findings."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from yaojian.casework.inspections.contracts import (
    CONCLUSION_NAMES,
    KIND_NAMES,
    SEVERITY_NAMES,
    Conclusion,
    InspectionKind,
    Severity,
)
from yaojian.casework.inspections.states import InspectionState


class Inspection(models.Model):
    """One inspection of one subject (监督检查)."""

    number = models.CharField(_("number"), max_length=40, unique=True)
    subject = models.ForeignKey("enterprises.Subject", models.PROTECT, related_name="+")
    organ = models.ForeignKey("accounts.Organ", models.PROTECT, related_name="+")
    kind = models.CharField(
        _("kind"), max_length=12, choices=[(k.value, KIND_NAMES[k]) for k in InspectionKind]
    )
    state = models.CharField(max_length=12, default=InspectionState.PLANNED.value)
    basis = models.CharField(_("basis"), max_length=300, blank=True)
    opened_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    concluded_at = models.DateTimeField(null=True)
    conclusion = models.CharField(
        max_length=14, blank=True, choices=[(c.value, CONCLUSION_NAMES[c]) for c in Conclusion]
    )
    summary = models.TextField(blank=True)
    rectify_by = models.DateField(null=True)
    rectification = models.TextField(blank=True)
    submitted_at = models.DateTimeField(null=True)
    verified_at = models.DateTimeField(null=True)
    verification = models.TextField(blank=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("inspection")
        ordering: ClassVar = ["-opened_at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["subject", "-opened_at"], name="inspection_of_subject"),
            models.Index(fields=["organ", "state", "-opened_at"], name="inspection_of_organ"),
            models.Index(fields=["-opened_at", "-id"], name="inspection_latest"),
            models.Index(
                fields=["rectify_by"], condition=models.Q(rectify_by__isnull=False), name="inspection_rectify"
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(state__in=[s.value for s in InspectionState]),
                name="inspection_state_known",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=[k.value for k in InspectionKind]), name="inspection_kind_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["planned", "on_site", "cancelled"])
                | (models.Q(concluded_at__isnull=False) & ~models.Q(conclusion="")),
                name="inspection_concluded_has_conclusion",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class TeamMember(models.Model):
    """An officer in an inspection's team."""

    inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="team")
    officer = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    is_lead = models.BooleanField(default=False)
    full_time = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["-is_lead", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["inspection", "officer"], name="officer_once_in_team"),
            models.UniqueConstraint(
                fields=["inspection"], condition=models.Q(is_lead=True), name="one_lead_in_team"
            ),
        ]

    def __str__(self) -> str:
        return str(self.officer)


class Finding(models.Model):
    """Something the team found wrong (缺陷)."""

    inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="findings")
    number = models.PositiveSmallIntegerField()
    severity = models.CharField(max_length=8, choices=[(s.value, SEVERITY_NAMES[s]) for s in Severity])
    clause = models.CharField(_("clause"), max_length=120, blank=True)
    description = models.TextField(_("description"))
    verified = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["inspection", "number"], name="finding_number_once"),
            models.CheckConstraint(
                condition=models.Q(severity__in=[s.value for s in Severity]), name="finding_severity_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.inspection} #{self.number}"


class NumberSeries(models.Model):
    """The last number given in an organ and a year; its row lock makes numbers gapless."""

    organ = models.ForeignKey("accounts.Organ", models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organ", "year"], name="one_series_per_organ_year")
        ]

    def __str__(self) -> str:
        return f"{self.organ} {self.year}: {self.last}"
