"""The statutory clocks of an inspection: started by its steps, extended by who may; file and work follow."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.urls import reverse

from yaojian.casework.inspections import actions
from yaojian.casework.inspections.bookkeeping import file_ref
from yaojian.casework.inspections.contracts import (
    EVALUATION,
    RECTIFICATION,
    TEAM_REPORT,
    Conclusion,
    Severity,
)
from yaojian.casework.inspections.models import Inspection
from yaojian.casework.inspections.tests.browsing import Browser, page
from yaojian.casework.inspections.tests.factories import World, acting, on_site, rectifying
from yaojian.foundation.deadlines.facade import Ground, clocks_of, extend_clock, pause_clock, resume_clock
from yaojian.foundation.reference.facade import CalendarDay
from yaojian.foundation.timekeeping import CHINA, held_at
from yaojian.foundation.worklist.facade import WorkItem

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 7, 6, 10, tzinfo=CHINA)


def conclude(world: World, inspection: Inspection) -> Inspection:
    return actions.conclude_inspection(
        by=acting(world.lead), inspection_id=inspection.pk, conclusion=Conclusion.RECTIFY
    )


def concluded(world: World) -> Inspection:
    """Concluded on a Monday without a day of the organ's own: the rule gives it."""
    with held_at(MONDAY):
        return conclude(world, on_site(world, Severity.MAJOR))


def test_the_rule_gives_the_day_and_the_report_is_in_time(world: World) -> None:
    inspection = concluded(world)
    assert inspection.rectify_by == date(2026, 8, 3)
    clocks = {clock.rule.code: clock for clock in clocks_of(file_ref(inspection))}
    assert {code: clock.state for code, clock in clocks.items()} == {
        TEAM_REPORT: "met",
        RECTIFICATION: "running",
    }
    with held_at(MONDAY + timedelta(days=3)):
        actions.submit_rectification(by=acting(world.lead), inspection_id=inspection.pk, report="已整改")
    clocks = {clock.rule.code: clock for clock in clocks_of(file_ref(inspection))}
    assert (clocks[RECTIFICATION].state, clocks[EVALUATION].due_on) == ("met", date(2026, 8, 6))
    assert WorkItem.objects.get(kind="inspection.verify").due_on == date(2026, 8, 6)


def test_file_and_work_follow_an_extension_and_a_pause(world: World) -> None:
    inspection = concluded(world)
    clock = next(c for c in clocks_of(file_ref(inspection)) if c.rule.code == RECTIFICATION)
    with held_at(MONDAY + timedelta(days=1)):
        extend_clock(by=acting(world.leader), clock=clock, amount=5, reason="整改工程量大")
        pause_clock(by=acting(world.lead), clock=clock, ground=Ground.TESTING)
    inspection.refresh_from_db()
    assert inspection.rectify_by is None
    with held_at(MONDAY + timedelta(days=3)):
        resume_clock(by=acting(world.lead), clock=clock)
    inspection.refresh_from_db()
    assert inspection.rectify_by == date(2026, 8, 12)
    assert WorkItem.objects.get(kind="inspection.rectify").due_on == date(2026, 8, 12)


def test_a_missing_year_leaves_the_file_undated_and_its_pages_whole(world: World, browser: Browser) -> None:
    inspection = on_site(world, Severity.MAJOR)
    CalendarDay.objects.all().delete()
    inspection = conclude(world, inspection)
    assert (inspection.state, inspection.rectify_by) == ("rectifying", None)
    client = browser(world.lead)
    assert "no due day: calendar incomplete" in page(client, "list")
    html = page(client, "file", inspection.pk)
    assert "The end lies beyond the working-day calendar" in html


def test_the_clocks_page_explains_and_offers_what_one_may(world: World, browser: Browser) -> None:
    inspection = rectifying(world)
    clock = next(c for c in clocks_of(file_ref(inspection)) if c.rule.code == RECTIFICATION)
    address = reverse("deadlines:clock", args=[clock.pk])
    officer, leader = browser(world.lead), browser(world.leader)
    html = officer.get(address).content.decode()
    assert "Why this day?" in html
    assert 'id="pause"' in html
    assert 'id="extend"' not in html
    assert 'id="extend"' in leader.get(address).content.decode()
    assert browser(world.stranger).get(address).status_code == 404
    extend = reverse("deadlines:extend", args=[clock.pk])
    assert officer.post(extend, {"amount": "1", "reason": "x"}).status_code == 403
    assert leader.post(extend, {"amount": "11", "reason": "x"}).status_code == 422
    refused = leader.post(extend, {"amount": "1", "reason": ""})
    assert refused.status_code == 422
    assert leader.post(extend, {"amount": "1", "reason": "设备到货延迟"}).status_code == 302
    pause = reverse("deadlines:pause", args=[clock.pk])
    assert officer.post(pause, {"ground": "hearing"}).status_code == 422
    assert officer.post(pause, {"ground": "testing"}).status_code == 302
    assert 'id="resume"' in officer.get(address).content.decode()
    assert officer.post(reverse("deadlines:resume", args=[clock.pk]), {}).status_code == 302
    assert officer.get(pause).status_code == 302
