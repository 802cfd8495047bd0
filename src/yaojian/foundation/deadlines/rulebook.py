"""Changes to rules and calendar, each with its act; the clocks that run on them follow."""

from __future__ import annotations

from django.db import transaction

from yaojian.foundation.accounts.facade import Actor
from yaojian.foundation.deadlines.actions import recompute_clocks
from yaojian.foundation.ledger.facade import record_act
from yaojian.foundation.reference.facade import ClockPack, RulesLoaded, load_clock_rules


@transaction.atomic
def load_rules(*, by: Actor, pack: ClockPack) -> RulesLoaded:
    """Bring the tables to what the pack says; when something changed, an act, and the clocks follow.

    Safe to repeat. Raises RuleBroken when the pack no longer has a version on which clocks run.
    """
    loaded = load_clock_rules(pack)
    if loaded.anything:
        record_act(
            by=by,
            kind="rules.loaded",
            facts={
                "rows": len(pack.rules),
                "new": len(loaded.new),
                "rules": sorted({*loaded.changed, *loaded.removed}),
            },
        )
        if loaded.changed:
            recompute_clocks(by=by)
    return loaded
