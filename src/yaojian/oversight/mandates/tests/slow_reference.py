"""Where a subject stands, found by walking the calendar day by day: slow, obvious, and only for tests.

It shares no code with the engine beyond the words of a mandate.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from yaojian.oversight.mandates.rules import DoneAct, Facts, Rule

DAY = timedelta(days=1)
MONTHS = {"quarter": 3, "half_year": 6, "year": 12}


@dataclass(frozen=True)
class Row:
    """What the reference says of one subject under one mandate."""

    since: date
    due_on: date
    met: bool
    late: bool
    done: int
    needed: int


def unit_of(unit: str, day: date) -> tuple[int, int]:
    """Which quarter, half-year or year a day lies in."""
    return day.year, (day.month - 1) // MONTHS[unit]


def same_unit_days(unit: str, day: date) -> list[date]:
    first = day
    while unit_of(unit, first - DAY) == unit_of(unit, day):
        first -= DAY
    days = [first]
    while unit_of(unit, days[-1] + DAY) == unit_of(unit, day):
        days.append(days[-1] + DAY)
    return days


def plus_years(day: date, years: int) -> date:
    if (day.month, day.day) == (2, 29) and not _leap(day.year + years):
        return date(day.year + years, 3, 1)
    return date(day.year + years, day.month, day.day)


def _leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def binds_on(rule: Rule, spans: list[Facts], day: date) -> bool:
    """Whether the mandate binds what held on a day; a day of which nothing is known does not break it."""
    for facts in spans:
        if facts.valid_from <= day and (facts.valid_to is None or day <= facts.valid_to):
            return rule.binds(facts)
    return True


def stands(
    rule: Rule, spans: list[Facts], opened_on: date, acts: list[DoneAct], as_of: date, drawn: bool
) -> Row | None:
    """The row for a subject, or None where the mandate does not bind it on the day."""
    if opened_on > as_of or not binds_on(rule, spans, as_of):
        return None
    if rule.valid_to is not None and rule.valid_to < as_of:
        return _left_over(rule, spans, opened_on, acts, as_of, drawn)
    since = as_of
    while since > max(opened_on, rule.valid_from) and binds_on(rule, spans, since - DAY):
        since -= DAY
    counted = sorted(
        act.day
        for act in acts
        if opened_on <= act.day <= as_of
        and act.inspection_kind in (rule.kinds or (act.inspection_kind,))
        and act.organ_level in (rule.levels or (act.organ_level,))
    )
    period: Any = rule.formula.period
    n = rule.formula.minimum
    if period.unit == "rolling_years":
        young = [day for day in counted if plus_years(day, period.n) > as_of]
        from_day = max(counted[-n], since) if len(counted) >= n else since
        return Row(since, plus_years(from_day, period.n), len(young) >= n, False, len(young), n)
    if period.unit == "window":
        after = [day for day in counted if day >= period.start]
        met = len(after) >= n
        return Row(since, period.end, met, met and after[n - 1] > period.end, len(after), n)
    return _calendar(rule, since, counted, as_of, drawn)


def _left_over(
    rule: Rule, spans: list[Facts], opened_on: date, acts: list[DoneAct], as_of: date, drawn: bool
) -> Row | None:
    """What was overdue on the last day of a mandate; acts since make up for it, late."""
    last = rule.valid_to
    assert last is not None
    # A subject that left the scope since, and came back, is not bound since a day before the end.
    day = as_of
    while day > last:
        day -= DAY
        if day < opened_on or not binds_on(rule, spans, day):
            return None
    row = stands(rule, spans, opened_on, [act for act in acts if act.day <= last], last, drawn)
    if row is None or row.met or row.due_on > last:
        return None
    since = [
        act
        for act in acts
        if last < act.day <= as_of
        and act.inspection_kind in (rule.kinds or (act.inspection_kind,))
        and act.organ_level in (rule.levels or (act.organ_level,))
    ]
    done = row.done + len(since)
    return Row(row.since, row.due_on, done >= row.needed, done >= row.needed, done, row.needed)


def _calendar(rule: Rule, since: date, counted: list[date], as_of: date, drawn: bool) -> Row:
    period: Any = rule.formula.period
    n = rule.formula.minimum
    days = same_unit_days(period.unit, as_of)
    done = sum(1 for day in counted if day in days)
    if rule.share is not None:
        needed = n if drawn else 0
        return Row(since, days[-1], done >= needed, False, done, needed)
    left = sum(1 for day in days if day >= since)
    needed = n if left == len(days) else max(1, -(-n * left // len(days)))
    before = same_unit_days(period.unit, days[0] - DAY)
    if done >= needed:
        return Row(since, same_unit_days(period.unit, days[-1] + DAY)[-1], True, False, done, needed)
    missed = since <= before[0] and sum(1 for day in counted if day in before) < n
    return Row(since, before[-1] if missed and not done else days[-1], False, False, done, needed)
