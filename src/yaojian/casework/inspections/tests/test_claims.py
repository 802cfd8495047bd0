"""Times that officers claim for a visit that is entered in the system later."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from yaojian.casework.inspections import actions
from yaojian.casework.inspections.contracts import Conclusion
from yaojian.casework.inspections.models import Inspection
from yaojian.casework.inspections.tests.browsing import Browser, page, post
from yaojian.casework.inspections.tests.factories import World, acting, on_site, opened
from yaojian.foundation.errors import InvalidInput
from yaojian.foundation.ledger.facade import Act
from yaojian.foundation.timekeeping import CHINA, held_at, now


def conclude(world: World, inspection: Inspection, at: datetime) -> Inspection:
    return actions.conclude_inspection(
        by=acting(world.lead),
        inspection_id=inspection.pk,
        conclusion=Conclusion.COMPLIANT,
        concluded_at=at,
    )


def test_a_visit_may_end_in_the_minute_in_which_it_began(world: World) -> None:
    began = now().replace(second=20, microsecond=7)
    with held_at(began):
        inspection = on_site(world)
    with held_at(began + timedelta(seconds=30)):
        minute = began.replace(second=0, microsecond=0)
        with pytest.raises(InvalidInput) as too_early:
            conclude(world, inspection, minute - timedelta(minutes=1))
        concluded = conclude(world, inspection, minute)
    assert too_early.value.field == "concluded_at"
    assert concluded.concluded_at == concluded.started_at == began


def test_a_visit_may_be_entered_afterwards_within_three_days(world: World) -> None:
    inspection, lead, moment = opened(world), acting(world.lead), now()
    for refused in (moment + timedelta(hours=1), moment - timedelta(days=3, hours=1)):
        with pytest.raises(InvalidInput) as refusal:
            actions.start_inspection(by=lead, inspection_id=inspection.pk, started_at=refused)
        assert refusal.value.field == "started_at"
    began = moment - timedelta(days=2)
    started = actions.start_inspection(by=lead, inspection_id=inspection.pk, started_at=began)
    act = Act.objects.get(kind="inspection.started")
    assert started.started_at == act.claimed_at == began
    assert act.recorded_at >= moment
    ended = began + timedelta(hours=3)
    concluded = conclude(world, inspection, ended)
    assert concluded.concluded_at == ended


def test_the_pages_take_both_times_in_the_same_minute(world: World, browser: Browser) -> None:
    client, inspection = browser(world.lead), opened(world)
    refused = post(client, "start", inspection, {"started_at": "2020-01-01T09:00"})
    assert refused.status_code == 422
    assert "<details open" in refused.content.decode().replace(' class="step-later"', "")
    began = (now() - timedelta(hours=5)).astimezone(CHINA).strftime("%Y-%m-%dT%H:%M")
    assert post(client, "start", inspection, {"started_at": began}).status_code == 302
    ended = post(client, "conclude", inspection, {"conclusion": "compliant", "concluded_at": began})
    assert ended.status_code == 302
    assert began.replace("T", " ") in page(client, "file", inspection.pk, print=1)
