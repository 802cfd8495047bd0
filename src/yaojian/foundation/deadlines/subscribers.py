"""What the room does on its own news, outside the request that caused it."""

from __future__ import annotations

from yaojian.foundation.accounts.facade import Organ, system_actor
from yaojian.foundation.deadlines.actions import recompute_clocks
from yaojian.foundation.deadlines.events import RulesChanged
from yaojian.foundation.outbox.facade import subscriber


@subscriber(RulesChanged, name="deadlines.recompute")
def recompute(event: RulesChanged) -> None:
    """Due days follow rules and calendar; a day that moved leaves an act."""
    recompute_clocks(by=system_actor(Organ.objects.get(pk=event.organ_id)))
