"""The page of a work item and the steps from a row: what they offer, do, keep and refuse."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from yaojian.doors.backoffice.tests.conftest import SignedIn
from yaojian.doors.backoffice.tests.factories import Region, days_from_now, make_item, opened
from yaojian.foundation.accounts.facade import Delegation, Role, post_person
from yaojian.foundation.notices.facade import Notice
from yaojian.foundation.timekeeping import now, today
from yaojian.foundation.worklist.facade import SavedView, WorkItem


@pytest.fixture
def mine(region: Region) -> WorkItem:
    """An overdue item that the inspector got from the chief."""
    (item,) = opened(
        make_item(
            region.in_qitai,
            region.qitai,
            due=days_from_now(-9),
            assignee=region.people["inspector"],
            assigned_by=region.people["chief"],
            assigned_at=now(),
        )
    )
    return item


@pytest.fixture
def free(region: Region) -> WorkItem:
    (item,) = opened(make_item(region.in_qitai, region.qitai, due=days_from_now(3)))
    return item


def said(response: Any) -> str:
    return " ".join(str(message) for message in get_messages(response.wsgi_request))


def at(name: str, item: WorkItem) -> str:
    return reverse(f"backoffice:{name}", args=[item.pk])


def colleague(region: Region, name: str = "王小强") -> Any:
    return post_person(
        username=f"c-{name}",
        display_name=name,
        organ=region.qitai,
        role=Role.INSPECTOR,
        valid_from=date(2020, 1, 1),
    )


def test_the_page_says_what_why_by_when_and_who(signed_in: SignedIn, mine: WorkItem, region: Region) -> None:
    page = signed_in("inspector").get(at("work_item", mine)).content.decode()
    for words in (mine.subject_name, mine.reason, "chief同志", "Return with a reason", "Hand over"):
        assert words in page


def test_steps_are_offered_to_those_who_may_take_them(
    signed_in: SignedIn, mine: WorkItem, region: Region
) -> None:
    def steps(name: str) -> set[str]:
        context = signed_in(name).get(at("work_item", mine)).context
        return {step for step, may in context["steps"].items() if may}

    assert steps("inspector") == {"do", "hand_over", "return"}
    assert steps("chief") == {"do", "hand_over", "remind"}
    assert steps("township") == {"remind"}


@pytest.mark.parametrize("step", ["work_item", "take", "remind", "give", "send_back"])
def test_foreign_items_are_as_if_they_were_not(
    signed_in: SignedIn, mine: WorkItem, region: Region, step: str
) -> None:
    client = signed_in("neighbour")
    method = client.get if step == "work_item" else client.post
    mine_pk, mine.pk = mine.pk, 987_654
    nowhere = method(at(step, mine))
    mine.pk = mine_pk
    foreign = method(at(step, mine))
    assert foreign.status_code == nowhere.status_code == 404
    assert mine.subject_name not in foreign.content.decode()


def test_taking_is_one_press(signed_in: SignedIn, free: WorkItem, region: Region) -> None:
    response = signed_in("inspector").post(at("take", free), {"next": "/?whose=organ"})
    assert response["Location"] == "/?whose=organ"
    free.refresh_from_db()
    assert free.assignee_id == region.people["inspector"].pk
    assert "has this work item already" in said(signed_in("inspector").post(at("take", free)))


def test_handing_over_needs_somebody_and_keeps_what_was_typed(
    signed_in: SignedIn, mine: WorkItem, region: Region
) -> None:
    client, heir = signed_in("inspector"), colleague(region)
    refused = client.post(at("give", mine), {"step": "hand_over", "officer": "", "note": "下周培训"})
    assert refused.status_code == 422
    assert "下周培训" in refused.content.decode()
    for wrong in (region.people["neighbour"].pk, region.people["inspector"].pk, "x", 10**12):
        refused = client.post(at("give", mine), {"step": "hand_over", "officer": wrong, "note": "下周培训"})
        assert refused.status_code == 422
        assert "下周培训" in refused.content.decode()
    done = client.post(at("give", mine), {"step": "hand_over", "officer": heir.pk, "note": "下周培训"})
    assert done.status_code == 302
    mine.refresh_from_db()
    assert mine.assignee_id == heir.pk
    assert "下周培训" in client.get(at("work_item", mine)).content.decode()


def test_returning_needs_a_reason(signed_in: SignedIn, mine: WorkItem, region: Region) -> None:
    client = signed_in("inspector")
    assert client.post(at("send_back", mine), {"reason": "  "}).status_code == 422
    assert client.post(at("send_back", mine), {"reason": "应当回避"}).status_code == 302
    mine.refresh_from_db()
    assert (mine.state, mine.assignee_id) == ("returned", region.people["chief"].pk)
    page = signed_in("chief").get(at("work_item", mine)).content.decode()
    assert "Why it was returned" in page
    assert "应当回避" in page
    refused = client.post(at("send_back", mine), {"reason": "再退"})
    assert refused.status_code == 403


def test_a_township_asks_the_organ_to_see_to_it(signed_in: SignedIn, free: WorkItem, region: Region) -> None:
    WorkItem.objects.update(due_on=days_from_now(-1))
    client = signed_in("township")
    assert at("remind", free) in client.get("/").content.decode()
    assert "has been reminded" in said(client.post(at("remind", free)))
    assert "less than an hour ago" in said(client.post(at("remind", free)))
    assert Notice.objects.get().recipient_id == region.people["chief"].pk


def test_a_deputy_has_a_tab_and_sees_for_whom(signed_in: SignedIn, mine: WorkItem, region: Region) -> None:
    region.people["neighbour"].postings.update(organ=region.qitai)  # deputies work in the same organ
    deputy = signed_in("neighbour")
    assert not any("deputy" in str(s["label"]) for s in deputy.get("/").context["segments"])
    Delegation.objects.create(
        principal=region.people["inspector"],
        deputy=region.people["neighbour"],
        valid_from=today(),
        valid_to=today() + timedelta(days=3),
        reason="休假",
        set_at=now(),
    )
    response = deputy.get("/?whose=delegated")
    assert response.context["whose"] == "delegated"
    assert "For inspector同志" in response.content.decode()
    assert deputy.get(at("work_item", mine)).status_code == 200


def test_tiles_count_what_their_links_show(signed_in: SignedIn, region: Region) -> None:
    opened(
        *(make_item(region.in_qitai, region.qitai, due=days_from_now(n - 4), key=str(n)) for n in range(9)),
        make_item(region.in_jimsar, region.jimsar, due=days_from_now(-1)),
    )
    for name in ("chief", "inspector", "leader"):
        client = signed_in(name)
        for whose in ("mine", "organ", "subordinate", "all"):
            context = client.get(f"/?whose={whose}").context
            for tile in context["numbers"]:
                shown = client.get(tile["href"]).context["page"].paginator.count
                assert shown == tile["value"], (name, whose, tile["href"])
            for facet in context["choices"]:
                for chip in facet["chips"]:
                    assert client.get("/" + chip["url"]).context["page"].paginator.count == chip["count"]


def test_more_than_twenty_officers_are_searched_by_initials(
    signed_in: SignedIn, free: WorkItem, region: Region
) -> None:
    client = signed_in("chief")
    assert not client.get("/?whose=all").context["picker"]["many"]
    for n in range(25):
        colleague(region, f"李{n:02d}")
    wang = colleague(region)
    page = client.get("/?whose=all")
    assert page.context["picker"]["many"]
    assert len(page.context["picker"]["people"]) == 20
    found = client.get("/?whose=all&officer_q=wxq").context["picker"]["people"]
    assert [person["key"] for person in found] == [wang.pk]
    options = client.get(reverse("backoffice:officers"), {"kind": free.kind, "officer_q": "WXQ"})
    assert f'value="{wang.pk}"' in options.content.decode()
    nobody = client.get(reverse("backoffice:officers"), {"kind": "unknown", "officer_q": "wxq"})
    assert "Nobody of this name" in nobody.content.decode()


def test_bulk_steps_name_what_was_left(signed_in: SignedIn, mine: WorkItem, region: Region) -> None:
    opened(make_item(region.in_jimsar, region.jimsar, due=None, key="other"))
    heir = colleague(region)
    ids = [*WorkItem.objects.values_list("pk", flat=True), 987_654]
    data = {"item": ids, "officer": heir.pk, "next": "/"}
    words = said(signed_in("inspector").post(reverse("backoffice:hand_over"), data))
    assert "1 item handed over to 王小强" in words
    assert "2 items were left as they were: There is no such work item." in words


def test_views_are_saved_and_forgotten(signed_in: SignedIn, free: WorkItem) -> None:
    client = signed_in("chief")
    client.post(reverse("backoffice:keep_view"), {"name": "临期", "query": "whose=all&due=soon"})
    views = client.get("/?whose=all&due=soon").context["views"]
    assert [(view["view"].name, view["active"]) for view in views] == [("临期", True)]
    assert "needs a name" in said(client.post(reverse("backoffice:keep_view"), {"name": " "}))
    forget = reverse("backoffice:forget_view", args=[SavedView.objects.get().pk])
    assert signed_in("leader").post(forget).status_code == 404
    assert client.post(forget).status_code == 302
    assert not SavedView.objects.exists()
