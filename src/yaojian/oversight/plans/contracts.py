"""What crosses the door of the plans room."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yaojian.oversight.plans.outcomes import Exclusion, Outcome, ValueState
from yaojian.oversight.plans.targets import Target, Value

FIRST_ADOPTED_SEED = "500"
"""Numbers of plans that were drafted and adopted here; those below belong to packs of the product."""


class WeightsState(StrEnum):
    """Whether weights of an index hold."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"


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


EXCLUSION_NAMES: dict[Exclusion, Promise] = {
    Exclusion.OPENED_LATER: _("opened after the period began"),
    Exclusion.CLOSED: _("closed by the data date"),
    Exclusion.PENDING: _("without a test conclusion yet"),
    Exclusion.OVERTURNED: _("overturned by the second test"),
    Exclusion.NO_SAMPLE_SIZE: _("without a sample size"),
}


def _whole(number: Fraction) -> int | Decimal:
    """A number of subjects as such; an amount with its decimals."""
    return int(number) if number.denominator == 1 else Decimal(number.numerator) / number.denominator


@dataclass(frozen=True, slots=True)
class FigureValue:
    """The value of a figure for an organ on a day: what its formula came to, beside its target.

    `computed_at` is when a kept value was counted; `earlier` the last year-end with a value, where this year
    still waits for its statements.
    """

    key: str
    organ_id: int
    as_of: date
    outcome: Outcome
    unit: str = "percent"
    period_start: date | None = None
    period_end: date | None = None
    target: Target | None = None
    computed_at: datetime | None = None
    earlier: FigureValue | None = None

    @property
    def state(self) -> ValueState:
        """What kind of answer it is."""
        return self.outcome.state

    @property
    def numerator(self) -> int | Decimal:
        """What was counted."""
        return _whole(self.outcome.numerator)

    @property
    def denominator(self) -> int | Decimal:
        """Out of what; 0 for amounts."""
        return _whole(self.outcome.denominator)

    @property
    def excluded(self) -> Mapping[Exclusion, int]:
        """What was left out, by reason."""
        return self.outcome.excluded

    @property
    def number(self) -> Decimal | None:
        """The value in its unit, rounded half up to two decimals; None without one."""
        if self.outcome.number is None:
            return None
        exact = self.outcome.number
        return (Decimal(exact.numerator) / exact.denominator).quantize(Decimal("0.01"), ROUND_HALF_UP)

    @property
    def percent(self) -> Decimal | None:
        """The value of a share in percent; None for other units and without members."""
        return self.number if self.unit == "percent" else None

    @property
    def missing(self) -> int | Decimal:
        """How many members have not been reached."""
        return _whole(self.outcome.denominator - self.outcome.numerator)

    @property
    def judged(self) -> Value | None:
        """What the target is held against: a number, a grade or a deed; None when there is nothing."""
        if self.state is not ValueState.COMPUTED or self.outcome.number is None:
            return None
        if self.outcome.grade:
            return self.outcome.grade
        return True if self.outcome.done_on else float(self.outcome.number)

    @property
    def late(self) -> bool:
        """Whether a milestone was reached, but after the year that the plan has set."""
        done, target = self.outcome.done_on, self.target
        return bool(done and target and target.year is not None and done.year > target.year)

    @property
    def met(self) -> bool | None:
        """Whether the target is met, a milestone in its year; None with nothing to judge. Judged exactly."""
        if self.target is None or self.judged is None:
            return None
        return self.target.met_by(self.judged) and not self.late

    @property
    def distance(self) -> float | None:
        """How far the value is from its target, in the unit of the target; 0 when met."""
        if self.target is None or self.judged is None:
            return None
        return self.target.distance(self.judged)
