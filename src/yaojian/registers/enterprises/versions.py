"""What holds from when: the history of a row as spans of days, changed without ever overlapping. Pure.

A history is a list of spans in the order of time, each beginning the day after the one before ends; the
last is open. A change of some columns from a day on holds until the next day on which the history itself
changes the same column.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

ONE_DAY = timedelta(days=1)
Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Span:
    """Columns and their values from a day until a day, both inclusive; no end means until further notice."""

    valid_from: date
    valid_to: date | None
    values: Values

    def holds_on(self, day: date) -> bool:
        """Whether the span covers a day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


def span_on(history: Sequence[Span], day: date) -> Span:
    """The span in force on a day; the first one for a day before all."""
    return next((span for span in history if span.holds_on(day)), history[0])


def changed_from(history: Sequence[Span], day: date, changes: Values) -> list[Span]:
    """The history with `changes` (column → value) in force from `day`.

    Raises ValueError when the day lies before the history begins.
    """
    if day < history[0].valid_from:
        raise ValueError("a change cannot take effect before the history begins")
    result: list[Span] = []
    live = dict(changes)
    before: Span | None = None
    for span in _cut(history, day):
        if span.valid_from < day:
            result.append(span)
            continue
        if before is not None:
            live = {name: value for name, value in live.items() if span.values[name] == before.values[name]}
        before = span
        result.append(replace(span, values={**span.values, **live}))
    return joined(result)


def beginning_on(history: Sequence[Span], day: date) -> list[Span]:
    """The history made to begin on another day: the first span reaches back, or what lies before falls away.

    Raises ValueError when the new first day leaves nothing to hold.
    """
    kept = [span for span in history if span.valid_to is None or span.valid_to >= day]
    if not kept:
        raise ValueError("nothing would be left of the history")
    return [replace(kept[0], valid_from=day), *kept[1:]]


def joined(history: Sequence[Span]) -> list[Span]:
    """The history without boundaries at which nothing changes."""
    result: list[Span] = []
    for span in history:
        if result and result[-1].values == span.values:
            result[-1] = replace(result[-1], valid_to=span.valid_to)
        else:
            result.append(span)
    return result


def _cut(history: Sequence[Span], day: date) -> list[Span]:
    """The history with a boundary at `day`."""
    pieces: list[Span] = []
    for span in history:
        if span.valid_from < day and span.holds_on(day):
            pieces += [replace(span, valid_to=day - ONE_DAY), replace(span, valid_from=day)]
        else:
            pieces.append(span)
    return pieces
