"""The list of statements as it is taken out."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yaojian.foundation.exports.facade import Column, Listing
from yaojian.oversight.statistics.contracts import STATE_NAMES
from yaojian.oversight.statistics.models import Statistic
from yaojian.oversight.statistics.rules import dims_in_words, evidence_in_words, language, unit_of
from yaojian.oversight.statistics.states import StatisticState


def datum_name(statistic: Statistic) -> str:
    """The datum's name in the reader's language."""
    return statistic.of_datum.label.text(language())


def value_of(statistic: Statistic) -> str:
    """Amount or grade as it is written."""
    return statistic.grade if statistic.amount is None else f"{statistic.amount.normalize():f}"


STATEMENTS = Listing(
    "statistics",
    _("Statements"),
    (
        Column(_("Datum"), datum_name, 34),
        Column(_("Breakdown"), lambda row: dims_in_words(row.of_datum, row.dims), 34),
        Column(_("Code of the organ"), lambda row: row.organ.code, 16),
        Column(_("Organ"), lambda row: row.organ.label, 30),
        Column(_("First day"), lambda row: row.first_on, 12),
        Column(_("Last day"), lambda row: row.last_on, 12),
        Column(pgettext_lazy("statement", "Number"), lambda row: row.amount, 16),
        Column(pgettext_lazy("statement", "Grade"), lambda row: row.grade, 8),
        Column(_("Unit"), lambda row: unit_of(row.measure), 12),
        Column(_("Sample size"), lambda row: row.sample_size, 10),
        Column(_("Method"), lambda row: row.method, 40),
        Column(pgettext_lazy("statement", "Evidence"), evidence_in_words, 30),
        Column(pgettext_lazy("statement", "State"), lambda row: STATE_NAMES[StatisticState(row.state)], 14),
        Column(_("Entered by"), lambda row: row.entered_by.display_name, 14),
        Column(_("Confirmed by"), lambda row: row.confirmed_by.display_name if row.confirmed_by else "", 14),
    ),
)
