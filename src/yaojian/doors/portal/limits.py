"""How often one address may search, so that the register is looked up and not copied."""

from __future__ import annotations

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from yaojian.doors.portal.errors import TooManyLookUps

LOOK_UPS_PER_MINUTE = 30
MINUTE = 60


def client_address(request: HttpRequest) -> str:
    """Where a request comes from: the connection, or what our own reverse proxy says of it.

    A proxy appends the address it saw, so only the last entry can be believed.
    """
    if settings.BEHIND_PROXY:
        forwarded: str = request.headers.get("X-Forwarded-For", "")
        return forwarded.rsplit(",", 1)[-1].strip()
    return str(request.META.get("REMOTE_ADDR", ""))


def count_look_up(address: str) -> None:
    """Count a search from `address`. Raises TooManyLookUps beyond 30 in a minute.

    Counted in each web process by itself, so that the true limit lies between this number and its
    product with the number of processes; nothing about the asking person is kept longer than the minute.
    """
    key = f"portal.look_up.{address}"
    cache.add(key, 0, MINUTE)
    try:
        count = cache.incr(key)
    except ValueError:  # the minute ended between the two lines
        return
    if count > LOOK_UPS_PER_MINUTE:
        raise TooManyLookUps(
            _("More than 30 searches came from your connection within a minute."),
            cure=_("Wait a minute, then search again. What you looked at stays open."),
        )
