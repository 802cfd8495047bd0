"""What would bring a figure to its target: how many more of what."""

from __future__ import annotations

import math
from fractions import Fraction

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from yaojian.oversight.plans.contracts import FigureValue
from yaojian.oversight.plans.definitions import Formula
from yaojian.oversight.plans.targets import Target


def cure(formula: Formula, value: FigureValue, unit: str) -> str:
    """How far to go, in things to do; empty when the target is met or nobody can say. `unit` as written."""
    goal, number = _goal(value.target), value.outcome.number
    if value.met is not False or number is None:
        return ""
    if value.outcome.grade and value.target is not None:
        return _("Raise it to grade %(grade)s") % {"grade": value.target.value}
    if goal is None:
        return ""
    outcome = value.outcome
    if goal < number:
        over = f"{float(number - goal):,.2f}".removesuffix(".00")
        return _("%(n)s above the target") % {"n": f"{over}{unit}"}
    if formula.act is not None and outcome.denominator:
        wanted = math.ceil(goal * outcome.denominator / 100) - int(outcome.numerator)
        if formula.shape == "closure":
            return ngettext("Verify %(n)s more rectification", "Verify %(n)s more rectifications", wanted) % {
                "n": wanted
            }
        return ngettext("Inspect %(n)s more subject", "Inspect %(n)s more subjects", wanted) % {"n": wanted}
    if formula.shape == "rate_per_population" and outcome.denominator:
        wanted = math.ceil(goal * outcome.denominator / (formula.per or 1)) - int(outcome.numerator)
        return _("%(n)s more are needed") % {"n": f"{wanted:,}"}
    if formula.shape in ("coverage", "structure_share", "capability_share") and outcome.denominator:
        wanted = math.ceil(goal * outcome.denominator / 100) - int(outcome.numerator)
        return _("%(n)s more are needed") % {"n": f"{wanted:,}"}
    distance = float(goal - number)
    if value.unit == "percent":
        return _("Gain %(points)s points") % {"points": f"{distance:.2f}"}
    short = f"{distance:,.2f}".removesuffix(".00")
    return _("%(n)s more are needed") % {"n": f"{short}{unit}"}


def _goal(target: Target | None) -> Fraction | None:
    if target is None:
        return None
    goal = target.low if target.op == "between" else target.value
    if isinstance(goal, bool) or not isinstance(goal, int | float):
        return None
    return Fraction(goal).limit_denominator(10**6)
