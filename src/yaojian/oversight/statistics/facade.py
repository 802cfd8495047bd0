"""The door of the statistics room."""

from yaojian.oversight.statistics.actions import (
    confirm_statistics,
    enter_statistic,
    return_statistic,
)
from yaojian.oversight.statistics.bulk import Entry, register_statistics
from yaojian.oversight.statistics.contracts import FILE_KIND, Gap, Record
from yaojian.oversight.statistics.data import Catalogue, Datum, Kind, Measure, catalogue
from yaojian.oversight.statistics.history import enter_past_statistics
from yaojian.oversight.statistics.models import Statistic, dims_key
from yaojian.oversight.statistics.queries import (
    gaps,
    missing,
    records,
    records_of,
    sources,
    statistic_visible_to,
    statistics_visible_to,
)
from yaojian.oversight.statistics.rules import Content, dims_in_words, evidence_in_words, unit_of
from yaojian.oversight.statistics.states import StatisticState

__all__ = [
    "FILE_KIND",
    "Catalogue",
    "Content",
    "Datum",
    "Entry",
    "Gap",
    "Kind",
    "Measure",
    "Record",
    "Statistic",
    "StatisticState",
    "catalogue",
    "confirm_statistics",
    "dims_in_words",
    "dims_key",
    "enter_past_statistics",
    "enter_statistic",
    "evidence_in_words",
    "gaps",
    "missing",
    "records",
    "records_of",
    "register_statistics",
    "return_statistic",
    "sources",
    "statistic_visible_to",
    "statistics_visible_to",
    "unit_of",
]
