"""News of the register of subjects."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SubjectsChanged:
    """What the register says of these subjects has changed, for today or for another day."""

    subject_ids: list[int]


@dataclass(frozen=True, slots=True)
class SubjectsRegistered:
    """A whole table was entered in the register, or taken back: these subjects are new, other, or gone."""

    subject_ids: list[int]
