"""The list of subjects: search, facets, scope, paging, export."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.urls import reverse

from yaojian.casework.inspections.models import Inspection
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
from yaojian.foundation.timekeeping import now

URL = "/subjects/"


def names(response: Any) -> list[str]:
    return [row["subject"].name for row in response.context["rows"]]


@pytest.mark.parametrize(
    "question",
    ["同济", "tjt", "TJT", "9165232500000000", "新DB0000002", "人民路 2", "吉木萨尔 同济", "ｔｊｔ"],
)
def test_one_box_finds_by_fragment_pinyin_code_licence_and_address(
    signed_in: SignedIn, region: Region, question: str
) -> None:
    assert region.in_jimsar.name in names(signed_in("chief").get(URL, {"q": question}))


def test_all_words_must_be_found(signed_in: SignedIn) -> None:
    assert names(signed_in("chief").get(URL, {"q": "奇台 同济"})) == []


@pytest.mark.parametrize("question", ["%", "_", "'", "\\", "%%%", "(", "*"])
def test_signs_with_a_meaning_elsewhere_are_only_signs(signed_in: SignedIn, question: str) -> None:
    response = signed_in("chief").get(URL, {"q": question})
    assert response.status_code == 200
    assert names(response) == []


def test_other_jurisdictions_are_not_listed(signed_in: SignedIn, region: Region) -> None:
    assert names(signed_in("inspector").get(URL)) == [region.in_qitai.name]
    assert names(signed_in("neighbour").get(URL)) == [region.in_jimsar.name]
    assert names(signed_in("township").get(URL)) == [region.in_qitai.name]
    assert names(signed_in("chief").get(URL)) == []
    for whose in ("below", "area"):
        assert len(names(signed_in("chief").get(URL, {"whose": whose}))) == 2


def test_a_short_list_of_ones_own_says_why_and_leads_to_the_wider_one(signed_in: SignedIn) -> None:
    page = signed_in("chief").get(URL)
    assert "Your organ is not responsible for any subject itself" in page.content.decode()
    assert page.context["why_so_few"]["url"] == "?whose=below"
    assert [tab["active"] for tab in page.context["widths"]] == [True, False, False]
    assert signed_in("township").get(URL).context["widths"] == []


def test_administrator_has_no_business_here(signed_in: SignedIn) -> None:
    assert signed_in("administrator").get(URL).status_code == 403
    assert signed_in("administrator").get(URL, {"export": "csv"}).status_code == 403


def test_facets_count_what_choosing_them_would_leave(signed_in: SignedIn, region: Region) -> None:
    registered(
        make_subject(3, region.qitai, subject_type="cosmetic_operator", name="奇台县花样年华化妆品店"),
        make_subject(4, region.qitai, closed_on=days_from_now(-9)),
    )
    facets = {
        f["name"]: f
        for f in signed_in("chief").get(URL, {"whose": "area", "type": "single_pharmacy"}).context["facets"]
    }
    assert [(value, n) for value, _label, n in facets["type"]["choices"]] == [
        ("single_pharmacy", 2),
        ("cosmetic_operator", 1),
    ]
    assert [(v, label, n) for v, label, n in facets["place"]["choices"]] == [
        ("652325", "奇台县", 1),
        ("652327", "吉木萨尔县", 1),
    ]
    assert [(v, n) for v, _label, n in facets["risk"]["choices"]] == [("II", 1), ("none", 1)]


def test_filters_narrow_and_can_be_removed(signed_in: SignedIn, region: Region) -> None:
    response = signed_in("chief").get(
        URL, {"whose": "area", "risk": "II", "place": "652327", "status": "all", "q": ""}
    )
    assert names(response) == [region.in_jimsar.name]
    assert [f["remove_url"] for f in response.context["filters"]] == [
        "?whose=area&risk=II&status=all",
        "?whose=area&place=652327&status=all",
        "?whose=area&risk=II&place=652327",
    ]


def test_county_officers_narrow_by_township(signed_in: SignedIn) -> None:
    facets = signed_in("inspector").get(URL).context["facets"]
    assert facets[1]["choices"] == [("652325100", "奇台镇", 1)]


def test_closed_subjects_are_shown_on_demand(signed_in: SignedIn, region: Region) -> None:
    registered(make_subject(5, region.qitai, name="奇台县旧药店", closed_on=days_from_now(-1)))
    client = signed_in("inspector")
    assert "奇台县旧药店" not in names(client.get(URL))
    assert names(client.get(URL, {"status": "closed"})) == ["奇台县旧药店"]


def test_sorts_by_pinyin_and_by_risk(signed_in: SignedIn, region: Region) -> None:
    client = signed_in("chief")
    assert names(client.get(URL, {"whose": "area"})) == [region.in_jimsar.name, region.in_qitai.name]
    assert names(client.get(URL, {"whose": "area", "sort": "-name"})) == [
        region.in_qitai.name,
        region.in_jimsar.name,
    ]
    assert names(client.get(URL, {"whose": "area", "sort": "risk"}))[-1] == region.in_jimsar.name
    assert client.get(URL, {"whose": "area", "sort": "password"}).status_code == 200


def test_next_duty_is_shown(signed_in: SignedIn, region: Region) -> None:
    opened(make_item(region.in_qitai, region.qitai, due=days_from_now(-4)))
    (row,) = signed_in("inspector").get(URL).context["rows"]
    assert row["due"] == days_from_now(-4)
    assert row["css"] == "is-overdue"


def test_nothing_found_and_nothing_there_are_different(signed_in: SignedIn, region: Region) -> None:
    client = signed_in("inspector")
    assert "No subject matches" in client.get(URL, {"q": "查无此店"}).content.decode()
    region.in_qitai.division_code, region.in_qitai.responsible_organ = "652327100", region.jimsar
    region.in_qitai.save()
    assert "There are no subjects in your area yet" in client.get(URL, {"whose": "area"}).content.decode()


def test_a_thousand_subjects_are_paged_with_few_queries(
    signed_in: SignedIn, region: Region, django_assert_max_num_queries: Any
) -> None:
    registered(*(make_subject(n, region.qitai) for n in range(1000, 2000)))
    client = signed_in("chief")
    with django_assert_max_num_queries(15):
        response = client.get(URL, {"page": "2", "q": "惠民"})
    assert len(names(response)) == 25
    assert response.context["page"].paginator.count == 1001


def test_long_chinese_names_are_clamped_and_told_in_full(signed_in: SignedIn, region: Region) -> None:
    registered(make_subject(9, region.qitai, name=LONG_NAME))
    assert f'title="{LONG_NAME}"' in signed_in("inspector").get(URL).content.decode()


def exported(response: Any) -> list[list[str]]:
    content = b"".join(response.streaming_content).decode("utf-8")
    assert content.startswith("\ufeff")
    return list(csv.reader(io.StringIO(content.removeprefix("\ufeff"))))


def test_export_is_the_filtered_list_of_the_own_area(signed_in: SignedIn, region: Region) -> None:
    rows = exported(signed_in("chief").get(URL, {"q": "同济", "export": "csv"}))
    assert [row[1] for row in rows[1:]] == [region.in_jimsar.name]
    assert "昌吉回族自治州吉木萨尔县吉木萨尔镇" in rows[1]
    assert [row[1] for row in exported(signed_in("inspector").get(URL, {"export": "csv"}))[1:]] == [
        region.in_qitai.name
    ]


def test_export_cannot_carry_formulas(signed_in: SignedIn, region: Region) -> None:
    registered(make_subject(8, region.qitai, name='=HYPERLINK("http://example.org","奇台")', address="+86 1"))
    rows = exported(signed_in("inspector").get(URL, {"export": "csv"}))
    cells = [cell for row in rows for cell in row]
    assert '\'=HYPERLINK("http://example.org","奇台")' in cells
    assert "'+86 1" in cells


@pytest.mark.parametrize(
    "typed",
    [
        "奇台县市监检〔2026〕42号",
        "奇台县市监检[2026]42号",
        " 奇台县市监检（2026）42 号",
        "奇台县市监检(２０２６)42",
    ],
)
def test_a_typed_file_number_leads_to_the_inspection(signed_in: SignedIn, region: Region, typed: str) -> None:
    inspection = Inspection.objects.create(
        number="奇台县市监检〔2026〕42号",
        subject=region.in_qitai,
        organ=region.qitai,
        kind="routine",
        opened_at=now(),
    )
    file = reverse("inspections:file", args=[inspection.pk])
    assert signed_in("inspector").get(URL, {"q": typed}).headers["Location"] == file
    by_script = signed_in("inspector").get(URL, {"q": typed}, headers={"HX-Request": "true"})
    assert by_script.headers["HX-Redirect"] == file
    assert signed_in("neighbour").get(URL, {"q": typed}).status_code == 200
    assert signed_in("inspector").get(URL, {"q": "奇台县市监检〔2026〕43号"}).status_code == 200


def test_the_export_link_follows_filters_that_change_without_a_reload(signed_in: SignedIn) -> None:
    page = signed_in("chief").get(URL, {"whose": "area", "type": "single_pharmacy"}).content.decode()
    assert 'hx-select-oob="#export,#widths,#map-link"' in page
    assert 'href="?whose=area&amp;type=single_pharmacy&amp;export=csv"' in page
