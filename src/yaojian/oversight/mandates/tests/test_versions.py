"""Mandates on days gone by say what they said then."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from yaojian.foundation.timekeeping import held_at, now, today
from yaojian.oversight.mandates.actions import end_mandate, set_mandate
from yaojian.oversight.mandates.loading import load_mandates
from yaojian.oversight.mandates.models import Mandate, MandateVersion, Standing
from yaojian.oversight.mandates.reading import rules_on
from yaojian.oversight.mandates.refreshing import refresh_duties
from yaojian.oversight.mandates.tests.factories import YEARLY, figure_with, subject
from yaojian.oversight.mandates.tests.test_pages import client_of, planner
from yaojian.oversight.mandates.tests.test_planning import OWN

pytestmark = pytest.mark.django_db
CODE = "900-01"
DAY = timedelta(days=1)


def minimum_on(day: date) -> int:
    return next(rule.formula.minimum for rule in rules_on(day) if rule.code == CODE)


def test_a_mandate_that_a_pack_changes_stays_as_it_was_on_days_before() -> None:
    figure = figure_with(YEARLY)
    load_mandates()
    for twice in (1, 2):
        figure.formula = YEARLY | {"minimum": 1 + twice}
        figure.save()
        load_mandates()
        assert (minimum_on(today() - DAY), minimum_on(today())) == (1, 1 + twice)
    version = MandateVersion.objects.get()
    assert (version.valid_from, version.valid_to) == (date(2021, 1, 1), today() - DAY)
    assert load_mandates() == 0
    figure.formula = YEARLY | {"minimum": 5}
    figure.save()
    load_mandates(on=today() + DAY)
    assert [minimum_on(today() + n * DAY) for n in (-1, 0, 1)] == [1, 3, 5]


def test_a_mandate_that_is_gone_from_its_pack_was_there_before() -> None:
    figure = figure_with(YEARLY)
    load_mandates()
    figure.targets = []
    figure.save()
    load_mandates()
    assert [rule.code for rule in rules_on(today() - DAY) if rule.code == CODE] == [CODE]
    assert CODE not in {rule.code for rule in rules_on(today())}


def test_a_mandate_ended_today_is_there_on_the_page_of_yesterday() -> None:
    organ = figure_with(YEARLY).row.plan.organ
    subject(organ, "S1")
    by = planner(organ)
    with held_at(now() - 9 * DAY):
        mandate = set_mandate(by=by, title="每季度检查", definition=OWN)
    refresh_duties()
    assert Standing.objects.filter(mandate=mandate).exists()
    end_mandate(by=by, code=mandate.code, reason="不再需要")
    refresh_duties()
    mandate.refresh_from_db()
    assert (mandate.enabled, mandate.valid_to) == (True, today() - DAY)
    assert not Standing.objects.filter(mandate=mandate).exists()
    client = client_of(by)
    for page in ("/plans/mandates/", f"/plans/mandates/{mandate.code}/"):
        then = client.get(f"{page}?as_of={today() - DAY}").content.decode()
        assert "每季度检查" in then
    assert "每季度检查" not in client.get("/plans/mandates/").content.decode()
    set_mandate(by=by, title="重新设定", definition=OWN)


def test_the_page_of_a_past_day_shows_what_held_and_lists_what_changed() -> None:
    figure = figure_with(YEARLY)
    subject(figure.row.plan.organ, "S1")
    refresh_duties()
    figure.formula = YEARLY | {"minimum": 4}
    figure.save()
    refresh_duties()
    client = client_of(planner(figure.row.plan.organ))
    now_, then = (
        client.get(f"/plans/mandates/{CODE}/?as_of={day}", headers={"accept-language": "en"}).content.decode()
        for day in (today(), today() - DAY)
    )
    assert "at least 4 times" in now_
    assert "What it said before" in now_
    assert "at least 4 times" not in then.split("What it said before")[0]
    assert Mandate.objects.get(code=CODE).version_from == today()


def test_today_asks_no_more_questions_than_before() -> None:
    figure_with(YEARLY)
    load_mandates()
    with CaptureQueriesContext(connection) as captured:
        rules_on(today())
    assert len(captured) == 1
