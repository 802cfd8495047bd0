"""What a page was asked for in its address."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest
from django.utils.translation import gettext as _

from yaojian.foundation.errors import InvalidInput
from yaojian.foundation.timekeeping import today


def asked_day(request: HttpRequest) -> date:
    """The data date in the address, or today. Raises InvalidInput for nonsense and for the future."""
    text = request.GET.get("as_of", "")
    if not text:
        return today()
    try:
        return checked_day(date.fromisoformat(text))
    except ValueError:
        raise InvalidInput(
            _("The data date is not a date."), field="as_of", cure=_("Write it as 2026-01-31.")
        ) from None


def checked_day(day: date) -> date:
    """The day as a data date. Raises InvalidInput for one before 2000 and for the future."""
    if not date(2000, 1, 1) <= day <= today():
        raise InvalidInput(
            _("The data date must lie between 2000 and today."),
            field="as_of",
            cure=_("Choose an earlier day."),
        )
    return day
