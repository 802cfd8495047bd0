"""Reads of people, scoped to the asking person: whoever has or had a posting in the organ or below."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Actor, Organ, Permission, Posting, User, check_may
from yaojian.foundation.accounts.models import SecondFactor
from yaojian.foundation.errors import NotFound
from yaojian.foundation.periods import in_force_q
from yaojian.foundation.timekeeping import now, today


@dataclass(frozen=True, slots=True)
class PeopleFilter:
    """What the list of people is narrowed to; empty fields do not narrow."""

    text: str = ""
    role: str = ""
    organ_id: int | None = None
    state: str = ""


def people_visible_to(actor: Actor) -> QuerySet[User]:
    """People with a posting, present, past or coming, in the actor's organ or below.

    Raises NotAllowed without the right to see people and their rights.
    """
    check_may(actor, Permission.ACCOUNT_VIEW)
    posted = Posting.objects.filter(user=OuterRef("pk"), organ__path__startswith=actor.organ_path)
    return User.objects.filter(Exists(posted))


def person_visible_to(actor: Actor, user_id: int, *, for_update: bool = False) -> User:
    """One person. Raises NotFound when there is none or they never served in the actor's area."""
    people = people_visible_to(actor)
    if for_update:
        people = people.select_for_update(of=("self",))
    user = people.filter(pk=user_id).first()
    if user is None:
        raise NotFound(_("There is no such person in your area."), cure=_("Look in the list of people."))
    return user


def postings_visible_to(actor: Actor, user: User) -> QuerySet[Posting]:
    """The postings of a person in the actor's organ and below, the latest first."""
    return (
        Posting.objects.filter(user=user, organ__path__startswith=actor.organ_path)
        .select_related("organ")
        .order_by("-valid_from", "-id")
    )


def posting_visible_to(actor: Actor, user: User, posting_id: int) -> Posting:
    """One posting of a person. Raises NotFound when it is not there or lies elsewhere."""
    posting = postings_visible_to(actor, user).filter(pk=posting_id).first()
    if posting is None:
        raise NotFound(_("This person has no such posting in your area."))
    return posting


def _in_service_q(day: date) -> Q:
    return Q(is_active=True) & (Q(left_on__isnull=True) | Q(left_on__gte=day))


def matching_people(people: QuerySet[User], actor: Actor, wanted: PeopleFilter) -> QuerySet[User]:
    """`people` narrowed by name or user name, role, organ (with those below) and state; with `has_factor`.

    `role` and `organ` are those of today's posting, or of the latest one.
    """
    day = today()
    own = Posting.objects.filter(user=OuterRef("pk"), organ__path__startswith=actor.organ_path)
    in_force = own.filter(in_force_q(day))
    people = people.annotate(
        has_factor=Exists(SecondFactor.objects.filter(user=OuterRef("pk"), confirmed_at__isnull=False)),
        main_path=Subquery(own.order_by("-valid_from").values("organ__path")[:1]),
    )
    for word in wanted.text.split():
        people = people.filter(Q(display_name__icontains=word) | Q(username__icontains=word))
    if wanted.role:
        people = people.filter(Exists(in_force.filter(role=wanted.role)))
    if wanted.organ_id is not None:
        path = Organ.objects.filter(pk=wanted.organ_id).values_list("path", flat=True).first() or "-"
        people = people.filter(Exists(own.filter(organ__path__startswith=path)))
    match wanted.state:
        case "serving":
            people = people.filter(_in_service_q(day), Exists(in_force))
        case "coming":
            people = people.filter(~Exists(in_force), Exists(own.filter(valid_from__gt=day)))
        case "gone":
            later = own.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day))
            people = people.filter(Q(left_on__lt=day) | ~Exists(later))
        case "locked":
            people = people.filter(locked_until__gt=now())
        case "no_factor":
            people = people.filter(_in_service_q(day), Exists(in_force), has_factor=False)
    return people.order_by(F("main_path").asc(nulls_last=True), "display_name", "pk")


def colleagues_for(actor: Actor, *, but: int) -> QuerySet[Posting]:
    """Postings in force in the actor's organ and below of others in service, for choosing an heir."""
    return (
        Posting.objects.filter(
            in_force_q(today()), _in_service_people(), organ__path__startswith=actor.organ_path
        )
        .exclude(user_id=but)
        .select_related("user", "organ")
        .order_by("organ__path", "user__display_name", "pk")
    )


def _in_service_people() -> Q:
    return Q(user__is_active=True, user__left_on__isnull=True)
