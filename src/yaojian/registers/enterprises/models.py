"""Subjects of supervision."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Upper
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yaojian.registers.enterprises.types import RISK_NAMES, TYPE_NAMES, RiskGrade, SubjectType


class Subject(models.Model):
    """A subject of supervision: one facility or business of one type at one place."""

    code = models.CharField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=200)
    pinyin = models.CharField(
        max_length=200, blank=True, help_text="initials of the name, for search and order"
    )
    subject_type = models.CharField(
        _("type"), max_length=24, choices=[(t.value, TYPE_NAMES[t]) for t in SubjectType]
    )
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="facilities")
    responsible_organ = models.ForeignKey("accounts.Organ", models.PROTECT, related_name="+")
    division_code = models.CharField(_("place"), max_length=12)
    address = models.CharField(_("address"), max_length=200, blank=True)
    licence_no = models.CharField(_("licence number"), max_length=60, blank=True)
    opened_on = models.DateField(_("in operation since"))
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    in_production = models.BooleanField(default=True)
    flags = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    risk_grade = models.CharField(
        _("risk grade"), max_length=3, blank=True, choices=[(g.value, RISK_NAMES[g]) for g in RiskGrade]
    )

    class Meta:
        verbose_name = _("subject")
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(closed_on__isnull=True) | models.Q(closed_on__gte=models.F("opened_on")),
                name="subject_closes_after_opening",
            ),
            models.CheckConstraint(
                condition=models.Q(subject_type__in=[t.value for t in SubjectType]), name="subject_type_known"
            ),
            models.CheckConstraint(
                condition=models.Q(risk_grade__in=[g.value for g in RiskGrade]), name="subject_risk_known"
            ),
            models.CheckConstraint(condition=~models.Q(parent=models.F("id")), name="subject_not_own_parent"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["subject_type", "division_code"], name="subject_type_place"),
            models.Index(fields=["division_code"], name="subject_place", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["responsible_organ", "subject_type"], name="subject_organ_type"),
            GinIndex(OpClass(Upper("name"), name="gin_trgm_ops"), name="subject_name_trgm"),
            GinIndex(OpClass(Upper("pinyin"), name="gin_trgm_ops"), name="subject_pinyin_trgm"),
            GinIndex(fields=["flags"], name="subject_flags"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        """Whether the subject has not been closed."""
        return self.closed_on is None

    @property
    def status(self) -> tuple[str, Promise]:
        """Which of the design's five meanings the subject's state has, and the state's name."""
        if not self.is_open:
            return "neutral", _("Closed down")
        if not self.in_production:
            return "due_soon", _("Production stopped")
        return "done", _("In operation")
