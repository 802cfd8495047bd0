"""The engine of the statutory clocks: from rule, trigger, pauses and extensions to the due moment. Pure."""

from __future__ import annotations

import math
from calendar import monthrange
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

from yaojian.foundation.timekeeping import CHINA, local_date
from yaojian.foundation.workflow.calendar import WorkingCalendar
from yaojian.foundation.workflow.clocks import (
    ClockRefused,
    ClockRule,
    Direction,
    Due,
    Extension,
    Pause,
    Refusal,
    Remaining,
    Standing,
    Step,
    StepKind,
    Unit,
)

ONE_DAY = timedelta(days=1)
ONE_HOUR = timedelta(hours=1)
MOST_SOON = {Unit.HOUR: 24, Unit.WORKING_DAY: 5, Unit.DAY: 7, Unit.MONTH: 30, Unit.YEAR: 30}
"""A clock is near its end in the last quarter of its time, but never earlier than this (months: in days)."""


def due(
    rule: ClockRule,
    triggered_at: datetime,
    calendar: WorkingCalendar,
    pauses: Sequence[Pause] = (),
    extensions: Sequence[Extension] = (),
    last_day: date | None = None,
) -> Due:
    """When a clock that was triggered at a moment (aware) is due, step by step.

    `last_day` is a day that the organ has set instead of what the rule gives. Raises ClockRefused for naive
    times, a rule not in force on the day of the trigger, pauses and extensions that the rule does not
    permit, and YearMissing.
    """
    check(rule, triggered_at, pauses, extensions)
    spans = sorted(pauses, key=lambda pause: pause.started_at)
    if last_day is not None:
        _check_last_day(rule, triggered_at, last_day)
    if rule.unit is Unit.HOUR:
        return _Hours(rule, triggered_at).due(spans, extensions)
    return _Days(rule, triggered_at, calendar).due(spans, extensions, last_day)


def day_end(day: date) -> datetime:
    """24:00 of a Beijing day."""
    return datetime.combine(day + ONE_DAY, time.min, tzinfo=CHINA)


