"""The door of the plans room."""

from yaojian.oversight.plans.actions import load_packs
from yaojian.oversight.plans.cells import Cell, needed, optional
from yaojian.oversight.plans.contracts import FigureValue
from yaojian.oversight.plans.drilldown import groups
from yaojian.oversight.plans.evaluation import target_for, targets_of
from yaojian.oversight.plans.kept import forget_values, values_at, values_of
from yaojian.oversight.plans.milestones import Reached, answer_milestones
from yaojian.oversight.plans.models import Figure
from yaojian.oversight.plans.outcomes import ValueState
from yaojian.oversight.plans.queries import (
    duty_bearing_figures,
    figures_in_plan,
    figures_of,
    plan_by_code,
    plans,
    refresh_kept_values,
    value_counted,
)

__all__ = [
    "Cell",
    "Figure",
    "FigureValue",
    "Reached",
    "ValueState",
    "answer_milestones",
    "duty_bearing_figures",
    "figures_in_plan",
    "figures_of",
    "forget_values",
    "groups",
    "load_packs",
    "needed",
    "optional",
    "plan_by_code",
    "plans",
    "refresh_kept_values",
    "target_for",
    "targets_of",
    "value_counted",
    "values_at",
    "values_of",
]
