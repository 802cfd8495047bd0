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
    """The keys of the people who have handed their work to the actor for today.

    A deputy works in the principal's organ or below it; who acts elsewhere is nobody's deputy there.
    """
    steps = [step for step in actor.organ_path.split(".") if step]
    line = [".".join(steps[: n + 1]) + "." for n in range(len(steps))]
    held = delegations_in_force(today()).filter(
        in_force_q(today(), "principal__postings__"),
        deputy_id=actor.user_id,
        principal__postings__organ__path__in=line,
    )
    return frozenset(held.order_by().values_list("principal_id", flat=True))


def on_behalf_of(actor: Actor, principal: User) -> Actor:
    """The actor doing an absent colleague's work: acts recorded so name whom it was done for.

    Raises NotAllowed when no delegation to the actor is in force.
    """
    if principal.pk not in principals_of(actor):
        raise NotAllowed(_("This colleague has not named you as deputy for today."))
    return replace(actor, on_behalf_of=principal.display_name)
