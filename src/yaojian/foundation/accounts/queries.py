"""Reads of organs and people; the scope that every other read is narrowed by is in `scope`."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from yaojian.foundation.accounts.contracts import Actor, Level, Permission, Role, Tree, roles_with
from yaojian.foundation.accounts.models import Organ, Posting, User
from yaojian.foundation.errors import NotFound
from yaojian.foundation.periods import in_force_q
from yaojian.foundation.timekeeping import today


def postings_in_force(user: User, on: date) -> QuerySet[Posting]:
    """The postings that `user` holds on a day, with their organs; the newest first."""
    return Posting.objects.filter(in_force_q(on), user=user).select_related("organ")


def posting_in_force(user: User, on: date) -> Posting | None:
    """The posting in which `user` acts on a day unless another is chosen: the newest."""
    return postings_in_force(user, on).first()


def organ_answering_for(user: User) -> Organ | None:
    """The organ of a person's posting in force, else of the last one, else the highest organ.

    None only where no organ has been entered yet.
    """
    posting = posting_in_force(user, today()) or user.postings.select_related("organ").first()
    return posting.organ if posting else Organ.objects.filter(parent=None).order_by("pk").first()


def actor_of(user: User) -> Actor | None:
    """The acting person, or None when no posting is in force today."""
    posting = posting_in_force(user, today())
    return None if posting is None else actor_in(posting, user)


def actor_in(posting: Posting, user: User, limited_to: frozenset[Permission] | None = None) -> Actor:
    """The acting person in a given posting, with all its rights or those that a token leaves."""
    organ = posting.organ
    return Actor(
        user_id=user.pk,
        username=user.username,
        display_name=user.display_name,
        organ_id=organ.pk,
        organ_code=organ.code,
        organ_name=organ.name,
        organ_path=organ.path or "",
        organ_level=Level(organ.level),
        territories=tuple(organ.territories),
        role=Role(posting.role),
        full_time=posting.full_time,
        organ_short_name=organ.short_name or organ.name,
        organ_tree=Tree(organ.tree),
        posting_id=posting.pk,
        limited_to=limited_to,
    )


def organs_visible_to(actor: Actor) -> QuerySet[Organ]:
    """The actor's own organ and the organs below it."""
    return Organ.objects.filter(path__startswith=actor.organ_path)


def organ_by_code(code: str) -> Organ:
    """The organ with a code. Raises NotFound."""
    try:
        return Organ.objects.get(code=code)
    except Organ.DoesNotExist:
        raise NotFound(f"No organ has the code {code!r}.", field="organ") from None


def officers_for_inspections(actor: Actor) -> QuerySet[Posting]:
    """Postings whose holders may join a team of the actor's organ: its own and subordinate inspectors."""
    day = today()
    return (
        Posting.objects.filter(
            organ__path__startswith=actor.organ_path,
            role__in=roles_with(Permission.INSPECTION_CONDUCT),
            valid_from__lte=day,
            user__is_active=True,
        )
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day))
        .select_related("user", "organ")
        .order_by("organ__path", "user__display_name")
    )
