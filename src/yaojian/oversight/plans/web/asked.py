"""What a page was asked for in its address."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest
from django.utils.translation import gettext as _

from yaojian.foundation.accounts.facade import Actor, Organ, organs_visible_to
from yaojian.foundation.errors import InvalidInput, NotFound
from yaojian.foundation.timekeeping import today
from yaojian.oversight.plans.models import Figure
from yaojian.oversight.plans.queries import organ_of_figures


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


def asked_organ(actor: Actor, figure: Figure, code: str) -> Organ | None:
    """For whom a figure is shown: its organ for the actor, or one below that is named; None elsewhere.

    Raises NotFound for a name outside.
    """
    organ = organ_of_figures(actor, figure.row.plan)
    if not code:
        return organ
    below = organs_visible_to(actor).filter(code=code, path__startswith=organ.path or "-") if organ else None
    found = below.first() if below is not None and "\0" not in code else None
    if found is None:
        raise no_such_region()
    return found


def no_such_region() -> NotFound:
    """What is answered for an organ that one may not look at."""
    return NotFound(
        _("There are no such regions in your line of organs."), cure=_("Choose a figure of your own plan.")
    )