def add_months(day: date, months: int) -> date:
    """The day of the same number `months` later (earlier, when negative), else that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def whole_amount(rule: ClockRule, extensions: Sequence[Extension]) -> int:
    """The amount of the rule with its extensions."""
    return rule.amount + sum(extension.amount for extension in extensions)


# ---- what is refused --------------------------------------------------------------------------------


def check(
    rule: ClockRule, triggered_at: datetime, pauses: Sequence[Pause], extensions: Sequence[Extension]
) -> None:
    """Raise ClockRefused unless the clock can be computed at all."""
    if rule.amount < 1:
        raise ClockRefused(Refusal.AMOUNT_NOT_POSITIVE, amount=rule.amount)
    check_aware(triggered_at)
    day = local_date(triggered_at)
    if not rule.in_force_on(day):
        raise ClockRefused(Refusal.NOT_IN_FORCE, day=day)
    check_pauses(rule, triggered_at, pauses)
    check_extensions(rule, extensions)


def check_aware(moment: datetime) -> None:
    """Raise ClockRefused for a time without its offset."""
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise ClockRefused(Refusal.NAIVE_TIME, at=moment.isoformat())


def _check_last_day(rule: ClockRule, triggered_at: datetime, last_day: date) -> None:
    if rule.unit is Unit.HOUR or rule.direction is Direction.BEFORE:
        raise ClockRefused(Refusal.LAST_DAY_NOT_OFFERED)
    if last_day < local_date(triggered_at):
        raise ClockRefused(Refusal.LAST_DAY_TOO_EARLY, day=last_day)


def check_pauses(rule: ClockRule, triggered_at: datetime, pauses: Sequence[Pause]) -> None:
    """Raise ClockRefused unless the rule permits the pauses and they lie apart, after the trigger."""
    for pause in pauses:
        if pause.ground not in rule.pauses:
            raise ClockRefused(Refusal.GROUND_UNKNOWN_TO_RULE, ground=pause.ground.value)
        check_aware(pause.started_at)
        if pause.started_at < triggered_at:
            raise ClockRefused(Refusal.PAUSE_BEFORE_TRIGGER, at=pause.started_at)
        if pause.ended_at is not None:
            check_aware(pause.ended_at)
            if pause.ended_at < pause.started_at:
                raise ClockRefused(Refusal.PAUSE_ENDS_BEFORE_IT_BEGINS, at=pause.ended_at)
    for first, second in pairwise(sorted(pauses, key=lambda pause: pause.started_at)):
        if first.ended_at is None or second.started_at < first.ended_at:
            raise ClockRefused(Refusal.PAUSES_OVERLAP, at=second.started_at)


def check_extensions(rule: ClockRule, extensions: Sequence[Extension]) -> None:
    """Raise ClockRefused unless the rule permits the extensions in this order."""
    ordinary = 0
    for extension in extensions:
        allowed = rule.extension
        if allowed is None:
            raise ClockRefused(Refusal.NO_EXTENSION)
        if extension.amount < 1:
            raise ClockRefused(Refusal.AMOUNT_NOT_POSITIVE, amount=extension.amount)
        if extension.collective:
            if not allowed.then_collective:
                raise ClockRefused(Refusal.NO_COLLECTIVE)
            if ordinary < allowed.times:
                raise ClockRefused(Refusal.COLLECTIVE_TOO_EARLY, times=allowed.times)
            continue
        ordinary += 1
        if ordinary > allowed.times:
            raise ClockRefused(Refusal.EXTENSIONS_USED_UP, times=allowed.times)
        if extension.amount > allowed.amount:
            raise ClockRefused(Refusal.EXTENSION_TOO_LONG, amount=allowed.amount)


# ---- hours ------------------------------------------------------------------------------------------


class _Hours:
    """A clock that runs in real time."""

    def __init__(self, rule: ClockRule, triggered_at: datetime) -> None:
        self.rule, self.trigger = rule, triggered_at

    def due(self, pauses: Sequence[Pause], extensions: Sequence[Extension]) -> Due:
        steps = [Step(StepKind.TRIGGERED, {"at": self.trigger})]
        whole = whole_amount(self.rule, extensions)
        back = self.rule.direction is Direction.BEFORE
        end = self.trigger.astimezone(UTC) + (-whole if back else whole) * ONE_HOUR
        kind = StepKind.COUNTED_BACK if back else StepKind.COUNTED
        steps.append(Step(kind, _counted(self.rule, self.rule.amount, end)))
        steps += [_extended(self.rule, extension) for extension in extensions]
        for pause in pauses:
            if pause.started_at >= end:
                steps.append(_too_late(pause, end))
            elif pause.ended_at is None:
                steps.append(Step(StepKind.STANDS_STILL, _since(pause)))
                return Due(None, None, None, local_date(self.trigger), tuple(steps))
            else:
                end += pause.ended_at.astimezone(UTC) - pause.started_at.astimezone(UTC)
                steps.append(Step(StepKind.PAUSED, {**_span(pause), "end": end}))
        steps.append(Step(StepKind.DUE_MOMENT, {"at": end}))
        soon = end - _soon(whole, self.rule.unit) * ONE_HOUR
        begun = local_date(self.trigger)
        return Due(local_date(end), end.astimezone(CHINA), soon.astimezone(CHINA), begun, tuple(steps))


# ---- days, working days, months, years --------------------------------------------------------------


class _Days:
    """A clock that counts whole Beijing days."""

    def __init__(self, rule: ClockRule, triggered_at: datetime, calendar: WorkingCalendar) -> None:
        self.rule, self.calendar = rule, calendar
        self.trigger = self.start = local_date(triggered_at)
        # What is counted back from a day has no hour: only the day is known.
        back = rule.direction is Direction.BEFORE
        self.steps = [Step(StepKind.TRIGGERED, {"at": self.trigger if back else triggered_at})]

    def due(self, pauses: Sequence[Pause], extensions: Sequence[Extension], last_day: date | None) -> Due:
        whole = whole_amount(self.rule, extensions)
        if self.rule.direction is Direction.BEFORE:
            return self._end(self._back(whole), whole)
        if last_day is not None:
            end = self._by_order(last_day, extensions)
        else:
            pauses = self._begin(pauses)
            if pauses and pauses[0].ended_at is None and local_date(pauses[0].started_at) <= self.start:
                return self._stand_still(pauses[0])
            end = self._by_rule(whole, extensions)
        for pause in pauses:
            first = local_date(pause.started_at)
            if first > end:
                self.steps.append(_too_late(pause, end))
            elif pause.ended_at is None:
                return self._stand_still(pause)
            else:
                end = self._after_pause(end, first, local_date(pause.ended_at))
                self.steps.append(Step(StepKind.PAUSED, {**_span(pause), "end": end}))
        return self._end(end if last_day is not None else self._moved(end), whole)

    def _by_rule(self, whole: int, extensions: Sequence[Extension]) -> date:
        end = self._counted(self.start, self.rule.amount)
        self.steps.append(Step(StepKind.COUNTED, _counted(self.rule, self.rule.amount, end)))
        if not extensions:
            return end
        self.steps += [_extended(self.rule, extension) for extension in extensions]
        return self._counted(self.start, whole)

    def _by_order(self, last_day: date, extensions: Sequence[Extension]) -> date:
        self.steps.append(Step(StepKind.SET_BY_ORGAN, {"day": last_day}))
        if not extensions:
            return last_day
        self.steps += [_extended(self.rule, extension) for extension in extensions]
        return self._counted(last_day, whole_amount(self.rule, extensions) - self.rule.amount)

    def _stand_still(self, pause: Pause) -> Due:
        self.steps.append(Step(StepKind.STANDS_STILL, _since(pause)))
        return Due(None, None, None, self.start, tuple(self.steps))

    def _begin(self, pauses: Sequence[Pause]) -> Sequence[Pause]:
        """Find the day after which the count begins; returns the pauses that lie beyond it."""
        if self.rule.trigger_day_counts:
            self.steps.append(Step(StepKind.COUNT_WITH_TRIGGER_DAY, {"day": self.trigger}))
            self.start = self.trigger - ONE_DAY
            return pauses
        left = list(pauses)
        # A clock that stood still at the end of its first day has not begun to count yet.
        while left and left[0].ended_at is not None and local_date(left[0].started_at) <= self.start:
            pause = left.pop(0)
            if pause.ended_at is not None and local_date(pause.ended_at) > self.start:
                self.start = local_date(pause.ended_at)
                self.steps.append(Step(StepKind.WAITED, _span(pause)))
        self.steps.append(Step(StepKind.COUNT_BEGINS, {"day": self.start + ONE_DAY}))
        return left

    def _counted(self, start: date, amount: int) -> date:
        match self.rule.unit:
            case Unit.WORKING_DAY:
                return self.calendar.after(start, amount)
            case Unit.DAY:
                return start + amount * ONE_DAY
            case unit:
                return self._months_on(start, amount * (12 if unit is Unit.YEAR else 1))

    def _months_on(self, start: date, months: int) -> date:
        first = start + ONE_DAY if self.rule.trigger_day_counts else start
        end = add_months(first, months)
        if end.day != first.day:
            self.steps.append(Step(StepKind.NO_SUCH_DAY, {"number": first.day, "day": end}))
            return end
        return end - ONE_DAY if self.rule.trigger_day_counts else end

    def _back(self, amount: int) -> date:
        day = self.trigger
        match self.rule.unit:
            case Unit.WORKING_DAY:
                end = self.calendar.before(day, amount)
            case Unit.DAY:
                end = day - amount * ONE_DAY
            case unit:
                end = add_months(day, -amount * (12 if unit is Unit.YEAR else 1))
                if end.day != day.day:
                    self.steps.append(Step(StepKind.NO_SUCH_DAY, {"number": day.day, "day": end}))
        self.steps.append(Step(StepKind.COUNTED_BACK, _counted(self.rule, self.rule.amount, end)))
        return end

    def _after_pause(self, end: date, first: date, resumed: date) -> date:
        """The end after the days from `first` until the day before `resumed` did not count."""
        if self.rule.unit is not Unit.WORKING_DAY:
            return end + (resumed - first)
        skipped = self.calendar.between(first - ONE_DAY, resumed - ONE_DAY)
        return self.calendar.after(end, skipped) if skipped else end

    def _moved(self, end: date) -> date:
        if self.rule.unit is Unit.WORKING_DAY:
            return end
        if not self.rule.last_day_moves:
            return end
        if self.calendar.is_working(end):
            return end
        later = self.calendar.after(end, 1)
        self.steps.append(Step(StepKind.MOVED, {"day": end, "until": later}))
        return later

    def _end(self, end: date, whole: int) -> Due:
        self.steps.append(Step(StepKind.DUE_DAY, {"day": end}))
        near = _soon(whole, self.rule.unit)
        soon_at = day_end(end - (near + 1) * ONE_DAY)
        if self.rule.unit is Unit.WORKING_DAY:
            soon_at = day_end(self.calendar.before(end, near) - ONE_DAY)
        return Due(end, day_end(end), soon_at, self.start, tuple(self.steps))


def _soon(whole: int, unit: Unit) -> int:
    days = {Unit.MONTH: 30, Unit.YEAR: 365}.get(unit, 1)
    return min(MOST_SOON[unit], max(1, math.ceil(whole * days / 4)))


def _counted(rule: ClockRule, amount: int, end: date | datetime) -> dict[str, date | datetime | int | str]:
    return {"amount": amount, "unit": rule.unit.value, "end": end}


def _extended(rule: ClockRule, extension: Extension) -> Step:
    values: dict[str, date | datetime | int | str] = {"amount": extension.amount, "unit": rule.unit.value}
    return Step(StepKind.EXTENDED, {**values, "collective": int(extension.collective)})


def _since(pause: Pause) -> dict[str, date | datetime | int | str]:
    return {"ground": pause.ground.value, "from": pause.started_at}


def _span(pause: Pause) -> dict[str, date | datetime | int | str]:
    return {**_since(pause), "until": pause.ended_at or pause.started_at}


def _too_late(pause: Pause, end: date | datetime) -> Step:
    return Step(StepKind.PAUSED_TOO_LATE, {**_since(pause), "end": end})


# ---- what is left -----------------------------------------------------------------------------------


def remaining(
    rule: ClockRule,
    triggered_at: datetime,
    calendar: WorkingCalendar,
    now: datetime,
    pauses: Sequence[Pause] = (),
    extensions: Sequence[Extension] = (),
    last_day: date | None = None,
) -> Remaining:
    """What is left of a clock at a moment (aware), or has passed since its end, in the rule's unit.

    Today does not count: on the due day nothing is left. While it stands still, what was left before.
    Raises as `due` does.
    """
    check_aware(now)
    spans = sorted(pauses, key=lambda pause: pause.started_at)
    since = spans.pop().started_at if spans and spans[-1].ended_at is None else None
    until = due(rule, triggered_at, calendar, spans, extensions, last_day)
    if since is not None:
        # The day of the pause itself is still to come when the clock goes on.
        day = max(local_date(since) - ONE_DAY, until.begins_after)
        now = since if rule.unit is Unit.HOUR else datetime.combine(day, time.min, tzinfo=CHINA)
    return remaining_until(rule, until, now, calendar)


def remaining_until(rule: ClockRule, until: Due, now: datetime, calendar: WorkingCalendar) -> Remaining:
    """What is left until a known due moment; see `remaining`. Raises YearMissing."""
    if until.day is None or until.moment is None:
        raise ValueError("a clock that stands still has no due moment")
    if rule.unit is Unit.HOUR:
        late = now > until.moment
        left = abs(until.moment - now) / ONE_HOUR
        return Remaining(math.floor(left), rule.unit, is_overdue=late)
    today = local_date(now)
    late = today > until.day
    first, last = (until.day, today) if late else (today, until.day)
    if rule.unit is Unit.WORKING_DAY:
        return Remaining(calendar.between(first, last), rule.unit, is_overdue=late)
    if rule.unit is Unit.DAY:
        return Remaining((last - first).days, rule.unit, is_overdue=late)
    size = 12 if rule.unit is Unit.YEAR else 1
    whole = ((last.year - first.year) * 12 + last.month - first.month) // size
    while whole and add_months(first, whole * size) > last:
        whole -= 1
    return Remaining(whole, rule.unit, (last - add_months(first, whole * size)).days, late)


def in_time(rule: ClockRule, until: Due, met_at: datetime) -> bool:
    """Whether something done at a moment was done in time."""
    if until.moment is None:
        return True
    return met_at <= until.moment if rule.unit is Unit.HOUR else met_at < until.moment


def standing(until: Due, now: datetime) -> Standing:
    """How a running clock stands at a moment."""
    if until.moment is None or until.soon_at is None:
        return Standing.PAUSED
    if now >= until.moment:
        return Standing.OVERDUE
    return Standing.DUE_SOON if now >= until.soon_at else Standing.RUNNING
