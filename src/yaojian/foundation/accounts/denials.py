"""Refusals on record: which page somebody signed in was kept from, and for want of which right."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from yaojian.foundation.accounts import events
from yaojian.foundation.accounts.contracts import Actor
from yaojian.foundation.accounts.models import AccessDenial, User
from yaojian.foundation.timekeeping import now

QUIET_SPAN = timedelta(minutes=10)
"""The same refusal leaves one act in this span; the next act says how many were left out between."""


@transaction.atomic
def record_denial(actor: Actor, *, route: str, permission: str) -> bool:
    """Put a refusal on record as an act `access.denied`; returns whether this one left an act.

    `route` is the name of the page, never its address, which may hold keys of things out of scope.
    """
    user = User.objects.get(pk=actor.user_id)
    moment = now()
    denial, is_first = AccessDenial.objects.select_for_update().get_or_create(
        user=user, route=route[:120], permission=permission, defaults={"recorded_at": moment}
    )
    if not is_first and denial.recorded_at > moment - QUIET_SPAN:
        denial.repeats += 1
        denial.save(update_fields=["repeats"])
        return False
    facts: dict[str, object] = {"route": route, "permission": permission}
    if denial.repeats:
        facts["repeats"] = denial.repeats
    denial.recorded_at, denial.repeats = moment, 0
    denial.save(update_fields=["recorded_at", "repeats"])
    events.announce(events.Deed("access.denied", user, actor, facts))
    return True
