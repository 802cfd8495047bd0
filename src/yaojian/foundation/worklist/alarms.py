"""When alarms of an item ring, counted in working days. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from yaojian.foundation.workflow.calendar import WorkingCalendar

ONE_DAY = timedelta(days=1)

CHIEF, LEADER = 1, 2
"""Levels of escalation: the section chief, then the bureau leader."""


@dataclass(frozen=True, slots=True)
class AlarmPlan:
    """How a kind of work is reminded of and escalated; all numbers are working days.

    `remind` counts before the due day (0: on it), the two others after it; None: never.
    """

    remind: tuple[int, ...] = (3, 0)
    chief_after: int | None = 1
    leader_after: int | None = 5

    def __post_init__(self) -> None:
        escalations = [after for after in (self.chief_after, self.leader_after) if after is not None]
        if any(before < 0 for before in self.remind) or any(after < 1 for after in escalations):
            raise ValueError("reminders come up to the due day, escalations at least a working day after it")
        if escalations != sorted(set(escalations)):
            raise ValueError("the leader hears after the chief")


@dataclass(frozen=True, slots=True)
class Step:
    """One alarm of a plan, and the due days (both included) for which it rings today; None: since ever.

    `after` is the plan's number of working days of an escalation.
    """

    code: str
    level: int
    first: date | None
    last: date
    after: int | None = None


def horizon(calendar: WorkingCalendar, today: date, amount: int) -> date:
    """The last day that is at most `amount` working days after today. Raises YearMissing."""
    return calendar.after(today, amount + 1) - ONE_DAY


def overdue_since(calendar: WorkingCalendar, today: date, amount: int) -> date:
    """The last due day after which `amount` working days have begun, today included if it is one.

    Raises YearMissing.
    """
    # Not from tomorrow backwards: on the year's last day that would ask for the next year.
    amount -= calendar.is_working(today)
    return (calendar.before(today, amount) if amount else today) - ONE_DAY


def reminders_today(plan: AlarmPlan, calendar: WorkingCalendar, today: date) -> list[Step]:
    """The reminders of a plan with the due days for which they ring today.

    Of several only the nearest rings: who was away for days is not told what is past. Raises
    YearMissing.
    """
    steps, first = [], today
    for before in sorted(set(plan.remind)):
        last = horizon(calendar, today, before)
        steps.append(Step(f"remind-{before}", 0, first, last))
        first = last + ONE_DAY
    return steps


def escalations_today(plan: AlarmPlan, calendar: WorkingCalendar, today: date) -> list[Step]:
    """The escalations of a plan with the due days for which they ring today, the chief's first.

    Raises YearMissing.
    """
    levels = (("chief", CHIEF, plan.chief_after), ("leader", LEADER, plan.leader_after))
    return [
        Step(code, level, None, overdue_since(calendar, today, after), after)
        for code, level, after in levels
        if after is not None
    ]


def working_days_left(calendar: WorkingCalendar, today: date, due: date) -> int:
    """How many working days lie after today up to and including the due day; negative when it is past.

    Raises YearMissing.
    """
    return -calendar.between(due, today) if due < today else calendar.between(today, due)
