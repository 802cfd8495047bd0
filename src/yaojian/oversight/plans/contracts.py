"""What crosses the door of the plans room."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yaojian.oversight.plans.targets import Target

ORIGIN = "plans.figure"
"""Origin kind of the work items that mandates open; the origin key is the figure's key."""


class RowClass(StrEnum):
    """What a row of a plan is to the platform."""

    INDICATOR = "indicator"
    MANDATE = "mandate"
    MILESTONE = "milestone"
    ENTERED = "entered"
    BASELINE = "baseline"


CLASS_NAMES: dict[RowClass, Promise] = {
    RowClass.INDICATOR: _("Computed indicator"),
    RowClass.MANDATE: _("Mandate"),
    RowClass.MILESTONE: _("Milestone"),
    RowClass.ENTERED: _("Entered figure"),
    RowClass.BASELINE: _("Baseline"),
}


class Attribute(StrEnum):
    """How binding a row is in its plan."""

    BINDING = "binding"
    EXPECTED = "expected"
    TEXT = "text"
    STATUS = "status"
    UNKNOWN = "unknown"


ATTRIBUTE_NAMES: dict[Attribute, Promise] = {
    Attribute.BINDING: pgettext_lazy("plan row", "Binding"),
    Attribute.EXPECTED: pgettext_lazy("plan row", "Expected"),
    Attribute.TEXT: pgettext_lazy("plan row", "Running text"),
    Attribute.STATUS: pgettext_lazy("plan row", "Status quo"),
    Attribute.UNKNOWN: pgettext_lazy("plan row", "Illegible"),
}


class Exclusion(StrEnum):
    """Why a subject in scope does not count in a coverage figure."""

    OPENED_LATER = "opened_later"
    CLOSED = "closed"


EXCLUSION_NAMES: dict[Exclusion, Promise] = {
    Exclusion.OPENED_LATER: _("opened after the period began"),
    Exclusion.CLOSED: _("closed by the data date"),
}


class ValueState(StrEnum):
    """What kind of answer a figure has."""

    COMPUTED = "computed"
    NO_MEMBERS = "no_members"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class FigureValue:
    """The value of a figure for an organ on a day; `percent` has two decimals."""

    key: str
    organ_id: int
    as_of: date
    state: ValueState
    numerator: int = 0
    denominator: int = 0
    excluded: dict[Exclusion, int] = field(default_factory=dict)
    period_start: date | None = None
    period_end: date | None = None
    target: Target | None = None

    @property
    def percent(self) -> Decimal | None:
        """100 × numerator ÷ denominator, rounded half up to two decimals; None without members."""
        if not self.denominator:
            return None
        share = Decimal(100) * self.numerator / self.denominator
        return share.quantize(Decimal("0.01"), ROUND_HALF_UP)

    @property
    def missing(self) -> int:
        """How many members have not been reached."""
        return self.denominator - self.numerator

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None when there is nothing to judge. Judged on the exact share."""
        if self.target is None or not self.denominator:
            return None
        return self.target.met_by(100 * self.numerator / self.denominator)

    @property
    def distance(self) -> float | None:
        """How far the value is from its target, in percentage points; 0 when met."""
        if self.target is None or not self.denominator:
            return None
        return self.target.distance(100 * self.numerator / self.denominator)


class DutyState(StrEnum):
    """Where a subject stands under a mandate."""

    MET = "met"
    DUE = "due"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class Duty:
    """A subject under a mandate on a day: its state, by when it must be looked at, and the last look.

    `late` is a window's duty that was met only after the window's end.
    """

    state: DutyState
    due_on: date
    last_on: date | None
    late: bool = False
