"""Administrative divisions, the editable working-day calendar, and the statutory clocks' rules."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import get_language

from yaojian.foundation.periods import ends_after_start, no_overlap
from yaojian.foundation.workflow.clocks import Confidence, Direction, Purpose, Unit


class Division(models.Model):
    """An administrative division (行政区划): GB/T 2260 code to the county, statistical code below."""

    code = models.CharField(max_length=12, unique=True)
    name = models.CharField(max_length=60)
    name_en = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return self.name


class CalendarDay(models.Model):
    """Whether a date is a working day. A year without all its days has no working days at all."""

    day = models.DateField(primary_key=True)
    is_working = models.BooleanField()
    note = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering: ClassVar = ["day"]

    def __str__(self) -> str:
        return self.day.isoformat()


class ClockTopic(models.Model):
    """What a group of statutory clocks is about, in the order of the table of rules."""

    code = models.CharField(max_length=40, primary_key=True)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120)
    place = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["place", "code"]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The topic's name in the reader's language."""
        return self.name_en if (get_language() or "").startswith("en") else self.name


class ClockRuleVersion(models.Model):
    """One version of a statutory clock's rule (法定时限规则), in force from a day until a day.

    `from_pack` tells what the rule pack brought from what was entered here; an entered version wins.
    """

    code = models.CharField(max_length=60)
    topic = models.ForeignKey(ClockTopic, models.PROTECT, related_name="rules")
    place = models.PositiveSmallIntegerField(default=0, help_text="order within the table of all rules")
    purpose = models.CharField(max_length=10)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=160)
    trigger = models.CharField(max_length=120)
    trigger_en = models.CharField(max_length=160)
    consequence = models.CharField(max_length=300, blank=True)
    consequence_en = models.CharField(max_length=300, blank=True)
    amount = models.PositiveSmallIntegerField()
    unit = models.CharField(max_length=12)
    direction = models.CharField(max_length=6)
    trigger_day_counts = models.BooleanField(default=False)
    last_day_moves = models.BooleanField(default=False)
    pauses = models.JSONField(default=list, help_text="grounds on which it may stand still")
    extension = models.JSONField(null=True, help_text="how far it may be extended and by whom")
    instrument = models.CharField(max_length=120)
    article = models.CharField(max_length=60, blank=True)
    confidence = models.CharField(max_length=1)
    note = models.CharField(max_length=300, blank=True)
    note_en = models.CharField(max_length=300, blank=True)
    examples = models.JSONField(default=list)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    from_pack = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["place", "code", "-valid_from"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(amount__gte=1), name="clock_rule_amount_positive"),
            models.CheckConstraint(
                condition=models.Q(unit__in=[u.value for u in Unit])
                & models.Q(direction__in=[d.value for d in Direction])
                & models.Q(purpose__in=[p.value for p in Purpose])
                & models.Q(confidence__in=[c.value for c in Confidence]),
                name="clock_rule_words_known",
            ),
            ends_after_start("clock_rule_ends_after_start"),
            no_overlap("clock_rule_one_version_a_day", "code"),
        ]

    def __str__(self) -> str:
        return f"{self.code} ({self.valid_from})"

    @property
    def label(self) -> str:
        """The rule's name in the reader's language."""
        return self.in_language("name")

    def in_language(self, field: str) -> str:
        """A text of the rule in the reader's language: name, trigger, consequence or note."""
        english = (get_language() or "").startswith("en")
        return str(getattr(self, f"{field}_en" if english else field))

    @property
    def is_enabled(self) -> bool:
        """Whether clocks may run on it: what must be verified first may not."""
        return self.confidence != Confidence.LOW.value
