"""Reads of the register of people, scoped to the asking person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Actor, Permission, subtree_q, visible_q
from yaojian.foundation.errors import NotFound
from yaojian.foundation.kept.facade import kept_rows
from yaojian.foundation.periods import in_force_q
from yaojian.foundation.search import having_words
from yaojian.foundation.timekeeping import today
from yaojian.registers.enterprises.facade import Subject, SubjectType, answers_for, subjects_visible_to
from yaojian.registers.people.contracts import (
    ATTENDED_POSITIONS,
    GRADE_NAMES,
    SEQUENCE_NAMES,
    Grade,
    RoleKind,
    Sequence,
)
from yaojian.registers.people.models import (
    ROLE_MODELS,
    Expert,
    InspectorQualification,
    Person,
    PersonRole,
    PharmacistRegistration,
    Position,
)

EXPIRING = timedelta(days=90)
"""How long before its last day a registration or certificate counts as expiring."""
PHARMACIES = (SubjectType.CHAIN_STORE.value, SubjectType.SINGLE_PHARMACY.value)
WITH_SUBJECT = (RoleKind.PHARMACIST, RoleKind.POSITION)


@dataclass(frozen=True, slots=True)
class PersonFilter:
    """What the list is narrowed to; empty fields do not narrow."""

    text: str = ""
    role: str = ""
    sequence: str = ""
    grade: str = ""
    category: str = ""
    state: str = ""


def people_visible_to(actor: Actor) -> QuerySet[Person]:
    """People kept by the actor's organ or one below, and those with a role at a subject the actor may see."""
    at_subject = visible_q(actor, "subject__responsible_organ", "subject__division_code")
    of_organ = subtree_q(actor, "organ")
    registered = PharmacistRegistration.objects.filter(at_subject, subject__merged_into=None)
    placed = Position.objects.filter(at_subject, subject__merged_into=None)
    inspecting = InspectorQualification.objects.filter(of_organ)
    found = of_organ
    for roles in (registered, placed, inspecting):
        found |= Q(pk__in=roles.order_by().values("person"))
    return Person.objects.filter(found)


def person_visible_to(actor: Actor, person_id: int, *, for_update: bool = False) -> Person:
    """One person. Raises NotFound when there is none or it lies outside the actor's scope."""
    people = people_visible_to(actor)
    people = (
        people.select_for_update(of=("self",)) if for_update else people.select_related("organ", "account")
    )
    person = people.filter(pk=person_id).first()
    if person is None:
        raise NotFound(
            _("There is no such person in your area."),
            cure=_("Look the person up by name or certificate number in the list of people."),
        )
    return person


def may_edit(actor: Actor, person: Person) -> bool:
    """Whether the actor may edit, for an organ at or above the one that keeps the person's entry."""
    return actor.may(Permission.PERSON_EDIT) and (person.organ.path or "").startswith(actor.organ_path)


def may_edit_role(actor: Actor, role: PersonRole) -> bool:
    """Whether the actor may change a role: its subject's organ decides, or for others the keeping organ."""
    if not actor.may(Permission.PERSON_EDIT):
        return False
    if isinstance(role, PharmacistRegistration | Position):
        return answers_for(actor, role.subject)
    if isinstance(role, InspectorQualification):
        return (role.organ.path or "").startswith(actor.organ_path)
    return isinstance(role, Expert) and (role.person.organ.path or "").startswith(actor.organ_path)


def places_visible_to(actor: Actor, roles: Iterable[PersonRole]) -> frozenset[int]:
    """The keys of the subjects of some roles that the actor may see; no query where their organ answers."""
    subjects = {
        role.subject_id: role.subject for role in roles if isinstance(role, PharmacistRegistration | Position)
    }
    own = {key for key, subject in subjects.items() if answers_for(actor, subject)}
    rest = subjects.keys() - own
    seen = subjects_visible_to(actor).filter(pk__in=rest).values_list("pk", flat=True) if rest else ()
    return frozenset(own.union(seen))


def roles_of(kind: RoleKind) -> QuerySet[Any]:
    """All roles of a kind with what their pages need; callers have scoped the person or subject."""
    roles: QuerySet[Any] = ROLE_MODELS[kind]._default_manager.select_related("person__organ")
    if kind in WITH_SUBJECT:
        return roles.select_related("subject__responsible_organ")
    return roles.select_related("organ", "person__account") if kind is RoleKind.INSPECTOR else roles


