"""What the calendar asks of an officer: windows that open, licences about to end, ended ones in use."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import override

from yaojian.foundation.deadlines.facade import preview
from yaojian.foundation.errors import NotFound, RuleBroken
from yaojian.foundation.reference.facade import CalendarYearMissing, rule_version, working_calendar
from yaojian.foundation.timekeeping import CHINA, now, today
from yaojian.foundation.worklist.facade import (
    ItemState,
    WorkItem,
    cancel_items_of_origin,
    open_items,
)
from yaojian.registers.licences.contracts import EXPIRED, EXPIRES_SOON, FILE_KIND, RENEWAL_DUE
from yaojian.registers.licences.kinds import KINDS, LicenceKind, kind_name
from yaojian.registers.licences.models import Licence
from yaojian.registers.licences.push import push_numbers
from yaojian.registers.licences.states import LicenceState

SOON = timedelta(days=90)
LOOK_AHEAD = timedelta(days=250)
"""Further ahead than any renewal window opens: 90 working days, or six months, before the end."""
FRESH = timedelta(days=7)
"""A machine that was off for some nights still notices terms that began meanwhile."""
STAGES = (RENEWAL_DUE, EXPIRES_SOON, EXPIRED)
Key = tuple[str, int, str]
"""Kind of work, subject, and the licence's key as the origin writes it."""


@dataclass(frozen=True, slots=True)
class Window:
    """When a renewal is applied for; a day that no rule or no calendar gives is None, and `words` say why."""

    opens: date | None
    closes: date | None
    words: str
    source: str


@dataclass(frozen=True, slots=True)
class Refreshed:
    """How many work items one run has opened and withdrawn."""

    opened: int
    withdrawn: int


class Windows:
    """Renewal windows, each computed once for a kind and a last day."""

    def __init__(self) -> None:
        self._calendar = working_calendar()
        self._known: dict[tuple[str, date], Window] = {}

    def of(self, kind: LicenceKind, expires_on: date) -> Window:
        """The window of licences of a kind that end on a day, in the present language."""
        if (kind.code, expires_on) not in self._known:
            self._known[kind.code, expires_on] = self._computed(kind, expires_on)
        return self._known[kind.code, expires_on]

    def _computed(self, kind: LicenceKind, expires_on: date) -> Window:
        if not kind.closes:
            return Window(None, None, _("No renewal window is known for this kind."), "")
        try:
            rule = rule_version(kind.closes, expires_on)
        except (NotFound, RuleBroken) as error:
            return Window(None, None, str(error.detail), "")
        source = f"{rule.instrument} {rule.article}".strip()
        try:
            closes = self._day(kind.closes, expires_on)
            opens = self._day(kind.opens, expires_on) if kind.opens else None
        except (NotFound, RuleBroken) as error:
            return Window(None, None, str(error.detail), "")
        except CalendarYearMissing as missing:
            words = _("The renewal window cannot be computed: %(why)s") % {"why": missing}
            return Window(None, None, words, source)
        if opens is None:
            words = _("Renewal is applied for by %(closes)s at the latest.") % {"closes": closes}
        else:
            words = _("Renewal can be applied for from %(opens)s to %(closes)s.") % {
                "opens": opens,
                "closes": closes,
            }
        return Window(opens, closes, words, source)

    def _day(self, rule: str, expires_on: date) -> date:
        # The rules count back from the day on which it ends, so any moment of that day triggers them.
        found = preview(rule, datetime.combine(expires_on, time(12), CHINA), self._calendar)
        assert found.day is not None
        return found.day


def renewal_window(licence: Licence) -> Window | None:
    """When a renewal of a licence is applied for; None for one without a printed last day."""
    if licence.expires_on is None or not licence.kind_of.expires:
        return None
    return Windows().of(licence.kind_of, licence.expires_on)


