"""Organs as a tree with territories; what they were and will be; what they open to one another."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.contracts import (
    LEVEL_NAMES,
    ORGAN_KIND_NAMES,
    SHARED_NAMES,
    TREE_NAMES,
    Level,
    OrganKind,
    Shared,
    Tree,
)
from yaojian.foundation.periods import ends_after_start, no_overlap

LEVEL_CHOICES = [(level.value, LEVEL_NAMES[level]) for level in Level]
KIND_CHOICES = [(kind.value, ORGAN_KIND_NAMES[kind]) for kind in OrganKind]


CODES_ONLY = r"^((\d{2}|\d{4}|\d{6}|\d{9}|\d{12})(,(?=\d)|$))*$"
"""Division codes, joined by commas: two digits for a province, then four, six, nine or twelve."""


class _CodesOnly(models.Func):
    """Whether each element of an array has the form of a division code."""

    template = f"(array_to_string(%(expressions)s, ',') ~ '{CODES_ONLY}')"
    output_field = models.BooleanField()


def territories_are_codes(name: str) -> models.CheckConstraint:
    """The constraint that territories have the form of division codes."""
    return models.CheckConstraint(condition=models.Q(_CodesOnly(models.F("territories"))), name=name)


class Organ(models.Model):
    """An organ of supervision (监管机关) as it is today.

    Hierarchy is `parent`, and `path` all the way up; the land it covers is `territories`; `tree` is that of
    its root. What it was and will be stands in its periods.
    """

    code = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=160, blank=True)
    short_name = models.CharField(max_length=40, blank=True)
    level = models.CharField(max_length=12, choices=LEVEL_CHOICES)
    kind = models.CharField(max_length=12, choices=KIND_CHOICES, default=OrganKind.BUREAU.value)
    tree = models.CharField(
        max_length=12,
        choices=[(tree.value, TREE_NAMES[tree]) for tree in Tree],
        default=Tree.GOVERNMENT.value,
    )
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    path = models.CharField(max_length=200, unique=True, null=True)
    territories = ArrayField(models.CharField(max_length=12), default=list, blank=True)
    note = models.CharField(max_length=300, blank=True, help_text="what the reader must know about the entry")
    note_en = models.CharField(max_length=300, blank=True)
    closed_on = models.DateField(null=True, blank=True, help_text="the last day on which it exists")
    entry_digest = models.CharField(
        max_length=64, blank=True, help_text="of the pack's entry: only a changed entry corrects the organ"
    )

    class Meta:
        verbose_name = _("organ")
        ordering: ClassVar = ["code"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(level__in=[level.value for level in Level]), name="organ_level_known"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=[kind.value for kind in OrganKind]), name="organ_kind_known"
            ),
            models.CheckConstraint(
                condition=models.Q(tree__in=[tree.value for tree in Tree]), name="organ_tree_known"
            ),
            models.CheckConstraint(condition=~models.Q(parent=models.F("id")), name="organ_not_own_parent"),
            territories_are_codes("organ_territories_are_codes"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["path"], name="organ_path", opclasses=["varchar_pattern_ops"])
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The organ's name in the reader's language."""
        return self.name_en if self.name_en and (get_language() or "").startswith("en") else self.name

    @property
    def remark(self) -> str:
        """What the reader must know about the entry, in the reader's language."""
        return self.note_en if self.note_en and (get_language() or "").startswith("en") else self.note


class OrganPeriod(models.Model):
    """What an organ was called, where it stood and what land it covered, from a day until a day."""

    organ = models.ForeignKey(Organ, models.PROTECT, related_name="periods")
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=160, blank=True)
    short_name = models.CharField(max_length=40, blank=True)
    level = models.CharField(max_length=12, choices=LEVEL_CHOICES)
    kind = models.CharField(max_length=12, choices=KIND_CHOICES)
    parent = models.ForeignKey(Organ, models.PROTECT, null=True, blank=True, related_name="+")
    territories = ArrayField(models.CharField(max_length=12), default=list, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["organ_id", "valid_from"]
        constraints: ClassVar = [
            ends_after_start("organ_period_ends_after_start"),
            no_overlap("organ_period_no_overlap", "organ"),
            models.CheckConstraint(
                condition=models.Q(level__in=[level.value for level in Level]),
                name="organ_period_level_known",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=[kind.value for kind in OrganKind]),
                name="organ_period_kind_known",
            ),
            models.CheckConstraint(
                condition=~models.Q(parent=models.F("organ")), name="organ_period_not_own_parent"
            ),
            territories_are_codes("organ_period_territories_are_codes"),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.valid_from} – {self.valid_to or '…'}"


class SharingAgreement(models.Model):
    """One organ opens what it answers for to the readers of another, to read, never to write (资源共享)."""

    giver = models.ForeignKey(Organ, models.PROTECT, related_name="agreements_given")
    taker = models.ForeignKey(Organ, models.PROTECT, related_name="agreements_held")
    territories = ArrayField(
        models.CharField(max_length=12), default=list, blank=True, help_text="empty: all of the giver's land"
    )
    shares = ArrayField(models.CharField(max_length=12, choices=[(s.value, SHARED_NAMES[s]) for s in Shared]))
    document = models.CharField(max_length=200)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = _("sharing agreement")
        ordering: ClassVar = ["-valid_from", "-id"]
        constraints: ClassVar = [
            ends_after_start("agreement_ends_after_start"),
            models.CheckConstraint(
                condition=~models.Q(giver=models.F("taker")), name="agreement_between_two_organs"
            ),
            models.CheckConstraint(
                condition=models.Q(shares__contained_by=[s.value for s in Shared]) & ~models.Q(shares=[]),
                name="agreement_shares_something_known",
            ),
            no_overlap("agreement_no_overlap", "giver", "taker"),
            territories_are_codes("agreement_territories_are_codes"),
        ]

    def __str__(self) -> str:
        return f"{self.giver} → {self.taker}, {self.valid_from} – {self.valid_to or '…'}"
