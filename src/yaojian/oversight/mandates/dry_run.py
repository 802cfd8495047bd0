"""What a changed or new mandate would add and remove, before anything is saved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from django.db import connection, transaction

from yaojian.foundation.accounts.facade import Organ
from yaojian.oversight.mandates.engine import count_standings
from yaojian.oversight.mandates.models import Mandate
from yaojian.oversight.mandates.reading import rule_of
from yaojian.oversight.mandates.rules import Rule


@dataclass(frozen=True, slots=True)
class Load:
    """Subjects bound and inspections a year."""

    subjects: int = 0
    per_year: Fraction = Fraction(0)
    overdue: int = 0

    @property
    def inspections(self) -> float:
        """Inspections a year, to one decimal."""
        return round(float(self.per_year), 1)


@dataclass(frozen=True, slots=True)
class OrganChange:
    """What changes for one organ."""

    organ: Organ
    before: Load
    after: Load

    @property
    def difference(self) -> float:
        """Inspections a year more (or fewer)."""
        return round(self.after.inspections - self.before.inspections, 1)


@dataclass(frozen=True, slots=True)
class DryRun:
    """The outcome of a dry run: by organ and in all, and how many duties come and go."""

    organs: Sequence[OrganChange]
    added: int
    removed: int
    kept: int
    before: Load
    after: Load


def try_out(changed: Mandate, present: Mandate | None, organ: Organ, day: date) -> DryRun:
    """Count a mandate as it is (None: it is new) and as it would be, in an organ and those below it.

    Nothing is kept: the counting happens in a table that ends with the transaction.
    """
    with transaction.atomic():
        before = _counted(rule_of(present), organ, day) if present is not None else {}
        after = _counted(replace(rule_of(changed), key=present.pk if present else 0), organ, day)
        transaction.set_rollback(True)
    was, would = set(before), set(after)
    organs = {
        found.pk: found
        for found in Organ.objects.filter(
            pk__in={row[0] for row in before.values()} | {row[0] for row in after.values()}
        )
    }
    present_rule = rule_of(present) if present is not None else None
    by_organ = [
        OrganChange(
            organs[key],
            _load([row for row in before.values() if row[0] == key], present_rule),
            _load([row for row in after.values() if row[0] == key], rule_of(changed)),
        )
        for key in sorted(organs)
    ]
    return DryRun(
        organs=by_organ,
        added=len(would - was),
        removed=len(was - would),
        kept=len(was & would),
        before=_load(list(before.values()), present_rule),
        after=_load(list(after.values()), rule_of(changed)),
    )


Row = tuple[int, bool]


def _counted(rule: Rule, organ: Organ, day: date) -> dict[int, Row]:
    """By subject: the executing organ, and whether it would be overdue on the day."""
    binding = replace(rule, valid_from=min(rule.valid_from, day))
    count_standings([binding], day)
    below = Organ.objects.filter(path__startswith=organ.path or "-").order_by()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT subject_id, organ_id, NOT met AND due_on < %s FROM run_standing WHERE organ_id = ANY(%s)",
            [day, list(below.values_list("pk", flat=True))],
        )
        return {key: (organ_id, overdue) for key, organ_id, overdue in cursor.fetchall()}


def _load(rows: Sequence[Row], rule: Rule | None) -> Load:
    if rule is None:
        return Load()
    each = Fraction(rule.per_year).limit_denominator(1000) * (rule.share if rule.share is not None else 1)
    return Load(len(rows), each * len(rows), sum(overdue for _organ, overdue in rows))
