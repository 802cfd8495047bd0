"""Publishing events and handing them to subscribers, at least once, in order of writing."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec
from django.db import transaction

from yaojian.foundation.outbox.models import Delivery, OutboxEvent
from yaojian.foundation.timekeeping import now

log = logging.getLogger(__name__)

Handler = Callable[[Any], None]
_subscribers: dict[str, tuple[type[Any], Handler]] = {}
RETRY_AFTER = timedelta(seconds=30)
LONGEST_RETRY = timedelta(hours=1)

_wake: Callable[[], None] | None = None


def wake_with(ring: Callable[[], None]) -> None:
    """Tell the outbox how to wake the worker; set once by the composition root."""
    global _wake
    _wake = ring


def subscriber(event_type: type[Any], *, name: str) -> Callable[[Handler], Handler]:
    """Declare a handler of an event. It must be idempotent: an event may come twice."""

    def declare(handler: Handler) -> Handler:
        if name in _subscribers:
            raise ValueError(f"subscriber {name} is declared twice")
        _subscribers[name] = (event_type, handler)
        return handler

    return declare


def publish(event: Any) -> None:
    """Write a frozen dataclass as news in the present transaction and wake the worker on commit.

    Raises RuntimeError outside a transaction.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("publish must run inside the transaction that made the news true")
    if not dataclasses.is_dataclass(event):
        raise TypeError("an event is a frozen dataclass")
    row = OutboxEvent.objects.create(
        name=type(event).__name__, payload=msgspec.to_builtins(event), occurred_at=now()
    )
    owed = [name for name, (event_type, _) in _subscribers.items() if event_type is type(event)]
    Delivery.objects.bulk_create(
        [Delivery(event=row, subscriber=name, next_attempt_at=row.occurred_at) for name in owed]
    )
    if owed and _wake is not None:
        transaction.on_commit(_wake, robust=True)


def deliver_pending(limit: int = 100) -> int:
    """Hand waiting events to their subscribers; returns how many were taken.

    Each delivery is its own transaction, so that one broken handler holds up nobody else; it is
    tried again after 30 s, doubling up to an hour.
    """
    taken = 0
    for _round in range(limit):
        if not _deliver_one():
            break
        taken += 1
    return taken


def _deliver_one() -> bool:
    with transaction.atomic():
        delivery = (
            Delivery.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(delivered_at__isnull=True, next_attempt_at__lte=now(), subscriber__in=list(_subscribers))
            .select_related("event")
            .order_by("event_id", "id")
            .first()
        )
        if delivery is None:
            return False
        event_type, handler = _subscribers[delivery.subscriber]
        delivery.attempts += 1
        try:
            with transaction.atomic():
                handler(msgspec.convert(delivery.event.payload, event_type))
        except Exception as error:  # any fault of a handler is kept on the row and retried
            log.exception("subscriber %s failed on event %s", delivery.subscriber, delivery.event_id)
            wait = min(RETRY_AFTER * 2 ** (delivery.attempts - 1), LONGEST_RETRY)
            delivery.next_attempt_at = now() + wait
            delivery.last_error = f"{type(error).__name__}: {error}"[:500]
        else:
            delivery.delivered_at = now()
            delivery.last_error = ""
        delivery.save()
    return True


def pending_count() -> int:
    """How many deliveries are still owed."""
    return Delivery.objects.filter(delivered_at__isnull=True).count()
