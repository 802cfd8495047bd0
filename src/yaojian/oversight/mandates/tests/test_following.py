"""Mandates follow their figures day by day, and duties the register, at once."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.test import Client

from yaojian.foundation.accounts.facade import Organ, Role
from yaojian.foundation.accounts.models import User
from yaojian.foundation.outbox.facade import deliver_pending
from yaojian.foundation.timekeeping import now, today
from yaojian.foundation.worklist.facade import WorkItem
from yaojian.oversight.mandates.loading import load_mandates
from yaojian.oversight.mandates.models import Mandate, Standing
from yaojian.oversight.mandates.refreshing import refresh_duties
from yaojian.oversight.mandates.tests.factories import YEARLY, figure_with, officer
from yaojian.oversight.plans.models import Plan
from yaojian.registers.enterprises.facade import Change, SubjectEntry, register_subjects, undo_registration

pytestmark = pytest.mark.django_db
CODE = "900-01"
HALF_FROM_OCTOBER = [
    {"year": 2026, "op": ">=", "value": 35},
    {"year": 2026, "op": ">=", "value": 50, "adjustment": 1, "effective_on": "2026-10-01"},
]


def share_on(day: date) -> Decimal | None:
    load_mandates(on=day)
    return Mandate.objects.get(code=CODE).share


def test_an_adjusted_share_holds_from_its_day() -> None:
    figure_with(YEARLY, HALF_FROM_OCTOBER)
    assert share_on(date(2026, 9, 30)) == 35
    assert share_on(date(2026, 10, 1)) == 50


def test_a_goal_of_later_years_binds_from_its_year() -> None:
    figure = figure_with(YEARLY, [{"every": "year", "since": 2024, "op": ">=", "value": 100}])
    load_mandates()
    assert Mandate.objects.get(code=CODE).valid_from == date(2024, 1, 1)
    # Within two years: to be reached in 2024 it is begun in 2022; nothing begins before the plan.
    for years, first in ((2, 2022), (5, 2021)):
        figure.formula = YEARLY | {"period": {"unit": "rolling_years", "n": years}}
        figure.save()
        load_mandates()
        assert Mandate.objects.get(code=CODE).valid_from == date(first, 1, 1)


def test_of_a_range_its_lower_end_is_asked_for() -> None:
    figure_with(YEARLY, [{"every": "year", "op": "between", "low": 30, "high": 40}])
    assert share_on(date(2026, 10, 1)) == 30


def test_a_mandate_binds_on_after_its_plan_until_there_is_a_next_one() -> None:
    figure = figure_with(YEARLY)
    load_mandates()
    mandate = Mandate.objects.get(code=CODE)
    assert (mandate.valid_from, mandate.valid_to) == (date(2021, 1, 1), None)
    client = Client()
    planner = officer(figure.row.plan.organ, "planner", Role.PLANNER)
    client.force_login(User.objects.get(pk=planner.user_id))
    page = client.get(f"/plans/mandates/{CODE}/", headers={"accept-language": "en"}).content.decode()
    assert "The plan ended in 2025; its mandates bind on" in page
    Plan.objects.create(
        code="next",
        seed="901",
        title="下一规划",
        title_en="Next",
        organ=figure.row.plan.organ,
        start_year=2026,
        end_year=2030,
        fingerprint="0" * 64,
        loaded_at=now(),
    )
    load_mandates()
    mandate.refresh_from_db()
    assert mandate.valid_to == today() - timedelta(days=1)
    page = client.get(f"/plans/mandates/{CODE}/", headers={"accept-language": "en"}).content.decode()
    assert "The next plan of its organ has been adopted" in page
    assert "Nothing is left to be done" in page


def test_imported_subjects_have_their_duties_at_once_and_none_once_taken_back() -> None:
    organ: Organ = figure_with(YEARLY).row.plan.organ
    refresh_duties()
    by, batch = officer(organ, "registrar", Role.REGISTRAR), uuid4()
    entries = [
        SubjectEntry(
            code=f"I{n}",
            name=f"新开办药房{n}",
            subject_type="single_pharmacy",
            responsible_organ=organ.code,
            division_code="652301001",
            opened_on=date(2020, 1, 1),
        )
        for n in range(3)
    ]
    outcomes = register_subjects(entries, by=by, effective_on=today(), batch=batch)
    assert {outcome.change for outcome in outcomes} == {Change.NEW}
    deliver_pending()
    assert Standing.objects.filter(mandate__code=CODE).count() == 3
    assert WorkItem.objects.filter(origin_key=CODE, state="open").count() == 3
    # What is reckoned from a subject does not hold it.
    undone = undo_registration(by=by, batch=batch)
    assert {outcome.change for outcome in undone} == {Change.NEW}
    deliver_pending()
    assert not Standing.objects.exists()
    assert not WorkItem.objects.filter(state="open").exists()
