"""Evidence files by the hash of their content."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class Document(models.Model):
    """An attachment of a file: what it is, its SHA-256, and which file it belongs to."""

    sha256 = models.CharField(max_length=64)
    media_type = models.CharField(max_length=60)
    size_bytes = models.PositiveIntegerField()
    original_name = models.CharField(max_length=200)
    organ = models.ForeignKey("accounts.Organ", models.PROTECT, related_name="+")
    uploaded_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    file_kind = models.CharField(max_length=40)
    file_id = models.BigIntegerField()
    part = models.CharField(
        max_length=40, blank=True, help_text="which part of the file, for instance a finding"
    )

    class Meta:
        verbose_name = _("document")
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [models.Index(fields=["file_kind", "file_id"], name="document_of_file")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["file_kind", "file_id", "part", "sha256"], name="document_once_per_part"
            )
        ]

    def __str__(self) -> str:
        return self.original_name
