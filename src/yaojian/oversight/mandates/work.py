"""Duties that press become work items; duties seen to, or gone, end them. Doing it twice changes nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from yaojian.casework.inspections.facade import DUE_INSPECTION
from yaojian.foundation.timekeeping import local_date, now
from yaojian.foundation.worklist.facade import (
    UNFINISHED,
    ItemPlace,
    WorkItem,
    cancel_items_of_origin,
    complete_items_of_origin,
    follow_duties,
    open_items,
)
from yaojian.oversight.mandates.contracts import HORIZON, ORIGIN
from yaojian.oversight.mandates.engine_sql import RECURS
from yaojian.oversight.mandates.models import Mandate
from yaojian.oversight.mandates.reading import rule_of
from yaojian.oversight.mandates.rules import Rule, by_precedence
from yaojian.registers.enterprises.facade import subjects_by_id

PLANNED_AHEAD = timedelta(days=28)
"""A visit of an adopted schedule appears on the worklist this long before its week."""
LONGEST_REASON = 300
AT_ONCE = 2000

_OPEN = "w.kind = %(kind)s AND w.origin_kind = %(origin)s AND w.state = ANY(%(unfinished)s)"
# A planned visit that was missed stays until an act of its time, or one that moves the duty to another year.
_PLANNED = f"""SELECT min(v.week) FROM mandates_visit v JOIN mandates_schedule c ON c.id = v.schedule_id
       WHERE c.adopted_at IS NOT NULL AND c.year >= %(year)s AND v.subject_id = s.subject_id
         AND m.code = ANY(v.mandates) AND v.week <= %(planned)s
         AND (s.last_on IS NULL OR s.last_on < v.earliest)
         AND (NOT {RECURS} OR s.due_on <= make_date(c.year, 12, 31))"""  # noqa: S608
_PRESSES = f"""m.enabled AND NOT s.nobody AND (NOT s.met OR {RECURS})
      AND (s.due_on <= %(until)s OR ({_PLANNED}) IS NOT NULL)"""
SETTLED = f"""SELECT w.subject_id, w.origin_key, s.subject_id IS NOT NULL AND m.enabled,
       s.met AND NOT {RECURS}, s.last_on, w.opened_at
  FROM worklist_workitem w
  LEFT JOIN mandates_mandate m ON m.code = w.origin_key
  LEFT JOIN mandates_standing s ON s.mandate_id = m.id AND s.subject_id = w.subject_id
 WHERE {_OPEN} AND w.subject_id IS NOT NULL AND (%(all)s OR w.subject_id = ANY(%(subjects)s))
   AND (%(all)s OR m.enabled IS NOT FALSE)
   AND (s.subject_id IS NULL OR NOT ({_PRESSES}))"""  # noqa: S608
PRESSING = f"""SELECT s.subject_id, m.id, s.organ_id, s.due_on, ({_PLANNED}),
       CASE WHEN m.valid_to < %(day)s THEN m.valid_to END, w.id, w.organ_id, w.due_on,
       (w.parameters->>'planned_week')::date, (w.parameters->>'ended_on')::date
  FROM mandates_standing s JOIN mandates_mandate m ON m.id = s.mandate_id
  LEFT JOIN worklist_workitem w ON {_OPEN} AND w.subject_id = s.subject_id AND w.origin_key = m.code
 WHERE (%(all)s OR s.subject_id = ANY(%(subjects)s)) AND {_PRESSES}
 ORDER BY s.subject_id, s.due_on, m.id"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Pressing:
    """A duty that belongs on the worklist, and the item by which it is there, as that one says it."""

    subject_id: int
    mandate_id: int
    organ_id: int
    due_on: date
    planned_week: date | None
    ended_on: date | None = None
    item_id: int | None = None
    item_organ_id: int | None = None
    item_due_on: date | None = None
    item_week: date | None = None
    item_ended_on: date | None = None

    @property
    def is_open(self) -> bool:
        """Whether it is on the worklist."""
        return self.item_id is not None

    @property
    def has_moved(self) -> bool:
        """Whether its organ, day or planned week is another than its item says, or its mandate has ended."""
        said = self.item_organ_id, self.item_due_on, self.item_week, self.item_ended_on
        return self.is_open and said != (self.organ_id, self.due_on, self.planned_week, self.ended_on)


