"""The door of the reference room."""

from yaojian.foundation.reference.divisions import division_names, load_divisions, place_of
from yaojian.foundation.reference.working_days import CalendarYearMissing, add_working_days, seed_calendar

__all__ = [
    "CalendarYearMissing",
    "add_working_days",
    "division_names",
    "load_divisions",
    "place_of",
    "seed_calendar",
]
