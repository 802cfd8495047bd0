"""What a year of duties comes to for each organ, with these mandates or others, beside its capacity."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import connection, transaction

from yaojian.foundation.accounts.facade import Organ
from yaojian.oversight.mandates.engine import count_standings
from yaojian.oversight.mandates.models import Mandate
from yaojian.oversight.mandates.reading import rule_of, rules_on
from yaojian.oversight.mandates.rules import Rule
from yaojian.oversight.mandates.scheduling.capacity import inspectors_on, per_team, teams_of, weeks_between
from yaojian.oversight.mandates.scheduling.effort import effort

_RATED = """
  WITH rate AS (SELECT * FROM unnest(%(keys)s::bigint[], %(rates)s::float8[]) AS r (mandate_id, rate)),
  visit AS (SELECT s.organ_id, s.subject_id, max(r.rate) AS rate
              FROM {tables} JOIN rate r USING (mandate_id)
             WHERE s.organ_id = ANY(%(organs)s) GROUP BY s.organ_id, s.subject_id)
SELECT v.organ_id, e.subject_type, sum(v.rate)
  FROM visit v JOIN enterprises_subject e ON e.id = v.subject_id GROUP BY 1, 2"""
_STORED = "mandates_standing s"
_BOTH = """(SELECT organ_id, subject_id, mandate_id FROM mandates_standing
             UNION ALL SELECT organ_id, subject_id, mandate_id FROM run_standing) s"""


@dataclass(frozen=True, slots=True)
class Year:
    """Inspections of a year, and the half days they take."""

    inspections: float = 0.0
    half_days: float = 0.0


@dataclass(frozen=True, slots=True)
class OrganYear:
    """An organ's year as it is and as it would be, its inspectors, and the half days its teams have."""

    organ_id: int
    before: Year
    after: Year
    inspectors: int
    room: int


def years_of(
    added: Sequence[Mandate], ended: Collection[str], organ: Organ, day: date, year: int
) -> list[OrganYear]:
    """Every organ's year from `organ` down, now, and with mandates added and others (codes) ended.

    A subject is inspected as often as the strictest of its mandates asks; that inspection serves the
    others. Shares count as what can be expected of a draw. Raises CalendarYearMissing for the capacity.
    """
    organs = list(
        Organ.objects.filter(path__startswith=organ.path or "-").order_by().values_list("pk", flat=True)
    )
    present = rules_on(day)
    coming = [
        replace(rule_of(mandate), key=-place, valid_from=min(mandate.valid_from, day))
        for place, mandate in enumerate(added, start=1)
    ]
    with transaction.atomic():
        before = _years(_STORED, present, organs)
        count_standings(coming, day)
        kept = [rule for rule in present if rule.code not in ended]
        after = _years(_BOTH, [*kept, *coming], organs)
        transaction.set_rollback(True)
    inspectors = inspectors_on(day)
    weeks = weeks_between(date(year, 1, 1), date(year, 12, 31))
    room = sum(per_team(weeks, effort().percent))
    return [
        OrganYear(
            key,
            before.get(key, Year()),
            after.get(key, Year()),
            inspectors.get(key, 0),
            room * teams_of(inspectors.get(key, 0)),
        )
        for key in sorted({*before, *after})
    ]


def _years(tables: str, rules: Sequence[Rule], organs: Sequence[int]) -> Mapping[int, Year]:
    asked: dict[str, Any] = {
        "keys": [rule.key for rule in rules],
        "rates": [rule.per_year * float(rule.share if rule.share is not None else 1) for rule in rules],
        "organs": list(organs),
    }
    lengths = effort().half_days
    found: dict[int, Year] = defaultdict(Year)
    with connection.cursor() as cursor:
        cursor.execute(_RATED.format(tables=tables), asked)
        for organ_id, subject_type, number in cursor.fetchall():
            was = found[organ_id]
            found[organ_id] = Year(was.inspections + number, was.half_days + number * lengths[subject_type])
    return found
