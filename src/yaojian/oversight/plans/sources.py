"""Where a figure's value comes from, and into which of a few groups its row falls."""

from __future__ import annotations

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from yaojian.oversight.plans.cells import needed
from yaojian.oversight.plans.contracts import FigureValue, RowClass
from yaojian.oversight.plans.evaluation import formula_of
from yaojian.oversight.plans.models import Figure
from yaojian.oversight.plans.outcomes import ValueState


class Standing(StrEnum):
    """What can be said of a row today."""

    COMPUTED = "computed"
    ENTERED = "entered"
    INCOMPLETE = "incomplete"
    MISSING = "missing"
    NOBODY = "nobody"
    STATED = "stated"
    ELSEWHERE = "elsewhere"


STANDING_NAMES: dict[Standing, Promise] = {
    Standing.COMPUTED: pgettext_lazy("plan row", "Computed"),
    Standing.ENTERED: pgettext_lazy("plan row", "Entered"),
    Standing.INCOMPLETE: pgettext_lazy("plan row", "Incomplete"),
    Standing.MISSING: pgettext_lazy("plan row", "Data missing"),
    Standing.NOBODY: pgettext_lazy("plan row", "Nobody in scope"),
    Standing.STATED: pgettext_lazy("plan row", "History"),
    Standing.ELSEWHERE: pgettext_lazy("plan row", "Another region"),
}


def is_entered(figure: Figure) -> bool:
    """Whether people state what the figure is counted from; else registers and inspections give it."""
    if figure.formula is None:
        return True
    formula = formula_of(figure)
    if formula.shape == "composite":
        return True
    return any(not cell.is_registered for cell in needed(formula))


def standing_of(figure: Figure, value: FigureValue | None) -> Standing:
    """What can be said of a figure with its value; None for another region's."""
    if figure.klass == RowClass.BASELINE.value:
        return Standing.STATED
    if value is None:
        return Standing.ELSEWHERE
    match value.state:
        case ValueState.WAITING:
            return Standing.MISSING
        case ValueState.NO_MEMBERS | ValueState.ZERO_DENOMINATOR:
            return Standing.NOBODY
        case ValueState.INCOMPLETE:
            return Standing.INCOMPLETE
        case _:
            return Standing.ENTERED if is_entered(figure) else Standing.COMPUTED
