"""What crosses the door of the statistics room."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yaojian.oversight.statistics.states import StatisticState

FILE_KIND = "statistic"

STATE_NAMES: dict[StatisticState, Promise] = {
    StatisticState.DRAFT: pgettext_lazy("statement", "Draft"),
    StatisticState.SUBMITTED: pgettext_lazy("statement", "Waits for confirmation"),
    StatisticState.RETURNED: pgettext_lazy("statement", "Returned"),
    StatisticState.CONFIRMED: pgettext_lazy("statement", "Confirmed"),
    StatisticState.REPLACED: pgettext_lazy("statement", "Replaced"),
    StatisticState.WITHDRAWN: pgettext_lazy("statement", "Withdrawn"),
}
STATE_MEANINGS: dict[StatisticState, str] = {
    StatisticState.DRAFT: "neutral",
    StatisticState.SUBMITTED: "due_soon",
    StatisticState.RETURNED: "overdue",
    StatisticState.CONFIRMED: "done",
    StatisticState.REPLACED: "neutral",
    StatisticState.WITHDRAWN: "neutral",
}
ANY_YEAR = _("All years")


@dataclass(frozen=True, slots=True)
class Record:
    """A confirmed statement as formulas read it."""

    pk: int
    datum: str
    organ_id: int
    first_on: date
    last_on: date
    dims: Mapping[str, str]
    amount: Decimal | None
    grade: str
    sample_size: int | None


@dataclass(frozen=True, slots=True)
class Gap:
    """An organ that lacks a datum in a year: nothing confirmed by itself, nor by all of those below it.

    `days` are the first and last day missing where it has stated others; empty where it has none.
    """

    organ_id: int
    organ_code: str
    organ_label: str
    organ_path: str
    datum: str
    year: int
    dims: Mapping[str, str]
    days: tuple[date, ...] = ()
