"""Products, the versions of what is known about them, states, producers and codes."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.changes import changed_at_field
from yaojian.foundation.periods import ends_after_start, no_overlap
from yaojian.foundation.search import Bigrams
from yaojian.foundation.timekeeping import today
from yaojian.registers.products.contracts import (
    CODE_NAMES,
    DEVICE_CLASSES,
    KIND_NAMES,
    NEW_YEARS,
    CodeKind,
    ProductKind,
)
from yaojian.registers.products.states import KEPT, ProductState, state_on

KEPT_VALUES = [state.value for state in KEPT]


class Contents(models.Model):
    """What is said about a product, today in its own row and for every other day in a version."""

    name = models.CharField(_("name"), max_length=200)
    brand = models.CharField(_("brand name"), max_length=120, blank=True)
    dosage_form = models.CharField(_("dosage form"), max_length=60, blank=True)
    specification = models.CharField(_("specification or model"), max_length=500, blank=True)
    standard = models.CharField(_("standard or technical requirements"), max_length=120, blank=True)
    device_class = models.CharField(
        _("device class"), max_length=1, blank=True, choices=list(DEVICE_CLASSES.items())
    )
    flags = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    holder = models.ForeignKey("enterprises.Subject", models.PROTECT, null=True, blank=True, related_name="+")
    holder_name = models.CharField(_("holder"), max_length=200)
    expires_on = models.DateField(_("valid until"), null=True, blank=True)

    class Meta:
        abstract = True


CONTENTS = tuple(field.name for field in Contents._meta.local_fields)


class Product(Contents):
    """A drug, medical device or cosmetic with one approval, registration or filing (品种)."""

    kind = models.CharField(_("kind"), max_length=8, choices=[(k.value, KIND_NAMES[k]) for k in ProductKind])
    approval_no = models.CharField(_("approval, registration or filing number"), max_length=60)
    approval = models.CharField(max_length=24, help_text="which form the number has")
    approved_on = models.DateField(_("approved on"))
    state = models.CharField(max_length=10, default=ProductState.VALID.value)
    state_since = models.DateField()
    pinyin = models.CharField(max_length=200, blank=True, help_text="initials of the name, for order")
    search_text = models.TextField(blank=True, help_text="what the product is found by")
    batch = models.UUIDField(null=True, blank=True)
    changed_at = changed_at_field()

    class Meta:
        verbose_name = _("product")
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "approval_no"], name="product_approval_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=[k.value for k in ProductKind]), name="product_kind_known"
            ),
            models.CheckConstraint(condition=models.Q(state__in=KEPT_VALUES), name="product_state_kept"),
            models.CheckConstraint(
                condition=models.Q(expires_on__isnull=True)
                | models.Q(expires_on__gte=models.F("approved_on")),
                name="product_expires_after_approval",
            ),
        ]
        indexes: ClassVar = [
            GinIndex(Bigrams("search_text"), name="product_search"),
            GinIndex(fields=["flags"], name="product_flags"),
            models.Index(fields=["pinyin", "id"], name="product_by_name"),
            models.Index(fields=["batch"], condition=models.Q(batch__isnull=False), name="product_batch"),
            models.Index(fields=["changed_at"], name="product_changed"),
        ]

    def __str__(self) -> str:
        return self.name

    def state_today(self) -> ProductState:
        """The state that holds today."""
        return state_on(today(), ProductState(self.state), self.state_since, self.expires_on)


def is_new(approved_on: date, day: date) -> bool:
    """Whether a product was approved within the two years up to a day."""
    return first_day_of_new(day) < approved_on <= day


def first_day_of_new(day: date) -> date:
    """The day two years before: what was approved after it is new."""
    try:
        return day.replace(year=day.year - NEW_YEARS)
    except ValueError:  # the 29th of February
        return day.replace(year=day.year - NEW_YEARS, day=28)


class ProductVersion(Contents):
    """What is said about a product during a span of days."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="versions")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    batch = models.UUIDField(null=True, blank=True)
    replaced = models.JSONField(null=True, blank=True, help_text="what it said before it was overwritten")

    class Meta:
        ordering: ClassVar = ["valid_from", "id"]
        constraints: ClassVar = [
            ends_after_start("product_version_ends_after_start"),
            no_overlap("product_version_once", "product"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["batch"], condition=models.Q(batch__isnull=False), name="product_version_batch"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.valid_from}"


class ProductStatus(models.Model):
    """A state that was written down for a product from a day on; before the first one it is valid."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="history")
    state = models.CharField(max_length=10)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    batch = models.UUIDField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["valid_from", "id"]
        constraints: ClassVar = [
            ends_after_start("product_status_ends_after_start"),
            no_overlap("product_status_once", "product"),
            models.CheckConstraint(
                condition=models.Q(state__in=KEPT_VALUES), name="product_status_state_kept"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} {self.state} {self.valid_from}"


class ProductSite(models.Model):
    """A subject that produces a product, during a span of days (生产场地)."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="sites")
    subject = models.ForeignKey("enterprises.Subject", models.PROTECT, related_name="+")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    batch = models.UUIDField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["valid_from", "id"]
        constraints: ClassVar = [
            ends_after_start("product_site_ends_after_start"),
            no_overlap("product_site_once", "product", "subject"),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} {self.subject_id} {self.valid_from}"


class ProductCode(models.Model):
    """A code on a product or its package; a code names one product only."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="codes")
    kind = models.CharField(max_length=20, choices=[(k.value, CODE_NAMES[k]) for k in CodeKind])
    value = models.CharField(max_length=80)
    batch = models.UUIDField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["kind", "value"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "value"], name="product_code_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=[k.value for k in CodeKind]), name="product_code_kind_known"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["value"], name="product_code_value")]

    def __str__(self) -> str:
        return self.value
