"""Work that the calendar causes: windows, what ends soon, what has ended in use; a missing year."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.apps import apps

from yaojian.config.reference_packs import load_reference_packs
from yaojian.foundation.deadlines.facade import RunningClock, clocks_of, explanation
from yaojian.foundation.ledger.facade import Act
from yaojian.foundation.worklist.facade import ItemState, WorkItem
from yaojian.registers.licences.actions import file_ref, move_licence
from yaojian.registers.licences.bulk import register_licences
from yaojian.registers.licences.contracts import EXPIRED, EXPIRES_SOON, RENEWAL_DUE
from yaojian.registers.licences.expiry import refresh_expiry
from yaojian.registers.licences.models import Licence
from yaojian.registers.licences.tests.factories import TODAY, Region, make_subject, retail


def enter(region: Region, n: int, expires_on: date, **fields: object) -> None:
    pharmacy = make_subject(n, region.qitai, **fields)
    start = expires_on.replace(year=expires_on.year - 5) + timedelta(days=1)
    entry = retail(n, pharmacy, issued_on=start, valid_from=start, expires_on=expires_on)
    outcome = register_licences([entry], by=region.registrar, effective_on=TODAY)[0]
    assert outcome.change == "new", outcome.errors


def open_kinds() -> dict[str, int]:
    kinds: dict[str, int] = {}
    for kind in WorkItem.objects.filter(state=ItemState.OPEN.value).values_list("kind", flat=True):
        kinds[kind] = kinds.get(kind, 0) + 1
    return kinds


@pytest.fixture
def rules(region: Region) -> Region:
    load_reference_packs()
    return region


def test_each_stage_and_that_a_second_run_changes_nothing(rules: Region) -> None:
    enter(rules, 1, TODAY - timedelta(days=3))
    enter(rules, 2, TODAY + timedelta(days=20))
    enter(rules, 3, TODAY + timedelta(days=120))
    enter(rules, 4, TODAY + timedelta(days=900))
    enter(rules, 5, TODAY - timedelta(days=3), closed_on=TODAY - timedelta(days=2))
    first = refresh_expiry()
    assert first.opened == 3
    assert open_kinds() == {EXPIRED: 1, EXPIRES_SOON: 1, RENEWAL_DUE: 1}
    again = refresh_expiry()
    assert (again.opened, again.withdrawn) == (0, 0)


def test_a_stage_gives_way_to_the_next(rules: Region) -> None:
    enter(rules, 1, TODAY + timedelta(days=20))
    refresh_expiry()
    assert open_kinds() == {EXPIRES_SOON: 1}
    later = refresh_expiry(TODAY + timedelta(days=21))
    assert (later.opened, later.withdrawn) == (1, 1)
    assert open_kinds() == {EXPIRED: 1}


def test_what_an_end_settles_is_done_for_good(rules: Region) -> None:
    enter(rules, 1, TODAY - timedelta(days=3))
    refresh_expiry()
    licence = Licence.objects.get()
    move_licence(
        by=rules.registrar, licence_id=licence.pk, verb="cancel", effective_on=TODAY, reason="期满未延续"
    )
    assert open_kinds() == {}
    assert refresh_expiry().opened == 0


def test_a_missing_year_is_said_and_stops_nothing(rules: Region) -> None:
    pharmacy = make_subject(1, rules.qitai, subject_type="device_operator")
    entry = retail(
        1,
        pharmacy,
        kind="device_operation",
        number="新昌药监械经营许20220001号",
        issued_on=date(2022, 2, 1),
        valid_from=date(2022, 2, 1),
        expires_on=date(2027, 1, 31),
    )
    register_licences([entry], by=rules.registrar, effective_on=TODAY)
    apps.get_model("reference", "CalendarDay").objects.filter(day__year=2027).delete()
    refresh_expiry()
    item = WorkItem.objects.get()
    assert item.kind == EXPIRES_SOON
    assert "2027" in item.reason
    assert item.due_on == date(2027, 1, 31)


def test_the_clock_of_a_renewal_explains_the_day_and_ends_with_its_matter(rules: Region) -> None:
    enter(rules, 1, TODAY + timedelta(days=120))
    refresh_expiry()
    licence, item = Licence.objects.get(), WorkItem.objects.get()
    (clock,) = clocks_of(file_ref(licence))
    assert item.clock_id == clock.pk
    assert item.due_on == clock.due_on == date(2027, 1, 20)
    assert clock.rule.code == "drug_operation_licence.renewal_window_closes"
    assert "2027-03-20" in " ".join(explanation(clock).sentences)
    assert Act.objects.get(kind="clock.started").file_id == licence.pk
    refresh_expiry()
    assert RunningClock.objects.count() == 1
    move_licence(
        by=rules.registrar, licence_id=licence.pk, verb="cancel", effective_on=TODAY, reason="申请注销"
    )
    clock.refresh_from_db()
    assert clock.state == "withdrawn"
    assert Act.objects.filter(kind="clock.withdrawn").count() == 1
    refresh_expiry()
    assert RunningClock.objects.filter(state="running").count() == 0


def test_a_clock_runs_on_when_the_window_has_closed_and_lapses_with_the_term(rules: Region) -> None:
    enter(rules, 1, TODAY + timedelta(days=120))
    refresh_expiry()
    clock = RunningClock.objects.get()
    refresh_expiry(clock.due_on + timedelta(days=1))
    clock.refresh_from_db()
    assert clock.state == "running"
    assert WorkItem.objects.get(kind=EXPIRES_SOON).clock_id is None
    refresh_expiry(TODAY + timedelta(days=121))
    clock.refresh_from_db()
    assert clock.state == "withdrawn"


def test_another_last_day_moves_the_item_and_its_clock(rules: Region) -> None:
    enter(rules, 1, TODAY + timedelta(days=120))
    refresh_expiry()
    last = TODAY + timedelta(days=130)
    Licence.objects.update(expires_on=last, valid_to=last)
    assert refresh_expiry().opened == 0
    item = WorkItem.objects.get()
    assert item.due_on == date(2027, 1, 30)
    assert item.clock is not None
    assert (item.clock.due_on, item.clock.state) == (date(2027, 1, 30), "running")
    assert sorted(RunningClock.objects.values_list("state", flat=True)) == ["running", "withdrawn"]


def test_no_clock_runs_on_a_rule_that_is_not_verified(rules: Region) -> None:
    enter(rules, 1, TODAY + timedelta(days=120))
    ClockRuleVersion = apps.get_model("reference", "ClockRuleVersion")
    ClockRuleVersion.objects.filter(code="drug_operation_licence.renewal_window_closes").update(
        confidence="L"
    )
    refresh_expiry()
    assert WorkItem.objects.get().kind == RENEWAL_DUE
    assert RunningClock.objects.count() == 0
