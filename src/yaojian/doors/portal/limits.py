"""How often one address may search, so that the register is looked up and not copied."""

from __future__ import annotations

from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

from yaojian.doors.portal.errors import TooManyLookUps

LOOK_UPS_PER_MINUTE = 30
MINUTE = 60


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
