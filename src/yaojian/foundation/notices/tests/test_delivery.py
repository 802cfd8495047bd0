"""Messages leave the house: files, mail, gateway; retried, given up, sent again."""

from __future__ import annotations

import json
import smtplib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.core.mail.backends.smtp import EmailBackend
from django.db import transaction

from yaojian.foundation.errors import Conflict, InvalidInput, NotAllowed, NotFound
from yaojian.foundation.ledger.facade import Act
from yaojian.foundation.notices import backends, delivery
from yaojian.foundation.notices.contracts import Channel, DeliveryFailed, Message
from yaojian.foundation.notices.facade import (
    Dispatch,
    DispatchState,
    choose_channels,
    contact_of,
    deliver_due,
    messages_in,
    notify,
    send_again,
    set_contact,
)
from yaojian.foundation.notices.models import Contact
from yaojian.foundation.notices.tests.conftest import People
from yaojian.foundation.timekeeping import held_at

START = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
MESSAGE = Message(
    key="k1",
    channel=Channel.SMS,
    username="wang",
    kind="tests.alarm",
    title="提醒",
    text="剩 3 天",
    link="https://yj.example/work/7/",
    address="13899123456",
)


@pytest.fixture
def alarm(people: People) -> Callable[[], Dispatch]:
    def ring() -> Dispatch:
        with held_at(START), transaction.atomic():
            notify(to=[people.wang.user_id], kind="tests.alarm", link="/work/7/", params={"days": "3"})
        return Dispatch.objects.latest("pk")

    return ring


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> list[DeliveryFailed]:
    """While this list holds a failure, every back end fails with it."""
    failures: list[DeliveryFailed] = []

    class Broken:
        needs_address = False

        def send(self, message: Message) -> None:
            if failures:
                raise failures[0]

    monkeypatch.setattr(delivery, "backend_for", lambda channel: Broken())
    return failures


def test_by_default_a_line_in_a_file_without_any_address(
    alarm: Callable[[], Dispatch], folder: Path, settings: Any
) -> None:
    settings.PUBLIC_URL = "https://yj.example"
    sent = alarm()
    with held_at(START):
        assert deliver_due() == 1
        assert deliver_due() == 0
    (line,) = (folder / "sms-2026-11.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(line) == {
        "at": "2026-11-20T01:00:00+00:00",
        "key": str(sent.key),
        "channel": "sms",
        "to": "wang",
        "kind": "tests.alarm",
        "title": "Alarm",
        "text": "3 days left",
        "link": "https://yj.example/work/7/",
    }
    sent.refresh_from_db()
    assert (sent.state, sent.attempts) == ("sent", 1)


def test_failures_are_retried_with_growing_pauses_then_given_up(
    alarm: Callable[[], Dispatch], broken: list[DeliveryFailed]
) -> None:
    owed = alarm()
    broken.append(DeliveryFailed("ConnectionRefusedError"))
    moment, pauses = START, []
    for _attempt in range(6):
        with held_at(moment):
            assert deliver_due() == 1
            assert deliver_due() == 0
        owed.refresh_from_db()
        pauses.append(owed.next_attempt_at - moment)
        moment = max(moment, owed.next_attempt_at)
    assert [pause // timedelta(minutes=1) for pause in pauses[:5]] == [1, 5, 15, 60, 240]
    assert (owed.state, owed.attempts, owed.last_error) == ("given_up", 6, "ConnectionRefusedError")
    with held_at(moment + timedelta(days=9)):
        assert deliver_due() == 0


def test_a_lasting_refusal_is_given_up_at_once(
    alarm: Callable[[], Dispatch], broken: list[DeliveryFailed]
) -> None:
    owed = alarm()
    broken.append(DeliveryFailed("HTTP 422", lasting=True))
    deliver_due()
    owed.refresh_from_db()
    assert owed.state == DispatchState.GIVEN_UP


def test_one_broken_message_holds_up_no_other(
    alarm: Callable[[], Dispatch], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = alarm(), alarm()

    class Moody:
        needs_address = False

        def send(self, message: Message) -> None:
            if message.key == str(first.key):
                raise ValueError("a fault of ours about 13899123456")

    monkeypatch.setattr(delivery, "backend_for", lambda channel: Moody())
    with held_at(START):
        assert deliver_due() == 2
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.last_error, second.state) == ("waiting", "ValueError", "sent")


def test_the_administrator_sends_again(
    alarm: Callable[[], Dispatch], broken: list[DeliveryFailed], people: People
) -> None:
    owed = alarm()
    broken.append(DeliveryFailed("HTTP 422", lasting=True))
    deliver_due()
    with pytest.raises(NotAllowed):
        send_again(by=people.wang, dispatch_id=owed.pk)
    with pytest.raises(NotAllowed):
        messages_in(people.li, DispatchState.GIVEN_UP)
    assert list(messages_in(people.administrator, DispatchState.GIVEN_UP)) == [owed]
    send_again(by=people.administrator, dispatch_id=owed.pk)
    with pytest.raises(Conflict):
        send_again(by=people.administrator, dispatch_id=owed.pk)
    with pytest.raises(NotFound):
        send_again(by=people.administrator, dispatch_id=owed.pk + 99)
    broken.clear()
    assert deliver_due() == 1
    assert list(messages_in(people.administrator, DispatchState.SENT)) == [owed]


def test_who_has_no_number_is_named_to_the_administrator(
    alarm: Callable[[], Dispatch], settings: Any
) -> None:
    settings.NOTICE_SMS_URL = "https://sms.example/send"
    owed = alarm()
    deliver_due()
    owed.refresh_from_db()
    assert owed.state == DispatchState.GIVEN_UP
    assert owed.last_error


def test_the_gateway_gets_json_and_its_answer_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, Any]] = []
    answers = [200, 503, 429, 422]

    def post(url: str, **what: Any) -> httpx.Response:
        asked.append({"url": url, **what})
        return httpx.Response(answers.pop(0))

    monkeypatch.setattr(backends.httpx, "post", post)
    gateway = backends.GatewayBackend("https://sms.example/send", "secret")
    gateway.send(MESSAGE)
    assert asked[0]["json"] == {
        "id": "k1",
        "to": "13899123456",
        "text": "剩 3 天 https://yj.example/work/7/",
    }
    assert asked[0]["headers"] == {"Authorization": "Bearer secret"}
    for lasting in (False, False, True):
        with pytest.raises(DeliveryFailed) as failure:
            gateway.send(MESSAGE)
        assert failure.value.lasting is lasting
        assert "138" not in failure.value.reason


