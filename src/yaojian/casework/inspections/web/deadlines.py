"""The rectification deadline that forms begin with, and how it explains itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from yaojian.casework.inspections.rules import RECTIFICATION_WORKING_DAYS
from yaojian.casework.inspections.web.forms import in_one_line
from yaojian.foundation.reference.facade import CalendarYearMissing, add_working_days
from yaojian.foundation.timekeeping import today


@dataclass(frozen=True, slots=True)
class Proposal:
    """A day to begin with (None when the calendar does not reach so far) and the words that explain it."""

    day: date | None
    words: str


def proposed_deadline() -> Proposal:
    """Twenty working days from today; a missing calendar year is said with its cure, not guessed."""
    try:
        day = add_working_days(today(), RECTIFICATION_WORKING_DAYS)
    except CalendarYearMissing as error:
        return Proposal(None, in_one_line(error))
    words = _(
        "%(n)s working days from the day after today (%(source)s); by the working-day calendar that is "
        "%(day)s. You may set another day that the findings call for."
    )
    return Proposal(
        day,
        words
        % {"n": RECTIFICATION_WORKING_DAYS, "source": _("Measures for drug inspection (trial)"), "day": day},
    )
