"""Plans, their rows and figures, as loaded from the packs. A pack is the source; these tables follow it."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from yaojian.oversight.plans.contracts import (
    ATTRIBUTE_NAMES,
    CLASS_NAMES,
    Attribute,
    RowClass,
    WeightsState,
)


def _reads_english() -> bool:
    return (get_language() or "").startswith("en")


class Plan(models.Model):
    """A drug-safety plan (规划) of one organ."""

    code = models.CharField(max_length=40, unique=True)
    seed = models.CharField(max_length=10, unique=True)
    title = models.CharField(max_length=200)
    title_en = models.CharField(max_length=300)
    document_no = models.CharField(max_length=80, blank=True)
    issuer = models.CharField(max_length=120, blank=True)
    organ = models.ForeignKey("accounts.Organ", models.PROTECT, related_name="+")
    start_year = models.PositiveSmallIntegerField()
    end_year = models.PositiveSmallIntegerField()
    source_file = models.CharField(max_length=80, blank=True)
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of the pack as loaded")
    loaded_at = models.DateTimeField()

    class Meta:
        verbose_name = _("plan")
        ordering: ClassVar = ["seed"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(end_year__gte=models.F("start_year")), name="plan_years_in_order"
            )
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The plan's title in the reader's language."""
        return self.title_en if _reads_english() else self.title


class PlanRow(models.Model):
    """One target or duty as the plan states it, with its line."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="rows")
    row_id = models.CharField(max_length=16, unique=True)
    position = models.PositiveSmallIntegerField()
    line = models.PositiveIntegerField()
    quote = models.TextField()
    title_zh = models.CharField(max_length=200)
    title_en = models.CharField(max_length=300)
    klass = models.CharField(max_length=12, choices=[(c.value, CLASS_NAMES[c]) for c in RowClass])
    attribute = models.CharField(max_length=12, choices=[(a.value, ATTRIBUTE_NAMES[a]) for a in Attribute])
    kind = models.CharField(max_length=80, blank=True)
    value = models.CharField(max_length=200, blank=True)
    unit_zh = models.CharField(max_length=80, blank=True)
    period = models.CharField(max_length=80, blank=True)
    same_as = models.CharField(max_length=16, blank=True)
    supplementary = models.BooleanField(default=False)
    responsible_level = models.CharField(max_length=12, blank=True)
    law = ArrayField(models.CharField(max_length=60), default=list)
    notes_zh = models.TextField(blank=True)
    notes_en = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["plan", "position"]

    def __str__(self) -> str:
        return self.row_id

    @property
    def title(self) -> str:
        """The row's title in the reader's language."""
        return self.title_en if _reads_english() else self.title_zh

    @property
    def notes(self) -> str:
        """The notes on the row in the reader's language."""
        return self.notes_en if _reads_english() else self.notes_zh


class Indicator(models.Model):
    """What is measured (指标): one formula, shared by every plan that measures the same."""

    title_zh = models.CharField(max_length=200)
    title_en = models.CharField(max_length=300)
    shape = models.CharField(max_length=24)

    class Meta:
        verbose_name = _("indicator")
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The indicator's title in the reader's language."""
        return self.title_en if _reads_english() else self.title_zh


class IndicatorVersion(models.Model):
    """A definition of an indicator: its number and the hash of what it says; never changed."""

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the formula")
    formula = models.JSONField()
    defined_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["indicator", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["indicator", "number"], name="indicator_version_number_once")
        ]

    def __str__(self) -> str:
        return f"{self.digest[:8]} v{self.number}"


class CompositeWeights(models.Model):
    """Weights of a composite index: proposed by one person, decided by another; a later one is a new row."""

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="weights")
    number = models.PositiveSmallIntegerField()
    weights = models.JSONField(help_text="by component, parts of 100")
    valid_from = models.DateField()
    reason = models.CharField(max_length=300)
    proposed_in = models.ForeignKey("accounts.Organ", models.PROTECT, related_name="+")
    proposed_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    state = models.CharField(max_length=10, default=WeightsState.PROPOSED.value)
    settled_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)
    verdict = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["indicator", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["indicator", "number"], name="weights_number_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=[s.value for s in WeightsState]), name="weights_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(settled_by__isnull=True) | ~models.Q(settled_by=models.F("proposed_by")),
                name="weights_second_pair_of_eyes",
            ),
            models.UniqueConstraint(
                fields=["indicator"],
                condition=models.Q(state=WeightsState.PROPOSED.value),
                name="weights_proposed_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id} v{self.number}"


class KeptValue(models.Model):
    """What a definition came to for an organ on a data date, and up to which act it had been counted."""

    version = models.ForeignKey(IndicatorVersion, models.CASCADE, related_name="values")
    organ = models.ForeignKey("accounts.Organ", models.CASCADE, related_name="+")
    as_of = models.DateField()
    unit = models.CharField(max_length=40)
    period_start = models.DateField(null=True)
    period_end = models.DateField(null=True)
    state = models.CharField(max_length=20)
    number = models.DecimalField(max_digits=30, decimal_places=6, null=True)
    outcome = models.JSONField(help_text="the exact outcome, for pages")
    journal = models.BigIntegerField(help_text="key of the newest act when it was counted")
    milliseconds = models.PositiveIntegerField()
    computed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organ", "as_of", "version", "unit"], name="value_kept_once")
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.organ_id} {self.as_of}"


class Figure(models.Model):
    """One figure of a row: its indicator, its targets, and what it waits for."""

    version = models.ForeignKey(IndicatorVersion, models.PROTECT, null=True, related_name="figures")
    row = models.ForeignKey(PlanRow, models.CASCADE, related_name="figures")
    key = models.CharField(max_length=20, unique=True)
    position = models.PositiveSmallIntegerField()
    title_zh = models.CharField(max_length=200)
    title_en = models.CharField(max_length=300)
    klass = models.CharField(max_length=12, choices=[(c.value, CLASS_NAMES[c]) for c in RowClass])
    unit = models.CharField(max_length=40)
    unit_zh = models.CharField(max_length=80, blank=True)
    same_as = models.CharField(max_length=20, blank=True)
    responsible_level = models.CharField(max_length=12, blank=True)
    targets = models.JSONField(default=list)
    formula = models.JSONField(null=True)
    waits_for = ArrayField(models.CharField(max_length=60), default=list)
    computable = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("figure")
        ordering: ClassVar = ["row", "position"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(computable=False) | models.Q(formula__isnull=False),
                name="computable_figure_has_formula",
            )
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def title(self) -> str:
        """The figure's title in the reader's language."""
        return self.title_en if _reads_english() else self.title_zh


class PackFinding(models.Model):
    """A contradiction, an OCR gap or another flaw of a plan's text, and how the platform treats it."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="findings")
    finding_id = models.CharField(max_length=20)
    kind = models.CharField(max_length=30)
    rows = ArrayField(models.CharField(max_length=16), default=list)
    text_zh = models.TextField()
    text_en = models.TextField()
    treatment_zh = models.TextField(blank=True)
    treatment_en = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["plan", "id"]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.finding_id}"

    @property
    def text(self) -> str:
        """What is wrong, in the reader's language."""
        return self.text_en if _reads_english() else self.text_zh

    @property
    def treatment(self) -> str:
        """How the platform treats it, in the reader's language."""
        return self.treatment_en if _reads_english() else self.treatment_zh
