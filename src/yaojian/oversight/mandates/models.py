"""Mandates, the duties that follow from them, draws for shares, and schedules."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.periods import ends_after_start, no_overlap
from yaojian.oversight.mandates.contracts import SOURCE_NAMES, Source
from yaojian.oversight.mandates.states import ScheduleState


def _reads_english() -> bool:
    return (get_language() or "").startswith("en")


class Mandate(models.Model):
    """Who must be looked at (scope), by which acts, how often or in what share, in which period, by whom.

    `formula` is the plans' own (scope, within, act, period, minimum). A national rule has no organ and binds
    everywhere. Rows follow packs and plans; a mandate that is gone from them stays, not enabled. The row says
    what holds since `version_from`; what held before stands in its versions.
    """

    code = models.CharField(max_length=60, unique=True)
    source = models.CharField(max_length=8, choices=[(s.value, SOURCE_NAMES[s]) for s in Source])
    figure_key = models.CharField(max_length=20, blank=True)
    organ = models.ForeignKey("accounts.Organ", models.PROTECT, null=True, blank=True, related_name="+")
    title_zh = models.CharField(max_length=200)
    title_en = models.CharField(max_length=300)
    formula = models.JSONField()
    share = models.DecimalField(
        max_digits=5, decimal_places=2, null=True, help_text="percent of those in scope; none means everyone"
    )
    stratified_by = models.CharField(
        max_length=12, blank=True, help_text="draw in each stratum: division, type"
    )
    responsible_level = models.CharField(max_length=12, blank=True)
    source_zh = models.CharField(max_length=200)
    source_en = models.CharField(max_length=300, blank=True)
    article = models.CharField(max_length=80, blank=True, help_text="line of a plan or article of a rule")
    confidence = models.CharField(max_length=1, blank=True)
    article_confidence = models.CharField(max_length=1, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    position = models.PositiveIntegerField(default=0)
    enabled = models.BooleanField(default=True)
    version_from = models.DateField(
        null=True, help_text="the first day of what it says now; none: it has never been changed"
    )

    class Meta:
        verbose_name = _("mandate")
        ordering: ClassVar = ["position", "code"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(source__in=[s.value for s in Source]), name="mandate_source_known"
            ),
            models.CheckConstraint(
                condition=Q(share__isnull=True) | Q(share__gt=0, share__lt=100),
                name="mandate_share_is_a_part",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="mandate_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(source=Source.LAW.value) | Q(organ__isnull=False), name="mandate_has_organ"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The mandate's title in the reader's language."""
        return self.title_en if _reads_english() and self.title_en else self.title_zh

    @property
    def source_title(self) -> str:
        """Plan or instrument in the reader's language."""
        return self.source_en if _reads_english() and self.source_en else self.source_zh


class MandateVersion(models.Model):
    """What a mandate said from a day to a day, both inclusive, before it was changed."""

    mandate = models.ForeignKey(Mandate, models.CASCADE, related_name="versions")
    valid_from = models.DateField()
    valid_to = models.DateField()
    definition = models.JSONField(
        help_text="the columns of the mandate, as text where JSON has no such value"
    )

    class Meta:
        ordering: ClassVar = ["mandate", "-valid_from"]
        constraints: ClassVar = [
            ends_after_start("mandate_version_ends_after_start"),
            no_overlap("mandate_version_no_overlap", "mandate"),
        ]

    def __str__(self) -> str:
        return f"{self.mandate_id} {self.valid_from}"