@transaction.atomic
def refresh_expiry(day: date | None = None) -> Refreshed:
    """Bring the work that ending licences cause up to a day (today); running it again changes nothing.

    A calendar year that is missing does not stop it: the items concerned say so and fall due on the last day.
    """
    day = day or today()
    push_numbers(_just_begun(day))
    windows = Windows()
    with override(settings.LANGUAGE_CODE):
        wanted = {}
        for licence in _ending(day).iterator(2_000):
            item = _item_for(licence, day, windows)
            if item is not None:
                wanted[item.kind, licence.subject_id, item.origin_key] = item
    present, done = _existing()
    fresh = [item for key, item in wanted.items() if key not in present and key not in done]
    over = [key for key in present if key not in wanted]
    for stage in STAGES:
        pairs = [(subject_id, origin) for kind, subject_id, origin in over if kind == stage]
        cancel_items_of_origin(stage, FILE_KIND, pairs)
    open_items(fresh)
    return Refreshed(len(fresh), len(over))


def _just_begun(day: date) -> dict[int, str]:
    begun = Licence.objects.filter(valid_from__range=(day - FRESH, day))
    return dict(begun.values_list("subject_id", "subject__subject_type"))


def _ending(day: date) -> QuerySet[Licence]:
    """Licences of open subjects that end soon or have ended, without a later term of the same kind."""
    later = Licence.objects.filter(
        subject=OuterRef("subject"), kind=OuterRef("kind"), valid_from__gt=OuterRef("valid_from")
    )
    kinds = [kind.code for kind in KINDS.values() if kind.expires and kind.abolished_on is None]
    return (
        Licence.objects.filter(
            Q(subject__closed_on__isnull=True) | Q(subject__closed_on__gt=day),
            kind__in=kinds,
            state__in=[LicenceState.IN_FORCE.value, LicenceState.SUSPENDED.value],
            valid_from__lte=day,
            expires_on__lte=day + LOOK_AHEAD,
        )
        .filter(~Exists(later))
        .select_related("subject")
    )


def _item_for(licence: Licence, day: date, windows: Windows) -> WorkItem | None:
    """The work that a licence causes on a day, if any."""
    ends = licence.expires_on
    if ends is None:
        return None
    window = windows.of(licence.kind_of, ends)
    stage, due_on = stage_on(day, ends, window)
    if not stage:
        return None
    subject = licence.subject
    reason = _("%(kind)s %(number)s, valid until %(day)s. %(window)s") % {
        "kind": kind_name(licence.kind),
        "number": licence.number,
        "day": ends,
        "window": window.words if stage != EXPIRED else _("The subject is still open."),
    }
    return WorkItem(
        kind=stage,
        organ_id=subject.responsible_organ_id,
        subject_id=subject.pk,
        subject_name=subject.name,
        division_code=subject.division_code,
        file_kind=FILE_KIND,
        file_id=licence.pk,
        due_on=due_on,
        reason=reason[:300],
        source=window.source[:200],
        origin_kind=FILE_KIND,
        origin_key=str(licence.pk),
        opened_at=now(),
    )


def stage_on(day: date, ends: date, window: Window) -> tuple[str, date]:
    """Which work a licence causes on a day, and by when; an empty kind when none."""
    if day > ends:
        return EXPIRED, ends
    if window.closes is not None and day <= window.closes:
        opens = window.opens or window.closes - SOON
        return (RENEWAL_DUE, window.closes) if opens <= day else ("", ends)
    return (EXPIRES_SOON, ends) if ends - day <= SOON else ("", ends)


def _existing() -> tuple[set[Key], set[Key]]:
    """The items of this room that are open, and those that somebody has done."""
    items: Iterable[tuple[str, int | None, str, str]] = WorkItem.objects.filter(
        kind__in=STAGES, origin_kind=FILE_KIND
    ).values_list("kind", "subject_id", "origin_key", "state")
    known = [((kind, subject_id or 0, key), state) for kind, subject_id, key, state in items]
    present = {key for key, state in known if state == ItemState.OPEN.value}
    return present, {key for key, state in known if state == ItemState.DONE.value}
