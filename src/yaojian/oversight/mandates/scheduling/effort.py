"""How long a visit takes, and what part of the time is for planned ones: packs/schedule/effort.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from yaojian.oversight.plans.errors import PackError, Problem
from yaojian.oversight.plans.vocabulary import read_yaml, vocabulary

FILE = Path(str(files("yaojian.packs"))) / "schedule" / "effort.yaml"
MOST_HALF_DAYS = 20


@dataclass(frozen=True, slots=True)
class Effort:
    """Half days of a team by type of subject, and the part of the working time for planned inspections."""

    half_days: Mapping[str, int]
    percent: int


@cache
def effort() -> Effort:
    """The installed file, read once."""
    return read_effort(read_yaml(FILE), FILE.name)


def read_effort(data: Any, name: str) -> Effort:
    """Check an already parsed file. Raises PackError with field and cure of every problem."""
    problems: list[Problem] = []
    half_days = data.get("half_days", {}) if isinstance(data, Mapping) else {}
    percent = data.get("working_time_percent") if isinstance(data, Mapping) else None
    if type(percent) is not int or not 1 <= percent <= 100:
        cure = "write whole percent from 1 to 100"
        problems.append(
            Problem(name, "", "working_time_percent", f"{percent!r} is no share of the time", cure)
        )
    known = vocabulary().words("types")
    for subject_type, number in half_days.items():
        if subject_type not in known:
            cure = f"use one of {', '.join(known)}"
            problems.append(Problem(name, subject_type, "half_days", "unknown type", cure))
        elif type(number) is not int or not 1 <= number <= MOST_HALF_DAYS:
            cure = f"write whole half days from 1 to {MOST_HALF_DAYS}"
            problems.append(Problem(name, subject_type, "half_days", f"{number!r} is no length", cure))
    problems += [
        Problem(name, subject_type, "half_days", "missing", "write how long a team is there")
        for subject_type in known
        if subject_type not in half_days
    ]
    if problems:
        raise PackError(problems)
    assert isinstance(percent, int)
    return Effort(dict(half_days), percent)
