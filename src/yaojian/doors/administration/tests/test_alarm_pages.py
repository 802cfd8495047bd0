"""The page of reminders and escalation, and that what is set there rings."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from yaojian.config.reference_packs import load_reference_packs
from yaojian.doors.administration.tests.test_rules_pages import signed_in, someone
from yaojian.foundation.accounts.facade import Organ, Role
from yaojian.foundation.ledger.facade import Act
from yaojian.foundation.timekeeping import now, today
from yaojian.foundation.worklist.facade import WorkItem, open_item, ring_alarms

KIND = "licence.expired"


@pytest.fixture
def admin(db: None) -> Client:
    load_reference_packs()
    return signed_in(someone(Role.ADMINISTRATOR, "xj"))


def set_to(client: Client, **form: str) -> int:
    given = {"remind": "", "chief_after": "", "leader_after": "", "reason": "局务会决定", **form}
    return client.post(reverse("administration:edit_alarms", args=[KIND]), given).status_code


def test_what_the_administrator_sets_is_shown_recorded_and_rings(admin: Client) -> None:
    chief = someone(Role.CHIEF, "xj.hami.barkol")
    organ = Organ.objects.get(code="xj.hami.barkol")
    item = WorkItem(kind=KIND, organ=organ, due_on=today() - timedelta(days=40), reason="x", opened_at=now())
    open_item(item)
    assert set_to(admin, remind="5，1 0", chief_after="45", leader_after="50") == 302
    ring_alarms()
    assert WorkItem.objects.get().escalation_level == 0
    assert set_to(admin, remind="5,1,0", chief_after="2", leader_after="50") == 302
    ring_alarms()
    told = WorkItem.objects.get()
    assert (told.escalation_level, told.escalated_to) == (1, [chief.pk])
    page = admin.get(reverse("administration:alarms")).content.decode()
    assert "5 working days before, 1 working day before, on the due day" in page
    assert "set by the administrator" in page
    first, second = Act.objects.filter(kind="alarms.set").order_by("pk")
    assert second.facts["alarms_before"] == first.facts["alarms"]
    assert second.facts["alarms"]["chief"] == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"remind": "-1"},
        {"remind": "x"},
        {"remind": "61"},
        {"chief_after": "0"},
        {"chief_after": "5", "leader_after": "5"},
        {"remind": "3, 0", "chief_after": "1", "leader_after": "5"},
        {"remind": "1", "reason": " "},
    ],
)
def test_what_makes_no_sense_is_refused(admin: Client, wrong: dict[str, str]) -> None:
    assert set_to(admin, **wrong) == 422
    assert not Act.objects.filter(kind="alarms.set").exists()


def test_only_the_administrator_sets_them(admin: Client) -> None:
    officer = signed_in(someone(Role.CHIEF, "xj.hami.barkol"))
    page = officer.get(reverse("administration:alarms"))
    assert page.status_code == 200
    assert f"/alarms/{KIND}/" not in page.content.decode()
    assert set_to(officer, remind="1") == 403
    assert admin.get(reverse("administration:edit_alarms", args=["no.such"])).status_code == 404
