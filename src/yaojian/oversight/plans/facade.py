"""The door of the plans room."""

from yaojian.oversight.plans.actions import load_packs
from yaojian.oversight.plans.contracts import ORIGIN, FigureValue, ValueState
from yaojian.oversight.plans.mandates import Refreshed, refresh_duties
from yaojian.oversight.plans.queries import figures_of, plan_by_code, plans

__all__ = [
    "ORIGIN",
    "FigureValue",
    "Refreshed",
    "ValueState",
    "figures_of",
    "load_packs",
    "plan_by_code",
    "plans",
    "refresh_duties",
]
