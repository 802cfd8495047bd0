"""Asking for a schedule, stopping it, adopting it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Actor, Permission, check_may
from yaojian.foundation.errors import Conflict, InvalidInput, NotFound
from yaojian.foundation.ledger.facade import Ref, record_act
from yaojian.foundation.outbox.facade import publish
from yaojian.foundation.reference.facade import years_held
from yaojian.foundation.timekeeping import now, today
from yaojian.oversight.mandates.events import ScheduleAdopted
from yaojian.oversight.mandates.lines import locked_line, paths_above
from yaojian.oversight.mandates.models import Schedule
from yaojian.oversight.mandates.scheduling.effort import effort
from yaojian.oversight.mandates.scheduling.running import year_of
from yaojian.oversight.mandates.states import AT_WORK, SCHEDULE_STATES, ScheduleState

SCHEDULE_KIND = "mandates.schedule"
MOST_EXTRA = 500
STALLED = timedelta(minutes=15)
"""A worker that has not been heard of for so long is given up for dead."""
MOST_ATTEMPTS = 3
_ask_worker: Callable[[int], None] | None = None


def work_with(ask: Callable[[int], None] | None) -> Callable[[int], None] | None:
    """Tell the room how to give a schedule to the worker; gives back how it was done before.

    Set once by the composition root. With None nobody is asked: the caller does the work itself.
    """
    global _ask_worker
    before, _ask_worker = _ask_worker, ask
    return before


def years_to_ask() -> tuple[list[int], int | None]:
    """This year and the next, as far as their working days are known, and the first that is not."""
    present, held = today().year, years_held()
    years = [present, present + 1]
    return [year for year in years if year in held], next((y for y in years if y not in held), None)


def ask_schedule(*, by: Actor, year: int, percent: int | None = None, extra: int = 0) -> Schedule:
    """Ask for the schedule of the actor's organ and those below it in a year; the worker draws it up.

    Asked twice for the same, it gives back the one that is being drawn up.
    Raises InvalidInput for a year that is over or too far off, or a share of the working time that is none.
    """
    check_may(by, Permission.MANDATE_MANAGE)
    share = effort().percent if percent is None else percent
    present = today().year
    if not present <= year <= present + 1:
        raise InvalidInput(
            _("A schedule is for this year or the next."), field="year", cure=_("Choose one of the two.")
        )
    if not 1 <= share <= 100:
        raise InvalidInput(
            _("No capacity: the share of the working time lies between 1 and 100 percent."),
            field="percent",
            cure=_("Write how much of it is for planned inspections."),
        )
    if abs(extra) > MOST_EXTRA:
        raise InvalidInput(
            _("So many inspectors more or fewer are beyond any organ."),
            field="extra",
            cure=_("Write a number between -500 and 500."),
        )
    year_of(year, share, today())  # a year without calendar is refused before anybody waits for it
    with transaction.atomic():
        organ = locked_line(by)[-1]
        asked = {"organ": organ, "year": year, "percent": share, "extra": extra}
        at_work = Schedule.objects.filter(**asked, state__in=[state.value for state in AT_WORK]).first()
        if at_work is not None:
            return at_work
        schedule = Schedule.objects.create(**asked, asked_by_id=by.user_id, asked_at=now())
        record_act(
            by=by,
            kind="schedule.asked",
            file=Ref(SCHEDULE_KIND, schedule.pk),
            facts={"year": year, "percent": share, "extra": extra},
        )
        transaction.on_commit(lambda: _give(schedule.pk))
    return schedule


def _give(schedule_id: int) -> None:
    if _ask_worker is not None:
        _ask_worker(schedule_id)


def schedules_of(actor: Actor) -> QuerySet[Schedule]:
    """The schedules of the actor's organ, those above it and those below, the newest first."""
    line = Q(organ__path__in=paths_above(actor)) | Q(organ__path__startswith=actor.organ_path)
    return Schedule.objects.filter(line).select_related("organ", "asked_by")


