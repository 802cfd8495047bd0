"""The jurisdiction tables (事权) of the installation: rules of the packs, and those that people entered."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.contracts import LEVEL_NAMES, Level
from yaojian.foundation.periods import ends_after_start
from yaojian.registers.jurisdiction.contracts import (
    CONFIDENCE_NAMES,
    MATTER_NAMES,
    Assistance,
    Confidence,
    Matter,
    Rule,
)


def _words() -> ArrayField:
    return ArrayField(models.CharField(max_length=40), default=list, blank=True)


class JurisdictionRule(models.Model):
    """In a matter, for such subjects in a region, a level of organs is responsible, from day to day."""

    code = models.CharField(max_length=40, unique=True)
    table = models.CharField(max_length=40, blank=True, help_text="of the packs; empty: entered by people")
    entry_digest = models.CharField(max_length=64, blank=True)
    matter = models.CharField(max_length=24, choices=[(m.value, MATTER_NAMES[m]) for m in Matter])
    region = models.CharField(max_length=12, blank=True)
    types = _words()
    flags_all = _words()
    flags_any = _words()
    grades = _words()
    level = models.CharField(max_length=12, choices=[(level.value, LEVEL_NAMES[level]) for level in Level])
    priority = models.SmallIntegerField(default=0)
    duty_zh = models.CharField(max_length=200, blank=True)
    duty_en = models.CharField(max_length=200, blank=True)
    assists = models.JSONField(default=list, blank=True)
    source = models.CharField(max_length=200)
    article = models.CharField(max_length=60, blank=True)
    line = models.PositiveIntegerField(null=True, blank=True)
    quote = models.CharField(max_length=400, blank=True)
    confidence = models.CharField(max_length=1, choices=[(c.value, CONFIDENCE_NAMES[c]) for c in Confidence])
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = _("rule of jurisdiction")
        ordering: ClassVar = ["region", "matter", "code"]
        constraints: ClassVar = [
            ends_after_start("jurisdiction_ends_after_start"),
            models.CheckConstraint(
                condition=models.Q(matter__in=[m.value for m in Matter]), name="jurisdiction_matter_known"
            ),
            models.CheckConstraint(
                condition=models.Q(level__in=[level.value for level in Level]),
                name="jurisdiction_level_ok",
            ),
            models.CheckConstraint(
                condition=models.Q(confidence__in=[c.value for c in Confidence]),
                name="jurisdiction_confidence_known",
            ),
            models.CheckConstraint(
                condition=models.Q(region__regex=r"^(|\d{2}|\d{4}|\d{6}|\d{9})$"),
                name="jurisdiction_region_code",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def as_rule(self) -> Rule:
        """The row as the pure rules take it."""
        return Rule(
            code=self.code,
            matter=Matter(self.matter),
            level=Level(self.level),
            region=self.region,
            types=frozenset(self.types),
            flags_all=frozenset(self.flags_all),
            flags_any=frozenset(self.flags_any),
            grades=frozenset(self.grades),
            priority=self.priority,
            valid_from=self.valid_from,
            valid_to=self.valid_to,
            source=self.source,
            article=self.article,
            line=self.line,
            quote=self.quote,
            confidence=Confidence(self.confidence),
            duty_zh=self.duty_zh,
            duty_en=self.duty_en,
            assists=tuple(Assistance(Level(a["level"]), a["zh"], a["en"]) for a in self.assists),
            key=self.pk,
        )
