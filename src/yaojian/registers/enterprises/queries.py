"""Reads of the register, scoped to the asking person."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Actor, Organ, responsibility_q, territory_q, visible_q
from yaojian.foundation.errors import NotFound
from yaojian.registers.enterprises.models import Subject


@dataclass(frozen=True, slots=True)
class SubjectFilter:
    """What the list is narrowed to; empty fields do not narrow."""

    text: str = ""
    subject_type: str = ""
    division: str = ""
    risk_grade: str = ""
    status: str = "open"


def subjects_visible_to(actor: Actor) -> QuerySet[Subject]:
    """Subjects the actor's organ or one below it answers for, and those that lie on its land."""
    return Subject.objects.filter(visible_q(actor))


def matching(subjects: QuerySet[Subject], wanted: SubjectFilter) -> QuerySet[Subject]:
    """`subjects` narrowed by fragment of name, code, licence number, address or pinyin initials, and by facets."""
    if text := wanted.text.strip():
        subjects = subjects.filter(
            Q(name__icontains=text)
            | Q(code__istartswith=text)
            | Q(licence_no__istartswith=text)
            | Q(address__contains=text)
            | Q(pinyin__icontains=text)
        )
    if wanted.subject_type:
        subjects = subjects.filter(subject_type=wanted.subject_type)
    if wanted.division:
        subjects = subjects.filter(division_code__startswith=wanted.division)
    if wanted.risk_grade:
        subjects = subjects.filter(risk_grade="" if wanted.risk_grade == "none" else wanted.risk_grade)
    if wanted.status == "open":
        subjects = subjects.filter(closed_on__isnull=True)
    elif wanted.status == "closed":
        subjects = subjects.filter(closed_on__isnull=False)
    return subjects


def type_counts(subjects: QuerySet[Subject]) -> dict[str, int]:
    """How many subjects there are of each type."""
    rows = subjects.order_by().values_list("subject_type").annotate(n=Count("pk"))
    return dict(rows.order_by("-n"))


def subject_visible_to(actor: Actor, subject_id: int) -> Subject:
    """One subject. Raises NotFound when it is not there or lies outside the actor's scope."""
    subject = (
        subjects_visible_to(actor).select_related("responsible_organ", "parent").filter(pk=subject_id).first()
    )
    if subject is None:
        raise NotFound(
            _("There is no such subject in your area."), cure=_("Look it up by name or code in the list of subjects.")
        )
    return subject


def answers_for(actor: Actor, subject: Subject) -> bool:
    """Whether the actor's organ, or one below it, is responsible for the subject and may act upon it."""
    return (subject.responsible_organ.path or "").startswith(actor.organ_path)


def public_subjects(text: str, limit: int = 20) -> list[Subject]:
    """What the public may find: subjects in operation by part of the name or the exact code or licence number."""
    text = text.strip()
    if len(text) < 2:
        return []
    found = Subject.objects.select_related("responsible_organ").filter(
        Q(name__icontains=text) | Q(code=text.upper()) | Q(licence_no=text)
    )
    return list(found.order_by("name")[: limit + 1])


def public_subject(code: str) -> Subject:
    """One subject by its code, for the public. Raises NotFound."""
    subject = Subject.objects.select_related("responsible_organ").filter(code=code).first()
    if subject is None:
        raise NotFound(_("No subject has this code."), cure=_("Check the code on the licence at the counter."))
    return subject


def subjects_in_scope(
    organ: Organ,
    *,
    by_territory: bool,
    types: Collection[str] = (),
    flags_all: Collection[str] = (),
    flags_any: Collection[str] = (),
    risk_grades: Collection[str] = (),
    in_production: bool | None = None,
) -> QuerySet[Subject]:
    """Subjects, open or closed, of some types, flags and grades on an organ's land or under its responsibility.

    An empty condition does not restrict. Scope for figures, not for people: callers check who asks.
    """
    subjects = Subject.objects.filter(
        territory_q(organ.territories) if by_territory else responsibility_q(organ.path or "")
    )
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
