"""The door of the reference room."""

from yaojian.foundation.reference.divisions import division_names, load_divisions, place_of
from yaojian.foundation.reference.working_days import CalendarYearMissing, add_working_days, seed_calendar
from yaojian.foundation.reference.year import YearOfDays, enter_year, read_year

__all__ = [
    "CalendarYearMissing",
    "YearOfDays",
    "add_working_days",
    "division_names",
    "enter_year",
    "load_divisions",
    "place_of",
    "read_year",
    "seed_calendar",
]
