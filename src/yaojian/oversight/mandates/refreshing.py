"""Bringing duties up to date: all of them every night, those of one subject after each act about it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date

from django.db import connection, transaction
from django.db.models import Q

from yaojian.foundation.timekeeping import today
from yaojian.oversight.mandates.contracts import Refreshed
from yaojian.oversight.mandates.engine import count_standings
from yaojian.oversight.mandates.engine_sql import MERGE
from yaojian.oversight.mandates.judging import Judged, judge
from yaojian.oversight.mandates.loading import load_mandates
from yaojian.oversight.mandates.models import Standing
from yaojian.oversight.mandates.reading import (
    Organs,
    acts_about,
    drawn_subjects,
    first_day_read,
    histories,
    rules_on,
)
from yaojian.oversight.mandates.rules import Rule
from yaojian.oversight.mandates.work import keep_work
from yaojian.registers.enterprises.facade import Subject, subjects_open_on

FEW = 100
"""Up to so many subjects are judged one by one; for more the database counts."""
_CHANGING = ("organ_id", "opened_on", "since", "due_on", "last_on", "met", "late", "done", "needed", "nobody")
LOCK = 0x4D414E44
"""Held from before the counting: what a run has counted must not replace what an act has changed since.

Those about some subjects share it; a run over all has it alone.
"""


def refresh_duties(subject_ids: Iterable[int] | None = None, as_of: date | None = None) -> Refreshed:
    """Bring duties, and the work items that follow from them, up to a day (today when not given).

    Of all subjects (the nightly run, which also takes over changes of plans and rules) or of some (after an
    act). Running it again changes nothing.
    """
    day = as_of or today()
    chosen = None if subject_ids is None else sorted(set(subject_ids))
    with transaction.atomic():
        many = chosen is None or len(chosen) > FEW
        _lock(alone=many)
        if chosen is None:
            load_mandates(on=day)
        rules = rules_on(day, with_arrears=True)
        changed = _all_anew(rules, day, chosen) if many else _few(rules, day, chosen or [])
        opened, completed, cancelled = keep_work(day, chosen)
    return Refreshed(len(rules), changed, opened, completed, cancelled)


def recount(day: date | None = None) -> int:
    """Count all duties anew without touching work items; returns how many rows changed."""
    with transaction.atomic():
        on = day or today()
        _lock(alone=True)
        return _all_anew(rules_on(on, with_arrears=True), on, None)


def _lock(*, alone: bool) -> None:
    call = "pg_advisory_xact_lock" if alone else "pg_advisory_xact_lock_shared"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {call}(%s)", [LOCK])


def _all_anew(rules: Sequence[Rule], day: date, chosen: Collection[int] | None) -> int:
    subjects = None if chosen is None else subjects_open_on(day).filter(pk__in=list(chosen))
    count_standings(rules, day, subjects)
    with connection.cursor() as cursor:
        changed = 0
        for statement in MERGE:
            if "/*only*/" not in statement or chosen is None:
                cursor.execute(statement)
            else:
                cursor.execute(statement.replace("/*only*/", "d.subject_id = ANY(%s) AND"), [list(chosen)])
            changed += cursor.rowcount
    return changed


def judged_standings(rules: Sequence[Rule], day: date, subject_ids: Collection[int]) -> list[Standing]:
    """Where some subjects stand, judged one by one."""
    organs = Organs()
    subjects = list(subjects_open_on(day).filter(pk__in=list(subject_ids)))
    keys = [subject.pk for subject in subjects]
    past = histories(organs, keys, day)
    acts = acts_about(keys, first_day_read(rules, day), day)
    drawn: dict[int, set[int]] = {}
    for mandate_id, subject_id in drawn_subjects(rules, day, keys):
        drawn.setdefault(subject_id, set()).add(mandate_id)
    return [
        _standing(subject, found, *organs.executing(subject.responsible_organ_id, found.rule.levels))
        for subject in subjects
        for found in judge(
            rules,
            organs.facts_of(subject),
            subject.opened_on,
            past.get(subject.pk, ()),
            acts.get(subject.pk, ()),
            day,
            drawn.get(subject.pk, ()),
        )
    ]


def _standing(subject: Subject, found: Judged, organ_id: int, nobody: bool) -> Standing:
    return Standing(
        subject_id=subject.pk,
        mandate_id=found.rule.key,
        organ_id=organ_id,
        opened_on=subject.opened_on,
        since=found.since,
        due_on=found.duty.due_on,
        last_on=found.duty.last_on,
        met=found.met,
        late=found.duty.late,
        done=found.duty.done,
        needed=found.duty.needed,
        nobody=nobody,
    )


def _few(rules: Sequence[Rule], day: date, chosen: Sequence[int]) -> int:
    # Whoever comes second waits here, so that two acts about one subject do not both find its rows missing.
    list(
        Subject.objects.select_for_update(no_key=True).filter(pk__in=chosen).order_by("pk").values_list("pk")
    )
    wanted = {(row.subject_id, row.mandate_id): row for row in judged_standings(rules, day, chosen)}
    stored = {(row.subject_id, row.mandate_id): row for row in Standing.objects.filter(subject_id__in=chosen)}
    gone = [key for key in stored if key not in wanted]
    changed = [key for key in wanted if key in stored and _differ(wanted[key], stored[key])]
    anew = {*gone, *changed}
    if anew:
        condition = Q(pk__in=list(anew))
        Standing.objects.filter(condition).delete()
    fresh = [row for key, row in wanted.items() if key not in stored or key in anew]
    Standing.objects.bulk_create(fresh)
    return len(gone) + len(fresh)


def _differ(one: Standing, other: Standing) -> bool:
    return any(getattr(one, name) != getattr(other, name) for name in _CHANGING)
