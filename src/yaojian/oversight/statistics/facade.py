"""The door of the statistics room."""

from yaojian.oversight.statistics.contracts import FILE_KIND, Gap, Record
from yaojian.oversight.statistics.data import Catalogue, Datum, Kind, Measure, catalogue
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
from yaojian.oversight.statistics.states import StatisticState

__all__ = [
    "FILE_KIND",
    "Catalogue",
    "Datum",
    "Gap",
    "Kind",
    "Measure",
    "Record",
    "Statistic",
    "StatisticState",
    "catalogue",
    "dims_key",
    "gaps",
    "missing",
    "records",
    "records_of",
    "sources",
    "statistic_visible_to",
    "statistics_visible_to",
]
