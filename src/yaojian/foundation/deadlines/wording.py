"""Clocks in words: amounts, steps of a computation, what is left, and what is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from yaojian.foundation.design.wording import minute
from yaojian.foundation.errors import InvalidInput, RuleBroken
from yaojian.foundation.reference.facade import saying_which_year_is_missing
from yaojian.foundation.timekeeping import local_date
from yaojian.foundation.workflow.clocks import (
    ClockRefused,
    Confidence,
    Direction,
    Ground,
    Purpose,
    Refusal,
    Remaining,
    Standing,
    Step,
    StepKind,
    Unit,
)

GROUND_NAMES: dict[Ground, Promise] = {
    Ground.TESTING: pgettext_lazy("pause", "testing or inspection of samples"),
    Ground.HEARING: pgettext_lazy("pause", "hearing"),
    Ground.EXPERT_REVIEW: pgettext_lazy("pause", "expert review"),
    Ground.ANNOUNCEMENT: pgettext_lazy("pause", "public announcement"),
    Ground.SUSPENSION: pgettext_lazy("pause", "suspension of the procedure"),
    Ground.RECTIFICATION: pgettext_lazy("pause", "rectification by the applicant"),
}
UNIT_NAMES: dict[Unit, Promise] = {
    Unit.HOUR: gettext_lazy("hours"),
    Unit.DAY: gettext_lazy("calendar days"),
    Unit.WORKING_DAY: gettext_lazy("working days"),
    Unit.MONTH: gettext_lazy("months"),
    Unit.YEAR: gettext_lazy("years"),
}
CONFIDENCE_NAMES: dict[Confidence, Promise] = {
    Confidence.HIGH: pgettext_lazy("confidence", "certain"),
    Confidence.MEDIUM: pgettext_lazy("confidence", "probable"),
    Confidence.LOW: pgettext_lazy("confidence", "to be verified"),
}
CONFIDENCE_MEANINGS = {Confidence.HIGH: "done", Confidence.MEDIUM: "info", Confidence.LOW: "neutral"}
CONFIDENCE_WORDS: dict[Confidence, Promise] = {
    Confidence.HIGH: gettext_lazy("The official text or article was read."),
    Confidence.MEDIUM: gettext_lazy(
        "From a secondary source: it counts, but check the official text where much depends on it."
    ),
    Confidence.LOW: gettext_lazy(
        "Not verified: it is shown for reference and no clock runs on it until somebody has read the text."
    ),
}
PURPOSE_NAMES: dict[Purpose, Promise] = {
    Purpose.DEADLINE: pgettext_lazy("clock", "deadline"),
    Purpose.OPENING: pgettext_lazy("clock", "first day"),
    Purpose.TERM: pgettext_lazy("clock", "term"),
}
STANDINGS: dict[Standing, tuple[str, Promise]] = {
    Standing.RUNNING: ("info", pgettext_lazy("clock", "running")),
    Standing.PAUSED: ("neutral", pgettext_lazy("clock", "standing still")),
    Standing.DUE_SOON: ("due_soon", pgettext_lazy("clock", "due soon")),
    Standing.OVERDUE: ("overdue", pgettext_lazy("clock", "overdue")),
    Standing.MET: ("done", pgettext_lazy("clock", "met in time")),
    Standing.MET_LATE: ("due_soon", pgettext_lazy("clock", "met late")),
    Standing.WITHDRAWN: ("neutral", pgettext_lazy("clock", "lapsed")),
    Standing.UNDATED: ("due_soon", pgettext_lazy("clock", "no due day: calendar incomplete")),
}


def amount_in_words(amount: int, unit: Unit | str) -> str:
    """20 working days, 24 hours, 3 months …"""
    match Unit(unit):
        case Unit.HOUR:
            words = ngettext("%(n)s hour", "%(n)s hours", amount)
        case Unit.DAY:
            words = ngettext("%(n)s calendar day", "%(n)s calendar days", amount)
        case Unit.WORKING_DAY:
            words = ngettext("%(n)s working day", "%(n)s working days", amount)
        case Unit.MONTH:
            words = ngettext("%(n)s month", "%(n)s months", amount)
        case Unit.YEAR:
            words = ngettext("%(n)s year", "%(n)s years", amount)
    return words % {"n": amount}


def period_in_words(amount: int, unit: Unit | str, direction: Direction | str) -> str:
    """How long from the trigger on, or back from it; the words of the trigger follow (English) or precede."""
    words = amount_in_words(amount, unit)
    if Direction(direction) is Direction.BEFORE:
        return pgettext("counted back", "%(amount)s") % {"amount": words}
    return pgettext("counted on", "%(amount)s") % {"amount": words}


def time_in_words(amount: int, unit: Unit | str, direction: Direction | str, trigger: str) -> str:
    """20 working days after acceptance, 30 working days before it expires."""
    period = period_in_words(amount, unit, direction)
    return _("%(period)s %(trigger)s") % {"period": period, "trigger": trigger}


def day_in_words(day: date) -> str:
    """2026-11-22 (Sunday)"""
    names = (
        _("Monday"),
        _("Tuesday"),
        _("Wednesday"),
        _("Thursday"),
        _("Friday"),
        _("Saturday"),
        _("Sunday"),
    )
    return _("%(day)s (%(weekday)s)") % {"day": day.isoformat(), "weekday": names[day.weekday()]}


def trigger_in_words(triggered_at: datetime, direction: str) -> str:
    """When a clock was triggered; of one that counts back from a day, that day."""
    back = Direction(direction) is Direction.BEFORE
    return moment_in_words(local_date(triggered_at) if back else triggered_at)


def moment_in_words(moment: date | datetime) -> str:
    """2026-11-22 14:05 in Beijing time, or the day with its weekday."""
    return minute(moment) if isinstance(moment, datetime) else day_in_words(moment)


def _values(step: Step) -> dict[str, str]:
    values: Mapping[str, Any] = step.values
    words = {
        name: moment_in_words(value) for name, value in values.items() if isinstance(value, date | datetime)
    }
    if "unit" in values:
        words["amount"] = amount_in_words(values["amount"], values["unit"])
    if "ground" in values:
        words["ground"] = str(GROUND_NAMES[Ground(values["ground"])])
    if "number" in values:
        words["number"] = str(values["number"])
    return words


_SENTENCES: dict[StepKind, Callable[[], str]] = {
    StepKind.TRIGGERED: lambda: _("The clock was triggered on %(at)s."),
    StepKind.COUNT_BEGINS: lambda: _(
        "The day of the trigger does not count: the first day that can count is %(day)s."
    ),
    StepKind.COUNT_WITH_TRIGGER_DAY: lambda: _("The term begins with %(day)s, and that day counts."),
    StepKind.WAITED: lambda: _(
        "It stood still at once, for %(ground)s, from %(from)s to %(until)s: "
        "the day on which it went on takes the place of the day of the trigger."
    ),
    StepKind.COUNTED: lambda: _("%(amount)s from there end on %(end)s."),
    StepKind.COUNTED_BACK: lambda: _("Counted back from there, %(amount)s lead to %(end)s."),
    StepKind.SET_BY_ORGAN: lambda: _("The organ itself has set %(day)s as the last day."),
    StepKind.NO_SUCH_DAY: lambda: _("That month has no day %(number)s, so its last day counts: %(day)s."),
    StepKind.PAUSED: lambda: _(
        "It stood still for %(ground)s from %(from)s to %(until)s; what did not count is added: %(end)s."
    ),
    StepKind.PAUSED_TOO_LATE: lambda: _(
        "The pause for %(ground)s from %(from)s began after the end (%(end)s) and changes nothing."
    ),
    StepKind.MOVED: lambda: _(
        "%(day)s is not a working day, so the last day gives way to the next working day: %(until)s."
    ),
    StepKind.STANDS_STILL: lambda: _(
        "It has stood still for %(ground)s since %(from)s; the due day is known when it goes on."
    ),
    StepKind.DUE_DAY: lambda: _("It is due by the end of %(day)s (24:00, Beijing time)."),
    StepKind.DUE_MOMENT: lambda: _(
        "It is due at %(at)s (Beijing time); hours run through nights and holidays."
    ),
}


def step_in_words(step: Step) -> str:
    """One step of a computation as a sentence."""
    if step.kind is StepKind.EXTENDED:
        if step.values["collective"]:
            return _("By collective decision it is extended by %(amount)s.") % _values(step)
        return _("It is extended by %(amount)s.") % _values(step)
    return _SENTENCES[step.kind]() % _values(step)


def steps_in_words(steps: Sequence[Step]) -> list[str]:
    """A computation as sentences, in order."""
    return [step_in_words(step) for step in steps]


def remaining_in_words(left: Remaining) -> str:
    """3 working days left, due today, 2 days overdue …"""
    if left.is_overdue:
        if not left.amount and not left.days:
            return _("overdue")
        return _("%(amount)s overdue") % {"amount": _whole_in_words(left)}
    if not left.amount and not left.days:
        return _("less than an hour left") if left.unit is Unit.HOUR else _("due today")
    return _("%(amount)s left") % {"amount": _whole_in_words(left)}


def _whole_in_words(left: Remaining) -> str:
    if not left.days:
        return amount_in_words(left.amount, left.unit)
    days = amount_in_words(left.days, Unit.DAY)
    if not left.amount:
        return days
    whole = amount_in_words(left.amount, left.unit)
    return _("%(whole)s and %(days)s") % {"whole": whole, "days": days}


_Words = dict[Refusal, tuple[str, Promise, Promise]]
_REFUSED: _Words = {
    Refusal.NAIVE_TIME: (
        "triggered_at",
        gettext_lazy("The time does not say in which time zone it is."),
        gettext_lazy("Give the time with its offset, for instance 2026-11-22T14:05+08:00."),
    ),
    Refusal.AMOUNT_NOT_POSITIVE: (
        "amount",
        gettext_lazy("A period needs at least one unit."),
        gettext_lazy("Give a whole number above zero."),
    ),
    Refusal.NOT_IN_FORCE: (
        "triggered_at",
        gettext_lazy("The rule was not in force on the day of the trigger (%(day)s)."),
        gettext_lazy("Check the day, or use the version that held then."),
    ),
    Refusal.GROUND_UNKNOWN_TO_RULE: (
        "ground",
        gettext_lazy("This rule does not let the clock stand still for %(ground)s."),
        gettext_lazy("Choose one of the grounds that the rule names; its page lists them."),
    ),
    Refusal.PAUSE_BEFORE_TRIGGER: (
        "at",
        gettext_lazy("A clock cannot stand still before it was triggered (%(at)s)."),
        gettext_lazy("Give a later time."),
    ),
    Refusal.PAUSE_ENDS_BEFORE_IT_BEGINS: (
        "at",
        gettext_lazy("A pause cannot end before it begins (%(at)s)."),
        gettext_lazy("Give a later time."),
    ),
    Refusal.PAUSES_OVERLAP: (
        "at",
        gettext_lazy("Two pauses overlap: one begins at %(at)s, before the one before it has ended."),
        gettext_lazy("Give a later time."),
    ),
    Refusal.NO_EXTENSION: (
        "amount",
        gettext_lazy("This rule knows no extension."),
        gettext_lazy("What was due stays due on its day."),
    ),
    Refusal.EXTENSION_TOO_LONG: (
        "amount",
        gettext_lazy("The rule allows an extension of %(amount)s at most."),
        gettext_lazy("Give less."),
    ),
    Refusal.EXTENSIONS_USED_UP: (
        "amount",
        gettext_lazy("The extensions that the rule allows are used up (%(times)s)."),
        gettext_lazy("Only a collective decision may give more time, where the rule knows one."),
    ),
    Refusal.COLLECTIVE_TOO_EARLY: (
        "collective",
        gettext_lazy("A collective decision comes only after the ordinary extension."),
        gettext_lazy("Extend in the ordinary way first."),
    ),
    Refusal.LAST_DAY_TOO_EARLY: (
        "day",
        gettext_lazy("The last day (%(day)s) lies before the trigger."),
        gettext_lazy("Give a later day."),
    ),
    Refusal.LAST_DAY_NOT_OFFERED: (
        "day",
        gettext_lazy("This clock is not set to a day of one's choice."),
        gettext_lazy("Leave the day empty: the rule gives it."),
    ),
    Refusal.NO_COLLECTIVE: (
        "collective",
        gettext_lazy("This rule knows no extension by collective decision."),
        gettext_lazy("What was due stays due on its day."),
    ),
}
_MALFORMED = {
    Refusal.LAST_DAY_TOO_EARLY,
    Refusal.LAST_DAY_NOT_OFFERED,
    Refusal.NAIVE_TIME,
    Refusal.AMOUNT_NOT_POSITIVE,
    Refusal.PAUSE_ENDS_BEFORE_IT_BEGINS,
}


@contextmanager
def telling_what_is_refused() -> Iterator[None]:
    """Turn the engine's refusals into errors with field and cure, and a missing year likewise."""
    with saying_which_year_is_missing():
        try:
            yield
        except ClockRefused as refused:
            field, detail, cure = _REFUSED[refused.refusal]
            values = {name: _refused_value(value) for name, value in refused.values.items()}
            kind = InvalidInput if refused.refusal in _MALFORMED else RuleBroken
            raise kind(detail % values, field=field, cure=cure) from refused


def _refused_value(value: object) -> str:
    if isinstance(value, date | datetime):
        return moment_in_words(value)
    return str(GROUND_NAMES[Ground(str(value))]) if value in set(Ground) else str(value)


def due_in_full(due_on: date | None, due_at: datetime | None, unit: Unit | str) -> str:
    """2026-11-22 for days, 2026-11-22 14:05 for hours, nothing when there is no end."""
    if due_on is None or due_at is None:
        return ""
    return minute(due_at) if Unit(unit) is Unit.HOUR else due_on.isoformat()
