"""The bell, the list, the choice of ways, and what could not be delivered."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import transaction
from django.urls import reverse

from yaojian.doors.backoffice.tests.conftest import SignedIn
from yaojian.doors.backoffice.tests.factories import Region
from yaojian.foundation.notices.facade import Dispatch, Notice, notify

LIST = "/notices/"


def tell(region: Region, name: str, times: int = 1, kind: str = "work.assigned") -> None:
    for n in range(times):
        params = {"work_kind": "inspection.due", "count": str(n + 1)}
        with transaction.atomic():
            notify(to=[region.people[name].pk], kind=kind, link=f"/work/{n + 1}/", params=params)


def test_the_bell_counts_and_the_list_reads_in_ones_language(signed_in: SignedIn, region: Region) -> None:
    tell(region, "inspector")
    page = signed_in("inspector").get(LIST).content.decode()
    assert "“Inspection due” was assigned to you: 1 in all." in page
    assert 'class="bell-count num" aria-hidden="true">1<' in page
    assert "已分派给您" in signed_in("inspector", "zh-hans").get(LIST).content.decode()
    assert 'class="bell-count' not in signed_in("chief").get(LIST).content.decode()


def test_opening_reads_and_leads_there(signed_in: SignedIn, region: Region) -> None:
    tell(region, "inspector")
    notice = Notice.objects.get()
    url = reverse("backoffice:notice_open", args=[notice.pk])
    assert signed_in("chief").post(url).status_code == 404
    assert signed_in("inspector").get(url).status_code == 405
    assert signed_in("inspector").post(url)["Location"] == "/work/1/"
    notice.refresh_from_db()
    assert notice.read_at is not None


def test_a_thousand_notices_are_paged_filtered_and_read(
    signed_in: SignedIn, region: Region, django_assert_max_num_queries: Any
) -> None:
    tell(region, "inspector", 3, "work.due_today")
    rows = [
        Notice(
            recipient=region.people["inspector"],
            kind="work.assigned",
            link="/",
            params={"work_kind": "inspection.due", "count": "1"},
            created_at=Notice.objects.latest("pk").created_at,
        )
        for _n in range(1000)
    ]
    Notice.objects.bulk_create(rows)
    client = signed_in("inspector")
    with django_assert_max_num_queries(12):
        page = client.get(LIST + "?page=9")
    assert page.context["page"].paginator.count == 1003
    assert "99+" in page.content.decode()
    assert client.get(LIST + "?kind=work.due_today").context["page"].paginator.count == 3
    client.post(reverse("backoffice:notices_read"), {"kind": "work.assigned"})
    assert client.get(LIST + "?show=unread").context["page"].paginator.count == 3
    client.post(reverse("backoffice:notices_read"))
    assert "Nothing matches" in client.get(LIST + "?show=unread").content.decode()
    assert client.get(LIST + "?kind=unknown&page=x").status_code == 200


def test_one_chooses_ways_but_not_against_the_law(signed_in: SignedIn, region: Region) -> None:
    client, url = signed_in("inspector"), reverse("backoffice:notice_channels")
    client.post(url, {"work.assigned:email": "on", "work.due_today:sms": "on", "work.escalated:sms": "on"})
    tell(region, "inspector")
    assert Dispatch.objects.get().channel == "email"
    refused = client.post(url, {"work.assigned:sms": "on"})
    assert "cannot be switched off" in str(list(get_messages(refused.wsgi_request))[-1])
    assert "checked" in client.get(url).content.decode()


@pytest.mark.parametrize("name", ["chief", "leader", "inspector"])
def test_messages_are_the_administrators(signed_in: SignedIn, region: Region, name: str) -> None:
    assert signed_in(name).get(reverse("backoffice:notice_messages")).status_code == 403
    assert signed_in(name).post(reverse("backoffice:notice_again", args=[1])).status_code == 403


def test_what_was_given_up_is_shown_with_its_reason_and_sent_again(
    signed_in: SignedIn, region: Region
) -> None:
    tell(region, "inspector", kind="work.due_today")
    Dispatch.objects.update(state="given_up", attempts=6, last_error="ConnectTimeout")
    client, url = signed_in("administrator"), reverse("backoffice:notice_messages")
    page = client.get(url).content.decode()
    assert "ConnectTimeout" in page
    assert "inspector同志" not in page
    again = reverse("backoffice:notice_again", args=[Dispatch.objects.get().pk])
    assert client.post(again).status_code == 302
    assert Dispatch.objects.get().state == "waiting"
    assert "not among those given up" in str(list(get_messages(client.post(again).wsgi_request))[-1])
    for state in ("waiting", "sent", "nonsense"):
        assert client.get(url, {"state": state}).status_code == 200


def test_where_messages_reach_one_is_entered_masked_and_refused_with_what_was_typed(
    signed_in: SignedIn, region: Region
) -> None:
    client, url = signed_in("inspector"), reverse("backoffice:notice_contact")
    refused = client.post(url, {"phone": "12345", "email": ""})
    assert refused.status_code == 422
    assert 'value="12345"' in refused.content.decode()
    assert client.post(url, {"phone": "13899123456", "email": ""}).status_code == 302
    page = client.get(reverse("backoffice:notice_channels")).content.decode()
    assert "Now: 138" in page
    assert "13899123456" not in page
    client.post(url, {"phone": "", "remove_phone": "on"})
    assert "Now:" not in client.get(reverse("backoffice:notice_channels")).content.decode()
