"""People and their roles, each role with the days on which it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yaojian.foundation.changes import changed_at_field
from yaojian.foundation.periods import ends_after_start, no_overlap
from yaojian.foundation.search import Bigrams
from yaojian.registers.people.contracts import (
    CATEGORY_NAMES,
    DOMAIN_NAMES,
    GRADE_NAMES,
    POSITION_NAMES,
    PRACTICE_NAMES,
    SEQUENCE_NAMES,
    SEX_NAMES,
    SOLE_POSITIONS,
    TIER_NAMES,
    Category,
    Domain,
    Grade,
    PositionKind,
    Practice,
    RoleKind,
    Sequence,
    Tier,
)

if TYPE_CHECKING:
    from datetime import date


class Person(models.Model):
    """Somebody in the register; identity and phone number are sealed under the person's own key."""

    name = models.CharField(pgettext_lazy("person", "name"), max_length=60)
    pinyin = models.CharField(max_length=120, blank=True, help_text="initials of the name, to order by")
    sex = models.CharField(_("sex"), max_length=1, blank=True, choices=list(SEX_NAMES.items()))
    organ = models.ForeignKey("accounts.Organ", models.PROTECT, related_name="+", verbose_name=_("kept by"))
    account = models.OneToOneField(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("account")
    )
    identity_sealed = models.TextField(blank=True)
    phone_sealed = models.TextField(blank=True)
    identity_index = models.CharField(max_length=64, blank=True)
    phone_index = models.CharField(max_length=64, blank=True, db_index=True)
    search_text = models.TextField(blank=True)
    entered_at = models.DateTimeField()
    changed_at = changed_at_field()
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("person")
        ordering: ClassVar = ["pinyin", "name", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["identity_index"],
                condition=~models.Q(identity_index=""),
                name="person_identity_number_once",
            ),
            models.CheckConstraint(condition=models.Q(sex__in=["", *SEX_NAMES]), name="person_sex_known"),
            models.CheckConstraint(
                condition=models.Q(erased_at__isnull=True) | models.Q(identity_index="", phone_index=""),
                name="person_erased_is_not_found",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organ"], name="person_of_organ"),
            models.Index(fields=["pinyin", "name", "id"], name="person_order"),
            models.Index(fields=["changed_at"], name="person_changed"),
            GinIndex(Bigrams("search_text"), name="person_bigrams"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def sealed(self) -> dict[str, str]:
        """The sealed fields that are filled, by name."""
        fields = {"identity_number": self.identity_sealed, "phone": self.phone_sealed}
        return {name: text for name, text in fields.items() if text}


class PersonRole(models.Model):
    """What every role has: whose it is and on which days it holds, both included."""

    kind: ClassVar[RoleKind]
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    def holds_on(self, day: date) -> bool:
        """Whether the role holds on a day."""
        return self.valid_from <= day and (self.valid_to is None or self.valid_to >= day)


class InspectorQualification(PersonRole):
    """An inspector's sequence, tier and grade.

    `full_time` is null for somebody with an account: the posting says it then, so that it stands once.
    """

    kind = RoleKind.INSPECTOR
    organ = models.ForeignKey("accounts.Organ", models.PROTECT, related_name="+", verbose_name=_("organ"))
    sequence = models.CharField(
        _("sequence"), max_length=10, choices=[(s.value, SEQUENCE_NAMES[s]) for s in Sequence]
    )
    tier = models.CharField(_("tier"), max_length=12, choices=[(t.value, TIER_NAMES[t]) for t in Tier])
    grade = models.CharField(_("grade"), max_length=12, choices=[(g.value, GRADE_NAMES[g]) for g in Grade])
    full_time = models.BooleanField(_("full-time"), null=True, blank=True)
    certificate_no = models.CharField(_("certificate number"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("inspector qualification")
        ordering: ClassVar = ["-valid_from", "id"]
        constraints: ClassVar = [
            ends_after_start("inspector_ends_after_start"),
            no_overlap("inspector_once_per_sequence", "person", "sequence"),
            models.CheckConstraint(
                condition=models.Q(
                    sequence__in=[s.value for s in Sequence],
                    tier__in=[t.value for t in Tier],
                    grade__in=[g.value for g in Grade],
                ),
                name="inspector_words_known",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["organ", "sequence"], name="inspector_of_organ")]


class PharmacistRegistration(PersonRole):
    """Where a licensed pharmacist is registered to practise; the database allows one place at a time.

    `expires_on` is the day printed on the registration (five years); `valid_to` is the last day it holds,
    which is earlier when it was cancelled or moved.
    """

    kind = RoleKind.PHARMACIST
    subject = models.ForeignKey(
        "enterprises.Subject", models.PROTECT, related_name="+", verbose_name=_("registered at")
    )
    certificate_no = models.CharField(_("certificate number"), max_length=40)
    registration_no = models.CharField(_("registration number"), max_length=12)
    category = models.CharField(
        _("category"), max_length=10, choices=[(c.value, CATEGORY_NAMES[c]) for c in Category]
    )
    practice = models.CharField(
        _("practice scope"), max_length=12, choices=[(p.value, PRACTICE_NAMES[p]) for p in Practice]
    )
    expires_on = models.DateField(_("expires on"))

    class Meta:
        verbose_name = _("pharmacist registration")
        ordering: ClassVar = ["-valid_from", "id"]
        constraints: ClassVar = [
            ends_after_start("pharmacist_ends_after_start"),
            no_overlap("pharmacist_one_place_at_a_time", "person"),
            no_overlap("pharmacist_number_once_at_a_time", "registration_no"),
            ExclusionConstraint(
                name="pharmacist_certificate_of_one_person",
                expressions=[
                    ("certificate_no", RangeOperators.EQUAL),
                    ("person", RangeOperators.NOT_EQUAL),
                ],
            ),
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=False, valid_to__lte=models.F("expires_on")),
                name="pharmacist_ends_by_expiry",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    category__in=[c.value for c in Category], practice__in=[p.value for p in Practice]
                ),
                name="pharmacist_words_known",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["subject", "valid_to"], name="pharmacist_at_subject"),
            models.Index(fields=["valid_to"], name="pharmacist_by_end"),
            models.Index(fields=["certificate_no"], name="pharmacist_certificate"),
        ]


class Expert(PersonRole):
    """An expert's domain and institution."""

    kind = RoleKind.EXPERT
    domain = models.CharField(
        _("domain"), max_length=12, choices=[(d.value, DOMAIN_NAMES[d]) for d in Domain]
    )
    institution = models.CharField(_("institution"), max_length=120)
    title = models.CharField(_("professional title"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("expert")
        ordering: ClassVar = ["-valid_from", "id"]
        constraints: ClassVar = [
            ends_after_start("expert_ends_after_start"),
            no_overlap("expert_once_per_domain", "person", "domain"),
            models.CheckConstraint(
                condition=models.Q(domain__in=[d.value for d in Domain]), name="expert_domain_known"
            ),
        ]


class Position(PersonRole):
    """What somebody is at a subject: legal representative, head of quality and so on."""

    kind = RoleKind.POSITION
    subject = models.ForeignKey(
        "enterprises.Subject", models.PROTECT, related_name="+", verbose_name=_("subject")
    )
    position = models.CharField(
        _("position"), max_length=24, choices=[(p.value, POSITION_NAMES[p]) for p in PositionKind]
    )

    class Meta:
        verbose_name = _("position")
        ordering: ClassVar = ["-valid_from", "id"]
        constraints: ClassVar = [
            ends_after_start("position_ends_after_start"),
            no_overlap("position_once_per_person", "person", "subject", "position"),
            no_overlap(
                "position_held_by_one",
                "subject",
                "position",
                condition=models.Q(position__in=[p.value for p in SOLE_POSITIONS]),
            ),
            models.CheckConstraint(
                condition=models.Q(position__in=[p.value for p in PositionKind]), name="position_known"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["subject", "valid_to"], name="position_at_subject")]


class BatchChange(models.Model):
    """What an import did to one row, so that the whole import can be undone."""

    batch = models.UUIDField()
    table = models.CharField(max_length=40)
    row_id = models.BigIntegerField()
    before = models.JSONField(null=True, help_text="the changed columns as they were; null: the row is new")
    after = models.JSONField(help_text="the columns as the import left them")

    class Meta:
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [models.Index(fields=["batch"], name="people_batch")]

    def __str__(self) -> str:
        return f"{self.table} {self.row_id}"


ROLE_MODELS: dict[RoleKind, type[PersonRole]] = {
    model.kind: model for model in (InspectorQualification, PharmacistRegistration, Expert, Position)
}
ROLE_FIELDS: dict[RoleKind, tuple[str, ...]] = {
    RoleKind.INSPECTOR: ("organ_id", "sequence", "tier", "grade", "full_time", "certificate_no"),
    RoleKind.PHARMACIST: (
        "subject_id",
        "certificate_no",
        "registration_no",
        "category",
        "practice",
        "expires_on",
    ),
    RoleKind.EXPERT: ("domain", "institution", "title"),
    RoleKind.POSITION: ("subject_id", "position"),
}
"""The columns of each role beside person and days."""
