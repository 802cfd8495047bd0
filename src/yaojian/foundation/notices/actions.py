"""Every write of the room."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Actor, Permission, User, check_may
from yaojian.foundation.errors import Conflict, InvalidInput, NotFound
from yaojian.foundation.notices.contracts import Channel, NoticeKind
from yaojian.foundation.notices.kinds import notice_kind, params_of
from yaojian.foundation.notices.models import Dispatch, Notice, Preference
from yaojian.foundation.notices.params import check_link, check_params
from yaojian.foundation.notices.states import DISPATCH_STATES, DispatchState
from yaojian.foundation.timekeeping import now

_wake: Callable[[], None] | None = None


def wake_with(ring: Callable[[], None]) -> None:
    """Tell the room how to wake the worker; set once by the composition root."""
    global _wake
    _wake = ring


def notify(
    *, to: Sequence[int], kind: str, link: str, params: Mapping[str, str], dedup: str = ""
) -> list[Notice]:
    """Tell people something, in the present transaction; messages leave the house after it.

    `to` are keys of users; who may not sign in any more is left out. `link` is the page it is about.
    With `dedup` a person is told the same thing once for ever. Returns the new notices. Raises RuntimeError
    outside a transaction, KeyError for an unknown kind, InvalidInput for what may not stand in a notice.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("notify must run inside the transaction of what it tells about")
    check_params(params, params_of(kind))
    check_link(link)
    readers = list(
        User.objects.filter(pk__in=set(to), is_active=True).order_by("pk").values_list("pk", flat=True)
    )
    rows = [
        Notice(recipient_id=reader, kind=kind, link=link, params=dict(params), dedup=dedup, created_at=now())
        for reader in readers
    ]
    notices = _once(rows) if dedup else Notice.objects.bulk_create(rows)
    _hand_out(notices)
    return notices


def _once(rows: Iterable[Notice]) -> list[Notice]:
    """Enter the notices whose reader has not been told; safe against two doing so at once."""
    fresh = []
    for row in rows:
        entered, is_new = Notice.objects.get_or_create(
            recipient_id=row.recipient_id,
            dedup=row.dedup,
            defaults={
                "kind": row.kind,
                "link": row.link,
                "params": row.params,
                "created_at": row.created_at,
            },
        )
        if is_new:
            fresh.append(entered)
    return fresh


def _hand_out(notices: Sequence[Notice]) -> None:
    """Owe each notice to its reader by the ways it takes, and wake the worker on commit."""
    if not notices:
        return
    kind = notice_kind(notices[0].kind)
    if kind is None:
        return
    chosen = {
        (row.user_id, row.channel): row.wanted
        for row in Preference.objects.filter(user__in=[n.recipient_id for n in notices], kind=kind.code)
    }
    owed = [
        Dispatch(notice=notice, channel=channel.value, next_attempt_at=notice.created_at)
        for notice in notices
        for channel in Channel
        if _takes(kind, channel, chosen.get((notice.recipient_id, channel.value)))
    ]
    Dispatch.objects.bulk_create(owed)
    if owed and _wake is not None:
        transaction.on_commit(_wake, robust=True)


def _takes(kind: NoticeKind, channel: Channel, wanted: bool | None) -> bool:
    """Whether a kind goes out by a channel: a choice counts, but cannot stop what is statutory."""
    by_default = channel in kind.channels
    if wanted is None or (kind.statutory and by_default):
        return by_default
    return wanted


def mark_read(*, by: Actor, notice_id: int) -> Notice:
    """Note that the actor has read one of their notices. Raises NotFound for one that is not theirs."""
    notice = Notice.objects.filter(pk=notice_id, recipient_id=by.user_id).first()
    if notice is None:
        raise NotFound(_("There is no such notice."))
    if notice.read_at is None:
        notice.read_at = now()
        notice.save(update_fields=["read_at"])
    return notice


def mark_all_read(*, by: Actor, kind: str = "") -> int:
    """Note that the actor has read all their notices, or all of a kind; returns how many were unread.

    Raises InvalidInput for an unknown kind.
    """
    if kind and notice_kind(kind) is None:
        raise InvalidInput(_("There is no such kind of notice."), field="kind")
    unread = Notice.objects.filter(recipient_id=by.user_id, read_at__isnull=True)
    return (unread.filter(kind=kind) if kind else unread).update(read_at=now())


@transaction.atomic
def choose_channels(*, by: Actor, wanted: Mapping[str, Iterable[Channel]]) -> None:
    """Set by which ways out the actor wants each kind; kinds not named stay as they are.

    Raises InvalidInput for an unknown kind and for switching off what is statutory.
    """
    for code, channels in wanted.items():
        kind, chosen = notice_kind(code), set(channels)
        if kind is None:
            raise InvalidInput(_("There is no such kind of notice."), field="kind")
        if kind.statutory and not kind.channels <= chosen:
            raise InvalidInput(
                _("“%(kind)s” is a statutory alarm and cannot be switched off.") % {"kind": kind.title},
                field=code,
                cure=_("Leave its channels on; everything else was kept as it was."),
            )
        for channel in Channel:
            Preference.objects.update_or_create(
                user_id=by.user_id, kind=code, channel=channel.value, defaults={"wanted": channel in chosen}
            )


@transaction.atomic
def send_again(*, by: Actor, dispatch_id: int) -> Dispatch:
    """Give a message that was given up another round of attempts, beginning now.

    Raises NotAllowed, NotFound, Conflict (it is not given up).
    """
    check_may(by, Permission.ACCOUNT_MANAGE)
    dispatch = Dispatch.objects.select_for_update().filter(pk=dispatch_id).first()
    if dispatch is None:
        raise NotFound(_("There is no such message."))
    if not DISPATCH_STATES.permits(DispatchState(dispatch.state), "send_again"):
        raise Conflict(_("This message is not among those given up."), cure=_("Reload the list."))
    dispatch.state = DISPATCH_STATES.next(DispatchState(dispatch.state), "send_again").value
    dispatch.attempts, dispatch.next_attempt_at = 0, now()
    dispatch.save(update_fields=["state", "attempts", "next_attempt_at"])
    if _wake is not None:
        transaction.on_commit(_wake, robust=True)
    return dispatch
