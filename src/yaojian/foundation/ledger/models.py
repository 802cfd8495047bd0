"""The journal and its public log. The database itself refuses to change or remove a row (0002, 0004)."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class Act(models.Model):
    """A supervisory act (监管行为): who did what to whom, when, on what basis, with which evidence."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True)
    kind = models.CharField(max_length=60)
    actor = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    actor_name = models.CharField(max_length=60)
    role = models.CharField(max_length=20)
    organ = models.ForeignKey("accounts.Organ", models.PROTECT, related_name="+")
    organ_name = models.CharField(max_length=120)
    subject_kind = models.CharField(max_length=40, blank=True)
    subject_id = models.BigIntegerField(null=True)
    file_kind = models.CharField(max_length=40, blank=True)
    file_id = models.BigIntegerField(null=True)
    claimed_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    legal_basis = ArrayField(models.CharField(max_length=200), default=list)
    evidence = ArrayField(models.CharField(max_length=64), default=list)
    facts = models.JSONField(default=dict)
    canonical = models.BinaryField()
    salt = models.BinaryField()

    class Meta:
        verbose_name = _("act")
        ordering: ClassVar = ["-recorded_at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["subject_id", "kind", "claimed_at"], name="act_of_subject"),
            models.Index(fields=["file_kind", "file_id"], name="act_of_file"),
            models.Index(fields=["kind", "claimed_at"], name="act_by_kind"),
            models.Index(fields=["organ", "-recorded_at"], name="act_of_organ"),
            models.Index(fields=["-recorded_at", "-id"], name="act_latest"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~models.Q(kind=""), name="act_has_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.uid}"


class Leaf(models.Model):
    """What the public log holds about an act, at its place in the tree; the sequencer alone writes it.

    No constraint ties it to the act: it is meant to outlive an act that somebody takes away, and says so.
    """

    index = models.BigIntegerField(primary_key=True)
    act = models.OneToOneField(Act, models.DO_NOTHING, null=True, db_constraint=False, related_name="leaf")
    entry = models.BinaryField()

    class Meta:
        ordering: ClassVar = ["index"]

    def __str__(self) -> str:
        return f"leaf {self.index}"


class LogCheckpoint(models.Model):
    """A checkpoint that was signed: how many leaves, the root over them, and the note itself."""

    size = models.BigIntegerField(primary_key=True)
    root = models.BinaryField()
    note = models.TextField()
    signed_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["size"]

    def __str__(self) -> str:
        return f"checkpoint {self.size}"


class LogCosignature(models.Model):
    """A witness's signature of a checkpoint; the note as published ends with these lines, in this order."""

    size = models.BigIntegerField(db_index=True)
    name = models.CharField(max_length=200)
    line = models.TextField()
    signed_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"{self.name} of {self.size}"


class ClosedDay(models.Model):
    """A day that was closed: its entries, the act that says so, and what opens the statements of its tree."""

    day = models.DateField(primary_key=True)
    number = models.IntegerField(unique=True)
    begin = models.BigIntegerField()
    end = models.BigIntegerField()
    act = models.OneToOneField(Act, models.DO_NOTHING, db_constraint=False, related_name="+")
    seed = models.BinaryField()
    blocks = models.BinaryField()

    class Meta:
        ordering: ClassVar = ["day"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(begin__lte=models.F("end")), name="day_ends_after_begin"
            ),
        ]

    def __str__(self) -> str:
        return f"day {self.day}"
