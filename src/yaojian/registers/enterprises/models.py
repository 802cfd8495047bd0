"""Legal entities, subjects of supervision, and what held of each on which day."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.periods import ends_after_start, no_overlap
from yaojian.foundation.search import Bigrams, SearchText
from yaojian.foundation.timekeeping import today
from yaojian.registers.enterprises.duplicate_models import DuplicatePair, Merge
from yaojian.registers.enterprises.grading_models import RiskDecision, RiskProposal
from yaojian.registers.enterprises.types import (
    HOSPITAL_LEVELS,
    KIND_NAMES,
    RISK_NAMES,
    STATUS_NAMES,
    TYPE_NAMES,
    EnterpriseKind,
    EnterpriseStatus,
    RiskGrade,
    SubjectType,
)

__all__ = [
    "CURRENT",
    "DuplicatePair",
    "Enterprise",
    "EnterpriseVersion",
    "Merge",
    "RiskDecision",
    "RiskProposal",
    "Subject",
    "SubjectFields",
    "SubjectOn",
    "SubjectVersion",
    "Version",
]

CURRENT = models.Q(replaced_by__isnull=True)
"""Versions that the register stands by; a replaced one stays, as what was believed before."""


class Version(models.Model):
    """What held of a row from a day until a day, when that was recorded, and by which act.

    Rows are never edited: a later change replaces them by others (`replaced_by`, the uid of its act), so
    that taking the change back restores exactly what was there.
    """

    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.UUIDField(
        null=True, help_text="uid of the act; none for what is older than versions"
    )
    batch = models.UUIDField(null=True)
    replaced_by = models.UUIDField(null=True, help_text="uid of the act that replaced this version")

    class Meta:
        abstract = True


def _version_indexes(prefix: str) -> list[models.Index]:
    return [
        models.Index(fields=["recorded_by"], name=f"{prefix}_version_act"),
        models.Index(
            fields=["batch"], condition=models.Q(batch__isnull=False), name=f"{prefix}_version_batch"
        ),
        models.Index(
            fields=["replaced_by"],
            condition=models.Q(replaced_by__isnull=False),
            name=f"{prefix}_version_replaced",
        ),
    ]


class EnterpriseFields(models.Model):
    """What the register says of a legal entity."""

    uscc = models.CharField(_("unified social credit code"), max_length=18)
    name = models.CharField(_("name"), max_length=200)
    pinyin = models.CharField(
        max_length=200, blank=True, help_text="initials of the name, for search and order"
    )
    kind = models.CharField(
        _("kind of legal entity"), max_length=16, choices=[(k.value, KIND_NAMES[k]) for k in EnterpriseKind]
    )
    registered_address = models.CharField(_("registered address"), max_length=200, blank=True)
    established_on = models.DateField(_("established on"), null=True, blank=True)
    dissolved_on = models.DateField(_("deregistered on"), null=True, blank=True)
    status = models.CharField(
        _("registration status"),
        max_length=12,
        default=EnterpriseStatus.ACTIVE.value,
        choices=[(s.value, STATUS_NAMES[s]) for s in EnterpriseStatus],
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


def _enterprise_rules(prefix: str) -> list[models.BaseConstraint]:
    known_kinds = models.Q(kind__in=[k.value for k in EnterpriseKind])
    known_states = models.Q(status__in=[s.value for s in EnterpriseStatus])
    ends_in_order = models.Q(dissolved_on__isnull=True) | models.Q(
        dissolved_on__gte=models.F("established_on")
    )
    return [
        models.CheckConstraint(condition=known_kinds, name=f"{prefix}_kind_known"),
        models.CheckConstraint(condition=known_states, name=f"{prefix}_status_known"),
        models.CheckConstraint(condition=ends_in_order, name=f"{prefix}_ends_after_start"),
    ]


class Enterprise(EnterpriseFields):
    """A legal entity (统一社会信用代码, GB 32100-2015), as it is today; its facilities are subjects."""

    uscc = models.CharField(_("unified social credit code"), max_length=18, unique=True)

    class Meta:
        verbose_name = _("legal entity")
        ordering: ClassVar = ["id"]
        constraints: ClassVar = _enterprise_rules("enterprise")


class EnterpriseVersion(EnterpriseFields, Version):
    """What held of a legal entity from a day until a day."""

    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="versions")

    class Meta:
        ordering: ClassVar = ["enterprise", "valid_from", "id"]
        constraints: ClassVar = [
            *_enterprise_rules("enterprise_version"),
            ends_after_start("enterprise_version_span"),
            no_overlap("enterprise_version_one_a_day", "enterprise", condition=CURRENT),
        ]
        indexes: ClassVar = _version_indexes("enterprise")


class SubjectFields(models.Model):
    """What the register says of a subject of supervision: the same columns for today and for any day."""

    code = models.CharField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=200)
    pinyin = models.CharField(
        max_length=200, blank=True, help_text="initials of the name, for search and order"
    )
    subject_type = models.CharField(
        _("type"), max_length=24, choices=[(t.value, TYPE_NAMES[t]) for t in SubjectType]
    )
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, null=True, blank=True, related_name="+")
    parent = models.ForeignKey("enterprises.Subject", models.PROTECT, null=True, blank=True, related_name="+")
    responsible_organ = models.ForeignKey("accounts.Organ", models.PROTECT, related_name="+")
    division_code = models.CharField(_("place"), max_length=12)
    address = models.CharField(_("address"), max_length=200, blank=True)
    latitude = models.FloatField(
        _("latitude"), null=True, blank=True, help_text="degrees north, WGS-84, six decimals"
    )
    longitude = models.FloatField(
        _("longitude"), null=True, blank=True, help_text="degrees east, WGS-84, six decimals"
    )
    licence_no = models.CharField(_("licence number"), max_length=60, blank=True)
    business_scope = models.TextField(_("business scope"), blank=True)
    hospital_level = models.SmallIntegerField(
        _("hospital level"), null=True, blank=True, choices=list(HOSPITAL_LEVELS.items())
    )
    opened_on = models.DateField(_("in operation since"))
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    in_production = models.BooleanField(default=True)
    flags = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    risk_grade = models.CharField(
        _("risk grade"), max_length=3, blank=True, choices=[(g.value, RISK_NAMES[g]) for g in RiskGrade]
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        """Whether the subject has not been closed."""
        return self.closed_on is None

    @property
    def status(self) -> tuple[str, Promise]:
        """Which of the design's five meanings the subject's state has, and the state's name."""
        if not self.is_open:
            return "neutral", _("Closed down")
        if self.opened_on > today():
            return "info", _("Not yet open")
        if not self.in_production:
            return "due_soon", _("Production stopped")
        return "done", _("In operation")