class Standing(models.Model):
    """Where a subject stands under a mandate today: written by the engine alone, read by pages.

    `since` is the day from which the mandate binds the subject, `done` of `needed` acts count in the period.
    Whether it is due or overdue follows from `met` and `due_on`: a row changes only when something has.
    """

    pk = models.CompositePrimaryKey("subject_id", "mandate_id")
    subject = models.ForeignKey("enterprises.Subject", models.CASCADE, related_name="+", db_index=False)
    mandate = models.ForeignKey(Mandate, models.CASCADE, related_name="standings", db_index=False)
    organ = models.ForeignKey("accounts.Organ", models.CASCADE, related_name="+", db_index=False)
    opened_on = models.DateField()
    since = models.DateField()
    due_on = models.DateField()
    last_on = models.DateField(null=True)
    met = models.BooleanField()
    late = models.BooleanField()
    done = models.PositiveSmallIntegerField()
    needed = models.PositiveSmallIntegerField()
    nobody = models.BooleanField(default=False, help_text="no organ of a level that counts answers for it")

    class Meta:
        verbose_name = _("duty")
        ordering: ClassVar = ["due_on"]
        indexes: ClassVar = [
            models.Index(fields=["mandate", "organ", "due_on"], name="standing_of_mandate"),
            models.Index(fields=["organ", "due_on"], name="standing_of_organ"),
        ]

    def __str__(self) -> str:
        return f"{self.mandate_id}:{self.subject_id}"


class Draw(models.Model):
    """A draw of subjects for a mandate that asks for a share: committed first, then drawn and revealed."""

    mandate = models.ForeignKey(Mandate, models.PROTECT, related_name="draws")
    organ = models.ForeignKey("accounts.Organ", models.PROTECT, related_name="+")
    period_start = models.DateField()
    period_end = models.DateField()
    share = models.DecimalField(max_digits=5, decimal_places=2)
    seed = models.CharField(max_length=64, help_text="hexadecimal; shown only once the draw has been made")
    seed_hash = models.CharField(max_length=64, help_text="SHA-256 of the seed's text")
    committed_at = models.DateTimeField()
    committed_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    drawn_at = models.DateTimeField(null=True)
    drawn_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, help_text="a seed that will never be used")
    withdrawn_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    population_hash = models.CharField(max_length=64, blank=True)
    members = models.PositiveIntegerField(default=0)
    wanted = models.PositiveIntegerField(default=0, help_text="how many the share comes to")
    drawn = models.PositiveIntegerField(default=0, help_text="how many were drawn")

    class Meta:
        verbose_name = _("draw")
        ordering: ClassVar = ["-committed_at", "-id"]
        constraints: ClassVar = [
            # Nobody draws until the result pleases.
            models.UniqueConstraint(
                fields=["mandate", "organ", "period_start"],
                condition=Q(withdrawn_at__isnull=True),
                name="draw_once_a_period",
            ),
            models.CheckConstraint(
                condition=Q(drawn_at__isnull=True) | Q(withdrawn_at__isnull=True),
                name="draw_made_or_withdrawn",
            ),
            models.CheckConstraint(
                condition=Q(period_end__gte=F("period_start")), name="draw_period_in_order"
            ),
            models.CheckConstraint(
                condition=Q(drawn_at__isnull=True) | ~Q(population_hash=""), name="draw_has_population"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mandate_id} {self.period_start}"

    def state_on(self, day: date) -> str:
        """drawn, withdrawn, lapsed (its period went by undrawn) or committed."""
        if self.drawn_at is not None:
            return "drawn"
        if self.withdrawn_at is not None:
            return "withdrawn"
        return "lapsed" if self.period_end < day else "committed"


class DrawEntry(models.Model):
    """A subject in a draw: its digest and place, whether it was drawn, or why it was left out."""

    draw = models.ForeignKey(Draw, models.CASCADE, related_name="entries")
    subject = models.ForeignKey("enterprises.Subject", models.PROTECT, related_name="+")
    code = models.CharField(max_length=40)
    stratum = models.CharField(max_length=40, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    place = models.PositiveIntegerField(null=True)
    outcome = models.CharField(max_length=16, help_text="drawn, not_drawn, stand_in, or why it was left out")
    stands_in_for = models.OneToOneField(
        "self", models.CASCADE, null=True, related_name="stand_in", help_text="one drawn who is bound no more"
    )

    class Meta:
        ordering: ClassVar = ["draw", "place", "code"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["draw", "subject"], name="draw_entry_once"),
        ]

    def __str__(self) -> str:
        return f"{self.draw_id}:{self.code}"


class Schedule(models.Model):
    """The visits of an organ and those below it in one year, placed in weeks."""

    organ = models.ForeignKey("accounts.Organ", models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, default=ScheduleState.QUEUED.value)
    percent = models.PositiveSmallIntegerField(help_text="part of the working time for planned inspections")
    extra = models.SmallIntegerField(default=0, help_text="inspectors more or fewer in each organ")
    asked_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    beat_at = models.DateTimeField(null=True, help_text="when the worker was last heard of")
    attempts = models.PositiveSmallIntegerField(default=0, help_text="how often a worker has begun")
    finished_at = models.DateTimeField(null=True)
    adopted_at = models.DateTimeField(null=True)
    organs_done = models.PositiveIntegerField(default=0)
    organs_all = models.PositiveIntegerField(default=0)
    cancel_asked = models.BooleanField(default=False)
    refusal = models.CharField(max_length=300, blank=True)
    digest = models.CharField(
        max_length=64, blank=True, help_text="SHA-256 of all visits: the same input, the same"
    )

    class Meta:
        verbose_name = _("schedule")
        ordering: ClassVar = ["-asked_at", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in ScheduleState]), name="schedule_state_known"
            ),
            models.CheckConstraint(
                condition=Q(percent__gte=1, percent__lte=100), name="schedule_percent_in_range"
            ),
            models.UniqueConstraint(
                fields=["organ", "year"],
                condition=Q(adopted_at__isnull=False),
                name="schedule_adopted_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.organ_id}"


class OrganLoad(models.Model):
    """What a schedule came to for one organ: people, half days, and by month load against capacity."""

    schedule = models.ForeignKey(Schedule, models.CASCADE, related_name="loads")
    organ = models.ForeignKey("accounts.Organ", models.PROTECT, related_name="+")
    inspectors = models.PositiveIntegerField()
    asked = models.PositiveIntegerField(help_text="visits asked for")
    placed = models.PositiveIntegerField()
    late = models.PositiveIntegerField(default=0, help_text="placed, but after the day they were due")
    load = ArrayField(models.PositiveIntegerField(), help_text="half days of a team, by month")
    capacity = ArrayField(models.PositiveIntegerField(), help_text="half days of a team, by month")
    more_inspectors = models.PositiveIntegerField(default=0, help_text="how many would place everything")
    to_draw = models.PositiveIntegerField(default=0, help_text="visits expected of draws to come")
    to_draw_half_days = models.PositiveIntegerField(default=0, help_text="how long a team takes for them")

    class Meta:
        ordering: ClassVar = ["schedule", "organ"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["schedule", "organ"], name="organ_load_once"),
        ]

    def __str__(self) -> str:
        return f"{self.schedule_id}:{self.organ_id}"


