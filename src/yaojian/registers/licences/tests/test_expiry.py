"""Work that the calendar causes: windows, what ends soon, what has ended in use; a missing year."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from yaojian.config.reference_packs import load_reference_packs
from yaojian.foundation.worklist.facade import ItemState, WorkItem
from yaojian.registers.licences.actions import move_licence
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
    from django.apps import apps

    apps.get_model("reference", "CalendarDay").objects.filter(day__year=2027).delete()
    refresh_expiry()
    item = WorkItem.objects.get()
    assert item.kind == EXPIRES_SOON
    assert "2027" in item.reason
    assert item.due_on == date(2027, 1, 31)
