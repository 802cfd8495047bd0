"""The statutory clocks of an inspection: the team's report, the rectification, its evaluation."""

from __future__ import annotations

from datetime import date, datetime

from yaojian.casework.inspections.bookkeeping import RULE_OF_WORK, file_ref
from yaojian.casework.inspections.contracts import FILE_KIND, RECTIFICATION, TEAM_REPORT
from yaojian.casework.inspections.models import Inspection
from yaojian.foundation.accounts.facade import Actor
from yaojian.foundation.deadlines.facade import DueDayMoved, open_clock_of, start_clock, stop_clock
from yaojian.foundation.errors import InvalidInput
from yaojian.foundation.ledger.facade import Ref, subject_ref
from yaojian.foundation.worklist.facade import redate_items_of_file

ITEM_OF_RULE = {rule: kind for kind, rule in RULE_OF_WORK.items()}
"""The work item whose due day is that of the clock."""


def start(
    by: Actor, inspection: Inspection, rule: str, at: datetime, last_day: date | None = None
) -> date | None:
    """Start a clock of the file; its due day, or None while the calendar misses a year.

    Raises InvalidInput, naming the form's field, for a last day that the rule does not allow.
    """
    try:
        clock = start_clock(
            by=by,
            rule=rule,
            file=file_ref(inspection),
            subject=subject_ref(inspection.subject_id),
            triggered_at=at,
            organ=inspection.organ_id,
            last_day=last_day,
        )
    except InvalidInput as error:
        error.field = "rectify_by" if error.field == "day" else error.field
        raise
    return clock.due_on


def meet(by: Actor, inspection: Inspection, rule: str) -> None:
    """What a clock of the file asked for is done."""
    clock = open_clock_of(file_ref(inspection), rule)
    if clock is not None:
        stop_clock(by=by, clock=clock)


def report(by: Actor, inspection: Inspection, ended_at: datetime) -> None:
    """The team reports with the conclusion: its clock has run since the visit ended."""
    start(by, inspection, TEAM_REPORT, ended_at)
    meet(by, inspection, TEAM_REPORT)


def due_day_moved(news: DueDayMoved) -> None:
    """Inspection and work item follow the clock."""
    if news.rule == RECTIFICATION:
        Inspection.objects.filter(pk=news.file.id).update(rectify_by=news.due_on)
    if kind := ITEM_OF_RULE.get(news.rule):
        redate_items_of_file(Ref(FILE_KIND, news.file.id), {kind}, news.due_on)
