"""An item with a clock is due when the clock ends, and follows it."""

from __future__ import annotations

from datetime import date

import pytest

from yaojian.config.reference_packs import load_reference_packs
from yaojian.foundation.accounts.facade import Organ
from yaojian.foundation.deadlines.events import announce
from yaojian.foundation.deadlines.facade import DueDayMoved, RunningClock
from yaojian.foundation.ledger.facade import Ref
from yaojian.foundation.reference.models import ClockRuleVersion
from yaojian.foundation.timekeeping import now
from yaojian.foundation.worklist.facade import WorkItem
from yaojian.foundation.worklist.tests.conftest import House, MakeItem

FILE = Ref("tests.file", 5)


@pytest.fixture
def clock(house: House) -> RunningClock:
    load_reference_packs()
    rule = ClockRuleVersion.objects.first()
    assert rule is not None
    return RunningClock.objects.create(
        rule=rule,
        organ=Organ.objects.get(pk=house.county.pk),
        file_kind=FILE.kind,
        file_id=FILE.id,
        triggered_at=now(),
        started_at=now(),
        due_at=now(),
        due_on=date(2026, 12, 1),
        soon_at=now(),
    )


def test_the_due_day_is_the_clocks_and_moves_with_it(clock: RunningClock, item: MakeItem) -> None:
    timed, other = item(clock=clock, due_on=date(2027, 1, 1)), item(due_on=date(2027, 1, 1))
    timed.refresh_from_db()
    assert timed.due_on == date(2026, 12, 1)
    announce(DueDayMoved(FILE, clock.rule.code, date(2026, 12, 20)))
    announce(DueDayMoved(Ref("tests.file", 6), clock.rule.code, date(2026, 12, 25)))
    announce(DueDayMoved(FILE, "another rule", date(2026, 12, 26)))
    timed.refresh_from_db()
    other.refresh_from_db()
    assert (timed.due_on, other.due_on) == (date(2026, 12, 20), date(2027, 1, 1))
    announce(DueDayMoved(FILE, clock.rule.code, None))
    assert WorkItem.objects.get(pk=timed.pk).due_on is None
