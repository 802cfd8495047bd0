"""Every read of the room, scoped to who asks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yaojian.foundation.accounts.facade import Actor, Hindrance, Organ, Permission, check_may, subtree_q
from yaojian.foundation.deadlines import wording
from yaojian.foundation.deadlines.computing import due_of, remaining_of, standing_of
from yaojian.foundation.deadlines.models import RunningClock
from yaojian.foundation.errors import NotFound
from yaojian.foundation.ledger.facade import Ref
from yaojian.foundation.reference.facade import rule_of, rule_version, working_calendar
from yaojian.foundation.timekeeping import local_date, now
from yaojian.foundation.workflow import counting
from yaojian.foundation.workflow.calendar import WorkingCalendar, YearMissing
from yaojian.foundation.workflow.clocks import ClockRule, Due, Extension, Pause, Standing, Unit


def clocks_visible_to(actor: Actor) -> QuerySet[RunningClock]:
    """The clocks of the actor's organ and of those below it."""
    return RunningClock.objects.filter(subtree_q(actor, "organ"))


def held_by(organ: Organ, on: date) -> list[Hindrance]:
    """The open clocks of an organ: nobody would answer for them when the organ closes."""
    count = RunningClock.objects.filter(organ=organ, state__in=["running", "paused"]).count()
    return [Hindrance(gettext_lazy("running clocks"), count)]


def clock_visible_to(actor: Actor, clock_id: int, *, for_update: bool = False) -> RunningClock:
    """One clock. Raises NotAllowed without the right to see clocks, NotFound outside the actor's scope."""
    check_may(actor, Permission.CLOCK_VIEW)
    clocks = clocks_visible_to(actor).select_related("rule", "organ")
    clock = (clocks.select_for_update(of=("self",)) if for_update else clocks).filter(pk=clock_id).first()
    if clock is None:
        raise NotFound(gettext_lazy("There is no such clock in your area."))
    return clock


def clocks_of(file: Ref) -> list[RunningClock]:
    """The clocks of a file that the caller has already been let see, the oldest first."""
    return list(
        RunningClock.objects.filter(file_kind=file.kind, file_id=file.id)
        .select_related("rule", "organ")
        .prefetch_related("pauses", "extensions")
        .order_by("started_at", "id")
    )


def open_clock_of(file: Ref, rule: str, *, for_update: bool = False) -> RunningClock | None:
    """The clock of a file by a rule that is still open, or None."""
    clocks = RunningClock.objects.select_related("rule", "organ").order_by("-started_at")
    if for_update:
        clocks = clocks.select_for_update(of=("self",))
    return clocks.filter(
        file_kind=file.kind, file_id=file.id, rule__code=rule, state__in=["running", "paused"]
    ).first()


def due(rule_code: str, triggered_at: datetime) -> date | datetime:
    """When something would be due that is triggered at a moment (aware): a day, or a moment for hours.

    Raises NotFound, RuleBroken (not in force then), InvalidInput (a naive time), CalendarYearMissing.
    """
    found = preview(rule_code, triggered_at)
    if found.day is None or found.moment is None:
        raise ValueError("a clock without pauses has an end")
    unit = Unit(rule_version(rule_code, local_date(triggered_at)).unit)
    return found.moment if unit is Unit.HOUR else found.day


def preview(rule_code: str, triggered_at: datetime, calendar: WorkingCalendar | None = None) -> Due:
    """What a clock triggered at a moment would come to, with its steps; raises as `due` does."""
    with wording.telling_what_is_refused():
        counting.check_aware(triggered_at)
        rule = rule_of(rule_version(rule_code, local_date(triggered_at)))
        return counting.due(rule, triggered_at, calendar or working_calendar())


def worked_out(
    rule: ClockRule,
    triggered_at: datetime,
    pauses: Sequence[Pause],
    extensions: Sequence[Extension],
    calendar: WorkingCalendar,
) -> Due:
    """What a rule makes of a trigger with pauses and extensions; refusals are errors with field and cure."""
    with wording.telling_what_is_refused():
        return counting.due(rule, triggered_at, calendar, pauses, extensions)


