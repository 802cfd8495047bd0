"""What crosses the door of the mandates room."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

ORIGIN = "plans.figure"
"""Origin kind of the work items that mandates open; the origin key is the mandate's code."""

HORIZON = timedelta(days=60)
"""Duties appear on the worklist this long before they fall due."""


class DutyState(StrEnum):
    """Where a subject stands under a mandate."""

    MET = "met"
    DUE = "due"
    OVERDUE = "overdue"


class Source(StrEnum):
    """Where a mandate comes from."""

    LAW = "law"
    PLAN = "plan"
    OWN = "own"


SOURCE_NAMES: dict[Source, Promise] = {
    Source.LAW: pgettext_lazy("source of a mandate", "National rule"),
    Source.PLAN: pgettext_lazy("source of a mandate", "Plan"),
    Source.OWN: pgettext_lazy("source of a mandate", "Set by the organ itself"),
}


class WhyNot(StrEnum):
    """Why an act does not count for a mandate."""

    KIND = "kind"
    LEVEL = "level"
    PERIOD = "period"
    BEFORE_OPENING = "before_opening"


WHY_NOT_NAMES: dict[WhyNot, Promise] = {
    WhyNot.KIND: _("Another kind of inspection is asked for"),
    WhyNot.LEVEL: _("An organ of another level is asked for"),
    WhyNot.PERIOD: _("Outside the period"),
    WhyNot.BEFORE_OPENING: _("Before the subject opened"),
}


FACT_NAMES: dict[str, Promise] = {
    "mandate": _("Mandate"),
    "formula": _("Formula"),
    "share": _("Share in percent"),
    "period_start": _("First day of the period"),
    "period_end": _("Last day of the period"),
    "seed_sha256": _("Seed hash (SHA-256)"),
    "seed": _("Seed"),
    "population_sha256": _("Hash of the candidates (SHA-256)"),
    "members": _("Members"),
    "wanted": _("Asked for by the share"),
    "drawn": _("Drawn by lot"),
    "stand_ins": _("Gone, and who stands in"),
    "percent": _("Part of the working time in percent"),
    "extra": _("Inspectors more or fewer"),
    "visits": _("Visits"),
}
"""What the facts of this room's acts are called."""


@dataclass(frozen=True, slots=True)
class Duty:
    """A subject under a mandate on a day: its state, by when it must be looked at, and the last look.

    `done` of `needed` acts count in the period. `late` is a window's duty that was met only after its end.
    """

    state: DutyState
    due_on: date
    last_on: date | None
    late: bool = False
    done: int = 0
    needed: int = 1


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a run of the engine did."""

    mandates: int
    duties: int
    opened: int
    completed: int
    cancelled: int
