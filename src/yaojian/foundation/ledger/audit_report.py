"""What an audit of the public log says of the differences that it finds."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

MOST_TOLD = 1000


@dataclass(frozen=True, slots=True)
class Difference:
    """Two layers that should say the same and do not: which, where, and what a person should know.

    Layers: `row` `record` `leaf` `bundle` `tile` `checkpoint` `history` `waiting` `time`.
    """

    layer: str
    where: str
    text: str


@dataclass(slots=True)
class AuditReport:
    """What an audit found; `told` differences are kept, `found` counts all."""

    size: int = 0
    acts: int = 0
    lost: int = 0
    waiting: int = 0
    before_log: int = 0
    found: int = 0
    told: list[Difference] = field(default_factory=list)

    def add(self, layer: str, where: str, text: str) -> None:
        """Note a difference."""
        self.found += 1
        if len(self.told) < MOST_TOLD:
            self.told.append(Difference(layer, where, text))


def short_time(moment: datetime) -> str:
    """A moment in the words of a report."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%SZ")