class Visit(models.Model):
    """One visit of a schedule: which subject in which week, for which mandates; without a week why not."""

    schedule = models.ForeignKey(Schedule, models.CASCADE, related_name="visits", db_index=False)
    organ = models.ForeignKey("accounts.Organ", models.PROTECT, related_name="+", db_index=False)
    subject = models.ForeignKey("enterprises.Subject", models.PROTECT, related_name="+")
    mandates: Any = ArrayField(models.CharField(max_length=60))
    kind = models.CharField(max_length=12, blank=True, help_text="kind of inspection that serves all")
    half_days = models.PositiveSmallIntegerField()
    earliest = models.DateField()
    latest = models.DateField()
    due_on = models.DateField(help_text="when it is due by the mandates, perhaps long ago")
    week = models.DateField(null=True, help_text="Monday of the week")
    team = models.PositiveSmallIntegerField(null=True)
    reason = models.CharField(max_length=16, blank=True, help_text="why it could not be placed")
    would_fit = models.DateField(null=True, help_text="the first later week with room")

    class Meta:
        ordering: ClassVar = ["schedule", "organ", "week", "team", "id"]
        indexes: ClassVar = [
            models.Index(fields=["schedule", "organ", "week"], name="visit_of_organ"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(week__isnull=True) | Q(reason=""), name="visit_placed_or_why_not"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject_id} {self.week}"
