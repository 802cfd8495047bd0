"""The door of the plans room."""

from yaojian.oversight.plans.actions import load_packs
from yaojian.oversight.plans.cells import Cell, needed, optional
from yaojian.oversight.plans.contracts import ORIGIN, FigureValue
from yaojian.oversight.plans.kept import forget_values, values_at, values_of
from yaojian.oversight.plans.mandates import Refreshed, refresh_duties
from yaojian.oversight.plans.milestones import Reached, answer_milestones
from yaojian.oversight.plans.outcomes import ValueState
from yaojian.oversight.plans.queries import (
    figures_in_plan,
    figures_of,
    plan_by_code,
    plans,
    refresh_kept_values,
    value_counted,
)

__all__ = [
    "ORIGIN",
    "Cell",
    "FigureValue",
    "Reached",
    "Refreshed",
    "ValueState",
    "answer_milestones",
    "figures_in_plan",
    "figures_of",
    "forget_values",
    "load_packs",
    "needed",
    "optional",
    "plan_by_code",
    "plans",
    "refresh_duties",
    "refresh_kept_values",
    "value_counted",
    "values_at",
    "values_of",
]
