"""Reads of pairs that look alike and of merges, as far as the actor's organ answers for both sides."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from yaojian.foundation.accounts.facade import Actor, Width
from yaojian.registers.enterprises.models import DuplicatePair, Merge, Subject
from yaojian.registers.enterprises.queries import subjects_visible_to, subjects_within
from yaojian.registers.enterprises.states import PairState

MOST_COUNTED = 1000
"""Beyond this the number of open pairs is not counted to the end."""


def answered_for(actor: Actor) -> QuerySet[Subject]:
    """The subjects that the actor's organ, or one below it, answers for."""
    return subjects_visible_to(actor).filter(responsible_organ__path__startswith=actor.organ_path)


def pairs_of(actor: Actor) -> QuerySet[DuplicatePair]:
    """Pairs whose two subjects the actor's organ, or one below it, answers for."""
    own = answered_for(actor)
    merged = Q(first__merged_into__in=own) | Q(second__merged_into__in=own)
    both = Q(first__in=own, second__in=own)
    one = Q(state=PairState.MERGED) & (Q(first__in=own) | Q(second__in=own)) & merged
    return DuplicatePair.objects.filter(both | one).select_related(
        "first__responsible_organ", "second__responsible_organ"
    )


def open_pairs_counted(actor: Actor) -> int:
    """How many pairs wait for the actor's decision, counted up to `MOST_COUNTED` (one query)."""
    own = subjects_within(actor, Width.BELOW).order_by().values("pk")
    waiting = DuplicatePair.objects.filter(state=PairState.OPEN, first__in=own, second__in=own)
    return waiting.order_by()[:MOST_COUNTED].count()


def merges_of(actor: Actor) -> QuerySet[Merge]:
    """The merges into subjects that the actor's organ, or one below it, answers for, the latest first."""
    return Merge.objects.filter(kept__in=answered_for(actor)).select_related("kept", "ended")
