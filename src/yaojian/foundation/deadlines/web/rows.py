"""The clocks of a file as its page shows them."""

from __future__ import annotations

from typing import Any

from yaojian.foundation.accounts.facade import Actor, Permission
from yaojian.foundation.deadlines.queries import badges, clocks_of, explanation
from yaojian.foundation.ledger.facade import Ref
from yaojian.foundation.reference.facade import working_calendar


def clock_rows(file: Ref, actor: Actor) -> list[dict[str, Any]]:
    """The clocks of a file the actor has been let see, open ones first, each with badge and explanation."""
    if not actor.may(Permission.CLOCK_VIEW):
        return []
    clocks = clocks_of(file)
    shown, calendar = badges(clocks), working_calendar()
    rows = [
        {"clock": clock, "badge": shown[clock.pk], "words": explanation(clock, calendar)} for clock in clocks
    ]
    return sorted(rows, key=lambda row: row["clock"].stopped_at is not None)
