"""Imports, how far the worker is, what became of their rows, and the mappings that were used before."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from yaojian.registers.intake.contracts import RowChange
from yaojian.registers.intake.states import ImportState


class Import(models.Model):
    """A table taken into a register, from its arrival to its undoing; `uid` marks its batch there.

    `shape` tells the file's sheets, header and first rows, `mapping` columns and constants by field,
    `samples` the first new and changed rows of the preview. `counts` change in the transaction of the rows
    themselves.
    """

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    target = models.CharField(max_length=24)
    organ = models.ForeignKey("accounts.Organ", models.PROTECT, related_name="+")
    created_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    posting = models.ForeignKey(
        "accounts.Posting", models.PROTECT, null=True, related_name="+", help_text="in which it was sent"
    )
    limited_to = ArrayField(
        models.CharField(max_length=40),
        null=True,
        help_text="the rights that a token left, if it came by one",
    )
    created_at = models.DateTimeField()
    language = models.CharField(max_length=10)
    state = models.CharField(max_length=12, default=ImportState.RECEIVED.value)
    by_system = models.BooleanField(default=False, help_text="sent over the API: nobody confirms")
    idempotency_key = models.CharField(max_length=80, blank=True)
    file_name = models.CharField(max_length=200)
    file_sha256 = models.CharField(max_length=64)
    file_bytes = models.PositiveBigIntegerField()
    shape = models.JSONField(default=dict)
    mapping = models.JSONField(default=dict)
    effective_on = models.DateField(_("effective from"))
    counts = models.JSONField(default=dict)
    samples = models.JSONField(default=list)
    sealed_rows = models.TextField(blank=True, help_text="the broken rows, where they may hold personal data")
    kept_by_undo = models.JSONField(default=list)
    refusal = models.CharField(max_length=500, blank=True)
    cure = models.CharField(max_length=500, blank=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("import")
        ordering: ClassVar = ["-created_at", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in ImportState]),
                name="import_state_known",
            ),
            models.UniqueConstraint(
                fields=["created_by", "idempotency_key"],
                condition=~models.Q(idempotency_key=""),
                name="import_once_per_key",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organ", "-created_at"], name="import_of_organ"),
            models.Index(fields=["state"], name="import_state"),
        ]

    def __str__(self) -> str:
        return f"{self.target} {self.file_name}"

    def count(self, change: RowChange) -> int:
        """How many rows became, or would become, this."""
        return int(self.counts.get(change.value, 0))

    @property
    def rows(self) -> int:
        """How many rows the table has."""
        return int(self.shape.get("rows", 0))


class Progress(models.Model):
    """How far the worker is; written beside its transaction, so that others see it move."""

    job = models.OneToOneField(Import, models.CASCADE, related_name="progress")
    phase = models.CharField(max_length=10, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField(null=True)
    moved_at = models.DateTimeField(null=True)
    cancel_asked = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("progress of an import")

    def __str__(self) -> str:
        return f"{self.job_id}: {self.done}/{self.total}"


class RowResult(models.Model):
    """What became of a row: of every broken one, and of each that a system has sent.

    `cells` are the row's own; of a register with personal data they are sealed in the import instead.
    """

    job = models.ForeignKey(Import, models.CASCADE, related_name="results")
    row = models.PositiveIntegerField()
    change = models.CharField(max_length=10)
    code = models.CharField(max_length=80, blank=True)
    cells: Any = models.JSONField(default=list)
    faults: Any = models.JSONField(default=list)

    class Meta:
        verbose_name = _("result of a row")
        ordering: ClassVar = ["job", "row"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["job", "row"], name="row_result_once"),
            models.CheckConstraint(
                condition=models.Q(change__in=[change.value for change in RowChange]),
                name="row_result_change_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.job_id}:{self.row}"


class RememberedMapping(models.Model):
    """How an organ mapped the columns of a header the last time."""

    organ = models.ForeignKey("accounts.Organ", models.CASCADE, related_name="+")
    target = models.CharField(max_length=24)
    signature = models.CharField(max_length=64)
    columns = models.JSONField(default=dict)
    constants = models.JSONField(default=dict)
    used_at = models.DateTimeField()

    class Meta:
        verbose_name = _("remembered mapping")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organ", "target", "signature"], name="mapping_once_per_header")
        ]

    def __str__(self) -> str:
        return f"{self.target} {self.signature[:8]}"