def roles_in_force(person_ids: Collection[int], day: date) -> dict[int, list[PersonRole]]:
    """The roles in force on a day of people the caller has been let see, by person (four queries)."""
    found: dict[int, list[PersonRole]] = {person_id: [] for person_id in person_ids}
    for kind in (RoleKind.PHARMACIST, RoleKind.INSPECTOR, RoleKind.EXPERT, RoleKind.POSITION):
        for role in roles_of(kind).filter(in_force_q(day), person__in=person_ids).order_by("-valid_from"):
            found[role.person_id].append(role)
    return found


def role_visible_to(actor: Actor, kind: RoleKind, role_id: int) -> Any:
    """One role of a person the actor may see. Raises NotFound."""
    role = roles_of(kind).filter(pk=role_id).first()
    if role is None or not people_visible_to(actor).filter(pk=role.person_id).exists():
        raise NotFound(_("There is no such entry in your area."), cure=_("Look it up on the person's page."))
    return role


def matching(people: QuerySet[Person], wanted: PersonFilter, day: date) -> QuerySet[Person]:
    """`people` narrowed by words and facets as they stand on a day."""
    people = having_words(people, wanted.text)
    condition = in_force_q(day) if wanted.state != "ended" else Q()
    if wanted.sequence or wanted.grade:
        inspectors = InspectorQualification.objects.filter(condition, person=OuterRef("pk"))
        if wanted.sequence:
            inspectors = inspectors.filter(sequence=wanted.sequence)
        if wanted.grade:
            inspectors = inspectors.filter(grade=wanted.grade)
        people = people.filter(Exists(inspectors))
    if wanted.category:
        registered = PharmacistRegistration.objects.filter(
            condition, person=OuterRef("pk"), category=wanted.category
        )
        people = people.filter(Exists(registered))
    if wanted.role in set(RoleKind):
        people = people.filter(_has_role(RoleKind(wanted.role), condition))
    match wanted.state:
        case "expiring":
            people = people.filter(_expiring(day))
        case "ended":
            people = people.filter(~_has_any_role(in_force_q(day)))
        case "suspected":
            people = people.filter(pk__in=suspected_registrations(day).order_by().values("person"))
    return people


def _has_role(kind: RoleKind, condition: Q) -> Exists:
    return Exists(ROLE_MODELS[kind]._default_manager.filter(condition, person=OuterRef("pk")))


def _has_any_role(condition: Q) -> Q:
    found = Q()
    for kind in RoleKind:
        found |= Q(_has_role(kind, condition))
    return found


def _expiring(day: date) -> Q:
    soon = Q(valid_from__lte=day, valid_to__gte=day, valid_to__lte=day + EXPIRING)
    return Q(_has_role(RoleKind.PHARMACIST, soon)) | Q(_has_role(RoleKind.INSPECTOR, soon))


@dataclass(frozen=True, slots=True)
class RoleCounts:
    """How many people there are, and how many of them in each role."""

    total: int
    roles: dict[str, int]


def role_counts(people: QuerySet[Person], day: date) -> RoleCounts:
    """How many `people` there are, and how many are in each role on a day (one query)."""
    in_role = {f"as_{kind.value}": _has_role(kind, in_force_q(day)) for kind in RoleKind}
    rows = people.order_by().annotate(**in_role).values_list(*in_role).annotate(n=Count("pk"))
    total, roles = 0, Counter[str]()
    for *holds, n in kept_rows(rows):
        total += n
        roles.update({kind.value: n for kind, held in zip(RoleKind, holds, strict=True) if held})
    return RoleCounts(total, dict(roles))


def suspected_registrations(day: date) -> QuerySet[PharmacistRegistration]:
    """Registrations in force on a day that look lent (挂证): beside work elsewhere, or at a closed subject.

    Callers narrow them to subjects that the asking person may see.
    """
    elsewhere = Position.objects.filter(
        in_force_q(day),
        person=OuterRef("person"),
        position__in=[position.value for position in ATTENDED_POSITIONS],
    ).exclude(subject=OuterRef("subject"))
    return PharmacistRegistration.objects.filter(in_force_q(day)).filter(
        Exists(elsewhere) | Q(subject__closed_on__lte=day)
    )


