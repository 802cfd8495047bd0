"""The file of one subject: who may open it, what each view shows."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from yaojian.doors.backoffice.tests.conftest import SignedIn
from yaojian.doors.backoffice.tests.factories import (
    Region,
    days_from_now,
    make_act,
    make_acts,
    make_item,
    make_subject,
    opened,
    registered,
)
from yaojian.doors.backoffice.web.subject_tabs import TABS as VIEWS
from yaojian.foundation.design.samples import LONG_NAME
from yaojian.registers.enterprises.facade import Subject


def address(subject: Subject) -> str:
    return reverse("backoffice:subject", args=[subject.pk])


def test_another_jurisdiction_is_not_found(signed_in: SignedIn, region: Region) -> None:
    assert signed_in("neighbour").get(address(region.in_qitai)).status_code == 404
    assert signed_in("inspector").get(address(region.in_qitai)).status_code == 200
    assert signed_in("administrator").get(address(region.in_qitai)).status_code == 403


def test_on_ones_land_but_anothers_responsibility(signed_in: SignedIn, region: Region) -> None:
    (wholesaler,) = registered(make_subject(3, region.prefecture, subject_type="drug_wholesaler"))
    response = signed_in("inspector").get(address(wholesaler))
    assert "is responsible for it" in response.content.decode()
    assert response.context["inspect_url"] == ""


def test_inspect_carries_the_due_duty(signed_in: SignedIn, region: Region) -> None:
    (item,) = opened(make_item(region.in_qitai, region.qitai, due=days_from_now(5)))
    url = signed_in("inspector").get(address(region.in_qitai)).context["inspect_url"]
    assert url == f"{reverse('inspections:open')}?subject={region.in_qitai.pk}&item={item.pk}"
    for role in ("leader", "planner", "township"):
        assert signed_in(role).get(address(region.in_qitai)).context["inspect_url"] == ""


def test_closed_subjects_are_not_inspected(signed_in: SignedIn, region: Region) -> None:
    (closed,) = registered(make_subject(4, region.qitai, closed_on=days_from_now(-1)))
    response = signed_in("inspector").get(address(closed))
    assert response.context["inspect_url"] == ""
    assert "Closed down" in response.content.decode()


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_view_opens_empty_and_full_with_few_queries(
    signed_in: SignedIn, region: Region, view: str, language: str, django_assert_max_num_queries: Any
) -> None:
    client = signed_in("inspector", language)
    assert client.get(address(region.in_qitai), {"view": view}).status_code == 200
    make_acts(region.actor("inspector"), region.in_qitai, 45)
    opened(*(make_item(region.in_qitai, region.qitai, due=days_from_now(n), key=str(n)) for n in range(30)))
    with django_assert_max_num_queries(15):
        assert client.get(address(region.in_qitai), {"view": view}).status_code == 200


def test_timeline_is_paged_newest_first_and_links_to_acts(signed_in: SignedIn, region: Region) -> None:
    make_acts(region.actor("inspector"), region.in_qitai, 45)
    response = signed_in("inspector").get(address(region.in_qitai), {"page": "3"})
    items = response.context["timeline"]
    assert len(items) == 5
    assert items == sorted(items, key=lambda item: item["at"], reverse=True)
    assert items[0]["href"].startswith("/acts/")


def test_timeline_speaks_the_readers_language(signed_in: SignedIn, region: Region) -> None:
    make_act(region.actor("inspector"), region.in_qitai)
    page = signed_in("inspector", "zh-hans").get(address(region.in_qitai)).content.decode()
    assert "待整改后评定" in page
    assert "rectify" not in page.replace("rectification", "")


def test_head_says_what_is_next_and_by_when(signed_in: SignedIn, region: Region) -> None:
    opened(
        make_item(region.in_qitai, region.qitai, due=days_from_now(30), key="b", reason="后面的"),
        make_item(region.in_qitai, region.qitai, due=days_from_now(-2), key="a", reason="最急的"),
    )
    facts = {f["label"]: f for f in signed_in("inspector").get(address(region.in_qitai)).context["key_facts"]}
    assert facts["Next duty"]["value"] == "最急的"
    assert days_from_now(-2).isoformat() in facts["Next duty"]["hint"]
    assert "2 days overdue" in facts["Next duty"]["hint"]


def test_stores_and_headquarters_point_to_each_other(signed_in: SignedIn, region: Region) -> None:
    (hq,) = registered(make_subject(5, region.prefecture, subject_type="chain_headquarters", name="康泰连锁"))
    store, far, gone = registered(
        make_subject(6, region.qitai, subject_type="chain_store", name="康泰连锁奇台店"),
        make_subject(7, region.jimsar, "652327100", subject_type="chain_store", name="康泰连锁吉木萨尔店"),
        make_subject(
            8, region.qitai, subject_type="chain_store", name="康泰连锁安静店", closed_on=days_from_now(-1)
        ),
    )
    Subject.objects.filter(pk__in=[store.pk, far.pk, gone.pk]).update(parent=hq)
    rows = signed_in("chief").get(address(hq), {"view": "related"}).context["rows"]
    assert [row["subject"].pk for row in rows] == [far.pk, store.pk, gone.pk]
    rows = signed_in("inspector").get(address(hq), {"view": "related"}).context["rows"]
    assert [row["subject"].pk for row in rows] == [store.pk, gone.pk]
    parent = signed_in("neighbour").get(address(far), {"view": "related"}).context["parent"]
    assert parent["subject"] == hq
    assert parent["url"] == ""


def test_long_names_and_unknown_views_do_no_harm(signed_in: SignedIn, region: Region) -> None:
    (subject,) = registered(make_subject(9, region.qitai, name=LONG_NAME, flags=("special_drug", "未知标签")))
    assert LONG_NAME in signed_in("inspector").get(address(subject), {"view": "../secret"}).content.decode()
    page = signed_in("inspector").get(address(subject), {"view": "record"}).content.decode()
    assert "Narcotic, psychotropic or precursor drugs, 未知标签" in page
