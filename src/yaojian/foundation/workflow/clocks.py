"""Statutory clocks: what a rule says, by which moment something is due, and why. Pure, without Django.

How time is counted (民法典 §200 to §204, 行政处罚法 §85 and the like, each rule with its own article):

- hours run in real time, through nights and holidays;
- the day of the trigger does not count, unless the rule says that a term begins with it;
- a month ends on the day of the same number, or on the month's last day where there is none;
- a period in days ends at 24:00 in Beijing; where the rule says so, a last day that is not worked gives
  way to the next working day;
- while a clock stands still no day counts at whose end it stood still: the day of the pause is left out,
  the day on which it goes on counts again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

Value = date | datetime | int | str


class Unit(StrEnum):
    """What a rule counts in."""

    HOUR = "hour"
    DAY = "day"
    WORKING_DAY = "working_day"
    MONTH = "month"
    YEAR = "year"


class Direction(StrEnum):
    """Whether a period is counted from its trigger onwards, or back from it."""

    AFTER = "after"
    BEFORE = "before"


class Purpose(StrEnum):
    """What the computed moment means: act by then, not before then, or something holds until then."""

    DEADLINE = "deadline"
    OPENING = "opening"
    TERM = "term"


class Confidence(StrEnum):
    """How sure the rule is: H official text read, M secondary source, L to be verified before use."""

    HIGH = "H"
    MEDIUM = "M"
    LOW = "L"


class Ground(StrEnum):
    """Why a clock may stand still (不计入期限的情形)."""

    TESTING = "testing"
    HEARING = "hearing"
    EXPERT_REVIEW = "expert_review"
    ANNOUNCEMENT = "announcement"
    SUSPENSION = "suspension"
    RECTIFICATION = "rectification"


class Refusal(StrEnum):
    """Why a computation is refused."""

    NAIVE_TIME = "naive_time"
    AMOUNT_NOT_POSITIVE = "amount_not_positive"
    NOT_IN_FORCE = "not_in_force"
    GROUND_UNKNOWN_TO_RULE = "ground_unknown_to_rule"
    PAUSE_BEFORE_TRIGGER = "pause_before_trigger"
    PAUSE_ENDS_BEFORE_IT_BEGINS = "pause_ends_before_it_begins"
    PAUSES_OVERLAP = "pauses_overlap"
    NO_EXTENSION = "no_extension"
    EXTENSION_TOO_LONG = "extension_too_long"
    EXTENSIONS_USED_UP = "extensions_used_up"
    COLLECTIVE_TOO_EARLY = "collective_too_early"
    NO_COLLECTIVE = "no_collective"
    LAST_DAY_TOO_EARLY = "last_day_too_early"
    LAST_DAY_NOT_OFFERED = "last_day_not_offered"


class ClockRefused(ValueError):
    """A clock was asked for something that the rule or the calendar of time does not allow."""

    def __init__(self, refusal: Refusal, **values: Value) -> None:
        super().__init__(f"{refusal.value}: {values}")
        self.refusal = refusal
        self.values = values


@dataclass(frozen=True, slots=True)
class Words:
    """A text in Chinese and in English."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Source:
    """Instrument and article, with how sure that is."""

    instrument: str
    article: str
    confidence: Confidence

    def __str__(self) -> str:
        return f"{self.instrument}{self.article}"


@dataclass(frozen=True, slots=True)
class ExtensionRule:
    """How far a clock may be extended, in the rule's unit: `times` by `amount`, then perhaps collectively.

    `approvers` are codes of roles; `levels` narrows the approver's organ, empty means the organ of the
    clock or one above it.
    """

    amount: int
    approvers: tuple[str, ...]
    source: Source
    times: int = 1
    then_collective: bool = False
    levels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ClockRule:
    """One version of a statutory clock. Both days of validity are included; no last day means open."""

    code: str
    topic: str
    purpose: Purpose
    name: Words
    trigger: Words
    consequence: Words
    amount: int
    unit: Unit
    source: Source
    valid_from: date
    valid_to: date | None = None
    direction: Direction = Direction.AFTER
    trigger_day_counts: bool = False
    last_day_moves: bool = False
    pauses: tuple[Ground, ...] = ()
    extension: ExtensionRule | None = None

    @property
    def is_enabled(self) -> bool:
        """Whether clocks may run on it: what must be verified first may not."""
        return self.source.confidence is not Confidence.LOW

    def in_force_on(self, day: date) -> bool:
        """Whether this version holds on a Beijing day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Pause:
    """A span (aware) in which a clock stands still; without an end it still does."""

    ground: Ground
    started_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Extension:
    """More time, in the rule's unit; a collective decision sets its own amount."""

    amount: int
    collective: bool = False


class StepKind(StrEnum):
    """The kinds of step in an explanation, in the order in which they may come."""

    TRIGGERED = "triggered"
    COUNT_BEGINS = "count_begins"
    COUNT_WITH_TRIGGER_DAY = "count_with_trigger_day"
    WAITED = "waited"
    COUNTED = "counted"
    COUNTED_BACK = "counted_back"
    SET_BY_ORGAN = "set_by_organ"
    NO_SUCH_DAY = "no_such_day"
    EXTENDED = "extended"
    PAUSED = "paused"
    PAUSED_TOO_LATE = "paused_too_late"
    MOVED = "moved"
    STANDS_STILL = "stands_still"
    DUE_DAY = "due_day"
    DUE_MOMENT = "due_moment"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a computation, to be put into words by the layer above."""

    kind: StepKind
    values: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Due:
    """When something is due: the Beijing day, the moment at which time is up, and from when it is near.

    These are None while the clock stands still. `moment` of a period in days is the 24:00 of its last day,
    that is 00:00 of the day after: whoever acts before it is in time. `begins_after` is the day after which
    days are counted: the trigger's, or the day on which a clock that stood still at once went on.
    """

    day: date | None
    moment: datetime | None
    soon_at: datetime | None
    begins_after: date
    steps: tuple[Step, ...]


class Standing(StrEnum):
    """How a clock stands at a moment."""

    RUNNING = "running"
    PAUSED = "paused"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    MET = "met"
    MET_LATE = "met_late"
    WITHDRAWN = "withdrawn"
    UNDATED = "undated"


@dataclass(frozen=True, slots=True)
class Remaining:
    """What is left (or has passed since) in the rule's unit, with `days` beyond whole months or years."""

    amount: int
    unit: Unit
    days: int = 0
    is_overdue: bool = False
