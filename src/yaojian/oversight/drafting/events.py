"""News of the drafting room."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PlanAdopted:
    """A draft has become a plan: its mandates follow and open their work."""

    code: str


@dataclass(frozen=True, slots=True)
class CostAsked:
    """Somebody wants to know what the duties of a draft would come to."""

    draft_id: int
