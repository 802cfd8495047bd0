"""Many statements at once, for tables and for the simulator: the same checks, one outcome for each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from yaojian.foundation.accounts.facade import Actor, Organ, Permission, check_may
from yaojian.foundation.ledger.facade import record_act
from yaojian.foundation.timekeeping import now, today
from yaojian.oversight.statistics import work_kinds
from yaojian.oversight.statistics.actions import STANDING
from yaojian.oversight.statistics.models import Statistic, dims_key
from yaojian.oversight.statistics.permissions import answers_for
from yaojian.oversight.statistics.plausible import implausible, related
from yaojian.oversight.statistics.rules import Content, Fault, faults_of
from yaojian.oversight.statistics.states import OPEN_TO_CHANGE, StatisticState


@dataclass(frozen=True, slots=True)
class Entry:
    """A statement in a table; `organ` is a code."""

    organ: str
    content: Content
    faults: tuple[Fault, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an entry: new, unchanged or refused."""

    code: str
    change: str
    faults: Sequence[Fault] = ()


def entry_code(entry: Entry) -> str:
    """By what an entry is known again: datum, organ, period and dimensions."""
    c = entry.content
    return f"{c.datum} {entry.organ} {c.first_on} {c.last_on} {dims_key(c.dims)}"


@transaction.atomic
def register_statistics(entries: Iterable[Entry], *, by: Actor, batch: UUID) -> list[Outcome]:
    """Enter statements and hand them in; one outcome for each entry, in order. Their evidence is the batch.

    What stands already with the same value is unchanged; with another value the entry is refused, for a
    statement is corrected and not overwritten. Writes one act when anything is new. Raises NotAllowed.
    """
    check_may(by, Permission.STATISTIC_ENTER)
    entries = list(entries)
    organs = {
        organ.code: organ for organ in Organ.objects.filter(code__in={entry.organ for entry in entries})
    }
    standing, beside = _standing(entries, organs)
    outcomes: list[Outcome] = []
    added: list[Statistic] = []
    for entry in entries:
        outcome, statistic = _judge(entry, organs.get(entry.organ), by, standing, beside)
        outcomes.append(outcome)
        if statistic is not None:
            statistic.batch = batch
            added.append(statistic)
            standing[_series(statistic.organ_id, entry.content)].append(statistic)
            beside[_period(statistic.organ_id, entry.content)].append(statistic)
    if added:
        Statistic.objects.bulk_create(added, batch_size=1000)
        facts = {"count": len(outcomes), "new": len(added), "batch": str(batch)}
        record_act(by=by, kind="statistics.registered", facts=facts)
        work_kinds.ask_to_confirm(by.organ_id)
    return outcomes


Series = tuple[int, str, str]
Period = tuple[int, date, date]


def _series(organ_id: int, content: Content) -> Series:
    return organ_id, content.datum, dims_key(content.dims)


def _period(organ_id: int, said: Content | Statistic) -> Period:
    return organ_id, said.first_on, said.last_on


def _standing(
    entries: Sequence[Entry], organs: dict[str, Organ]
) -> tuple[dict[Series, list[Statistic]], dict[Period, list[Statistic]]]:
    """What stands already of the same data and of those that bear on them: by series, and by period."""
    found: dict[Series, list[Statistic]] = defaultdict(list)
    beside: dict[Period, list[Statistic]] = defaultdict(list)
    rows = Statistic.objects.filter(
        organ__in=organs.values(),
        datum__in=related(entry.content.datum for entry in entries),
        state__in=STANDING,
    )
    for row in rows.order_by():
        found[row.organ_id, row.datum, row.dims_key].append(row)
        beside[_period(row.organ_id, row)].append(row)
    return found, beside


def _judge(
    entry: Entry,
    organ: Organ | None,
    by: Actor,
    standing: dict[Series, list[Statistic]],
    beside: dict[Period, list[Statistic]],
) -> tuple[Outcome, Statistic | None]:
    code, content = entry_code(entry), entry.content
    faults = [*entry.faults, *faults_of(content, today())]
    if organ is None or not answers_for(by, organ):
        faults.append(
            Fault(
                "organ",
                _("There is no such organ within your area."),
                _("Enter the name or the code of your organ or of one below it."),
            )
        )
    if faults or organ is None:
        return Outcome(code, "refused", faults), None
    for other in standing[_series(organ.pk, content)]:
        if other.first_on <= content.last_on and content.first_on <= other.last_on:
            if _says_the_same(other, content):
                return Outcome(code, "unchanged"), None
            return Outcome(code, "refused", [_second(other)]), None
    if faults := implausible(content, content.note, beside[_period(organ.pk, content)]):
        return Outcome(code, "refused", faults), None
    statistic = Statistic(
        datum=content.datum,
        organ=organ,
        first_on=content.first_on,
        last_on=content.last_on,
        dims=dict(content.dims),
        dims_key=dims_key(content.dims),
        amount=content.amount,
        grade=content.grade,
        sample_size=content.sample_size,
        method=content.method,
        note=content.note,
        state=StatisticState.SUBMITTED.value,
        entered_in_id=by.organ_id,
        entered_by_id=by.user_id,
        entered_at=now(),
        authors=[by.user_id],
        submitted_by_id=by.user_id,
        submitted_at=now(),
    )
    return Outcome(code, "new"), statistic


def _says_the_same(other: Statistic, content: Content) -> bool:
    return (other.first_on, other.last_on, other.amount, other.grade, other.sample_size) == (
        content.first_on,
        content.last_on,
        content.amount,
        content.grade,
        content.sample_size,
    )


def _second(other: Statistic) -> Fault:
    words = {"first": other.first_on, "last": other.last_on, "state": other.get_state_display()}
    return Fault(
        "first_on",
        _("There is a statement of the same for %(first)s to %(last)s already (%(state)s).") % words,
        _("Correct that one, or state a period that does not overlap with it."),
    )


@dataclass(frozen=True, slots=True)
class Undone:
    """What taking back a batch did: codes of statements withdrawn, and of those that stay and why."""

    removed: list[str]
    kept: list[tuple[str, str]]


@transaction.atomic
def undo_statistics(*, by: Actor, batch: UUID) -> Undone:
    """Withdraw the statements of an import that nobody has confirmed. Raises NotAllowed."""
    check_may(by, Permission.STATISTIC_ENTER)
    removed, kept = [], []
    rows = Statistic.objects.select_for_update(of=("self",)).filter(batch=batch).select_related("organ")
    open_states = {StatisticState.SUBMITTED.value, *(state.value for state in OPEN_TO_CHANGE)}
    for row in rows:
        code = f"{row.datum} {row.organ.code} {row.first_on} {row.last_on} {row.dims_key}"
        if row.state in open_states and answers_for(by, row.organ):
            row.state = StatisticState.WITHDRAWN.value
            row.reason = _("The import was undone.")
            row.save()
            removed.append(code)
        elif row.state != StatisticState.WITHDRAWN.value:
            kept.append((code, _("It has been confirmed in the meantime.")))
    if removed:
        facts = {"removed": len(removed), "kept": len(kept), "batch": str(batch)}
        record_act(by=by, kind="statistics.undone", facts=facts)
    work_kinds.confirmation_settled(by.organ_id)
    return Undone(removed, kept)
