"""The rectification deadline that forms begin with, and how it explains itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from yaojian.casework.inspections.basis import Citation, basis_of
from yaojian.casework.inspections.contracts import RECTIFICATION
from yaojian.casework.inspections.web.forms import in_one_line
from yaojian.foundation.deadlines.facade import preview, steps_in_words
from yaojian.foundation.reference.facade import CalendarYearMissing
from yaojian.foundation.timekeeping import now
from yaojian.registers.enterprises.facade import Subject


@dataclass(frozen=True, slots=True)
class Proposal:
    """A day to begin with (None when the calendar does not reach so far) and the words that explain it."""

    day: date | None
    words: str


def proposed_deadline(subject: Subject) -> Proposal:
    """The day that the rule gives from now; a missing calendar year is said, not guessed."""
    source = citation_in_words(basis_of(subject.subject_type).rectification)
    try:
        due = preview(RECTIFICATION, now())
    except CalendarYearMissing as error:
        undated = _("Leave the day empty: it is set when the year is entered.")
        return Proposal(None, f"{in_one_line(error)} {undated}")
    words = _("%(steps)s (%(source)s) You may set an earlier day; empty means the day of the rule.")
    return Proposal(due.day, words % {"steps": " ".join(steps_in_words(due.steps)), "source": source})


def citation_in_words(citation: Citation) -> str:
    """An instrument, with its mark unless it is certain."""
    if citation.is_certain:
        return str(citation)
    return _("%(source)s, confidence %(mark)s") % {"source": citation, "mark": citation.confidence.value}
