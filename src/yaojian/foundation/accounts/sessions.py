"""Sessions: opened with every sign-in, limited in idle time, life and number, and ended on purpose."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts import events
from yaojian.foundation.accounts.contracts import Actor
from yaojian.foundation.accounts.models import SignInSession, User
from yaojian.foundation.errors import NotFound
from yaojian.foundation.timekeeping import now

OPENED, SEEN = "signed_in_at", "seen_at"
"""What a session keeps about itself, as seconds since 1970: so the limits cost no query."""
SEEN_GRAIN = 60
"""Being seen is written down once a minute, not at every request."""

BROWSERS = (
    ("MicroMessenger", "WeChat"),
    ("Edg", "Edge"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iOS"),
    ("iPad", "iPadOS"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def device_of(user_agent: str) -> str:
    """Browser and system by family, as in `Chrome · Windows`; empty when neither is recognised."""
    found = [
        next((name for mark, name in families if mark in user_agent), "") for families in (BROWSERS, SYSTEMS)
    ]
    return " · ".join(name for name in found if name)


def network_of(address: str) -> str:
    """The network of an address: the first three numbers (IPv4) or the first 48 bits (IPv6)."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return ""
    return str(ipaddress.ip_network((ip, 24 if ip.version == 4 else 48), strict=False))


@transaction.atomic
def open_session(session: SessionBase, user: User, *, user_agent: str = "", address: str = "") -> None:
    """Note a new session of a person; the oldest beyond the permitted number end."""
    moment = now()
    session[OPENED] = session[SEEN] = int(moment.timestamp())
    SignInSession.objects.create(
        user=user,
        session_key=session.session_key or "",
        opened_at=moment,
        seen_at=moment,
        device=device_of(user_agent),
        network=network_of(address),
    )
    surplus = live_sessions(user)[settings.SESSIONS_PER_PERSON :]
    _end(surplus, "too_many")


def live_sessions(user: User) -> QuerySet[SignInSession]:
    """The person's sessions that have neither ended nor run out, the latest used first."""
    moment = now()
    return SignInSession.objects.filter(
        user=user,
        ended_at__isnull=True,
        opened_at__gt=moment - timedelta(seconds=settings.SESSION_COOKIE_AGE),
        seen_at__gt=moment - timedelta(seconds=settings.SESSION_IDLE_SECONDS),
    )


def has_run_out(session: SessionBase) -> bool:
    """Whether a session has lain idle too long or lived too long; one of unknown age has."""
    moment = int(now().timestamp())
    opened, seen = session.get(OPENED), session.get(SEEN)
    if opened is None or seen is None:
        return True
    return moment - seen >= settings.SESSION_IDLE_SECONDS or moment - opened >= settings.SESSION_COOKIE_AGE


def note_seen(session: SessionBase) -> None:
    """Keep a session in use from running idle; writes once a minute."""
    moment = now()
    if moment.timestamp() - session[SEEN] >= SEEN_GRAIN:
        session[SEEN] = int(moment.timestamp())
        SignInSession.objects.filter(session_key=session.session_key).update(seen_at=moment)


def _end(sessions: Iterable[SignInSession], reason: str) -> int:
    ended = list(sessions)
    Session.objects.filter(session_key__in=[one.session_key for one in ended]).delete()
    SignInSession.objects.filter(pk__in=[one.pk for one in ended], ended_at__isnull=True).update(
        ended_at=now(), end_reason=reason
    )
    return len(ended)


def close_session(session_key: str | None, reason: str) -> None:
    """Note that a session is over: signed out, or run out."""
    _end(SignInSession.objects.filter(session_key=session_key, ended_at__isnull=True), reason)


@transaction.atomic
def end_session(*, by: Actor, user: User, session_id: int) -> None:
    """End one session of a person the caller may act for. Raises NotFound when it is not that person's."""
    sessions = live_sessions(user).filter(pk=session_id)
    if not _end(sessions, "ended"):
        raise NotFound(_("This session has ended already."))
    events.announce(events.Deed("session.ended", user, by, {"count": 1, "why": "ended"}))


@transaction.atomic
def end_sessions(user: User, reason: str, *, by: Actor | None = None, but: str | None = None) -> int:
    """End all sessions of a person (but one); returns how many, and leaves an act when there were any."""
    sessions = SignInSession.objects.filter(user=user, ended_at__isnull=True).exclude(session_key=but or "")
    count = _end(sessions, reason)
    if count:
        events.announce(events.Deed("session.ended", user, by, {"count": count, "why": reason}))
    return count


def sweep_sessions(before: datetime) -> int:
    """Forget sessions that nobody has used since a moment; returns how many."""
    return SignInSession.objects.filter(seen_at__lt=before).delete()[0]
