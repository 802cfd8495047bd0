"""Subjects as figures and mandates mean them; scope of a formula, not of a person."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Hindrance, Organ, organ_land_q, responsibility_q
from yaojian.foundation.periods import in_force_q
from yaojian.foundation.timekeeping import today
from yaojian.registers.enterprises.models import CURRENT, Subject, SubjectOn, SubjectVersion


def subjects_by_id(ids: Iterable[int]) -> dict[int, Subject]:
    """Subjects by their keys, with the organs responsible; callers check who asks."""
    return Subject.objects.select_related("responsible_organ").in_bulk(list(ids))


def held_by(organ: Organ, on: date) -> list[Hindrance]:
    """The open subjects an organ is responsible for: they would have nobody when it closes."""
    held = Subject.objects.filter(responsible_organ=organ).exclude(closed_on__lte=on)
    return [Hindrance(_("subjects it is responsible for"), held.count())]


@dataclass(frozen=True, slots=True)
class CountedFacts:
    """How many open subjects are alike in everything that jurisdiction asks about."""

    subject_type: str
    division_code: str
    flags: tuple[str, ...]
    risk_grade: str
    organ_id: int
    count: int


def facts_counted(region: str) -> Iterator[CountedFacts]:
    """The open subjects of a region (a prefix of division codes) by type, place, flags, grade and organ.

    Figures for those who keep the region's rules; callers check who asks.
    """
    columns = ("subject_type", "division_code", "flags", "risk_grade", "responsible_organ_id")
    subjects = Subject.objects.filter(division_code__startswith=region, closed_on__isnull=True)
    rows = subjects.order_by().values_list(*columns).annotate(n=Count("pk"))
    for kind, place, flags, grade, organ, count in rows.iterator(2000):
        yield CountedFacts(kind, place, tuple(flags), grade, organ, count)


def counts_by_organ(organ_ids: Collection[int]) -> dict[int, int]:
    """How many open subjects each organ is responsible for itself; callers check who asks."""
    subjects = Subject.objects.filter(responsible_organ_id__in=organ_ids, closed_on__isnull=True)
    return dict(subjects.order_by().values_list("responsible_organ_id").annotate(n=Count("pk")))


def subjects_in_scope(
    organ: Organ,
    *,
    by_territory: bool,
    types: Collection[str] = (),
    flags_all: Collection[str] = (),
    flags_any: Collection[str] = (),
    risk_grades: Collection[str] = (),
    in_production: bool | None = None,
    on: date | None = None,
) -> QuerySet[Any]:
    """Subjects, open or closed, of some types, flags and grades on an organ's land or in its charge.

    What they were on a past day `on` (rows of the register's versions, with the subjects' keys), else what
    they are today. On its land count those that organs of its own tree answer for: not those of the Corps
    beside it. An empty condition does not restrict. Callers check who asks.
    """
    reach = organ_land_q(organ) if by_territory else responsibility_q(organ.path or "")
    subjects: QuerySet[Any] = Subject.objects.filter(reach, merged_into=None)
    if on is not None and on < today():
        merged = Subject.objects.filter(merged_into__isnull=False).order_by()
        subjects = SubjectOn.objects.filter(in_force_q(on), reach).exclude(pk__in=merged.values("pk"))
    if types:
        subjects = subjects.filter(subject_type__in=list(types))
    if flags_all:
        subjects = subjects.filter(flags__contains=list(flags_all))
    if flags_any:
        subjects = subjects.filter(flags__overlap=list(flags_any))
    if risk_grades:
        subjects = subjects.filter(risk_grade__in=list(risk_grades))
    if in_production is not None:
        subjects = subjects.filter(in_production=in_production)
    return subjects


def stood_on_land_q(organ: Organ, on: date, subject: str = "subject") -> Q:
    """The condition on rows that a subject of theirs stood on an organ's land on a day, as in a scope.

    `subject` is the relation, or a column with its key. Callers check who asks.
    """
    if on >= today():
        return organ_land_q(organ, f"{subject}__responsible_organ", f"{subject}__division_code")
    return Q(**{f"{subject}__in": subjects_in_scope(organ, by_territory=True, on=on).order_by().values("pk")})


def subjects_open_on(on: date) -> QuerySet[Any]:
    """Subjects in operation on a day, with what the register says of them for it; callers check who asks.

    For today, and for days to come, what holds today; for a day that has passed, what held on it.
    """
    if on >= today():
        return Subject.objects.filter(closed_on__isnull=True, opened_on__lte=on, merged_into=None)
    present = Subject.objects.filter(merged_into=None).order_by().values("pk")
    return SubjectOn.objects.filter(in_force_q(on), closed_on__isnull=True, opened_on__lte=on, pk__in=present)


def versions_ended_before(day: date) -> QuerySet[SubjectVersion]:
    """What held of subjects until some day before `day`, as far as the register still stands by it."""
    return SubjectVersion.objects.filter(CURRENT, valid_to__lt=day).order_by()
