"""What the public finds, and what it does not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from yaojian.casework.inspections.models import Inspection
from yaojian.doors.portal.limits import LOOK_UPS_PER_MINUTE
from yaojian.foundation.accounts.facade import Level, Organ, register_organ
from yaojian.foundation.design.samples import LONG_NAME
from yaojian.foundation.reference.facade import load_divisions
from yaojian.foundation.timekeeping import now, today
from yaojian.registers.enterprises.facade import Subject, SubjectEntry
from yaojian.registers.enterprises.tests.factories import registered

URL = "/public/"


@pytest.fixture(autouse=True)
def _fresh_minute() -> None:
    cache.clear()


@pytest.fixture
def organ(db: None) -> Organ:
    load_divisions([("6523", "昌吉回族自治州", ""), ("652325", "奇台县", ""), ("652325100", "奇台镇", "")])
    return register_organ(
        code="cj.qt", name="奇台县市场监督管理局", level=Level.COUNTY, territories=["652325"]
    )


def make(n: int, organ: Organ, **fields: Any) -> Subject:
    defaults: dict[str, Any] = {
        "code": f"91652325MA{n:010d}",
        "name": f"奇台县惠民大药房{n:03d}店",
        "subject_type": "single_pharmacy",
        "responsible_organ": organ.code,
        "division_code": "652325100",
        "address": "人民路 77 号",
        "licence_no": f"新DB{n:07d}",
        "opened_on": today() - timedelta(days=900),
        "risk_grade": "IV",
        "flags": ("special_drug",),
    }
    (subject,) = registered(SubjectEntry(**{**defaults, **fields}))
    return subject


def ask(client: Client, question: str) -> Any:
    return client.get(URL, {"q": question}, headers={"accept-language": "en"})


def names(response: Any) -> list[str]:
    return [row["subject"].name for row in response.context["rows"]]


@pytest.mark.parametrize(
    "question", ["惠民", "奇台 惠民", "91652325MA0000000001", "91652325ma0000000001", "新DB0000001"]
)
def test_found_by_name_or_exact_number(client: Client, organ: Organ, question: str) -> None:
    subject = make(1, organ)
    assert names(ask(client, question)) == [subject.name]


@pytest.mark.parametrize("question", ["91652325MA", "新DB", "人民路", "hm", "%", "__"])
def test_not_found_by_parts_of_numbers_addresses_or_wildcards(
    client: Client, organ: Organ, question: str
) -> None:
    make(1, organ)
    assert not ask(client, question).context["rows"]


def test_at_most_twenty_with_a_word_about_the_rest(client: Client, organ: Organ) -> None:
    for n in range(23):
        make(n, organ)
    response = ask(client, "惠民")
    assert len(names(response)) == 20
    assert "only the first 20 are shown" in response.content.decode()


def test_open_ones_come_before_closed_ones(client: Client, organ: Organ) -> None:
    closed = make(1, organ, closed_on=today())
    opened = make(2, organ)
    assert names(ask(client, "惠民")) == [opened.name, closed.name]


def test_short_and_empty_questions(client: Client, organ: Organ) -> None:
    assert "at least two characters" in ask(client, "药").content.decode()
    assert "What you can see here" in client.get(URL, headers={"accept-language": "en"}).content.decode()
    assert "Nothing was found" in ask(client, "查无此店").content.decode()


def test_nothing_internal_is_shown(client: Client, organ: Organ) -> None:
    subject = make(1, organ)
    for page in (ask(client, "惠民"), client.get(f"{URL}subjects/{subject.code}/")):
        text = page.content.decode()
        for secret in ("人民路 77 号", "special_drug", "Ⅳ级", "Grade IV"):
            assert secret not in text


def inspect(subject: Subject, organ: Organ, n: int, **fields: Any) -> None:
    Inspection.objects.create(
        number=f"cj.qt-2026-{n:05d}", subject=subject, organ=organ, kind="routine", opened_at=now(), **fields
    )


def test_last_concluded_inspection_and_its_public_conclusion(client: Client, organ: Organ) -> None:
    subject = make(1, organ)
    url = f"{URL}subjects/{subject.code}/"
    assert client.get(url).context["inspection"] is None
    long_ago, lately = now() - timedelta(days=300), now() - timedelta(days=3)
    inspect(subject, organ, 1, state="closed", conclusion="compliant", concluded_at=long_ago)
    inspect(subject, organ, 2, state="on_site")
    assert client.get(url).context["inspection"]["kind"] == "done"
    inspect(
        subject,
        organ,
        3,
        state="rectifying",
        conclusion="rectify",
        concluded_at=lately,
        rectify_by=today(),
        summary="内部记录",
    )
    response = client.get(url)
    assert response.context["inspection"]["kind"] == "due_soon"
    assert "内部记录" not in response.content.decode()
    Inspection.objects.filter(number="cj.qt-2026-00003").update(state="closed")
    assert client.get(url).context["inspection"]["settled"]
    assert "缺陷已整改" in client.get(url, headers={"accept-language": "zh-hans"}).content.decode()


def test_unknown_code_is_not_found(client: Client, organ: Organ) -> None:
    assert client.get(f"{URL}subjects/nothing/").status_code == 404


def test_too_many_questions_are_held_up(client: Client, organ: Organ) -> None:
    for _n in range(LOOK_UPS_PER_MINUTE):
        assert ask(client, "惠民").status_code == 200
    response = ask(client, "惠民")
    assert response.status_code == 429
    assert "Wait a minute" in response.content.decode()
    assert client.get(URL).status_code == 200


def test_few_queries_and_long_names(client: Client, organ: Organ, django_assert_max_num_queries: Any) -> None:
    for n in range(21):
        make(n, organ)
    subject = make(99, organ, name=LONG_NAME)
    with django_assert_max_num_queries(4):
        ask(client, "惠民")
    with django_assert_max_num_queries(4):
        assert LONG_NAME in client.get(f"{URL}subjects/{subject.code}/").content.decode()


def test_only_reading(client: Client, db: None) -> None:
    assert client.post(URL, {"q": "惠民"}).status_code == 405