def test_an_unreachable_gateway_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def post(url: str, **what: Any) -> httpx.Response:
        raise httpx.ConnectTimeout("to 13899123456 timed out")

    monkeypatch.setattr(backends.httpx, "post", post)
    with pytest.raises(DeliveryFailed) as failure:
        backends.GatewayBackend("https://sms.example/send").send(MESSAGE)
    assert (failure.value.reason, failure.value.lasting) == ("ConnectTimeout", False)


def test_mail_goes_through_the_server_of_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[tuple[EmailBackend, Any]] = []

    def send_messages(self: EmailBackend, mails: Any) -> int:
        sent.append((self, mails[0]))
        return 1

    monkeypatch.setattr(EmailBackend, "send_messages", send_messages)
    backends.SmtpBackend("smtps://office:p%40ss@mail.example", "yj@example.org").send(MESSAGE)
    server, mail = sent[0]
    assert (server.host, server.port, server.username, server.password) == (
        "mail.example",
        465,
        "office",
        "p@ss",
    )
    assert (server.use_ssl, server.use_tls) == (True, False)
    assert (mail.subject, mail.to, mail.from_email) == ("提醒", ["13899123456"], "yj@example.org")

    def refuse(self: EmailBackend, mails: Any) -> int:
        raise smtplib.SMTPRecipientsRefused({"a@example.org": (550, b"no such user")})

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)
    with pytest.raises(DeliveryFailed) as failure:
        backends.SmtpBackend("smtp://mail.example?tls=no", "yj@example.org").send(MESSAGE)
    assert (failure.value.reason, failure.value.lasting) == ("SMTPRecipientsRefused", True)


def test_a_choice_made_later_does_not_recall_what_is_owed(
    alarm: Callable[[], Dispatch], people: People
) -> None:
    alarm()
    choose_channels(by=people.wang, wanted={"tests.alarm": [Channel.SMS, Channel.EMAIL]})
    alarm()
    assert sorted(Dispatch.objects.values_list("channel", flat=True)) == ["email", "sms", "sms"]


def test_a_message_goes_to_the_sealed_number_of_its_reader(
    alarm: Callable[[], Dispatch], people: People, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.NOTICE_SMS_URL = "https://sms.example/send"
    sent: list[str] = []

    def post(url: str, **what: Any) -> httpx.Response:
        sent.append(what["json"]["to"])
        return httpx.Response(200)

    monkeypatch.setattr(backends.httpx, "post", post)
    set_contact(by=people.wang, phone="+86 １３８-9912 3456")
    alarm()
    assert deliver_due() == 1
    assert sent == ["13899123456"]
    kept = Contact.objects.get()
    assert "13899123456" not in kept.phone
    act = Act.objects.get(kind="contact.changed")
    assert act.facts == {"fields": ["phone"]}
    assert not Act.objects.filter(kind="personal_data.viewed").exists()


def test_ones_own_number_is_shown_masked_kept_and_removed(people: People) -> None:
    set_contact(by=people.wang, phone="13899123456", email=" wang@example.gov.cn ")
    shown = contact_of(people.wang)
    assert set(shown) == {"phone", "email"}
    assert "13899123456" not in shown["phone"]
    set_contact(by=people.wang, email="")
    assert set(contact_of(people.wang)) == {"phone"}
    set_contact(by=people.wang)
    assert contact_of(people.li) == {}


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("phone", "12345"),
        ("phone", "23899123456"),
        ("phone", "138991234567"),
        ("phone", "王强"),
        ("email", "wang"),
        ("email", "wang@"),
        ("email", "a" * 250 + "@example.org"),
    ],
)
def test_what_is_no_number_or_mailbox(people: People, field: str, text: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        set_contact(by=people.wang, **{field: text})
    assert refusal.value.field == field
    assert not Contact.objects.exists()
