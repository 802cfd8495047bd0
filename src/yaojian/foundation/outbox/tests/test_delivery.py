"""Events reach every subscriber at least once; a broken one is tried again and holds up nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.db import transaction

from yaojian.foundation.outbox import delivery
from yaojian.foundation.outbox.facade import deliver_pending, pending_count, publish, subscriber
from yaojian.foundation.outbox.models import Delivery, OutboxEvent
from yaojian.foundation.timekeeping import held_at, now

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class PharmacyClosed:
    subject_id: int
    on: date


@dataclass(frozen=True)
class Unheard:
    subject_id: int


EVENT = PharmacyClosed(7, date(2026, 7, 1))


@pytest.fixture(autouse=True)
def _no_subscribers_but_the_tests_own(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(delivery, "_subscribers", {})
    monkeypatch.setattr(delivery, "_wake", None)
    Delivery.objects.all().delete()
    return


def listener(name: str) -> list[PharmacyClosed]:
    """A subscriber that takes all it is given."""
    heard: list[PharmacyClosed] = []
    subscriber(PharmacyClosed, name=name)(heard.append)
    return heard


def broken(name: str, faults: int = 1000) -> list[PharmacyClosed]:
    """A subscriber that fails so many times before it takes an event."""
    heard: list[PharmacyClosed] = []
    tries = []

    def handle(event: PharmacyClosed) -> None:
        tries.append(event)
        OutboxEvent.objects.create(name="half done", payload={}, occurred_at=now())
        if len(tries) <= faults:
            raise ConnectionError("the other side does not answer")
        heard.append(event)

    subscriber(PharmacyClosed, name=name)(handle)
    return heard


def test_an_event_arrives_as_it_was_sent_and_once_when_all_goes_well() -> None:
    heard = listener("a")
    publish(EVENT)
    assert (pending_count(), deliver_pending(), pending_count()) == (1, 1, 0)
    assert deliver_pending() == 0
    assert heard == [EVENT]


def test_events_arrive_in_the_order_of_writing() -> None:
    heard = listener("a")
    events = [PharmacyClosed(n, date(2026, 7, n)) for n in (3, 1, 2)]
    for event in events:
        publish(event)
    assert deliver_pending(limit=2) == 2
    assert deliver_pending() == 1
    assert heard == events


def test_a_failed_event_is_not_lost_and_waits_longer_each_time() -> None:
    heard = broken("a", faults=3)
    start = now()
    with held_at(start):
        publish(EVENT)
        deliver_pending()
    owed = Delivery.objects.get()
    assert (owed.delivered_at, owed.attempts, owed.next_attempt_at) == (
        None,
        1,
        start + timedelta(seconds=30),
    )
    assert owed.last_error == "ConnectionError: the other side does not answer"
    moment = start
    for wait in (30, 60, 120):
        assert heard == []
        with held_at(moment + timedelta(seconds=wait - 1)):
            assert deliver_pending() == 0
        moment += timedelta(seconds=wait)
        with held_at(moment):
            assert deliver_pending() == 1
    assert heard == [EVENT]
    owed.refresh_from_db()
    assert (owed.delivered_at, owed.attempts, owed.last_error) == (moment, 4, "")


def test_the_wait_never_exceeds_an_hour() -> None:
    broken("a")
    publish(EVENT)
    Delivery.objects.update(attempts=40)
    start = now()
    with held_at(start):
        deliver_pending()
    assert Delivery.objects.get().next_attempt_at == start + timedelta(hours=1)


def test_what_a_failed_handler_wrote_is_undone() -> None:
    broken("a")
    publish(EVENT)
    deliver_pending()
    assert not OutboxEvent.objects.filter(name="half done").exists()


def test_a_broken_subscriber_holds_up_nobody_else() -> None:
    broken("a")
    heard = listener("b")
    publish(EVENT)
    publish(EVENT)
    assert deliver_pending() == 4
    assert heard == [EVENT, EVENT]
    assert set(Delivery.objects.filter(delivered_at=None).values_list("subscriber", flat=True)) == {"a"}


def test_an_event_whose_receipt_was_lost_comes_again() -> None:
    heard = listener("a")
    publish(EVENT)
    with transaction.atomic():
        deliver_pending()
        transaction.set_rollback(True)  # the machine stops before the receipt is kept
    deliver_pending()
    assert heard == [EVENT, EVENT]


def test_what_is_owed_to_a_subscriber_this_version_does_not_know_stays() -> None:
    listener("a")
    publish(EVENT)
    Delivery.objects.update(subscriber="of_another_version")
    assert deliver_pending() == 0
    assert pending_count() == 1


def test_an_event_without_subscribers_is_owed_to_nobody_and_wakes_nobody(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: object
) -> None:
    rung: list[bool] = []
    monkeypatch.setattr(delivery, "_wake", lambda: rung.append(True))
    listener("a")
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        publish(Unheard(1))
    assert (pending_count(), rung) == (0, [])
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        publish(EVENT)
    assert rung == [True]


def test_news_belongs_to_the_transaction_that_made_it_true(monkeypatch: pytest.MonkeyPatch) -> None:
    listener("a")
    with transaction.atomic():
        publish(EVENT)
        transaction.set_rollback(True)
    assert pending_count() == 0
    with monkeypatch.context() as patch:
        patch.setattr(delivery.transaction, "get_connection", lambda: SimpleNamespace(in_atomic_block=False))
        with pytest.raises(RuntimeError, match="transaction"):
            publish(EVENT)


def test_programming_errors() -> None:
    listener("a")
    with pytest.raises(ValueError, match="declared twice"):
        listener("a")
    with pytest.raises(TypeError, match="dataclass"):
        publish({"subject_id": 7})
