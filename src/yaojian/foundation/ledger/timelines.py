"""Acts as the design's timeline takes them: the same in every room, late entries marked in all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from yaojian.foundation.ledger.kinds import kind_name
from yaojian.foundation.ledger.lateness import late_entries
from yaojian.foundation.ledger.meanings import meaning_of_kind
from yaojian.foundation.ledger.models import Act

More = Callable[[Act], Mapping[str, Any]]
"""What a room says of an act besides: text, facts, link, another title."""


def timeline_of_acts(acts: Iterable[Act], more: More) -> list[dict[str, Any]]:
    """Acts in their order, each late entry with the time after which the public log proves it was made."""
    shown = list(acts)
    late = late_entries(shown)
    return [{**_entry(act), "entered_after": late.get(act.pk), **more(act)} for act in shown]


def _entry(act: Act) -> dict[str, Any]:
    meaning, icon = meaning_of_kind(act.kind)
    return {
        "at": act.claimed_at,
        "recorded_at": act.recorded_at,
        "title": kind_name(act.kind),
        "kind": meaning,
        "icon": icon,
        "actor": act.actor_name,
        "organ": act.organ_name,
    }
