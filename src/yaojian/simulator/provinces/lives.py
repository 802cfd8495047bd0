"""What one subject goes through: its states, the visits it receives, what is wrong with its data. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class State:
    """What holds of a subject from a day on."""

    since: date
    subject_type: str
    flags: tuple[str, ...]
    grade: str
    in_production: bool
    place: str
    organ: str
    parent: str = ""
    hospital_level: int | None = None


@dataclass(frozen=True, slots=True)
class Rectification:
    """How what was found was put right: deadlines, the reports and their judgement, as far as it came."""

    first_deadline: date
    deadline: date
    submitted_at: tuple[datetime, ...] = ()
    returned_at: datetime | None = None
    verified_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """One concluded inspection; `number` is its place among those of its subject.

    `severities` are those of the findings. `filed` visits have a file with team, findings and rectification;
    the others are acts alone. `delay_minutes` pass until it is written down.
    """

    number: int
    at: datetime
    organ: str
    level: str
    kind: str
    severities: tuple[str, ...] = ()
    rectification: Rectification | None = None
    filed: bool = False
    delay_minutes: int = 20

    @property
    def conclusion(self) -> str:
        """The conclusion that the findings allow."""
        if not self.severities:
            return "compliant"
        return "non_compliant" if "critical" in self.severities else "rectify"


@dataclass(frozen=True, slots=True)
class Term:
    """A pharmacist is registered from a day until a day, None for no end; `expires_on` is printed."""

    first: date
    last: date | None
    expires_on: date

    def holds_on(self, day: date) -> bool:
        """Whether it holds on a day."""
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True)
class Life:
    """A subject of supervision from its opening to the last simulated day; `states` in the order of time."""

    number: int
    code: str
    name: str
    address: str
    latitude: float | None
    longitude: float | None
    opened_on: date
    closed_on: date | None
    states: tuple[State, ...]
    visits: tuple[Visit, ...] = ()
    pharmacist: tuple[Term, ...] = ()
    faults: tuple[str, ...] = ()

    def state_on(self, day: date) -> State | None:
        """What holds on a day; None before the opening. What held last still holds after the closing."""
        found = None
        for state in self.states:
            if state.since > day:
                break
            found = state
        return found

    def has_pharmacist_on(self, day: date) -> bool:
        """Whether a pharmacist is registered at it on a day."""
        return any(term.holds_on(day) for term in self.pharmacist)

    def is_closed_on(self, day: date) -> bool:
        """Whether it had closed by a day."""
        return self.closed_on is not None and self.closed_on <= day


def changes_of(life: Life) -> Sequence[State]:
    """The states after the first one."""
    return life.states[1:]
