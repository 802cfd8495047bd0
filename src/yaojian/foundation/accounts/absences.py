"""Reads of absences: who stands in for whom today."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.absence_models import Delegation
from yaojian.foundation.accounts.contracts import Actor
from yaojian.foundation.accounts.models import User
from yaojian.foundation.errors import NotAllowed
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


def on_behalf_of(actor: Actor, principal: User) -> Actor:
    """The actor doing an absent colleague's work: acts recorded so name whom it was done for.

    Raises NotAllowed when no delegation to the actor is in force.
    """
    if principal.pk not in principals_of(actor):
        raise NotAllowed(_("This colleague has not named you as deputy for today."))
    return replace(actor, on_behalf_of=principal.display_name)
