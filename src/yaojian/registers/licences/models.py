"""Licences and filings, the versions of what they say, and the history of their states."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.changes import changed_at_field
from yaojian.foundation.periods import ends_after_start, no_overlap
from yaojian.foundation.timekeeping import today
from yaojian.registers.licences.kinds import KINDS, SINGLE, LicenceKind
from yaojian.registers.licences.states import ENDED, KEPT, LicenceState, state_on

NEVER = date.max
"""Stands for no end where ends are compared and put in order."""
KEPT_VALUES = [state.value for state in KEPT]
ENDED_VALUES = [state.value for state in ENDED]


class Licence(models.Model):
    """One term of one licence or filing: a renewal is the next term, with the same number or another.

    `valid_from` to `valid_to` is the span in which it holds; `expires_on` is the last day as printed. What
    may change within the term (holder's name, scope, premises) stands in its versions; the columns here
    are those of the newest one, for lists. `organ` and `division_code` are the subject's responsible organ
    and place, copied by triggers, so that 300,000 licences are scoped and counted without a join.
    """

    kind = models.CharField(_("kind"), max_length=32)
    number = models.CharField(_("number"), max_length=60)
    subject = models.ForeignKey("enterprises.Subject", models.PROTECT, related_name="+")
    renews = models.OneToOneField("self", models.SET_NULL, null=True, blank=True, related_name="renewed_by")
    holder_name = models.CharField(_("holder"), max_length=200)
    issuer = models.CharField(_("issued by"), max_length=120, blank=True)
    issued_on = models.DateField(_("issued on"))
    expires_on = models.DateField(_("valid until"), null=True, blank=True)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=12, default=LicenceState.IN_FORCE.value)
    state_since = models.DateField()
    batch = models.UUIDField(null=True, blank=True)
    organ = models.ForeignKey("accounts.Organ", models.PROTECT, related_name="+", editable=False)
    division_code = models.CharField(max_length=12, editable=False)
    changed_at = changed_at_field()

    class Meta:
        verbose_name = _("licence")
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            ends_after_start("licence_ends_after_start"),
            no_overlap("licence_number_once", "number", "kind"),
            # Those that were ended early may stand beside another: two subjects that were entered for one
            # are merged after the wrong licence has been cancelled.
            no_overlap(
                "licence_kind_once_a_subject",
                "subject",
                "kind",
                condition=models.Q(kind__in=list(SINGLE)) & ~models.Q(state__in=ENDED_VALUES),
            ),
            models.CheckConstraint(condition=models.Q(kind__in=list(KINDS)), name="licence_kind_known"),
            models.CheckConstraint(condition=models.Q(state__in=KEPT_VALUES), name="licence_state_kept"),
            models.CheckConstraint(
                condition=models.Q(expires_on__isnull=True)
                | (models.Q(valid_to__isnull=False) & models.Q(valid_to__lte=models.F("expires_on"))),
                name="licence_ends_when_printed",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["subject", "kind"], name="licence_of_subject"),
            models.Index(fields=["number"], name="licence_number"),
            models.Index(fields=["valid_to", "kind"], name="licence_ends"),
            models.Index(fields=["kind", "state", "valid_to"], name="licence_kind_state"),
            models.Index(Coalesce("valid_to", Value(NEVER)), "id", name="licence_ends_first"),
            models.Index(
                fields=["organ", "division_code", "kind", "state"],
                include=["state_since", "valid_from", "valid_to"],
                name="licence_facets",
            ),
            models.Index(fields=["batch"], condition=models.Q(batch__isnull=False), name="licence_batch"),
            GinIndex(OpClass("number", name="gin_trgm_ops"), name="licence_number_trgm"),
            models.Index(fields=["changed_at"], name="licence_changed"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def known_since(self) -> date:
        """The first day of the paper: when it was issued, or when its term begins if that is earlier."""
        return min(self.issued_on, self.valid_from)

    @property
    def kind_of(self) -> LicenceKind:
        """What kind of licence it is."""
        return KINDS[self.kind]

    def state_today(self) -> LicenceState:
        """The state that holds today."""
        return self.state_as_of(today())

    def state_as_of(self, day: date) -> LicenceState:
        """The state on a day no earlier than the newest entry of its history."""
        return state_on(day, LicenceState(self.state), self.state_since, self.valid_from, self.valid_to)


class LicenceVersion(models.Model):
    """What a licence says during a span: holder's name, scope of business, premises."""

    licence = models.ForeignKey(Licence, models.CASCADE, related_name="versions")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    holder_name = models.CharField(max_length=200)
    scope = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    premises = models.CharField(max_length=300, blank=True)
    issuer = models.CharField(max_length=120, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    batch = models.UUIDField(null=True, blank=True)
    replaced = models.JSONField(null=True, blank=True, help_text="what it said before it was overwritten")

    class Meta:
        ordering: ClassVar = ["valid_from", "id"]
        constraints: ClassVar = [
            ends_after_start("licence_version_ends_after_start"),
            no_overlap("licence_version_once", "licence"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["batch"], condition=models.Q(batch__isnull=False), name="licence_version_batch"
            )
        ]

    def __str__(self) -> str:
        return f"{self.licence_id} {self.valid_from}"


class LicenceStatus(models.Model):
    """A state that was written down for a licence, from a day on (状态历史).

    Before the first of them a licence is in force since it was issued: that needs no row.
    """

    licence = models.ForeignKey(Licence, models.CASCADE, related_name="history")
    state = models.CharField(max_length=12)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    batch = models.UUIDField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["valid_from", "id"]
        constraints: ClassVar = [
            ends_after_start("licence_status_ends_after_start"),
            no_overlap("licence_status_once", "licence"),
            models.CheckConstraint(
                condition=models.Q(state__in=KEPT_VALUES), name="licence_status_state_kept"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.licence_id} {self.state} {self.valid_from}"
