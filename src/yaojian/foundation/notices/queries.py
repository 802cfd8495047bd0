"""Every read of the room, scoped to who asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from yaojian.foundation.accounts.facade import Actor, Permission, check_may
from yaojian.foundation.notices.contracts import Channel
from yaojian.foundation.notices.kinds import notice_kind, notice_kinds
from yaojian.foundation.notices.models import Dispatch, Notice, Preference
from yaojian.foundation.notices.params import names_for
from yaojian.foundation.notices.states import DispatchState

MOST_COUNTED = 100
"""The bell counts no further: beyond it says 99+."""


@dataclass(frozen=True, slots=True)
class Words:
    """A notice as it reads."""

    title: str
    text: str


def notices_of(actor: Actor, *, unread: bool = False, kind: str = "") -> QuerySet[Notice]:
    """The actor's own notices, the newest first."""
    notices = Notice.objects.filter(recipient_id=actor.user_id)
    if unread:
        notices = notices.filter(read_at__isnull=True)
    if kind:
        notices = notices.filter(kind=kind)
    return notices.order_by("-id")


def unread_count(actor: Actor) -> int:
    """How many notices the actor has not read, counted up to 100."""
    unread = Notice.objects.filter(recipient_id=actor.user_id, read_at__isnull=True).order_by()
    return unread[:MOST_COUNTED].count()


def words_of(notices: Sequence[Notice]) -> dict[int, Words]:
    """How notices read in the present language, by key; codes are named with one look-up for all."""
    names = names_for(notice.params for notice in notices)
    words = {}
    for notice in notices:
        params = {key: names.get((key, value), value) for key, value in notice.params.items()}
        kind = notice_kind(notice.kind)
        words[notice.pk] = (
            Words(str(kind.title) % params, str(kind.text) % params) if kind else Words(notice.kind, "")
        )
    return words


def channels_chosen(actor: Actor) -> dict[str, frozenset[Channel]]:
    """By which ways out the actor gets each kind of notice."""
    chosen = {(row.kind, row.channel): row.wanted for row in Preference.objects.filter(user_id=actor.user_id)}
    return {
        kind.code: frozenset(
            channel
            for channel in Channel
            if chosen.get((kind.code, channel.value), channel in kind.channels)
            or (kind.statutory and channel in kind.channels)
        )
        for kind in notice_kinds()
    }


def messages_in(actor: Actor, state: DispatchState) -> QuerySet[Dispatch]:
    """Messages in a state, the latest first, for the administrator. Raises NotAllowed."""
    check_may(actor, Permission.ACCOUNT_MANAGE)
    return (
        Dispatch.objects.filter(state=state.value)
        .select_related("notice", "notice__recipient")
        .order_by("-id")
    )
