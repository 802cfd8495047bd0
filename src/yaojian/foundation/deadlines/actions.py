"""Every write of the room: permission, state, change, act, in one transaction each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Actor, Organ
from yaojian.foundation.deadlines.computing import (
    checked_last_day,
    extensions_of,
    pauses_of,
    set_due,
)
from yaojian.foundation.deadlines.events import DueDayMoved, announce
from yaojian.foundation.deadlines.models import ClockExtension, ClockPause, RunningClock
from yaojian.foundation.deadlines.permissions import check_user_can_extend, check_user_can_pause
from yaojian.foundation.deadlines.queries import clock_visible_to
from yaojian.foundation.deadlines.states import CLOCK_STATES, ClockState
from yaojian.foundation.deadlines.wording import telling_what_is_refused
from yaojian.foundation.errors import Conflict, InvalidInput, RuleBroken
from yaojian.foundation.ledger.facade import Ref, record_act
from yaojian.foundation.reference.facade import (
    ClockRuleVersion,
    rule_of,
    rule_version,
    working_calendar,
)
from yaojian.foundation.timekeeping import local_date, now
from yaojian.foundation.workflow import counting
from yaojian.foundation.workflow.clocks import Extension, Ground, Pause


@transaction.atomic
def start_clock(
    *,
    by: Actor,
    rule: str,
    file: Ref,
    subject: Ref | None,
    triggered_at: datetime,
    organ: Organ | int,
    last_day: date | None = None,
    even_unverified: bool = False,
) -> RunningClock:
    """Start the clock of a rule for a file; `last_day` is one that the organ sets within the rule.

    When the calendar misses a year, the clock runs without a due day until the year is entered.
    Raises NotFound (no such rule), RuleBroken (not in force on the day of the trigger; to be verified first),
    InvalidInput (a naive time, a trigger to come, a last day beyond the rule), Conflict (it runs already).
    """
    version = _startable(rule, triggered_at, even_unverified)
    organ_id = organ if isinstance(organ, int) else organ.pk
    clock = RunningClock(
        rule=version,
        organ_id=organ_id,
        file_kind=file.kind,
        file_id=file.id,
        subject_id=subject.id if subject else None,
        triggered_at=triggered_at,
        started_at=now(),
    )
    same = RunningClock.objects.filter(
        rule=version, file_kind=file.kind, file_id=file.id, state__in=["running", "paused"]
    )
    if same.exists():
        raise Conflict(_("This clock runs for the file already."), cure=_("Reload the page."))
    calendar = working_calendar()
    if last_day is not None:
        with telling_what_is_refused():
            clock.ordered_on = checked_last_day(rule_of(version), triggered_at, last_day, calendar)
    set_due(clock, calendar)
    clock.save()
    _record(by, clock, "clock.started", claimed_at=triggered_at, given=clock.ordered_on)
    return clock


def _startable(rule: str, triggered_at: datetime, even_unverified: bool) -> ClockRuleVersion:
    """The version on which a clock may start."""
    with telling_what_is_refused():
        counting.check_aware(triggered_at)
    if triggered_at > now():
        raise InvalidInput(
            _("The trigger lies in the future."), field="triggered_at", cure=_("Give the time it happened.")
        )
    version = rule_version(rule, local_date(triggered_at))
    if not version.is_enabled and not even_unverified:
        raise RuleBroken(
            _("The rule “%(rule)s” has not been verified, so no clock runs on it.") % {"rule": version.label},
            field="rule",
            cure=_("Read the official text, then enter it as a new version under Administration › Rules."),
        )
    return version


@transaction.atomic
def pause_clock(
    *, by: Actor, clock: RunningClock, ground: Ground, at: datetime | None = None, reason: str = ""
) -> RunningClock:
    """Let a clock stand still on a ground that its rule names, since now or since a moment.

    Raises NotFound, NotAllowed, Conflict (it does not run, or has run out), RuleBroken, InvalidInput.
    """
    clock = clock_visible_to(by, clock.pk, for_update=True)
    check_user_can_pause(by, clock)
    moment = _claimed(at)
    state = _next(clock, "pause")
    if clock.due_at is not None and moment >= clock.due_at:
        raise Conflict(
            _("The clock has run out and can no longer stand still."),
            cure=_("Do what was due; the file will say that it was late."),
        )
    with telling_what_is_refused():
        rows = [*pauses_of(list(clock.pauses.all())), Pause(ground, moment)]
        counting.check_pauses(rule_of(clock.rule), clock.triggered_at, rows)
    ClockPause.objects.create(
        clock=clock, ground=ground.value, started_at=moment, reason=reason.strip()[:300]
    )
    clock.state = state.value
    _recompute(clock)
    _record(by, clock, "clock.paused", claimed_at=moment, ground=ground.value, reason=reason.strip()[:300])
    return clock


@transaction.atomic
def resume_clock(*, by: Actor, clock: RunningClock, at: datetime | None = None) -> RunningClock:
    """Let a clock go on, since now or since a moment after its pause began.

    Raises NotFound, NotAllowed, Conflict (it does not stand still), InvalidInput.
    """
    clock = clock_visible_to(by, clock.pk, for_update=True)
    check_user_can_pause(by, clock)
    moment = _claimed(at)
    clock.state = _next(clock, "resume").value
    pause = clock.pauses.get(ended_at=None)
    with telling_what_is_refused():
        span = Pause(Ground(pause.ground), pause.started_at, moment)
        counting.check_pauses(rule_of(clock.rule), clock.triggered_at, [span])
    pause.ended_at = moment
    pause.save(update_fields=["ended_at"])
    _recompute(clock)
    _record(by, clock, "clock.resumed", claimed_at=moment, ground=pause.ground)
    return clock


@transaction.atomic
def extend_clock(
    *, by: Actor, clock: RunningClock, amount: int, reason: str, collective: bool = False
) -> RunningClock:
    """Give a clock more time, as far as its rule permits, approved by the actor.

    Raises NotFound, NotAllowed (not an approver by the rule), Conflict (it does not run, or has run out),
    RuleBroken (beyond the rule), InvalidInput (no reason, no amount).
    """
    clock = clock_visible_to(by, clock.pk, for_update=True)
    check_user_can_extend(by, clock)
    _next(clock, "extend")
    if clock.due_at is not None and now() >= clock.due_at:
        raise Conflict(
            _("The clock has run out and can no longer be extended."),
            cure=_("Do what was due; the file will say that it was late."),
        )
    if not reason.strip():
        raise InvalidInput(
            _("An extension needs its reason."), field="reason", cure=_("Say why the time does not suffice.")
        )
    known = list(clock.extensions.all())
    with telling_what_is_refused():
        wanted = [*extensions_of(known), Extension(amount, collective)]
        counting.check_extensions(rule_of(clock.rule), wanted)
    ClockExtension.objects.create(
        clock=clock,
        number=len(known) + 1,
        amount=amount,
        collective=collective,
        reason=reason.strip()[:300],
        approved_by_id=by.user_id,
        approved_at=now(),
    )
    _recompute(clock)
    _record(
        by,
        clock,
        "clock.extended",
        amount=amount,
        unit=clock.rule.unit,
        collective=collective,
        reason=reason.strip()[:300],
    )
    return clock


@transaction.atomic
def stop_clock(
    *, by: Actor, clock: RunningClock, met: bool = True, at: datetime | None = None
) -> RunningClock:
    """Stop a clock: what was due was done (`met`), in time or late, or the clock lapses with its matter.

    Called by the room of the file, which has checked who may. Raises Conflict (it is stopped already),
    InvalidInput (a moment to come).
    """
    clock = (
        RunningClock.objects.select_for_update(of=("self",)).select_related("rule", "organ").get(pk=clock.pk)
    )
    moment = _claimed(at)
    clock.state = _next(clock, "meet" if met else "withdraw").value
    if moment < clock.triggered_at or clock.pauses.filter(ended_at=None, started_at__gt=moment).exists():
        raise InvalidInput(
            _("The time lies before the clock was triggered or stood still."),
            field="at",
            cure=_("Give a later time."),
        )
    clock.pauses.filter(ended_at=None).update(ended_at=moment)
    set_due(clock, working_calendar())
    clock.stopped_at = moment
    clock.save()
    late = (
        met
        and clock.due_at is not None
        and not counting.in_time(rule_of(clock.rule), _known_due(clock), moment)
    )
    _record(by, clock, "clock.met" if met else "clock.withdrawn", claimed_at=moment, late=late or None)
    return clock


def _known_due(clock: RunningClock) -> counting.Due:
    return counting.Due(clock.due_on, clock.due_at, clock.soon_at, local_date(clock.triggered_at), ())


@transaction.atomic
def recompute_clocks(*, by: Actor, clocks: Sequence[RunningClock] | None = None) -> int:
    """Bring the due days of open clocks up to rules and calendar as they stand now; returns how many moved.

    Each that moved leaves an act `clock.moved` with the day before and after.
    """
    open_clocks = RunningClock.objects.filter(state__in=["running", "paused"])
    if clocks is not None:
        open_clocks = open_clocks.filter(pk__in=[clock.pk for clock in clocks])
    calendar, moved = working_calendar(), 0
    rows = open_clocks.select_for_update(of=("self",)).select_related("rule", "organ")
    for clock in rows.prefetch_related("pauses", "extensions").iterator(chunk_size=500):
        before = (clock.due_at, clock.missing_on)
        day = clock.due_on
        set_due(clock, calendar)
        if (clock.due_at, clock.missing_on) == before:
            continue
        clock.save()
        announce(DueDayMoved(clock.file, clock.rule.code, clock.due_on))
        _record(by, clock, "clock.moved", due_before=day)
        moved += 1
    return moved


def _next(clock: RunningClock, verb: str) -> ClockState:
    state = ClockState(clock.state)
    if not CLOCK_STATES.permits(state, verb):
        raise Conflict(
            _("The clock has moved on in the meantime, so this is no longer possible."),
            cure=_("Reload the page to see where it stands."),
        )
    return CLOCK_STATES.next(state, verb)


def _claimed(at: datetime | None) -> datetime:
    moment = at or now()
    with telling_what_is_refused():
        counting.check_aware(moment)
    if moment > now():
        raise InvalidInput(
            _("The time lies in the future."), field="at", cure=_("Give the time it happened.")
        )
    return moment


def _recompute(clock: RunningClock) -> None:
    before = clock.due_on
    set_due(clock, working_calendar())
    clock.save()
    if clock.due_on != before:
        announce(DueDayMoved(clock.file, clock.rule.code, clock.due_on))


def _record(
    by: Actor, clock: RunningClock, kind: str, *, claimed_at: datetime | None = None, **facts: Any
) -> None:
    known: dict[str, Any] = {"rule": clock.rule.code, "clock": clock.pk, "due_on": clock.due_on}
    source = rule_of(clock.rule).source
    record_act(
        by=by,
        kind=kind,
        subject=clock.subject,
        file=clock.file,
        claimed_at=claimed_at,
        legal_basis=[str(source)[:200]],
        facts={**known, **{name: value for name, value in facts.items() if value not in (None, "")}},
    )
