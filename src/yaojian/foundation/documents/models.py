"""Documents by the hash of their content, in versions, with what was found about them."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.documents.states import DocumentState


class Document(models.Model):
    """An attachment of a file: what it is, its SHA-256, and which file it belongs to."""

    sha256 = models.CharField(max_length=64)
    media_type = models.CharField(max_length=80)
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
    series = models.UUIDField(db_default=RandomUUID(), help_text="shared by all versions of a document")
    version = models.PositiveSmallIntegerField(default=1, db_default=1)
    state = models.CharField(
        max_length=10, default=DocumentState.WAITING.value, db_default=DocumentState.CLEAN.value
    )
    reason = models.CharField(max_length=300, blank=True, db_default="", help_text="why it was refused")
    checker = models.CharField(max_length=60, blank=True, db_default="")
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    attempted_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("document")
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [
            models.Index(fields=["file_kind", "file_id"], name="document_of_file"),
            models.Index(
                fields=["id"], condition=models.Q(state=DocumentState.WAITING.value), name="document_waiting"
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["file_kind", "file_id", "part", "sha256"], name="document_once_per_part"
            ),
            models.UniqueConstraint(fields=["series", "version"], name="document_version_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in DocumentState]),
                name="document_state_known",
            ),
        ]

    def __str__(self) -> str:
        return self.original_name

    @property
    def is_clean(self) -> bool:
        """Whether its bytes may be given out."""
        return self.state == DocumentState.CLEAN.value


class Preview(models.Model):
    """A page of a document as a picture that is safe to show."""

    document = models.ForeignKey(Document, models.CASCADE, related_name="previews")
    page = models.PositiveSmallIntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering: ClassVar = ["page"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["document", "page"], name="preview_once_per_page")
        ]

    def __str__(self) -> str:
        return f"{self.document_id} {self.page}"
