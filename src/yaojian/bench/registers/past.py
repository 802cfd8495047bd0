"""Years of work that nobody did: acts, inspections and open work, each copied from one that was done.

One row is made through the rooms' doors; the database copies it for thousands of subjects and changes what
tells the copies apart. So the rows have every column that the product writes, whatever columns there are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db.backends.utils import CursorWrapper
from django.db.models import Model

from yaojian.casework.inspections.facade import (
    DUE_INSPECTION,
    Conclusion,
    InspectionKind,
    PastConclusion,
    PastInspection,
    enter_history,
    inspections_of_subject,
)
from yaojian.foundation.accounts.facade import Actor
from yaojian.foundation.ledger.facade import Act, record_act, subject_ref
from yaojian.foundation.timekeeping import now, today
from yaojian.foundation.worklist.facade import WorkItem, open_items
from yaojian.registers.enterprises.facade import Subject

ACTS_A_SUBJECT, ACTS_LEFT_OVER = 7, 7
"""Seven acts each, and one more for every seventh subject: 1,000,000 for 140,000."""

# The subjects that have no past yet, numbered from 0.
_FRESH = """(
    SELECT row_number() OVER (ORDER BY id) - 1 AS number, id, name, division_code, responsible_organ_id
    FROM enterprises_subject ORDER BY id OFFSET %s
)"""
_MOMENT = (
    "timestamptz '2020-01-01 09:00+08' + interval '1 minute' * ((s.number * 7919 + n * 104729) %% 3400000)"
)


def write(cursor: CursorWrapper, present: int, team: Sequence[Actor]) -> int:
    """Give all subjects after the first `present` their past, by a team of two; how many acts it was."""
    officer = team[0]
    model = Subject.objects.order_by("-pk").filter(responsible_organ_id=officer.organ_id, closed_on=None)[0]
    acts = _acts(cursor, present, officer, model)
    _inspections(cursor, present, team, model)
    _items(cursor, present, officer, model)
    return acts


def _copies(
    cursor: CursorWrapper,
    present: int,
    model: type[Model],
    template: int,
    changed: Mapping[str, str],
    times: str,
) -> int:
    """Copy a row for each fresh subject `s`, `n` running over `times`, with some columns changed."""
    fields = model._meta.concrete_fields
    columns = [str(field.column) for field in fields if not field.primary_key and not field.generated]
    names = ", ".join(f'"{column}"' for column in columns)
    values = ", ".join(changed.get(column, f't."{column}"') for column in columns)
    table = model._meta.db_table
    cursor.execute(
        f'INSERT INTO "{table}" ({names}) SELECT {values} FROM "{table}" t '  # noqa: S608 — own names only
        f"CROSS JOIN {_FRESH} s CROSS JOIN LATERAL generate_series({times}) n WHERE t.id = %s",
        [present, template],
    )
    return cursor.rowcount


def _acts(cursor: CursorWrapper, present: int, officer: Actor, subject: Subject) -> int:
    facts: dict[str, Any] = {"conclusion": "compliant", "inspection_kind": "routine", "organ_level": "county"}
    act: Act = record_act(
        by=officer, kind="inspection.concluded", subject=subject_ref(subject.pk), facts=facts
    )
    changed = {
        "uid": "gen_random_uuid()",
        "subject_id": "s.id",
        "organ_id": "s.responsible_organ_id",
        "claimed_at": _MOMENT,
        "recorded_at": _MOMENT,
    }
    left_over = f"CASE WHEN s.number %% {ACTS_LEFT_OVER} = 0 THEN 1 ELSE 0 END"
    return _copies(cursor, present, Act, act.pk, changed, f"1, {ACTS_A_SUBJECT} + {left_over}")


def _inspections(cursor: CursorWrapper, present: int, team: Sequence[Actor], subject: Subject) -> None:
    moment = now() - timedelta(days=30)
    past = PastInspection(
        subject=subject,
        kind=InspectionKind.ROUTINE,
        basis="measured only",
        team=team,
        opened_at=moment,
        delay=timedelta(hours=1),
        started_at=moment + timedelta(hours=1),
        conclusion=PastConclusion(moment + timedelta(hours=3), Conclusion.COMPLIANT, "", None),
    )
    enter_history([past])
    template = inspections_of_subject(subject.pk)[0]
    changed = {
        "number": "'measured-' || s.id",
        "subject_id": "s.id",
        "organ_id": "s.responsible_organ_id",
        "opened_at": _MOMENT,
    }
    times = "1, CASE WHEN s.number %% 10 < 7 THEN 1 ELSE 0 END"
    _copies(cursor, present, type(template), template.pk, changed, times)


def _items(cursor: CursorWrapper, present: int, officer: Actor, subject: Subject) -> None:
    item = WorkItem(
        kind=DUE_INSPECTION,
        organ_id=officer.organ_id,
        subject_id=subject.pk,
        subject_name=subject.name,
        division_code=subject.division_code,
        due_on=today() + timedelta(days=1),
        reason="measured only",
        origin_kind="bench",
        origin_key="template",
        opened_at=now(),
    )
    open_items([item])
    template = WorkItem.objects.get(origin_kind="bench", origin_key="template", subject_id=subject.pk)
    changed = {
        "organ_id": "s.responsible_organ_id",
        "subject_id": "s.id",
        "subject_name": "s.name",
        "division_code": "s.division_code",
        "due_on": "CURRENT_DATE + ((s.number * 31) %% 400 - 60)::int",
        "origin_key": "'s' || s.id",
        "assignee_id": f"CASE WHEN s.number %% 20 = 0 AND s.responsible_organ_id = {officer.organ_id} "
        f"THEN {officer.user_id} END",
    }
    _copies(
        cursor, present, WorkItem, template.pk, changed, "1, CASE WHEN s.number %% 10 < 4 THEN 1 ELSE 0 END"
    )