def schedule_visible_to(actor: Actor, schedule_id: int) -> Schedule:
    """One schedule along the actor's line of organs. Raises NotFound."""
    schedule = schedules_of(actor).filter(pk=schedule_id).first()
    if schedule is None:
        raise NotFound(_("There is no such schedule."), cure=_("Choose one in the list of schedules."))
    return schedule


def _held(by: Actor, schedule_id: int) -> Schedule:
    check_may(by, Permission.MANDATE_MANAGE)
    schedule = (
        Schedule.objects.select_for_update(of=("self",))
        .select_related("organ")
        .filter(pk=schedule_id, organ_id=by.organ_id)
        .first()
    )
    if schedule is None:
        raise NotFound(
            _("Your organ has asked for no such schedule."), cure=_("Choose one in the list of schedules.")
        )
    return schedule


def cancel_schedule(*, by: Actor, schedule_id: int) -> None:
    """Stop a schedule that is being drawn up; the worker hears it before the next organ."""
    with transaction.atomic():
        schedule = _held(by, schedule_id)
        if ScheduleState(schedule.state) not in AT_WORK:
            raise Conflict(_("This schedule is not being drawn up any more."))
        schedule.cancel_asked = True
        if schedule.state == ScheduleState.QUEUED.value:
            schedule.state = SCHEDULE_STATES.next(ScheduleState.QUEUED, "cancel").value
            schedule.finished_at = now()
        schedule.save()


def adopt_schedule(*, by: Actor, schedule_id: int) -> None:
    """Adopt a schedule: its visits appear on the worklist in time.

    Those that its organ or one below had adopted for the year give way. Raises Conflict below an adopted one:
    of a line of organs one schedule stands, else visits would be planned twice.
    """
    with transaction.atomic():
        above = locked_line(by)[:-1]
        schedule = _held(by, schedule_id)
        if not SCHEDULE_STATES.permits(ScheduleState(schedule.state), "adopt"):
            raise Conflict(_("Only a finished schedule can be adopted."), cure=_("Wait until it is done."))
        if schedule.extra:
            raise Conflict(
                _("This schedule supposes other numbers of inspectors than there are."),
                cure=_("Draw it up with the inspectors that are entered."),
            )
        adopted = Schedule.objects.filter(year=schedule.year, state=ScheduleState.ADOPTED.value)
        over = adopted.filter(organ__in=above).select_related("organ").first()
        if over is not None:
            raise Conflict(
                _("%(organ)s has adopted a schedule for this year, and it covers your organ.")
                % {"organ": over.organ.label},
                cure=_("Work by its visits, or ask it to draw up another."),
            )
        earlier = adopted.filter(organ__path__startswith=by.organ_path)
        earlier.update(state=SCHEDULE_STATES.next(ScheduleState.ADOPTED, "replace").value, adopted_at=None)
        schedule.state = SCHEDULE_STATES.next(ScheduleState.DONE, "adopt").value
        schedule.adopted_at = now()
        schedule.save()
        record_act(
            by=by,
            kind="schedule.adopted",
            file=Ref(SCHEDULE_KIND, schedule.pk),
            facts={"year": schedule.year, "sha256": schedule.digest, "visits": schedule.visits.count()},
        )
        publish(ScheduleAdopted(schedule.pk))


def take_up_what_was_left() -> int:
    """Give schedules whose worker has died to another, until it has happened too often; returns how many."""
    with transaction.atomic():
        left = Schedule.objects.select_for_update(skip_locked=True).filter(
            state=ScheduleState.RUNNING.value, beat_at__lt=now() - STALLED
        )
        for schedule in left:
            if schedule.attempts < MOST_ATTEMPTS:
                schedule.state = SCHEDULE_STATES.next(ScheduleState.RUNNING, "restart").value
            else:
                schedule.state = SCHEDULE_STATES.next(ScheduleState.RUNNING, "fail").value
                schedule.finished_at = now()
                schedule.refusal = str(_("The worker was interrupted several times. Ask for it again."))
            schedule.save(update_fields=["state", "finished_at", "refusal"])
    waiting = Schedule.objects.filter(state=ScheduleState.QUEUED.value, asked_at__lt=now() - STALLED)
    keys = list(waiting.values_list("pk", flat=True))
    for key in keys:
        _give(key)
    return len(keys)
