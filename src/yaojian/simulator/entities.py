"""What the simulated field consists of: subjects, officers, inspections. Pure, without Django."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class SimSubject:
    """A subject of supervision; `organ` is the code of the organ that answers for it."""

    code: str
    name: str
    subject_type: str
    organ: str
    division_code: str
    address: str
    licence_no: str
    opened_on: date
    closed_on: date | None = None
    in_production: bool = True
    flags: tuple[str, ...] = ()
    risk_grade: str = ""
    parent: str = ""


@dataclass(frozen=True, slots=True)
class SimOfficer:
    """A person with one posting; an empty password means that nobody can sign in as them."""

    username: str
    name: str
    role: str
    organ: str
    full_time: bool = True
    password: str = ""
    seconded_from: str = ""
    """Code of the home organ of a guest, whose posting has an end."""


@dataclass(frozen=True, slots=True)
class SimFinding:
    """Something found wrong at a moment (aware)."""

    at: datetime
    severity: str
    clause: str
    text: str


@dataclass(frozen=True, slots=True)
class SimRound:
    """A rectification report and what became of it: "verified", "returned" or nothing yet ("")."""

    submitted_at: datetime
    report: str
    outcome: str = ""
    judged_at: datetime | None = None
    judged_by: str = ""
    note: str = ""
    new_deadline: date | None = None


@dataclass(frozen=True, slots=True)
class SimInspection:
    """One inspection from opening to wherever it stands; moments are aware, officers are user names.

    Entries appear in the journal `delay_minutes` after they happen.
    """

    subject: str
    organ: str
    level: str
    kind: str
    basis: str
    team: tuple[str, ...]
    opened_at: datetime
    delay_minutes: int
    started_at: datetime | None = None
    findings: tuple[SimFinding, ...] = ()
    concluded_at: datetime | None = None
    conclusion: str = ""
    summary: str = ""
    first_deadline: date | None = None
    rounds: tuple[SimRound, ...] = ()
    cancelled_at: datetime | None = None
    cancel_reason: str = ""

    @property
    def rectify_by(self) -> date | None:
        """The deadline in force: the first one, unless a report was returned with a later one."""
        later = [round_.new_deadline for round_ in self.rounds if round_.new_deadline]
        return later[-1] if later else self.first_deadline

    @property
    def state(self) -> str:
        """Where the inspection stands, in the words of the inspections room."""
        if self.cancelled_at:
            return "cancelled"
        if not self.concluded_at:
            return "on_site" if self.started_at else "planned"
        if not self.findings:
            return "closed"
        outcome = self.rounds[-1].outcome if self.rounds else "returned"
        return {"": "submitted", "returned": "rectifying", "verified": "closed"}[outcome]


@dataclass(frozen=True, slots=True)
class SimRole:
    """A role of a person: its kind and columns as the register of people names them; `subject` is a code."""

    kind: str
    first: date
    last: date | None
    subject: str
    values: Mapping[str, Any]

    def holds_on(self, day: date) -> bool:
        """Whether it holds on a day."""
        return self.first <= day and (self.last is None or self.last >= day)


@dataclass(frozen=True, slots=True)
class SimPerson:
    """Somebody in the register of people, kept by an organ; `account` is the user name of an officer."""

    name: str
    identity_number: str
    phone: str
    keeper: str
    roles: tuple[SimRole, ...]
    account: str = ""


@dataclass(frozen=True, slots=True)
class World:
    """Everything simulated from one seed up to the eve of one day."""

    seed: int
    as_of: date
    subjects: tuple[SimSubject, ...]
    officers: tuple[SimOfficer, ...]
    inspections: tuple[SimInspection, ...]
    personnel: tuple[SimPerson, ...] = ()
