"""Counting a figure in memory: the convention of evaluation.py for lists of days and dates. Pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from yaojian.oversight.plans.contracts import Exclusion
from yaojian.oversight.plans.definitions import Period


@dataclass(frozen=True, slots=True)
class Entry:
    """A subject in scope: when it was in operation, where it stands, and the days of its acts, in order."""

    opened_on: date
    closed_on: date | None
    division_code: str = ""
    organ_path: str = ""
    days: Sequence[date] = ()


@dataclass(slots=True)
class Count:
    """What a figure comes to."""

    numerator: int = 0
    denominator: int = 0
    excluded: dict[Exclusion, int] = field(default_factory=dict)

    def leave_out(self, reason: Exclusion) -> None:
        """Count one subject as left out for a reason."""
        self.excluded[reason] = self.excluded.get(reason, 0) + 1


def coverage_count(entries: Iterable[Entry], period: Period, minimum: int, as_of: date) -> Count:
    """Members, those with at least `minimum` acts in the period by `as_of`, and those left out."""
    start, end = period.bounds(as_of)
    end = min(end, as_of)
    count = Count()
    for entry in entries:
        if entry.closed_on is not None and entry.closed_on <= as_of:
            count.leave_out(Exclusion.CLOSED)
        elif entry.opened_on > start:
            count.leave_out(Exclusion.OPENED_LATER)
        else:
            count.denominator += 1
            acts = bisect_right(entry.days, end) - bisect_left(entry.days, start) if entry.days else 0
            count.numerator += acts >= minimum
    return count
