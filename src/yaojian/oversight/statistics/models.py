"""Statements of data by organs, each from its first entry to its correction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import Func, Q, Value
from django.utils.translation import gettext_lazy as _

from yaojian.oversight.statistics.contracts import STATE_NAMES
from yaojian.oversight.statistics.data import DECIMALS, Datum, Measure, catalogue
from yaojian.oversight.statistics.states import SETTLED, StatisticState

DIGITS = 20


def dims_key(dims: Mapping[str, str]) -> str:
    """Dimensions in one text, the same for the same dimensions in whatever order."""
    return ";".join(f"{name}={dims[name]}" for name in sorted(dims))


class _Days(Func):
    """daterange(first_on, last_on, '[]')"""

    function = "daterange"


class Statistic(models.Model):
    """What an organ states of one datum for a period (填报数据). A correction is a new row that replaces."""

    datum = models.CharField(max_length=60, help_text="key of packs/plans/data_keys.yaml")
    organ = models.ForeignKey(
        "accounts.Organ", models.PROTECT, related_name="+", help_text="whom it describes"
    )
    first_on = models.DateField()
    last_on = models.DateField(help_text="inclusive; the same day for a stock")
    dims = models.JSONField(default=dict)
    dims_key = models.CharField(max_length=300, blank=True, editable=False)
    amount = models.DecimalField(max_digits=DIGITS, decimal_places=DECIMALS, null=True)
    grade = models.CharField(max_length=10, blank=True)
    sample_size = models.PositiveIntegerField(null=True)
    method = models.TextField(blank=True)
    note = models.TextField(blank=True)
    state = models.CharField(
        max_length=10,
        default=StatisticState.DRAFT.value,
        choices=[(state.value, STATE_NAMES[state]) for state in StatisticState],
    )
    replaces = models.ForeignKey("self", models.PROTECT, null=True, related_name="corrections")
    reason = models.CharField(max_length=300, blank=True, help_text="why it was returned or corrected")
    batch = models.UUIDField(null=True, help_text="the import it came by")
    entered_in = models.ForeignKey("accounts.Organ", models.PROTECT, related_name="+")
    entered_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    authors = ArrayField(
        models.BigIntegerField(), default=list, help_text="keys of all who entered, changed or handed it in"
    )
    submitted_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("statement")
        ordering: ClassVar = ["-last_on", "datum", "id"]
        indexes: ClassVar = [
            models.Index(fields=["datum", "organ", "last_on"], name="statistic_of_organ"),
            models.Index(fields=["organ", "state"], name="statistic_in_state"),
            models.Index(fields=["batch"], condition=Q(batch__isnull=False), name="statistic_of_batch"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in StatisticState]), name="statistic_state_known"
            ),
            models.CheckConstraint(
                condition=Q(last_on__gte=models.F("first_on")), name="statistic_days_in_order"
            ),
            models.CheckConstraint(
                condition=(Q(amount__isnull=False) & Q(grade="")) | (Q(amount__isnull=True) & ~Q(grade="")),
                name="statistic_amount_or_grade",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[state.value for state in SETTLED])
                | (Q(confirmed_by__isnull=False) & Q(confirmed_at__isnull=False)),
                name="statistic_confirmed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True)
                | ~(Q(confirmed_by=models.F("entered_by")) | Q(authors__contains=[models.F("confirmed_by")])),
                name="statistic_second_pair_of_eyes",
            ),
            ExclusionConstraint(
                name="statistic_one_per_period",
                expressions=[
                    ("organ", RangeOperators.EQUAL),
                    ("datum", RangeOperators.EQUAL),
                    ("dims_key", RangeOperators.EQUAL),
                    (_Days("first_on", "last_on", Value("[]")), RangeOperators.OVERLAPS),
                ],
                condition=Q(state=StatisticState.CONFIRMED.value),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.datum} {self.organ_id} {self.first_on}–{self.last_on}"

    @property
    def of_datum(self) -> Datum:
        """The datum it states."""
        return catalogue().data[self.datum]

    @property
    def measure(self) -> Measure:
        """In what it is stated."""
        return self.of_datum.measure_of(self.dims)