def _subject_rules(prefix: str) -> list[models.BaseConstraint]:
    located = models.Q(latitude__isnull=True, longitude__isnull=True) | models.Q(
        latitude__gte=-90, latitude__lte=90, longitude__gte=-180, longitude__lte=180
    )
    closes_in_order = models.Q(closed_on__isnull=True) | models.Q(closed_on__gte=models.F("opened_on"))
    level_of_hospital = models.Q(hospital_level__isnull=True) | models.Q(
        subject_type=SubjectType.HOSPITAL.value, hospital_level__in=list(HOSPITAL_LEVELS)
    )
    return [
        models.CheckConstraint(condition=closes_in_order, name=f"{prefix}_closes_after_opening"),
        models.CheckConstraint(
            condition=models.Q(subject_type__in=[t.value for t in SubjectType]), name=f"{prefix}_type_known"
        ),
        models.CheckConstraint(
            condition=models.Q(risk_grade__in=[g.value for g in RiskGrade]), name=f"{prefix}_risk_known"
        ),
        models.CheckConstraint(condition=located, name=f"{prefix}_located_on_earth"),
        models.CheckConstraint(condition=level_of_hospital, name=f"{prefix}_level_of_hospital"),
    ]


class Subject(SubjectFields):
    """A subject of supervision: one facility or business of one type at one place, as it is today."""

    code = models.CharField(_("code"), max_length=40, unique=True)
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, null=True, blank=True, related_name="subjects")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="facilities")
    former_names = models.TextField(
        blank=True, help_text="earlier names and their initials, one pair a line, for search"
    )
    in_force_from = models.DateField(help_text="first day of the version that this row repeats")
    search_text = models.GeneratedField(
        expression=SearchText("name", "pinyin", "code", "licence_no", "address", "former_names"),
        output_field=models.TextField(),
        db_persist=True,
    )
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged_subjects"
    )

    class Meta:
        verbose_name = _("subject")
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            *_subject_rules("subject"),
            models.CheckConstraint(condition=~models.Q(parent=models.F("id")), name="subject_not_own_parent"),
            models.CheckConstraint(
                condition=~models.Q(merged_into=models.F("id")), name="subject_not_merged_into_itself"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["subject_type", "division_code"], name="subject_type_place"),
            models.Index(fields=["division_code"], name="subject_place", opclasses=["varchar_pattern_ops"]),
            # Search by fragments, the counts of the facets, the order of the list, the map.
            GinIndex(Bigrams("search_text"), name="subject_bigrams"),
            models.Index(
                fields=["responsible_organ", "subject_type", "division_code", "risk_grade"],
                include=["closed_on", "merged_into"],
                name="subject_facets",
            ),
            models.Index(
                fields=["pinyin", "name", "id"],
                include=["responsible_organ", "division_code", "closed_on", "merged_into"],
                name="subject_order",
            ),
            models.Index(
                fields=["latitude", "longitude"],
                include=["responsible_organ", "division_code", "closed_on", "merged_into", "id"],
                condition=models.Q(latitude__isnull=False),
                name="subject_position",
            ),
            GinIndex(fields=["flags"], name="subject_flags"),
        ]


class SubjectVersion(SubjectFields, Version):
    """What held of a subject from a day until a day."""

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="versions")

    class Meta:
        ordering: ClassVar = ["subject", "valid_from", "id"]
        constraints: ClassVar = [
            *_subject_rules("subject_version"),
            ends_after_start("subject_version_span"),
            models.CheckConstraint(
                condition=models.Q(valid_from__gte=models.F("opened_on")),
                name="subject_version_after_opening",
            ),
            no_overlap("subject_version_one_a_day", "subject", condition=CURRENT),
        ]
        indexes: ClassVar = _version_indexes("subject")


class SubjectOn(SubjectFields):
    """Subjects as they were, are or will be: a view of the versions the register stands by.

    Its key is the subject's; narrowed by `in_force_q(day)` it has one row a subject, so that every query
    over `Subject` works as of any day.
    """

    objects: ClassVar[models.Manager[SubjectOn]] = models.Manager()

    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    former_names = models.TextField()
    search_text = models.TextField()

    class Meta:
        managed = False
        db_table = "enterprises_subject_on"
        default_manager_name = "objects"
