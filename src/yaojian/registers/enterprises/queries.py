"""Reads of the register, scoped to the asking person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, cast

from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, Value, When
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Actor, Shared, Width, all_files_open, visible_q, width_q
from yaojian.foundation.errors import NotFound
from yaojian.foundation.kept.facade import kept_from
from yaojian.foundation.periods import in_force_q
from yaojian.foundation.search import having_words, search_words
from yaojian.foundation.timekeeping import today
from yaojian.registers.enterprises.models import Subject, SubjectOn, SubjectVersion
from yaojian.registers.enterprises.permissions import answers_for
from yaojian.registers.enterprises.types import KNOWN_BY_LICENCE


@dataclass(frozen=True, slots=True)
class SubjectFilter:
    """What the list is narrowed to; empty fields do not narrow."""

    text: str = ""
    subject_type: str = ""
    division: str = ""
    risk_grade: str = ""
    status: str = "open"
    missing: str = ""
    organ: str = ""


GAPS: dict[str, Q] = {
    "coordinates": Q(latitude=None),
    "legal_entity": Q(enterprise=None),
    "address": Q(address=""),
    "licence": Q(licence_no="", subject_type__in=sorted(KNOWN_BY_LICENCE)),
    "grade": Q(risk_grade=""),
    "township": Q(division_code__regex=r"^\d{1,8}$"),
}
"""What the register may not know yet of a subject."""
GAP_NAMES: dict[str, Promise] = {
    "coordinates": _("No coordinates"),
    "legal_entity": _("No legal entity"),
    "address": _("No address"),
    "licence": _("No licence number"),
    "grade": _("No risk grade"),
    "township": _("No township"),
}


def subjects_visible_to(actor: Actor, shared: Shared = Shared.REGISTER) -> QuerySet[Subject]:
    """Subjects that the actor's organ or one below answers for, that lie on its land, or that are shared.

    With `Shared.FILES`, only those whose files and acts are open to the actor as well.
    """
    return Subject.objects.filter(visible_q(actor, shared=shared), merged_into=None)


def as_they_were(subjects: QuerySet[Subject], on: date) -> QuerySet[Subject]:
    """The same subjects with what the register says of them for a day; those not there then are left out.

    Rights are those of today: `subjects` are what the actor may see now. Rows carry the subjects' keys.
    """
    rows: QuerySet[Any] = SubjectOn.objects.filter(in_force_q(on), pk__in=subjects.order_by().values("pk"))
    return rows


def subject_as_it_was(subject: Subject, on: date) -> Subject | None:
    """What the register says of a subject for a day; None when it was not there yet."""
    found: Any = (
        SubjectOn.objects.filter(in_force_q(on), pk=subject.pk)
        .select_related("responsible_organ", "parent", "enterprise")
        .first()
    )
    return cast("Subject | None", found)


def subjects_within(actor: Actor, width: Width) -> QuerySet[Subject]:
    """Visible subjects of the actor's own organ, of those below it too, or of the whole area."""
    return Subject.objects.filter(width_q(actor, width), merged_into=None)


def files_open_to(actor: Actor, subject: Subject) -> bool:
    """Whether the actor may read what was done about a subject they see, not only its register entry."""
    if all_files_open(actor) or answers_for(actor, subject):
        return True
    return subjects_visible_to(actor, Shared.FILES).filter(pk=subject.pk).exists()


def matching(subjects: QuerySet[Subject], wanted: SubjectFilter) -> QuerySet[Subject]:
    """`subjects` narrowed by words and by facets.

    Every word must be part of the name, a former name, their pinyin initials, the code, the licence number
    or the address. Subjects of another day are found by what was known of them then and by today's names.
    """
    if subjects.model is Subject:
        subjects = having_words(subjects, wanted.text)
    elif wanted.text:
        subjects = _found_then_or_now(subjects, wanted.text)
    if wanted.subject_type:
        subjects = subjects.filter(subject_type=wanted.subject_type)
    if wanted.missing in GAPS:
        subjects = subjects.filter(GAPS[wanted.missing])
    if wanted.organ:
        subjects = subjects.filter(responsible_organ__code=wanted.organ)
    if wanted.division:
        subjects = subjects.filter(division_code__startswith=wanted.division)
    if wanted.risk_grade:
        subjects = subjects.filter(risk_grade="" if wanted.risk_grade == "none" else wanted.risk_grade)
    if wanted.status == "open":
        subjects = subjects.filter(closed_on__isnull=True)
    elif wanted.status == "closed":
        subjects = subjects.filter(closed_on__isnull=False)
    return subjects


def _found_then_or_now(subjects: QuerySet[Subject], text: str) -> QuerySet[Subject]:
    """Rows of `SubjectOn` whose own text, or whose subject's text of today, holds every word."""
    named = having_words(Subject.objects.all(), text).order_by().values("pk")
    # Versions have no index of words. Those that hold today say what the subjects say, so only the others
    # are looked through.
    former = subjects.filter(Q(valid_to__isnull=False) | Q(valid_from__gt=today()))
    for word in search_words(text):
        former = former.filter(search_text__contains=word)
    return subjects.filter(pk__in=named.union(former.order_by().values("pk"), all=True))


