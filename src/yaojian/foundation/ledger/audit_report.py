"""What an audit of the public log says of the differences that it finds."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256

MOST_TOLD = 1000


@dataclass(frozen=True, slots=True)
class Difference:
    """Two layers that should say the same and do not: which, where, and what a person should know.

    Layers: `row` `record` `leaf` `bundle` `tile` `checkpoint` `history` `time`; `waiting` and `promise` for
    acts without a leaf.
    """

    layer: str
    where: str
    text: str


@dataclass(slots=True)
class AuditReport:
    """What an audit found; `told` differences are kept, `found` counts all.

    Of these `overdue` are acts whose promise is broken, `unhurried` acts that wait within it.
    """

    size: int = 0
    acts: int = 0
    lost: int = 0
    waiting: int = 0
    before_log: int = 0
    days: int = 0
    found: int = 0
    overdue: int = 0
    unhurried: int = 0
    told: list[Difference] = field(default_factory=list)

    def add(self, layer: str, where: str, text: str) -> None:
        """Note a difference."""
        self.found += 1
        self.overdue += layer == "promise"
        self.unhurried += layer == "waiting"
        if len(self.told) < MOST_TOLD:
            self.told.append(Difference(layer, where, text))

    @property
    def differences(self) -> int:
        """How many layers say something else than others: all that was found but acts without a leaf."""
        return self.found - self.overdue - self.unhurried

    @property
    def fingerprint(self) -> str:
        """The same for the same differences, whichever night finds them."""
        layers = ("waiting", "promise")
        places = sorted(f"{one.layer} {one.where}" for one in self.told if one.layer not in layers)
        return sha256("\n".join([str(self.differences), *places]).encode()).hexdigest()


def short_time(moment: datetime) -> str:
    """A moment in the words of a report."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%SZ")
