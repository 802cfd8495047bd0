"""Reads of the register, scoped to the asking person."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace

from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Substr
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Actor, Shared, Width, visible_q, width_q
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


def subjects_visible_to(actor: Actor, shared: Shared = Shared.REGISTER) -> QuerySet[Subject]:
    """Subjects that the actor's organ or one below answers for, that lie on its land, or that are shared.

    With `Shared.FILES`, only those whose files and acts are open to the actor as well.
    """
    return Subject.objects.filter(visible_q(actor, shared=shared), merged_into=None)


def subjects_within(actor: Actor, width: Width) -> QuerySet[Subject]:
    """Visible subjects of the actor's own organ, of those below it too, or of the whole area."""
    return Subject.objects.filter(width_q(actor, width), merged_into=None)


def files_open_to(actor: Actor, subject: Subject) -> bool:
    """Whether the actor may read what was done about a subject, not only its entry in the register."""
    return subjects_visible_to(actor, Shared.FILES).filter(pk=subject.pk).exists()


def search_words(text: str) -> list[str]:
    """The words of a search, full-width letters and digits made plain; each must be found somewhere."""
    return unicodedata.normalize("NFKC", text).split()[:6]


def _has_word(word: str) -> Q:
    return (
        Q(name__icontains=word)
        | Q(code__istartswith=word)
        | Q(licence_no__istartswith=word)
        | Q(address__contains=word)
        | Q(pinyin__icontains=word)
    )


def matching(subjects: QuerySet[Subject], wanted: SubjectFilter) -> QuerySet[Subject]:
    """`subjects` narrowed by words and by facets.

    Every word must be part of the name, of the address or of the pinyin initials, or begin the code or the
    licence number.
    """
    for word in search_words(wanted.text):
        subjects = subjects.filter(_has_word(word))
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
    """How many subjects there are of each type, the most frequent first."""
    rows = subjects.order_by().values_list("subject_type").annotate(n=Count("pk"))
    return dict(rows.order_by("-n"))


def division_counts(subjects: QuerySet[Subject], digits: int) -> dict[str, int]:
    """How many subjects lie in each division, by the first `digits` of its code (6: county, 9: township)."""
    rows = subjects.order_by().annotate(place=Substr("division_code", 1, digits)).values_list("place")
    return dict(rows.annotate(n=Count("pk")).order_by("place"))


def risk_counts(subjects: QuerySet[Subject]) -> dict[str, int]:
    """How many subjects there are of each risk grade, the highest first; "" is not graded."""
    rows = subjects.order_by().values_list("risk_grade").annotate(n=Count("pk"))
    return dict(rows.order_by("-risk_grade"))


@dataclass(frozen=True, slots=True)
class FacetCounts:
    """For each facet, what choosing one of its values would leave, given all other filters."""

    types: dict[str, int]
    divisions: dict[str, int]
    risks: dict[str, int]


def facet_counts(subjects: QuerySet[Subject], wanted: SubjectFilter, division_digits: int) -> FacetCounts:
    """The counts beside the facets of a list (three queries)."""
    return FacetCounts(
        types=type_counts(matching(subjects, replace(wanted, subject_type=""))),
        divisions=division_counts(matching(subjects, replace(wanted, division="")), division_digits),
        risks=risk_counts(matching(subjects, replace(wanted, risk_grade=""))),
    )


def subject_visible_to(actor: Actor, subject_id: int) -> Subject:
    """One subject. Raises NotFound when it is not there or lies outside the actor's scope."""
    subject = (
        subjects_visible_to(actor).select_related("responsible_organ", "parent").filter(pk=subject_id).first()
    )
    if subject is None:
        raise NotFound(
            _("There is no such subject in your area."),
            cure=_("Look it up by name or code in the list of subjects."),
        )
    return subject


def public_subjects(text: str, limit: int = 20) -> list[Subject]:
    """What the public may find by part of the name or by the exact code or licence number.

    Open subjects come before closed ones. Returns one more than `limit` when there are more; nothing for
    fewer than two characters.
    """
    words = search_words(text)
    whole = "".join(words).upper()
    if len(whole) < 2:
        return []
    named = Q()
    for word in words:
        named &= Q(name__icontains=word)
    found = (
        Subject.objects.select_related("responsible_organ")
        .filter(merged_into=None)
        .filter(named | Q(code=whole) | Q(licence_no=text.strip()))
        .annotate(
            nearness=Case(
                When(Q(code=whole) | Q(licence_no=text.strip()) | Q(name=text.strip()), then=Value(0)),
                When(closed_on__isnull=True, then=Value(1)),
                default=Value(2),
                output_field=IntegerField(),
            )
        )
    )
    return list(found.order_by("nearness", "pinyin", "id")[: limit + 1])


def public_subject(code: str) -> Subject:
    """One subject by its code, for the public. Raises NotFound."""
    subject = Subject.objects.select_related("responsible_organ").filter(code=code).first()
    if subject is None:
        raise NotFound(
            _("No subject has this code."), cure=_("Check the code on the licence at the counter.")
        )
    return subject


def facilities_visible_to(actor: Actor, subject: Subject) -> QuerySet[Subject]:
    """The facilities of a subject (the stores of a chain) that the actor may see, by name."""
    return (
        subjects_visible_to(actor)
        .filter(parent=subject)
        .order_by(F("closed_on").desc(nulls_first=True), "pinyin", "id")
    )
