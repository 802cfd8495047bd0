"""What would bring a figure to its target: how many more of what."""

from __future__ import annotations

import math
from fractions import Fraction

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from yaojian.oversight.plans.contracts import FigureValue
from yaojian.oversight.plans.definitions import Formula
from yaojian.oversight.plans.targets import ABOUT_SHARE, Target


def cure(formula: Formula, value: FigureValue, unit: str) -> str:
    """How far to go, in things to do; empty when the target is met or nobody can say. `unit` as written."""
    goal, number = _goal(value.target), value.outcome.number
    if value.met is not False or number is None:
        return ""
    if value.outcome.grade and value.target is not None:
        return _("Raise it to grade %(grade)s") % {"grade": value.target.value}
    if goal is None:
        return ""
    outcome, op = value.outcome, value.target.op if value.target else ""
    if op in ("<", "<=") or goal < number:
        over = f"{float(number - goal):,.2f}".removesuffix(".00")
        return _("%(n)s above the target") % {"n": f"{over}{unit}"} if number > goal else _("It must be less")
    if goal == number:
        return _("It must be more")
    if formula.act is not None and outcome.denominator:
        wanted = _count(goal * outcome.denominator / 100, op) - int(outcome.numerator)
        if formula.shape == "closure":
            return ngettext("Verify %(n)s more rectification", "Verify %(n)s more rectifications", wanted) % {
                "n": wanted
            }
        return ngettext("Inspect %(n)s more subject", "Inspect %(n)s more subjects", wanted) % {"n": wanted}
    if formula.shape == "rate_per_population" and outcome.denominator:
        wanted = _count(goal * outcome.denominator / (formula.per or 1), op) - int(outcome.numerator)
        return _("%(n)s more are needed") % {"n": f"{wanted:,}"}
    if formula.shape in ("coverage", "structure_share", "capability_share") and outcome.denominator:
        wanted = _count(goal * outcome.denominator / 100, op) - int(outcome.numerator)
        return _("%(n)s more are needed") % {"n": f"{wanted:,}"}
    distance = float(goal - number)
    if value.unit == "percent":
        return _("Gain %(points)s points") % {"points": f"{distance:.2f}"}
    short = f"{distance:,.2f}".removesuffix(".00")
    return _("%(n)s more are needed") % {"n": f"{short}{unit}"}


def _count(goal: Fraction, op: str) -> int:
    """The smallest whole number that reaches a goal, or passes it where the target says “more than”."""
    return math.floor(goal) + 1 if op == ">" else math.ceil(goal)


def _goal(target: Target | None) -> Fraction | None:
    """From where the target is met: the lower end of a range, nine tenths of “about” so much."""
    if target is None:
        return None
    goal = target.low if target.op == "between" else target.value
    if isinstance(goal, bool) or not isinstance(goal, int | float):
        return None
    share = ABOUT_SHARE if target.op == "about" else 1
    return Fraction(goal).limit_denominator(10**6) * Fraction(share).limit_denominator(10)
