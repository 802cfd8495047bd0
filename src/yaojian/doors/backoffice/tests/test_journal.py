"""The journal and the page of one act: scope, filters, proof."""

from __future__ import annotations

import random
import uuid
from datetime import timedelta
from typing import Any

import pytest

from yaojian.doors.backoffice.queries import JournalFilter, journal_of, matching_acts
from yaojian.doors.backoffice.tests.conftest import SignedIn
from yaojian.doors.backoffice.tests.factories import Region, make_act, make_acts
from yaojian.doors.backoffice.web import journal
from yaojian.foundation.ledger.facade import Act, row_matches_canonical
from yaojian.foundation.timekeeping import now, today

URL = "/journal/"


def acts(response: Any) -> list[Act]:
    return [row["act"] for row in response.context["rows"]]


def page_of(act: Act) -> str:
    return f"/acts/{act.uid}/"


def test_who_reads_which_act(signed_in: SignedIn, region: Region) -> None:
    act = make_act(region.actor("inspector"), region.in_qitai)
    for name in ("inspector", "chief", "leader", "planner", "township"):
        assert signed_in(name).get(page_of(act)).status_code == 200, name
    for name in ("neighbour", "administrator"):
        assert signed_in(name).get(page_of(act)).status_code == 404, name


def test_an_act_of_a_higher_organ_is_read_by_those_on_whose_land_the_subject_lies(
    signed_in: SignedIn, region: Region
) -> None:
    act = make_act(region.actor("chief"), region.in_qitai)
    assert acts(signed_in("inspector").get(URL)) == [act]
    assert acts(signed_in("neighbour").get(URL)) == []


def test_administrator_sees_sessions_and_nothing_of_the_files(signed_in: SignedIn, region: Region) -> None:
    make_act(region.actor("inspector"), region.in_qitai)
    session = make_act(region.actor("inspector"), None, "session.opened")
    assert acts(signed_in("administrator").get(URL)) == [session]
    assert signed_in("administrator").get(page_of(session)).status_code == 200
    assert session not in acts(signed_in("chief").get(URL))
    assert signed_in("chief").get(page_of(session)).status_code == 404


def test_township_officers_have_no_journal(signed_in: SignedIn) -> None:
    assert signed_in("township").get(URL).status_code == 403


def test_filters_by_kind_organ_and_days(signed_in: SignedIn, region: Region) -> None:
    old = now() - timedelta(days=10)
    first = make_act(region.actor("inspector"), region.in_qitai, claimed_at=old, recorded_at=old)
    second = make_act(region.actor("neighbour"), region.in_jimsar, "inspection.started")
    client = signed_in("chief")
    assert acts(client.get(URL)) == [second, first]
    assert acts(client.get(URL, {"kind": "inspection.started"})) == [second]
    assert acts(client.get(URL, {"organ": region.qitai.pk})) == [first]
    assert acts(client.get(URL, {"since": today().isoformat()})) == [second]
    assert acts(client.get(URL, {"until": (today() - timedelta(days=1)).isoformat()})) == [first]
    response = client.get(URL, {"kind": "inspection.cancelled"})
    assert "No act matches these filters" in response.content.decode()
    assert response.context["filters"][0]["remove_url"] == "?"


@pytest.mark.parametrize(
    "query",
    [
        {"since": "2026-13-99"},
        {"kind": "nonsense"},
        {"organ": "999999999999"},
        {"since": "2026-02-02", "until": "2026-01-01"},
    ],
)
def test_wrong_filters_are_told_and_lose_nothing(signed_in: SignedIn, query: dict[str, str]) -> None:
    response = signed_in("chief").get(URL, query)
    assert response.status_code == 422
    assert "error-summary" in response.content.decode()


def test_empty_journal_says_how_it_fills(signed_in: SignedIn) -> None:
    assert "The journal is empty" in signed_in("chief").get(URL).content.decode()


def test_a_thousand_acts_are_paged_with_few_queries(
    signed_in: SignedIn, region: Region, django_assert_max_num_queries: Any
) -> None:
    make_acts(region.actor("inspector"), region.in_qitai, 1000)
    client = signed_in("chief")
    with django_assert_max_num_queries(15):
        response = client.get(URL, {"page": "7"})
    assert len(acts(response)) == 25
    assert response.context["page"].paginator.count == 1000


@pytest.mark.parametrize("username", ["chief", "inspector", "neighbour", "administrator"])
def test_the_parts_of_the_journal_make_the_whole(
    signed_in: SignedIn, region: Region, monkeypatch: pytest.MonkeyPatch, username: str
) -> None:
    """Page by page the same acts in the same order as by one plain query."""
    dice = random.Random(7)
    for _n in range(60):
        by = region.actor(dice.choice(["chief", "inspector", "neighbour"]))
        at = now() - timedelta(minutes=dice.randrange(40))
        make_act(by, dice.choice([region.in_qitai, region.in_jimsar]), claimed_at=at, recorded_at=at)
    whole = list(matching_acts(journal_of(region.actor(username)), JournalFilter()))
    pages = [acts(signed_in(username).get(URL, {"page": n})) for n in range(1, 4)]
    assert [act.pk for page in pages for act in page][: len(whole)] == [act.pk for act in whole]
    monkeypatch.setattr(journal, "MOST_ACTS", 30)
    page = signed_in(username).get(URL, {"page": 9}).context["page"]
    assert page.paginator.has_more is (len(whole) > 30)
    assert [act.pk for act in page] == [act.pk for act in whole][25:30] or len(whole) <= 25


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_act_page_tells_who_what_when_why_and_its_proof(
    signed_in: SignedIn, region: Region, language: str, django_assert_max_num_queries: Any
) -> None:
    act = make_act(
        region.actor("inspector"),
        region.in_qitai,
        legal_basis=["药品管理法 第九十九条"],
        evidence=["ab" * 32],
    )
    client = signed_in("inspector", language)
    with django_assert_max_num_queries(15):
        page = client.get(page_of(act)).content.decode()
    for words in (
        "inspector同志",
        region.qitai.name,
        region.in_qitai.name,
        "药品管理法 第九十九条",
        "ab" * 32,
        str(act.uid),
        "yaojian.act/1",
    ):
        assert words in page
    assert ("Entry is intact" if language == "en" else "记录完整") in page


def test_an_altered_row_is_told(signed_in: SignedIn, region: Region, monkeypatch: pytest.MonkeyPatch) -> None:
    act = make_act(region.actor("inspector"), region.in_qitai)
    assert row_matches_canonical(act)
    monkeypatch.setattr("yaojian.doors.backoffice.web.journal.row_matches_canonical", lambda act: False)
    page = signed_in("inspector").get(page_of(act)).content.decode()
    assert "Entry was altered" in page
    assert 'role="alert"' in page


def test_unknown_act_is_not_found(signed_in: SignedIn) -> None:
    assert signed_in("chief").get(f"/acts/{uuid.uuid4()}/").status_code == 404


def test_the_last_and_the_first_day_of_the_calendar_are_days(signed_in: SignedIn, region: Region) -> None:
    act = make_act(region.actor("chief"), region.in_qitai)
    client = signed_in("chief")
    assert acts(client.get(URL, {"since": "0001-01-01", "until": "9999-12-31"})) == [act]
    found = client.get("/api/v1/acts", {"since": "0001-01-01", "until": "9999-12-31"})
    assert [row["uid"] for row in found.json()["items"]] == [str(act.uid)]
