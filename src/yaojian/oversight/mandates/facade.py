"""The door of the mandates room."""

from yaojian.oversight.mandates.actions import commit_draw, end_mandate, make_draw, set_mandate
from yaojian.oversight.mandates.contracts import FACT_NAMES, HORIZON, ORIGIN, DutyState, Refreshed
from yaojian.oversight.mandates.dry_run import try_out
from yaojian.oversight.mandates.loading import load_mandates
from yaojian.oversight.mandates.models import Mandate, Schedule, Standing
from yaojian.oversight.mandates.queries import overdue_under
from yaojian.oversight.mandates.refreshing import recount, refresh_duties
from yaojian.oversight.mandates.scheduling.asking import (
    adopt_schedule,
    ask_schedule,
    take_up_what_was_left,
    work_with,
)
from yaojian.oversight.mandates.scheduling.running import run_schedule
from yaojian.oversight.mandates.subject_view import subject_context
from yaojian.oversight.mandates.year_load import OrganYear, years_of

__all__ = [
    "FACT_NAMES",
    "HORIZON",
    "ORIGIN",
    "DutyState",
    "Mandate",
    "OrganYear",
    "Refreshed",
    "Schedule",
    "Standing",
    "adopt_schedule",
    "ask_schedule",
    "commit_draw",
    "end_mandate",
    "load_mandates",
    "make_draw",
    "overdue_under",
    "recount",
    "refresh_duties",
    "run_schedule",
    "set_mandate",
    "subject_context",
    "take_up_what_was_left",
    "try_out",
    "work_with",
    "years_of",
]
