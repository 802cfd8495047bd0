"""Absences: who does whose work in the meantime."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.periods import ends_after_start, no_overlap


class Delegation(models.Model):
    """A person's work is done by a deputy from a day until a day, both included (代理).

    The deputy acts with the rights of the deputy's own posting; a delegation gives no right.
    """

    principal = models.ForeignKey("accounts.User", models.PROTECT, related_name="delegations_given")
    deputy = models.ForeignKey("accounts.User", models.PROTECT, related_name="delegations_held")
    valid_from = models.DateField()
    valid_to = models.DateField()
    reason = models.CharField(max_length=200)
    set_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("delegation")
        ordering: ClassVar = ["-valid_from", "-id"]
        constraints: ClassVar = [
            ends_after_start("delegation_ends_after_start"),
            models.CheckConstraint(
                condition=~models.Q(principal=models.F("deputy")), name="delegation_to_somebody_else"
            ),
            # One deputy at a time: otherwise nobody would know whose turn it is.
            no_overlap(
                "delegation_one_at_a_time", "principal", condition=models.Q(cancelled_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.principal} → {self.deputy}, {self.valid_from} – {self.valid_to}"
