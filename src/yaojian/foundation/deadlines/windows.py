"""When the renewal of something that ends on a day is applied for, and what that asks for on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum, auto

from django.utils.translation import gettext as _

from yaojian.foundation.deadlines.versions import RuleVersions
from yaojian.foundation.deadlines.wording import telling_what_is_refused
from yaojian.foundation.errors import NotFound, RuleBroken
from yaojian.foundation.reference.facade import CalendarYearMissing, rule_of, working_calendar
from yaojian.foundation.timekeeping import CHINA
from yaojian.foundation.workflow import counting

SOON = timedelta(days=90)
"""How long before its end something counts as ending soon, where no rule says more."""
LOOK_AHEAD = timedelta(days=250)
"""Further ahead than any renewal window opens: 90 working days, or six months, before the end."""
NOON = time(12)


@dataclass(frozen=True, slots=True)
class Window:
    """When a renewal is applied for; a day that no rule or no calendar gives is None, and `words` say why."""

    opens: date | None
    closes: date | None
    words: str
    source: str
    is_verified: bool = False


class Stage(Enum):
    """What an end that comes near asks for."""

    RENEWAL = auto()
    SOON = auto()
    ENDED = auto()


def trigger_of(expires_on: date) -> datetime:
    """The moment that rules count back from: any of the day on which it ends."""
    return datetime.combine(expires_on, NOON, CHINA)


class Windows:
    """Renewal windows, each computed once for two rules and a last day."""

    def __init__(self) -> None:
        self._calendar, self._rules = working_calendar(), RuleVersions()
        self._known: dict[tuple[str, str, date], Window] = {}

    def of(self, opens: str, closes: str, expires_on: date) -> Window:
        """The window by two rules (either may be empty), in the present language."""
        key = (opens, closes, expires_on)
        if key not in self._known:
            self._known[key] = self._computed(opens, closes, expires_on)
        return self._known[key]

    def _computed(self, opens: str, closes: str, expires_on: date) -> Window:
        if not closes:
            return Window(None, None, _("No renewal window is known for this kind."), "")
        source, verified = "", False
        try:
            self._rules.read([opens, closes])
            rule = self._rules.of(closes, expires_on)
            source, verified = f"{rule.instrument} {rule.article}".strip(), rule.is_enabled
            with telling_what_is_refused():
                last = counting.due(rule_of(rule), trigger_of(expires_on), self._calendar).day
            first = self._day(opens, expires_on) if opens else None
        except (NotFound, RuleBroken) as error:
            return Window(None, None, str(error.detail), "")
        except CalendarYearMissing as missing:
            words = _("The renewal window cannot be computed: %(why)s") % {"why": missing}
            return Window(None, None, words, source)
        if first is None:
            words = _("Renewal is applied for by %(closes)s at the latest.") % {"closes": last}
        else:
            words = _("Renewal can be applied for from %(opens)s to %(closes)s.") % {
                "opens": first,
                "closes": last,
            }
        return Window(first, last, words, source, verified)

    def _day(self, code: str, expires_on: date) -> date | None:
        rule = rule_of(self._rules.of(code, expires_on))
        with telling_what_is_refused():
            return counting.due(rule, trigger_of(expires_on), self._calendar).day


def stage_on(day: date, ends: date, window: Window) -> tuple[Stage | None, date]:
    """What the end of something asks for on a day, and by when; None when nothing yet."""
    if day > ends:
        return Stage.ENDED, ends
    if window.closes is not None and day <= window.closes:
        opens = window.opens or window.closes - SOON
        return (Stage.RENEWAL, window.closes) if opens <= day else (None, ends)
    return (Stage.SOON, ends) if ends - day <= SOON else (None, ends)
