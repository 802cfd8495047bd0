"""What a year asks for: the visits of each subject, as few as serve all its duties. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from yaojian.oversight.mandates.duties import years_later
from yaojian.oversight.mandates.rules import Rule

DAY = timedelta(days=1)
EARLY = timedelta(days=180)
"""What recurs after years is looked at up to this long before it is due."""
CATCH_UP = timedelta(days=60)
"""What is overdue when the schedule begins is seen to within this time."""


@dataclass(frozen=True, slots=True)
class Span:
    """The days of a schedule, both inclusive, and the day on which the duties were read."""

    first: date
    last: date
    read_on: date


@dataclass(frozen=True, slots=True)
class Want:
    """One act that a mandate asks of a subject: between which days it is to be done, and when it was due."""

    rule: Rule
    earliest: date
    latest: date
    due_on: date


@dataclass(frozen=True, slots=True)
class Asked:
    """One visit that serves one or several mandates."""

    mandates: tuple[str, ...]
    kinds: frozenset[str]
    earliest: date
    latest: date
    due_on: date

    @property
    def kind(self) -> str:
        """The kind of inspection to be made; empty where any serves."""
        return min(self.kinds) if self.kinds else ""


@dataclass(frozen=True, slots=True)
class Owed:
    """A row of the duties, as the schedule reads it."""

    rule: Rule
    due_on: date
    met: bool
    done: int
    needed: int


def wants_of(owed: Owed, subject: str, span: Span) -> list[Want]:
    """What a duty asks for within a schedule.

    What is overdue is caught up with at its beginning. A calendar period asks in each that lies within; of
    several acts in one period each has its part of it. What must be done by the end of a window beyond the
    schedule is spread over the years left, by the hash of the subject's code.
    """
    period = owed.rule.formula.period
    assert period is not None
    if owed.needed == 0:
        return []
    if period.unit == "window":
        return _in_window(owed, subject, span)
    if period.unit == "rolling_years":
        return _rolling(owed, span)
    return list(_calendar(owed, span))


def _want(rule: Rule, earliest: date, due_on: date, span: Span) -> Want:
    late = due_on < span.first
    latest = min(span.first + CATCH_UP, span.last) if late else min(due_on, span.last)
    return Want(rule, max(earliest, span.first), latest, due_on)


def _in_window(owed: Owed, subject: str, span: Span) -> list[Want]:
    if owed.met:
        return []
    years = max(1, owed.due_on.year - span.first.year + 1)
    if years > 1 and int(hashlib.sha256(subject.encode()).hexdigest(), 16) % years:
        return []
    return [_want(owed.rule, span.first, owed.due_on, span) for _n in range(owed.needed - owed.done)]


def _rolling(owed: Owed, span: Span) -> list[Want]:
    assert owed.rule.formula.period is not None
    wants, due_on = [], owed.due_on
    while due_on <= span.last:
        wants.append(_want(owed.rule, due_on - EARLY, due_on, span))
        due_on = years_later(max(due_on, span.first), owed.rule.formula.period.n or 1)
    return wants


def _calendar(owed: Owed, span: Span) -> Iterator[Want]:
    period = owed.rule.formula.period
    assert period is not None
    present = period.bounds(span.read_on)
    cursor = span.first
    while cursor <= span.last:
        start, end = period.bounds(cursor)
        cursor = end + DAY
        if end < present[0]:
            continue
        is_present = (start, end) == present
        if owed.rule.share is not None and not is_present:
            return  # nobody knows who will be drawn then
        number = max(0, owed.needed - owed.done) if is_present else owed.rule.formula.minimum
        begin, stop = max(start, span.first), min(end, span.last)
        length = (stop - begin).days + 1
        for n in range(number):
            yield Want(
                owed.rule,
                begin + timedelta(days=length * n // number),
                begin + timedelta(days=max(length * (n + 1) // number - 1, 0)),
                min(owed.due_on, end) if is_present and n == 0 else end,
            )


def visits_of(wants: Sequence[Want]) -> list[Asked]:
    """The wants of one subject served by as few visits as the sweep by latest day finds.

    Two wants share a visit where their spans meet and some kind of inspection serves both; never two of
    one mandate.
    """
    found: list[Asked] = []
    for want in sorted(wants, key=lambda want: (want.latest, want.earliest, want.rule.code)):
        for place, visit in enumerate(found):
            if (joint := _joined(visit, want)) is not None:
                found[place] = joint
                break
        else:
            kinds = frozenset(want.rule.kinds)
            found.append(Asked((want.rule.code,), kinds, want.earliest, want.latest, want.due_on))
    return found


def _joined(visit: Asked, want: Want) -> Asked | None:
    """The visit that serves a further want as well; None where it cannot."""
    common = _both(visit.kinds, frozenset(want.rule.kinds))
    meets = want.earliest <= visit.latest and visit.earliest <= want.latest
    if want.rule.code in visit.mandates or common is None or not meets:
        return None
    return replace(
        visit,
        mandates=(*visit.mandates, want.rule.code),
        kinds=common,
        earliest=max(visit.earliest, want.earliest),
        latest=min(visit.latest, want.latest),
        due_on=min(visit.due_on, want.due_on),
    )


def _both(one: Collection[str], other: Collection[str]) -> frozenset[str] | None:
    """The kinds that serve two filters (empty: all); None where none does."""
    if not one or not other:
        return frozenset(one or other)
    return (frozenset(one) & frozenset(other)) or None
