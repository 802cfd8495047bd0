"""Where milestones come from: the room that keeps them answers, this one only asks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from yaojian.foundation.accounts.facade import Organ


@dataclass(frozen=True, slots=True)
class Reached:
    """A milestone that was reached: on which day, and with how many documents as evidence."""

    done_on: date
    evidence_count: int


Provider = Callable[[Sequence[str], Organ, date], Mapping[str, Reached]]
_providers: list[Provider] = []


def answer_milestones(provider: Provider) -> None:
    """Register who knows milestones: by figure key those confirmed by a day, for a plan's organ."""
    if provider not in _providers:
        _providers.append(provider)


def reached(keys: Sequence[str], organ: Organ, as_of: date) -> dict[str, Reached]:
    """The milestones among some figures that have been reached by a day."""
    found: dict[str, Reached] = {}
    for provider in _providers:
        found.update(provider(keys, organ, as_of))
    return found