def keep_work(day: date, subject_ids: Sequence[int] | None) -> tuple[int, int, int]:
    """Open, complete and withdraw work items by what the duties say; how many of each.

    A duty that another one's inspection serves as well, and which is due no sooner, opens no item of its own.
    An open item follows its duty to another organ and another day.
    """
    asked: dict[str, Any] = {
        "kind": DUE_INSPECTION,
        "origin": ORIGIN,
        "unfinished": [state.value for state in UNFINISHED],
        "day": day,
        "until": day + HORIZON,
        "year": day.year,
        "planned": day + PLANNED_AHEAD,
        "all": subject_ids is None,
        "subjects": list(subject_ids or ()),
    }
    with connection.cursor() as cursor:
        cursor.execute(SETTLED, asked)
        done: list[tuple[int, str]] = []
        dropped: list[tuple[int, str]] = []
        for subject_id, code, stands, met_for_good, last_on, opened_at in cursor.fetchall():
            seen_to = stands and _seen_to(met_for_good, last_on, opened_at)
            (done if seen_to else dropped).append((subject_id, code))
        cursor.execute(PRESSING, asked)
        pressing = [Pressing(*row) for row in cursor.fetchall()]
    completed = complete_items_of_origin(DUE_INSPECTION, ORIGIN, done)
    cancelled = cancel_items_of_origin(DUE_INSPECTION, ORIGIN, dropped)
    follow_duties({duty.item_id: _place_of(duty) for duty in pressing if duty.item_id and duty.has_moved})
    return _open(pressing), completed, cancelled


def _place_of(duty: Pressing) -> ItemPlace:
    return ItemPlace(duty.organ_id, duty.due_on, _moving(duty))


def _moving(duty: Pressing) -> dict[str, str | None]:
    """What an item says of its duty that may change."""
    named = {"planned_week": duty.planned_week, "ended_on": duty.ended_on}
    return {name: day.isoformat() if day else None for name, day in named.items()}


def _seen_to(met_for_good: bool, last_on: date | None, opened_at: datetime) -> bool:
    """Whether a duty that presses no more was seen to; else its subject moved, or its day did.

    Rolling years are met all the time before they are due: there an act since the item opened tells.
    """
    return met_for_good or (last_on is not None and last_on >= local_date(opened_at))


def _open(pressing: Sequence[Pressing]) -> int:
    if all(duty.is_open for duty in pressing):
        return 0
    asking = Mandate.objects.filter(pk__in={duty.mandate_id for duty in pressing}).select_related("organ")
    mandates = {mandate.pk: mandate for mandate in asking}
    rules = {key: rule_of(mandate) for key, mandate in mandates.items()}
    missing = list(_missing(pressing, rules))
    opened = 0
    for start in range(0, len(missing), AT_ONCE):
        chunk = missing[start : start + AT_ONCE]
        subjects = subjects_by_id({duty.subject_id for duty, _also in chunk})
        opened += open_items(
            [
                _item(
                    duty,
                    mandates[duty.mandate_id],
                    [mandates[key] for key in also],
                    subjects[duty.subject_id],
                )
                for duty, also in chunk
            ]
        )
    return opened


def _missing(pressing: Sequence[Pressing], rules: dict[int, Rule]) -> Iterator[tuple[Pressing, list[int]]]:
    """The duties that need an item of their own, with the mandates that the same inspection serves."""
    by_subject: dict[int, list[Pressing]] = defaultdict(list)
    for duty in pressing:
        by_subject[duty.subject_id].append(duty)
    places = {rule.key: place for place, rule in enumerate(by_precedence(rules.values()))}
    for duties in by_subject.values():
        # Those open already first, so that who has begun keeps the item; then the most urgent.
        duties.sort(key=lambda duty: (not duty.is_open, duty.due_on, places[duty.mandate_id]))
        kept: list[tuple[Pressing, list[int]]] = []
        for duty in duties:
            serving = next((k for k in kept if _serves(k[0], duty, rules)), None)
            if serving is not None and not duty.is_open:
                serving[1].append(duty.mandate_id)
            else:
                kept.append((duty, []))
        yield from (entry for entry in kept if not entry[0].is_open)


def _serves(one: Pressing, other: Pressing, rules: dict[int, Rule]) -> bool:
    """Whether the inspection asked for by one duty serves the other in time.

    What is left of an ended plan hides nothing that the plan in force asks for.
    """
    in_time = one.due_on <= other.due_on and (one.ended_on is None or other.ended_on is not None)
    return in_time and rules[other.mandate_id].served_by(rules[one.mandate_id])


def _item(duty: Pressing, mandate: Mandate, also: Sequence[Mandate], subject: object) -> WorkItem:
    kinds = mandate.formula.get("act", {}).get("inspection_kinds", [])
    parameters: dict[str, object] = {"inspection_kind": kinds[0]} if kinds else {}
    parameters |= {name: day for name, day in _moving(duty).items() if day}
    if also:
        parameters["serves"] = [other.code for other in also]
    return WorkItem(
        kind=DUE_INSPECTION,
        organ_id=duty.organ_id,
        subject_id=duty.subject_id,
        subject_name=subject.name,  # type: ignore[attr-defined]
        division_code=subject.division_code,  # type: ignore[attr-defined]
        due_on=duty.due_on,
        reason=mandate.title_zh[:LONGEST_REASON],
        source=" ".join(filter(None, (mandate.source_zh, mandate.article, f"({mandate.code})")))[:200],
        origin_kind=ORIGIN,
        origin_key=mandate.code,
        parameters=parameters,
        opened_at=now(),
    )
