"""Taking messages out of the house: retried with growing pauses, given up visibly."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import translation

from yaojian.foundation.notices.backends import backend_for
from yaojian.foundation.notices.contacts import address_of
from yaojian.foundation.notices.contracts import NO_ADDRESS, Channel, DeliveryFailed, Message
from yaojian.foundation.notices.models import Dispatch
from yaojian.foundation.notices.queries import words_of
from yaojian.foundation.notices.states import DISPATCH_STATES, DispatchState
from yaojian.foundation.timekeeping import now

log = logging.getLogger(__name__)

PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))
"""How long to wait after each failed attempt; after the last of them the message is given up."""


def deliver_due(limit: int = 100) -> int:
    """Send waiting messages whose time has come; returns how many were tried.

    Each is a transaction of its own, so that one broken message holds up no other and a crash loses none.
    """
    tried = 0
    while tried < limit and _deliver_one():
        tried += 1
    return tried


def _deliver_one() -> bool:
    with transaction.atomic():
        dispatch = (
            Dispatch.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(state=DispatchState.WAITING.value, next_attempt_at__lte=now())
            .select_related("notice__recipient")
            .order_by("next_attempt_at", "id")
            .first()
        )
        if dispatch is None:
            return False
        dispatch.attempts += 1
        try:
            _send(dispatch)
        except DeliveryFailed as failure:
            _put_off(dispatch, failure)
        except Exception as error:  # a fault of a back end is kept on the row and holds up nobody else
            log.exception("message %s failed", dispatch.key)
            _put_off(dispatch, DeliveryFailed(type(error).__name__))
        else:
            _move(dispatch, "send")
            dispatch.sent_at, dispatch.last_error = now(), ""
        dispatch.save()
    return True


def _move(dispatch: Dispatch, verb: str) -> None:
    dispatch.state = DISPATCH_STATES.next(DispatchState(dispatch.state), verb).value


def _put_off(dispatch: Dispatch, failure: DeliveryFailed) -> None:
    dispatch.last_error = failure.reason[:300]
    if failure.lasting or dispatch.attempts > len(PAUSES):
        _move(dispatch, "give_up")
    else:
        dispatch.next_attempt_at = now() + PAUSES[dispatch.attempts - 1]


def _send(dispatch: Dispatch) -> None:
    notice, channel = dispatch.notice, Channel(dispatch.channel)
    backend = backend_for(channel)
    address = address_of(notice.recipient_id, channel) if backend.needs_address else ""
    if backend.needs_address and not address:
        raise DeliveryFailed(str(NO_ADDRESS), lasting=True)
    # Outside a request nobody's language is known: the installation's own.
    with translation.override(settings.LANGUAGE_CODE):
        words = words_of([notice])[notice.pk]
    backend.send(
        Message(
            key=str(dispatch.key),
            channel=channel,
            username=notice.recipient.username,
            kind=notice.kind,
            title=words.title,
            text=words.text,
            link=f"{settings.PUBLIC_URL}{notice.link}" if settings.PUBLIC_URL else "",
            address=address,
        )
    )
