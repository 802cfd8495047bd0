"""One data key per owner, wrapped; without it what it sealed is noise."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class DataKey(models.Model):
    """The wrapped key under which one owner's personal data is sealed; gone once it is destroyed."""

    owner_kind = models.CharField(max_length=40)
    owner_id = models.BigIntegerField()
    wrapped = models.BinaryField(null=True)
    wrapping_key_id = models.CharField(max_length=16, blank=True)
    made_at = models.DateTimeField()
    destroyed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("data key")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner_kind", "owner_id"], name="data_key_once_per_owner"),
            models.CheckConstraint(
                condition=models.Q(wrapped__isnull=False, destroyed_at__isnull=True)
                | models.Q(wrapped__isnull=True, destroyed_at__isnull=False, wrapping_key_id=""),
                name="data_key_there_or_destroyed",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["wrapping_key_id"], name="data_key_wrapped_by")]

    def __str__(self) -> str:
        return f"{self.owner_kind}:{self.owner_id}"
