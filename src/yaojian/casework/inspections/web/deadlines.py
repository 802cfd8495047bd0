"""The rectification deadline that forms begin with, and how it explains itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from yaojian.casework.inspections.basis import Citation, basis_of
from yaojian.casework.inspections.web.forms import in_one_line
from yaojian.foundation.reference.facade import CalendarYearMissing, add_working_days
from yaojian.foundation.timekeeping import today
from yaojian.registers.enterprises.facade import Subject


@dataclass(frozen=True, slots=True)
class Proposal:
    """A day to begin with (None when the calendar does not reach so far) and the words that explain it."""

    day: date | None
    words: str


def proposed_deadline(subject: Subject) -> Proposal:
    """The usual term for such a subject from today; a missing calendar year is said, not guessed."""
    basis = basis_of(subject.subject_type)
    try:
        day = add_working_days(today(), basis.rectification_days)
    except CalendarYearMissing as error:
        return Proposal(None, in_one_line(error))
    words = _(
        "%(n)s working days from the day after today (%(source)s); by the working-day calendar that is "
        "%(day)s. You may set another day that the findings call for."
    )
    source = citation_in_words(basis.rectification)
    return Proposal(day, words % {"n": basis.rectification_days, "source": source, "day": day})


def citation_in_words(citation: Citation) -> str:
    """An instrument, with its mark unless it is certain."""
    if citation.is_certain:
        return str(citation)
    return _("%(source)s, confidence %(mark)s") % {"source": citation, "mark": citation.confidence.value}
