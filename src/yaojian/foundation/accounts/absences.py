"""Reads of absences: who stands in for whom today."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet

from yaojian.foundation.accounts.absence_models import Delegation
from yaojian.foundation.accounts.contracts import Actor
from yaojian.foundation.periods import in_force_q
from yaojian.foundation.timekeeping import today


def delegations_in_force(on: date) -> QuerySet[Delegation]:
    """The delegations that hold on a day, of people whose accounts are active."""
    return Delegation.objects.filter(
        in_force_q(on), cancelled_at__isnull=True, principal__is_active=True, deputy__is_active=True
    )


def principals_of(actor: Actor) -> frozenset[int]:
    """The keys of the people who have handed their work to the actor for today."""
    held = delegations_in_force(today()).filter(deputy_id=actor.user_id).order_by()
    return frozenset(held.values_list("principal_id", flat=True))
