"""What the slow evaluator reads: organs, subjects, acts, statements and registers as rows. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
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