def suspected_visible_to(actor: Actor, day: date) -> QuerySet[PharmacistRegistration]:
    """Suspected registrations at subjects of the actor's scope, those of the same organ together."""
    return (
        suspected_registrations(day)
        .filter(subject__in=subjects_visible_to(actor).order_by().values("pk"))
        .select_related("person", "subject__responsible_organ")
        .order_by("subject__division_code", "person__pinyin", "id")
    )


def positions_elsewhere(
    registrations: Iterable[PharmacistRegistration], day: date
) -> dict[int, list[Position]]:
    """For each registration's person: the positions that need presence on a day, by person."""
    found: dict[int, list[Position]] = {}
    positions = (
        Position.objects.filter(
            in_force_q(day),
            person__in=[registration.person_id for registration in registrations],
            position__in=[position.value for position in ATTENDED_POSITIONS],
        )
        .select_related("subject")
        .order_by("id")
    )
    for position in positions:
        found.setdefault(position.person_id, []).append(position)
    return found


def pharmacies_without_pharmacist(actor: Actor, day: date) -> QuerySet[Subject]:
    """Pharmacies of the actor's scope that are open on a day and where no pharmacist is registered on it."""
    registered = PharmacistRegistration.objects.filter(in_force_q(day), subject=OuterRef("pk"))
    return (
        pharmacies_visible_to(actor, day)
        .filter(~Exists(registered))
        .select_related("responsible_organ")
        .order_by("division_code", "pinyin", "id")
    )


def pharmacies_visible_to(actor: Actor, day: date) -> QuerySet[Subject]:
    """Pharmacies of the actor's scope that are open on a day."""
    return subjects_visible_to(actor).filter(
        Q(closed_on__isnull=True) | Q(closed_on__gt=day),
        subject_type__in=PHARMACIES,
        opened_on__lte=day,
    )


def roles_at_subject(subject_ids: Collection[int]) -> list[Any]:
    """Pharmacists and responsible persons, of all times, of a subject the caller has been let see.

    `subject_ids`: its key and those of the subjects merged into it.
    """
    order = (F("valid_to").desc(nulls_first=True), "-valid_from", "id")
    return [
        role
        for kind in WITH_SUBJECT
        for role in roles_of(kind).filter(subject__in=list(subject_ids)).order_by(*order)
    ]


def people_at_subject(subject_ids: Collection[int], day: date) -> QuerySet[Person]:
    """Who is registered or holds a position on a day at a subject the caller has been let see."""
    here = Q(subject__in=list(subject_ids)) & in_force_q(day)
    return Person.objects.filter(
        Q(pk__in=PharmacistRegistration.objects.filter(here).order_by().values("person"))
        | Q(pk__in=Position.objects.filter(here).order_by().values("person"))
    )


def pharmacist_counts(subject_ids: Collection[int], day: date) -> dict[int, int]:
    """How many pharmacists are registered on a day at subjects the caller has been let see."""
    rows = (
        PharmacistRegistration.objects.filter(in_force_q(day), subject__in=list(subject_ids))
        .order_by()
        .values_list("subject")
        .annotate(n=Count("pk"))
    )
    return dict(rows)


def qualifications_in_words(user_ids: Collection[int]) -> dict[int, str]:
    """Sequence and grade of the inspectors among some accounts today, in words, by user (one query)."""
    found: dict[int, list[str]] = {}
    roles = InspectorQualification.objects.filter(in_force_q(today()), person__account__in=list(user_ids))
    for user_id, sequence, grade in roles.order_by("sequence").values_list(
        "person__account", "sequence", "grade"
    ):
        words = f"{SEQUENCE_NAMES[Sequence(sequence)]} {GRADE_NAMES[Grade(grade)]}"
        found.setdefault(user_id, []).append(words)
    return {user_id: " · ".join(words) for user_id, words in found.items()}


def inspectors_by_organ(day: date) -> dict[int, int]:
    """How many people are inspectors of each organ on a day; figures for planning, callers check who asks."""
    found = InspectorQualification.objects.filter(in_force_q(day)).order_by().values_list("organ_id")
    return dict(found.annotate(n=Count("person_id", distinct=True)))
