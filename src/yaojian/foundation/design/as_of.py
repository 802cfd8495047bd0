"""The day a page looks back to: `?as_of=2024-06-30`; today when the address names none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.errors import InvalidInput
from yaojian.foundation.timekeeping import today

EARLIEST = date(1949, 10, 1)


@dataclass(frozen=True, slots=True)
class AsOf:
    """A day, and whether it is today: a page of another day offers nothing to change."""

    day: date
    is_today: bool

    @property
    def parameter(self) -> str:
        """The address's part that keeps the day; empty for today."""
        return "" if self.is_today else f"as_of={self.day.isoformat()}"


def latest() -> date:
    """The last day a page may look ahead to."""
    present = today()
    return present.replace(year=present.year + 10, day=1)


def as_of(request: HttpRequest) -> AsOf:
    """The day that the address asks for. Raises InvalidInput when it is no date or lies too far off."""
    return day_shown(request.GET)


def day_shown(query: QueryDict) -> AsOf:
    """The day that the parameters of an address ask for. Raises InvalidInput as `as_of` does."""
    text = query.get("as_of", "").strip()
    present = today()
    if not text:
        return AsOf(present, True)
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise InvalidInput(
            _("%(text)s is not a date.") % {"text": text[:20]},
            field="as_of",
            cure=_("Write the day as 2026-11-22."),
        ) from None
    if not EARLIEST <= day <= latest():
        raise InvalidInput(
            _("The day must lie between 1949 and ten years from now."),
            field="as_of",
            cure=_("Choose a day within the records."),
        )
    return AsOf(day, day == present)