@dataclass(frozen=True, slots=True)
class FacetCounts:
    """How many subjects a list has, and for each facet what choosing one of its values would leave.

    Types stand with the most frequent first, places by code, risk grades with the highest first.
    """

    total: int
    types: dict[str, int]
    divisions: dict[str, int]
    risks: dict[str, int]


def facet_counts(subjects: QuerySet[Subject], wanted: SubjectFilter, division_digits: int) -> FacetCounts:
    """The counts of a list and of its facets, given all other filters (one query).

    The database counts once by type, place and grade together; an index answers it without the rows.
    """
    base = matching(subjects, replace(wanted, subject_type="", division="", risk_grade=""))
    rows = (
        base.order_by()
        .values_list("responsible_organ", "subject_type", "division_code", "risk_grade")
        .annotate(n=Count("pk"))
    )
    return kept_from(
        rows, lambda found: _facets(found, wanted, division_digits), "facets", wanted, division_digits
    )


def _facets(
    rows: Iterable[tuple[int, str, str, str, int]], wanted: SubjectFilter, division_digits: int
) -> FacetCounts:
    chosen_risk = "" if wanted.risk_grade == "none" else wanted.risk_grade
    total, types, places, risks = 0, Counter[str](), Counter[str](), Counter[str]()
    for _organ, subject_type, division, risk, count in rows:
        is_type = not wanted.subject_type or subject_type == wanted.subject_type
        is_place = division.startswith(wanted.division)
        is_risk = not wanted.risk_grade or risk == chosen_risk
        total += count if is_type and is_place and is_risk else 0
        if is_place and is_risk:
            types[subject_type] += count
        if is_type and is_risk:
            places[division[:division_digits]] += count
        if is_type and is_place:
            risks[risk] += count
    return FacetCounts(
        total=total,
        types=dict(types.most_common()),
        divisions=dict(sorted(places.items())),
        risks=dict(sorted(risks.items(), reverse=True)),
    )


def recorded_since_q(moment: datetime) -> Q:
    """Subjects of which something was recorded at a moment or later."""
    recorded = SubjectVersion.objects.filter(recorded_at__gte=moment).order_by()
    return Q(pk__in=recorded.values("subject_id"))


def subject_visible_to(actor: Actor, subject_id: int) -> Subject:
    """One subject. Raises NotFound when it is not there or lies outside the actor's scope."""
    subject = (
        subjects_visible_to(actor)
        .select_related("responsible_organ", "parent", "enterprise")
        .filter(pk=subject_id)
        .first()
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
    whole = "".join(words)
    if len(whole) < 2:
        return []
    named = Q(*(Q(name__icontains=word) for word in words))
    found = (
        # The index narrows; what the public may be found by is decided on the few rows that are left.
        having_words(Subject.objects.select_related("responsible_organ"), text)
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
    """One subject by its code, for the public; the code of one that was merged leads on. Raises NotFound."""
    subjects = Subject.objects.select_related("responsible_organ", "merged_into__responsible_organ")
    subject = subjects.filter(code=code).first()
    if subject is not None and subject.merged_into is not None:
        return subject.merged_into
    if subject is None:
        raise NotFound(
            _("No subject has this code."), cure=_("Check the code on the licence at the counter.")
        )
    return subject


def siblings_visible_to(actor: Actor, subject: Subject) -> QuerySet[Subject]:
    """Other facilities of the same legal entity that the actor may see, open ones first; stores left out."""
    if subject.enterprise_id is None:
        return Subject.objects.none()
    return (
        subjects_visible_to(actor)
        .filter(enterprise_id=subject.enterprise_id)
        .exclude(pk=subject.pk)
        .exclude(parent_id=subject.pk)
        .order_by(F("closed_on").desc(nulls_first=True), "pinyin", "id")
    )


def related_visible_to(actor: Actor, subject: Subject) -> QuerySet[Subject]:
    """The superior subject, the facilities and other facilities of the legal entity, as far as visible."""
    related = Q(parent_id=subject.pk) | Q(pk=subject.parent_id)
    if subject.enterprise_id is not None:
        related |= Q(enterprise_id=subject.enterprise_id)
    return subjects_visible_to(actor).filter(related).exclude(pk=subject.pk)


def survivor_visible_to(actor: Actor, subject_id: int) -> int | None:
    """The key of the subject that one was merged into, if it was and the actor may see it; else None."""
    kept = Subject.objects.filter(pk=subject_id).values_list("merged_into_id", flat=True).first()
    if kept is None:
        return None
    return kept if subjects_visible_to(actor).filter(pk=kept).exists() else None


def keys_merged_into(subject: Subject) -> list[int]:
    """The keys of the subjects that were merged into one the actor has been let see."""
    return list(Subject.objects.filter(merged_into_id=subject.pk).values_list("pk", flat=True))


def facilities_visible_to(actor: Actor, subject: Subject) -> QuerySet[Subject]:
    """The facilities of a subject (the stores of a chain) that the actor may see, by name."""
    return (
        subjects_visible_to(actor)
        .filter(parent=subject)
        .order_by(F("closed_on").desc(nulls_first=True), "pinyin", "id")
    )
