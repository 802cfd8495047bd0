"""What is known or assumed of a province before anything is simulated. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from math import ceil
from typing import Any

from yaojian.simulator.content import content

FIRST_DAY, LAST_DAY = date(2021, 1, 1), date(2025, 12, 31)
"""The five years of the plans."""


@dataclass(frozen=True, slots=True)
class Block:
    """Lives of one type that stand behind each other: numbers `first` up to, not including, `end`.

    The first `early` of them were in operation at the end of 2020.
    """

    subject_type: str
    first: int
    end: int
    early: int


@dataclass(frozen=True, slots=True)
class Province:
    """A province (or a part of one) at a share of its size; `seed` decides everything left to chance."""

    code: str
    title: str
    short: str
    letter: str
    plan: str
    organ: str
    region: str
    box: tuple[float, float, float, float]
    producers: str
    inspectors: int
    people: Mapping[str, float]
    counts: Mapping[str, int]
    seed: int
    share: float
    until: date

    @property
    def name(self) -> str:
        """What the truth file of this run is called."""
        return f"{self.code}-{self.seed}-{self.share:g}-{self.until.isoformat()}"

    def blocks(self) -> tuple[Block, ...]:
        """All lives by type; headquarters stand before their stores."""
        blocks, first = [], 0
        for subject_type, count in self.counts.items():
            early = ceil(count * self.share)
            later = round(early * traits(subject_type)["later"])
            blocks.append(Block(subject_type, first, first + early + later, early))
            first += early + later
        return tuple(blocks)


def codes() -> tuple[str, ...]:
    """The provinces that can be simulated."""
    return tuple(content("provinces")["provinces"])


@cache
def traits(subject_type: str) -> Mapping[str, Any]:
    """What holds of a type in every province."""
    found: Mapping[str, Any] = content("provinces")["types"][subject_type]
    return found


def chances(part: str) -> Mapping[str, Any]:
    """The chances of a part of the data file: `course`, `faults` or `pharmacists`."""
    found: Mapping[str, Any] = content("provinces")[part]
    return found


def province(code: str, *, seed: int, share: float = 1.0, until: date = LAST_DAY) -> Province:
    """A province by its code. Raises KeyError, and ValueError for an impossible share or day."""
    if not 0 < share <= 1:
        raise ValueError("a share lies above 0 and is at most 1")
    if until < FIRST_DAY:
        raise ValueError(f"nothing is simulated before {FIRST_DAY}")
    known = content("provinces")["provinces"][code]
    return Province(code=code, seed=seed, share=share, until=until, **known)
