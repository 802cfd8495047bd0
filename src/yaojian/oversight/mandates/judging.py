"""One subject under all mandates on one day, from its history and its acts. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from yaojian.oversight.mandates.contracts import Duty, DutyState
from yaojian.oversight.mandates.duties import duty
from yaojian.oversight.mandates.rules import DoneAct, Facts, Rule


@dataclass(frozen=True, slots=True)
class Judged:
    """A mandate that binds a subject: since when, and where it stands."""

    rule: Rule
    since: date
    duty: Duty

    @property
    def met(self) -> bool:
        """Whether nothing is left to be done by `due_on`."""
        return self.duty.state is DutyState.MET


def bound_since(rule: Rule, opened_on: date, past: Iterable[Facts]) -> date:
    """From which day a mandate that binds a subject now has done so without a break.

    The mandate's first day, the opening, or the day after the last span in which it did not bind.
    """
    since = max(opened_on, rule.valid_from)
    for facts in past:
        if facts.valid_to is not None and not rule.binds(facts):
            since = max(since, facts.valid_to + timedelta(days=1))
    return since


def judge(
    rules: Iterable[Rule],
    now: Facts,
    opened_on: date,
    past: Sequence[Facts],
    acts: Sequence[DoneAct],
    as_of: date,
    drawn: Collection[int] = (),
) -> list[Judged]:
    """Where a subject stands under each mandate that binds it on a day.

    Acts before the opening do not count; those before it came into a mandate's scope do, within the period.
    A share asks only those drawn (`drawn`: keys of mandates); for others nothing is needed.
    """
    if now.closed or opened_on > as_of:
        return []
    found = []
    for rule in rules:
        if not rule.binds(now):
            continue
        since = bound_since(rule, opened_on, past)
        standing = standing_of(rule, since, opened_on, acts, as_of, rule.key in drawn)
        if standing is not None:
            found.append(Judged(rule, since, standing))
    return found


def standing_of(
    rule: Rule, since: date, opened_on: date, acts: Iterable[DoneAct], as_of: date, is_drawn: bool
) -> Duty | None:
    """Where a subject that is bound since a day stands under one mandate.

    Of a mandate that is over only what was overdue at its end stands, until acts make up for it (met late).
    """
    days = [
        act.day
        for act in acts
        if opened_on <= act.day <= as_of and rule.counts(act.inspection_kind, act.organ_level)
    ]
    end = rule.ended_on(as_of)
    if end is None:
        return _standing(rule, since, days, as_of, is_drawn)
    left = _standing(rule, since, [day for day in days if day <= end], end, is_drawn)
    if since > end or left.state is DutyState.MET or left.due_on > end:
        return None
    done = left.done + sum(day > end for day in days)
    met = done >= left.needed
    state = DutyState.MET if met else DutyState.OVERDUE
    return Duty(state, left.due_on, max(days, default=None), late=met, done=done, needed=left.needed)


def _standing(rule: Rule, since: date, days: Sequence[date], as_of: date, is_drawn: bool) -> Duty:
    formula = rule.formula
    assert formula.period is not None
    if rule.share is None:
        return duty(since, days, formula.period, formula.minimum, as_of)
    start, end = formula.period.bounds(as_of)
    within = [day for day in days if start <= day]
    last = max(days, default=None)
    needed = formula.minimum if is_drawn else 0
    state = DutyState.MET if len(within) >= needed else DutyState.DUE
    return Duty(state, end, last, done=len(within), needed=needed)
