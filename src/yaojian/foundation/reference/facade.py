"""The door of the reference room."""

from yaojian.foundation.reference.clock_pack import (
    ClockPack,
    ClockPackRefused,
    Example,
    PackedRule,
    read_clock_pack,
)
from yaojian.foundation.reference.clock_rules import (
    RulesLoaded,
    all_rules,
    enter_version,
    example_of,
    load_clock_rules,
    rule_of,
    rule_version,
    versions_of,
    versions_of_rules,
)
from yaojian.foundation.reference.divisions import (
    division_names,
    divisions_within,
    load_divisions,
    place_of,
    unknown_divisions,
)
from yaojian.foundation.reference.models import CalendarDay, ClockRuleVersion, ClockTopic
from yaojian.foundation.reference.working_days import (
    CalendarYearMissing,
    add_working_days,
    change_day,
    days_held,
    days_of,
    saying_which_year_is_missing,
    seed_calendar,
    working_calendar,
    years_held,
)
from yaojian.foundation.reference.year import YearOfDays, enter_year, read_year

__all__ = [
    "CalendarDay",
    "CalendarYearMissing",
    "ClockPack",
    "ClockPackRefused",
    "ClockRuleVersion",
    "ClockTopic",
    "Example",
    "PackedRule",
    "RulesLoaded",
    "YearOfDays",
    "add_working_days",
    "all_rules",
    "change_day",
    "days_held",
    "days_of",
    "division_names",
    "divisions_within",
    "enter_version",
    "enter_year",
    "example_of",
    "load_clock_rules",
    "load_divisions",
    "place_of",
    "read_clock_pack",
    "read_year",
    "rule_of",
    "rule_version",
    "saying_which_year_is_missing",
    "seed_calendar",
    "unknown_divisions",
    "versions_of",
    "versions_of_rules",
    "working_calendar",
    "years_held",
]
