"""What the slow evaluator reads: organs, subjects, acts, statements and registers as rows. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction

from ..definitions import Formula


@dataclass(frozen=True, slots=True)
class Organ:
    """An organ on the data date."""

    id: int
    parent_id: int | None
    level: str
    tree: str = "government"
    territories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stay:
    """Under whom an organ stands from a day until a day (inclusive; None: until further notice)."""

    organ_id: int
    parent_id: int | None
    valid_from: date
    valid_to: date | None = None

    def holds(self, day: date) -> bool:
        """Whether the organ stands there on a day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Subject:
    """What the register said of a subject from a day until a day (inclusive; None: until further notice)."""

    id: int
    valid_from: date
    valid_to: date | None
    type: str
    organ_id: int
    division: str
    opened_on: date
    closed_on: date | None = None
    flags: tuple[str, ...] = ()
    grade: str = ""
    in_production: bool = True


@dataclass(frozen=True, slots=True)
class Act:
    """A concluded inspection of a subject on a Beijing day."""

    subject_id: int
    day: date
    kind: str
    level: str


@dataclass(frozen=True, slots=True)
class Rectification:
    """An inspection that asked for rectification: by when, and on which day it was verified."""

    subject_id: int
    kind: str
    level: str
    due_on: date
    verified_on: date | None


@dataclass(frozen=True, slots=True)
class Statement:
    """A confirmed statement: an amount, grade or survey share of one organ for a stretch of days."""

    datum: str
    organ_id: int
    first_on: date
    last_on: date
    dims: Mapping[str, str] = field(default_factory=dict)
    amount: Fraction | None = None
    grade: str = ""
    sample_size: int | None = None


@dataclass(frozen=True, slots=True)
class Registration:
    """A licensed pharmacist at a subject, during some days."""

    subject_id: int
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Qualification:
    """An inspector of an organ in a field, of a level, during some days."""

    organ_id: int
    level: str
    field: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class TeamMember:
    """Somebody in the team of an organ's inspection that was concluded on a day."""

    organ_id: int
    day: date
    full_time: bool


@dataclass(frozen=True, slots=True)
class Said:
    """What the register said of a product during some days."""

    valid_from: date
    valid_to: date | None
    holder_id: int | None
    flags: tuple[str, ...] = ()
    expires_on: date | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """A state written down for a product, during some days; where none is, it is valid."""

    state: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Product:
    """A drug, device or cosmetic: what was said of it, who produced it when, and its states."""

    kind: str
    approved_on: date
    said: Sequence[Said]
    sites: Sequence[Registration] = ()
    states: Sequence[Kept] = ()


@dataclass(frozen=True, slots=True)
class Milestone:
    """What one organ has to do for a milestone, and when it was done and confirmed, if it was."""

    key: str
    organ_id: int
    done_on: date | None
    confirmed: bool = True
    cancelled: bool = False
    by_owner: bool = True
    """Given by the organ of the plan or one above it."""


@dataclass(frozen=True, slots=True)
class Weights:
    """What somebody decided about a composite figure's weights, from a day on; by component."""

    key: str
    valid_from: date
    parts: Mapping[str, Fraction]


@dataclass(frozen=True, slots=True)
class World:
    """Everything that figures are counted from. `weights` stand in the order in which they were decided."""

    organs: Sequence[Organ]
    subjects: Sequence[Subject] = ()
    acts: Sequence[Act] = ()
    rectifications: Sequence[Rectification] = ()
    statements: Sequence[Statement] = ()
    pharmacists: Sequence[Registration] = ()
    inspectors: Sequence[Qualification] = ()
    team_members: Sequence[TeamMember] = ()
    products: Sequence[Product] = ()
    milestones: Sequence[Milestone] = ()
    weights: Sequence[Weights] = ()
    figures: Mapping[str, tuple[Formula, str]] = field(default_factory=dict)
    stays: Sequence[Stay] = ()
    """Where organs have stood; without any, always where `organs` say."""

    def on(self, day: date) -> World:
        """The world with the organs of a day, each under the one above it then."""
        if not self.stays:
            return self
        day = max(day, min(stay.valid_from for stay in self.stays))
        there = {stay.organ_id: stay.parent_id for stay in self.stays if stay.holds(day)}
        organs = [replace(one, parent_id=there[one.id]) for one in self.organs if one.id in there]
        return World(organs, statements=self.statements, stays=self.stays)

    def stretches(self, first: date, last: date) -> list[tuple[date, date]]:
        """The days between two in stretches in which no organ is opened, closed or moved."""
        starts = {first} if first <= last else set[date]()
        earliest = min((stay.valid_from for stay in self.stays), default=first)
        for stay in self.stays:
            ended = stay.valid_to + timedelta(days=1) if stay.valid_to is not None else first
            # Before the earliest stay it is as on its first day.
            starts |= {day for day in (stay.valid_from, ended) if first < day <= last and day != earliest}
        begun = sorted(starts)
        ends = [day - timedelta(days=1) for day in begun[1:]] + [last]
        return list(zip(begun, ends, strict=False))

    def line(self, organ_id: int, day: date) -> list[int]:
        """An organ and all above it on a day, from the root down; on the nearest day that knows it."""
        own = [stay for stay in self.stays if stay.organ_id == organ_id]
        if own and not any(stay.holds(day) for stay in own):
            later = [stay.valid_from for stay in own if stay.valid_from > day]
            day = min(later) if later else max(stay.valid_to for stay in own if stay.valid_to is not None)
        parents = {organ.id: organ.parent_id for organ in self.on(day).organs}
        found = [organ_id]
        while (above := parents.get(found[0])) is not None:
            found.insert(0, above)
        return found

    def organ(self, organ_id: int) -> Organ:
        """One organ by its key."""
        return next(organ for organ in self.organs if organ.id == organ_id)

    def children(self, organ_id: int) -> list[Organ]:
        """The organs directly below one."""
        return [organ for organ in self.organs if organ.parent_id == organ_id]

    def below(self, organ_id: int) -> list[Organ]:
        """An organ and all below it."""
        found = [self.organ(organ_id)]
        for child in self.children(organ_id):
            found += self.below(child.id)
        return found
