"""What a year asks for: the visits of each subject, as few as serve all its duties. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction

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
    """A row of the duties, as the schedule reads it.

    `runs_out`: for rolling years with several acts, the days on which each of those that count ceases to,
    in order; without acts, `due_on` stands for each.
    """

    rule: Rule
    due_on: date
    met: bool
    done: int
    needed: int
    runs_out: tuple[date, ...] = ()


def wants_of(owed: Owed, subject: str, span: Span) -> list[Want]:
    """What a duty asks for within a schedule.

    What was overdue when the duties were read is caught up with at its beginning (a missed calendar period
    by the visit of the next); what falls due between then and its first day is the present year's. A
    calendar period asks in each that lies within; of
    several acts in one period each has its part of it. What must be done by the end of a window beyond the
    schedule is spread over the years left, by the hash of the subject's code. Nothing is asked for before a
    window or the mandate begins, nor after the mandate ends.
    """
    period = owed.rule.formula.period
    assert period is not None
    if owed.rule.ended_on(span.read_on):
        return list(_arrears(owed, span))
    if owed.needed == 0 or (span.read_on <= owed.due_on < span.first and period.unit == "window"):
        return []
    if period.unit == "window":
        return list(_in_window(owed, subject, span))
    return list(_rolling(owed, span) if period.unit == "rolling_years" else _calendar(owed, span))


def _within(rule: Rule, first: date, last: date, span: Span) -> tuple[date, date] | None:
    """The days between two that lie in the schedule and in the mandate's time; None without any."""
    first = max(first, span.first, rule.valid_from)
    last = min(last, span.last, rule.valid_to or span.last)
    return (first, last) if first <= last else None


def _parts(days: tuple[date, date] | None, number: int) -> Iterator[tuple[date, date]]:
    """So many parts of a stretch of days, one after the other."""
    if days is None:
        return
    first, length = days[0], (days[1] - days[0]).days + 1
    for n in range(number):
        begin, end = length * n // number, length * (n + 1) // number - 1
        yield first + timedelta(days=begin), first + timedelta(days=max(begin, end))


def _arrears(owed: Owed, span: Span) -> Iterator[Want]:
    """What was overdue when its mandate ended is caught up with like anything overdue."""
    days = span.first, min(span.first + CATCH_UP, span.last)
    for part in _parts(days, max(0, owed.needed - owed.done)):
        yield Want(owed.rule, *part, owed.due_on)


def _until(due_on: date, span: Span) -> date:
    """By when it is to be done: by the day it is due, or where that is past, soon."""
    return span.first + CATCH_UP if due_on < span.first else due_on


def _in_window(owed: Owed, subject: str, span: Span) -> Iterator[Want]:
    """The acts that are missing, spread evenly over the years and the days left of the window."""
    period = owed.rule.formula.period
    assert period is not None
    start = period.bounds(span.read_on)[0]
    missing = max(owed.needed - owed.done, 0)
    years = max(1, owed.due_on.year - max(span.first, start).year + 1)
    turn = int(hashlib.sha256(subject.encode()).hexdigest(), 16) % years
    number = sum((place * years + turn) // missing == 0 for place in range(missing))
    for first, last in _parts(_within(owed.rule, start, _until(owed.due_on, span), span), number):
        yield Want(owed.rule, first, last, owed.due_on)


def _rolling(owed: Owed, span: Span) -> Iterator[Want]:
    """Each act that ceases to count wants one in its place, which counts as many years in its turn."""
    assert owed.rule.formula.period is not None
    years = owed.rule.formula.period.n or 1
    runs_out = sorted(owed.runs_out or (owed.due_on,) * owed.needed)
    while runs_out[0] <= span.last:
        due_on = runs_out[0]
        together = sum(day == due_on for day in runs_out)
        if span.read_on <= due_on < span.first:
            renewed = [due_on] * together
        else:
            until = _until(due_on, span)
            days = _within(owed.rule, due_on - EARLY, until, span)
            wants = [Want(owed.rule, *part, due_on) for part in _parts(days, together)]
            yield from wants
            renewed = [want.latest for want in wants] or [max(until, span.first)] * together
        runs_out = sorted([*runs_out[together:], *(years_later(day, years) for day in renewed)])


def _calendar(owed: Owed, span: Span) -> Iterator[Want]:
    period = owed.rule.formula.period
    assert period is not None
    present = period.bounds(span.read_on)
    cursor = span.first
    while cursor <= span.last:
        start, end = period.bounds(cursor)
        cursor = end + DAY
        is_present = (start, end) == present
        if owed.rule.share is not None and not is_present:
            return  # nobody knows who will be drawn then: `to_draw` counts them
        number = max(0, owed.needed - owed.done) if is_present else owed.rule.formula.minimum
        for place, part in enumerate(_parts(_within(owed.rule, start, end, span), number)):
            yield Want(owed.rule, *part, min(owed.due_on, end) if is_present and place == 0 else end)


def undrawn_periods(rule: Rule, is_drawn: bool, span: Span) -> Fraction:
    """For how many periods of a schedule a share is still to be drawn; of a long window, the year's part.

    `is_drawn`: whether the draw of the period in which the duties were read has been made.
    """
    period = rule.formula.period
    assert period is not None
    number, cursor = Fraction(0), max(span.first, rule.valid_from)
    present = period.bounds(span.read_on)
    while cursor <= min(span.last, rule.valid_to or span.last):
        start, end = period.bounds(cursor)
        if period.unit == "window":
            open_ = start <= span.last and span.first <= end and not is_drawn
            return Fraction(open_, max(1, end.year - max(span.first, start).year + 1))
        number += not (is_drawn and (start, end) == present)
        cursor = end + DAY
    return number


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
