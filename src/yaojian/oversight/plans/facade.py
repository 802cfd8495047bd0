"""The door of the plans room."""

from yaojian.oversight.plans.actions import adopt_pack, load_packs
from yaojian.oversight.plans.adjusted import (
    answer_adjustments,
    show_adjustments,
)
from yaojian.oversight.plans.beside import Owner, Panel, stand_beside
from yaojian.oversight.plans.cells import Cell, needed, optional
from yaojian.oversight.plans.contracts import FigureValue
from yaojian.oversight.plans.drilldown import groups, records_begin
from yaojian.oversight.plans.evaluation import (
    formula_of,
    target_for,
    targets_of,
)
from yaojian.oversight.plans.kept import forget_values, values_at, values_of
from yaojian.oversight.plans.milestones import Reached, answer_milestones
from yaojian.oversight.plans.models import (
    Figure,
    Plan,
)
from yaojian.oversight.plans.outcomes import ValueState
from yaojian.oversight.plans.queries import (
    carrier_of,
    duty_bearing_figures,
    figure_by_key,
    figures_in_plan,
    figures_of,
    organ_of_figures,
    plan_by_code,
    plans,
    refresh_kept_values,
    value_counted,
    values_of_figures,
)
from yaojian.oversight.plans.wording_of_problems import in_readers_words

__all__ = [
    "Cell",
    "Figure",
    "FigureValue",
    "Owner",
    "Panel",
    "Plan",
    "Reached",
    "ValueState",
    "adopt_pack",
    "answer_adjustments",
    "answer_milestones",
    "carrier_of",
    "duty_bearing_figures",
    "figure_by_key",
    "figures_in_plan",
    "figures_of",
    "forget_values",
    "formula_of",
    "groups",
    "in_readers_words",
    "load_packs",
    "needed",
    "optional",
    "organ_of_figures",
    "plan_by_code",
    "plans",
    "records_begin",
    "refresh_kept_values",
    "show_adjustments",
    "stand_beside",
    "target_for",
    "targets_of",
    "value_counted",
    "values_at",
    "values_of",
    "values_of_figures",
]