@dataclass(frozen=True, slots=True)
class Badge:
    """A clock in one line: its meaning of colour, what is left in words, and the words that explain it."""

    kind: str
    text: str
    title: str
    clock_id: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """A clock in words: how its end comes about, sentence by sentence, and what it rests on."""

    sentences: tuple[str, ...]
    left: str
    source: str
    confidence: str
    confidence_words: str
    consequence: str


def explanation(clock: RunningClock, calendar: WorkingCalendar | None = None) -> Explanation:
    """A clock in the reader's words, with article and confidence; says so when a year is missing."""
    calendar = calendar or working_calendar()
    rule = rule_of(clock.rule)
    sentences = [
        _("%(name)s: %(time)s.")
        % {
            "name": clock.rule.label,
            "time": wording.time_in_words(
                clock.rule.amount, rule.unit, rule.direction, clock.rule.in_language("trigger")
            ),
        }
    ]
    try:
        sentences += wording.steps_in_words(due_of(clock, calendar).steps)
    except YearMissing as missing:
        sentences.append(missing_year_words(missing.day))
    return Explanation(
        sentences=tuple(sentences),
        left=badge(clock, calendar).text,
        source=str(rule.source),
        confidence=str(wording.CONFIDENCE_NAMES[rule.source.confidence]),
        confidence_words=str(wording.CONFIDENCE_WORDS[rule.source.confidence]),
        consequence=clock.rule.in_language("consequence"),
    )


def missing_year_words(day: date) -> str:
    """Why there is no due day: the calendar misses a year."""
    return _(
        "The end lies beyond the working-day calendar, which has no entry for %(day)s: "
        "the due day is set as soon as that year is entered."
    ) % {"day": day.isoformat()}


def badge(clock: RunningClock, calendar: WorkingCalendar, at: datetime | None = None) -> Badge:
    """A clock in one line, for lists and the head of a file."""
    at = at or now()
    standing = standing_of(clock, at)
    kind, name = wording.STANDINGS[standing]
    text = str(name)
    if standing in (Standing.RUNNING, Standing.DUE_SOON, Standing.OVERDUE, Standing.PAUSED):
        left = remaining_of(clock, calendar, at)
        if left is not None:
            words = wording.remaining_in_words(left)
            text = f"{name} · {words}" if standing is Standing.PAUSED else words
    full = wording.due_in_full(clock.due_on, clock.due_at, clock.rule.unit)
    reason = f"{clock.rule.instrument}{clock.rule.article} ({clock.rule.confidence})"
    title = " · ".join(part for part in (clock.rule.label, full, reason) if part)
    return Badge(kind, text, title, clock.pk)


def badges(clocks: Iterable[RunningClock]) -> dict[int, Badge]:
    """The badges of many clocks (with their rules) by key: the calendar is read once for all."""
    calendar, at = working_calendar(), now()
    return {clock.pk: badge(clock, calendar, at) for clock in clocks}


def badges_of_files(kind: str, ids: Collection[int]) -> dict[int, list[Badge]]:
    """The badges of the open clocks of many files of a kind, the nearest end first."""
    clocks = list(
        RunningClock.objects.filter(file_kind=kind, file_id__in=ids, state__in=["running", "paused"])
        .select_related("rule")
        .prefetch_related("pauses", "extensions")
    )
    shown = badges(clocks)
    by_file: dict[int, list[Badge]] = {}
    for clock in clocks:
        by_file.setdefault(clock.file_id, []).append(shown[clock.pk])
    return by_file


def due_days_of_files(kind: str, rule: str) -> dict[int, date | None]:
    """The due days of the open clocks by a rule, of all files of a kind, by file."""
    clocks = RunningClock.objects.filter(file_kind=kind, rule__code=rule, state__in=["running", "paused"])
    return dict(clocks.values_list("file_id", "due_on"))


def clocks_by_id(ids: Sequence[int]) -> dict[int, RunningClock]:
    """Clocks by key, with rule, pauses and extensions, for callers who may see what they belong to."""
    clocks = RunningClock.objects.filter(pk__in=ids).select_related("rule")
    return {clock.pk: clock for clock in clocks.prefetch_related("pauses", "extensions")}


def undated_clocks() -> int:
    """How many open clocks have no due day because the calendar misses a year."""
    return RunningClock.objects.filter(missing_on__isnull=False, state__in=["running", "paused"]).count()
