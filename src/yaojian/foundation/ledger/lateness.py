"""Late entries: acts that claim a time before that after which the log proves their entries made."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from yaojian.foundation.ledger.models import Act, Leaf, LogCheckpoint
from yaojian.foundation.ledger.transparency.leaves import parse_leaf
from yaojian.foundation.ledger.transparency.receipts import LATE_AFTER


def late_entries(acts: Iterable[Act]) -> dict[int, datetime]:
    """By key of each late act the time after which its entry was made; three queries for any number.

    Acts recorded before the log began are left out: of those it proves only that they were there then.
    """
    found = {act.pk: act for act in acts}
    leaves = Leaf.objects.filter(act_id__in=found).values_list("act_id", "entry")
    seen = {key: leaf.seen.size for key, entry in leaves if (leaf := parse_leaf(bytes(entry))).seen}
    if not seen:
        return {}
    signed = dict(LogCheckpoint.objects.filter(size__in={*seen.values()}).values_list("size", "signed_at"))
    began = LogCheckpoint.objects.order_by("size").values_list("signed_at", flat=True)[0]
    return {
        key: signed[size]
        for key, size in seen.items()
        if size in signed
        and found[key].recorded_at >= began - LATE_AFTER
        and found[key].claimed_at < signed[size] - LATE_AFTER
    }
