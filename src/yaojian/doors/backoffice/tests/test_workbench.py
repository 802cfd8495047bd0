"""The workbench: widths, order, filters, assignment, emptiness, size."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from yaojian.doors.backoffice.tests.conftest import SignedIn
from yaojian.doors.backoffice.tests.factories import (
    Region,
    days_from_now,
    make_item,
    make_subject,
    opened,
    registered,
)
from yaojian.foundation.design.samples import LONG_NAME
from yaojian.foundation.ledger.facade import Act
from yaojian.foundation.worklist.facade import WorkItem

URL = "/"
ALL = "/?whose=all"


def names(response: Any) -> list[str]:
    return [row["item"].subject_name for group in response.context["groups"] for row in group["rows"]]


def test_strangers_are_sent_to_sign_in(client: Any, db: None) -> None:
    response = client.get(URL)
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("sign_in"))


def test_overdue_comes_first_and_undated_last(signed_in: SignedIn, region: Region) -> None:
    opened(
        make_item(region.in_qitai, region.qitai, due=None, key="undated"),
        make_item(region.in_qitai, region.qitai, due=days_from_now(40), key="later"),
        make_item(region.in_qitai, region.qitai, due=days_from_now(3), key="soon"),
        make_item(region.in_qitai, region.qitai, due=days_from_now(-5), key="overdue"),
    )
    groups = signed_in("inspector").get(ALL).context["groups"]
    assert [group["code"] for group in groups] == ["overdue", "soon", "later", "undated"]


def test_one_begins_with_what_is_ones_own(signed_in: SignedIn, region: Region) -> None:
    opened(make_item(region.in_qitai, region.qitai, due=days_from_now(1)))
    for name in ("chief", "inspector"):
        response = signed_in(name).get(URL)
        assert (response.context["whose"], names(response)) == ("mine", [])
    assert "Nothing is on your desk" in response.content.decode()
    WorkItem.objects.update(assignee=region.people["inspector"])
    assert names(signed_in("inspector").get(URL)) == [region.in_qitai.name]


def test_work_of_another_county_is_not_seen(signed_in: SignedIn, region: Region) -> None:
    opened(make_item(region.in_jimsar, region.jimsar, due=days_from_now(1)))
    assert names(signed_in("inspector").get(URL + "?whose=all")) == []
    assert names(signed_in("chief").get(URL + "?whose=all")) == [region.in_jimsar.name]


def test_an_officer_sees_what_a_higher_organ_gave_them(signed_in: SignedIn, region: Region) -> None:
    opened(
        make_item(
            region.in_qitai, region.prefecture, due=days_from_now(1), assignee=region.people["inspector"]
        )
    )
    assert names(signed_in("inspector").get(URL)) == [region.in_qitai.name]


def test_township_sees_one_simple_list_of_its_land_without_buttons(
    signed_in: SignedIn, region: Region
) -> None:
    opened(make_item(region.in_qitai, region.qitai, due=days_from_now(-1)))
    response = signed_in("township").get(URL)
    assert names(response) == [region.in_qitai.name]
    assert response.context["segments"] == []
    assert "inspections/open" not in response.content.decode()


def test_the_button_is_there_only_for_those_who_inspect(signed_in: SignedIn, region: Region) -> None:
    (item,) = opened(make_item(region.in_qitai, region.qitai, due=days_from_now(-1)))
    link = f"subject={region.in_qitai.pk}&amp;item={item.pk}"
    assert link in signed_in("inspector").get(ALL).content.decode()
    assert link not in signed_in("leader").get(ALL).content.decode()


def test_filters_by_kind_urgency_and_text(signed_in: SignedIn, region: Region) -> None:
    opened(
        make_item(region.in_qitai, region.qitai, due=days_from_now(-1), key="a"),
        make_item(region.in_jimsar, region.jimsar, due=days_from_now(2), key="b"),
    )
    client = signed_in("chief")
    assert names(client.get(ALL + "&due=soon")) == [region.in_jimsar.name]
    assert names(client.get(ALL + "&q=同济")) == [region.in_jimsar.name]
    assert names(client.get(ALL + "&kind=inspection.verify")) == []
    response = client.get(ALL + "&q=同济&due=overdue")
    assert "Nothing matches these filters" in response.content.decode()
    assert len(response.context["filters"]) == 1


def test_empty_worklist_says_how_work_gets_here(signed_in: SignedIn) -> None:
    assert "Work appears here by itself" in signed_in("inspector").get(ALL).content.decode()


def test_unknown_filter_values_do_no_harm(signed_in: SignedIn, region: Region) -> None:
    opened(make_item(region.in_qitai, region.qitai, due=days_from_now(-1)))
    response = signed_in("chief").get(URL + "?whose=galaxy&due=never&page=zero&mark=x")
    assert response.status_code == 200
    assert response.context["whose"] == "mine"
    assert len(names(signed_in("chief").get(ALL + "&due=never&page=zero&mark=x"))) == 1


def test_a_thousand_items_are_paged_with_few_queries(
    signed_in: SignedIn, region: Region, django_assert_max_num_queries: Any
) -> None:
    subjects = registered(*(make_subject(n, region.qitai) for n in range(10, 20)))
    opened(
        *(
            make_item(subjects[n % 10], region.qitai, due=days_from_now(n - 500), key=str(n))
            for n in range(1000)
        )
    )
    client = signed_in("chief")
    with django_assert_max_num_queries(15):
        response = client.get(ALL + "&page=40")
    assert len(names(response)) == 25
    assert response.context["page"].paginator.count == 1000


def test_long_names_are_clamped_and_told_in_full(signed_in: SignedIn, region: Region) -> None:
    (subject,) = registered(make_subject(77, region.qitai, name=LONG_NAME))
    opened(make_item(subject, region.qitai, due=days_from_now(-1)))
    page = signed_in("inspector").get(ALL).content.decode()
    assert f'title="{LONG_NAME}"' in page


def test_chief_assigns_ticked_items_and_it_is_recorded(signed_in: SignedIn, region: Region) -> None:
    items = opened(
        make_item(region.in_qitai, region.qitai, due=days_from_now(-1), key="a"),
        make_item(region.in_qitai, region.qitai, due=days_from_now(1), key="b"),
    )
    officer = region.people["inspector"]
    response = signed_in("chief").post(
        reverse("backoffice:assign"),
        {"item": [item.pk for item in items], "officer": officer.pk, "next": "/?whose=all"},
    )
    assert response["Location"] == "/?whose=all"
    assert set(WorkItem.objects.values_list("assignee", flat=True)) == {officer.pk}
    assert Act.objects.filter(kind="worklist.assigned").count() == 2
    assert "2 items assigned to" in str(next(iter(get_messages(response.wsgi_request))))


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"officer": ""}, "No officer was chosen"),
        ({"officer": "township"}, "This person cannot take"),
        ({"officer": "inspector", "item": ""}, "No work item was ticked"),
        ({"officer": "inspector", "item": "x'; DROP"}, "No work item was ticked"),
    ],
)
def test_assignment_that_cannot_be_says_why(
    signed_in: SignedIn, region: Region, form: dict[str, str], words: str
) -> None:
    (item,) = opened(make_item(region.in_qitai, region.qitai, due=None))
    officer = region.people.get(form["officer"])
    data = {"item": str(item.pk), **form, "officer": officer.pk if officer else ""}
    response = signed_in("chief").post(reverse("backoffice:assign"), data)
    assert response.status_code == 302
    assert words in str(next(iter(get_messages(response.wsgi_request))))
    assert not WorkItem.objects.filter(assignee__isnull=False).exists()


def test_only_chiefs_assign_and_only_in_their_area(signed_in: SignedIn, region: Region) -> None:
    (item,) = opened(make_item(region.in_qitai, region.qitai, due=None))
    data = {"item": item.pk, "officer": region.people["inspector"].pk}
    assert signed_in("inspector").post(reverse("backoffice:assign"), data).status_code == 403
    assert signed_in("chief").get(reverse("backoffice:assign")).status_code == 405
    data["item"] = item.pk + 10_000
    response = signed_in("chief").post(reverse("backoffice:assign"), data)
    assert "1 item was left as it was" in str(next(iter(get_messages(response.wsgi_request))))
    assert not WorkItem.objects.filter(assignee__isnull=False).exists()


def test_assignment_never_leads_to_another_site(signed_in: SignedIn) -> None:
    response = signed_in("chief").post(reverse("backoffice:assign"), {"next": "https://example.org/"})
    assert response["Location"] == "/"


def test_administrator_sees_the_system_and_no_work(signed_in: SignedIn, region: Region) -> None:
    opened(make_item(region.in_qitai, region.qitai, due=None))
    page = signed_in("administrator").get(URL).content.decode()
    assert "Size of the database" in page
    assert region.in_qitai.name not in page


@pytest.mark.parametrize("endless", ["9" * 5000, "9" * 19, "\0", "-1", "１" * 30])
def test_keys_that_no_row_can_have_assign_nothing(signed_in: SignedIn, region: Region, endless: str) -> None:
    client, url = signed_in("chief"), reverse("backoffice:assign")
    officer = str(region.people["inspector"].pk)
    for data in ({"officer": endless, "item": ["1"]}, {"officer": officer, "item": [endless]}):
        response = client.post(url, data)
        assert response.status_code == 302
        assert "nothing was changed" in str(next(iter(get_messages(response.wsgi_request))))
