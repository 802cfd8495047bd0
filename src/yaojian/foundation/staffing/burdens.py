"""What people hold, by the rooms that know: each room enters its kind when it starts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from yaojian.foundation.accounts.contracts import Actor
from yaojian.foundation.staffing.contracts import Burden, BurdenKind

_kinds: dict[str, BurdenKind] = {}


def register_burden(kind: BurdenKind) -> None:
    """Make a kind of burden known; who leaves hands it over. Raises ValueError when the code is taken."""
    if kind.code in _kinds:
        raise ValueError(f"burden kind {kind.code} is registered twice")
    _kinds[kind.code] = kind


def burdens_of(user_id: int) -> list[Burden]:
    """Everything a person holds, kind by kind, the most urgent first."""
    found = [burden for kind in _kinds.values() for burden in kind.held_by(user_id)]
    return sorted(found, key=lambda burden: (burden.due_on is None, burden.due_on, burden.handle))


def hand_over_burdens(by: Actor, from_user: int, heirs: Mapping[Burden, int], reason: str) -> dict[str, int]:
    """Hand each burden to its heir; returns how many went, by kind of burden."""
    parcels: dict[tuple[str, int], list[int]] = defaultdict(list)
    for burden, heir in heirs.items():
        parcels[burden.kind, heir].append(burden.key)
    counts: dict[str, int] = defaultdict(int)
    # The largest parcel first: whoever takes over most is also told of what was escalated to the person.
    for (code, heir), keys in sorted(parcels.items(), key=lambda parcel: -len(parcel[1])):
        counts[code] += _kinds[code].hand_over(by, keys, from_user, heir, reason)
    return dict(counts)
