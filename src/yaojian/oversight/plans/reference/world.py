"""What the slow evaluator reads: organs, subjects, acts, statements and register entries as rows. Pure."""

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
class Entry:
    """An entry of another register that counts under a datum: who holds it, its marks, and its days."""

    datum: str
    organ_id: int
    division: str
    valid_from: date
    valid_to: date | None
    subject_id: int | None = None
    marks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class World:
    """Everything that figures are counted from. `weights` are those in force, by component."""

    organs: Sequence[Organ]
    subjects: Sequence[Subject] = ()
    acts: Sequence[Act] = ()
    rectifications: Sequence[Rectification] = ()
    statements: Sequence[Statement] = ()
    entries: Sequence[Entry] = ()
    milestones: Mapping[str, date] = field(default_factory=dict)
    weights: Mapping[str, Fraction] = field(default_factory=dict)
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
