"""The figures of a plan, read from its pack as plain data: what is to be counted, not how. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

# libyaml, where it is built in, reads the packs ten times faster; the result is the same.
_Loader: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A figure of a plan: key, class such as "mandate", unit, formula and targets as the pack has them."""

    key: str
    plan: str
    first_year: int
    klass: str
    unit: str
    formula: Mapping[str, Any]
    targets: tuple[Mapping[str, Any], ...]
    first_day: date | None = None
    share: float | None = None

    @property
    def since(self) -> date:
        """From which day it asks anything: an instrument's own day, the plan's first or its goal's.

        A goal that is asked within n years is begun n years before it.
        """
        if self.first_day is not None:
            return self.first_day
        goals = [target for target in self.targets if not target.get("baseline")]
        plan = self.first_year
        years = [goal.get("since") or plan if "every" in goal else plan for goal in goals]
        period = self.formula.get("period", {})
        ahead = period.get("n", 1) if period.get("unit") == "rolling_years" else 0
        return date(max(plan, min(years, default=plan) - ahead), 1, 1)

    @property
    def digest(self) -> str:
        """SHA-256 of the formula's JSON with sorted keys: by it a truth is known to speak of this formula."""
        return hashlib.sha256(json.dumps(self.formula, sort_keys=True, default=str).encode()).hexdigest()

    @property
    def binds_everyone(self) -> bool:
        """Whether each subject in scope has a duty: the goal is all of them, or a number for each."""
        goals = [target for target in self.targets if not target.get("baseline")]
        if self.formula["shape"] != "coverage" or "act" not in self.formula or not goals:
            return False
        if self.unit != "percent":
            return True
        return any(isinstance(goal.get("value"), int | float) and goal["value"] >= 100 for goal in goals)

    @property
    def asks_a_share(self) -> bool:
        """Whether it asks for a part of those in scope: by its own words, or by the goal of its figure."""
        goals = [target for target in self.targets if not target.get("baseline")]
        covers = self.formula["shape"] == "coverage" and "act" in self.formula and self.unit == "percent"
        return self.share is not None or (covers and bool(goals) and not self.binds_everyone)


@cache
def pack(plan: str) -> Any:
    """A plan's pack as it is written."""
    text = (files("yaojian.packs") / "plans" / f"{plan}.yaml").read_text(encoding="utf-8")
    return yaml.load(text, _Loader)  # noqa: S506 — a safe loader either way


@cache
def figures(plan: str) -> tuple[Wanted, ...]:
    """The figures of a plan that have a formula, in its order."""
    return tuple(_figures(plan))


def _figures(plan: str) -> Iterator[Wanted]:
    data = pack(plan)
    for row in data["rows"]:
        for part in row.get("parts", [row]):
            if "formula" in part:
                yield Wanted(
                    key=row["id"] + (part["id"] if "parts" in row else ""),
                    plan=plan,
                    first_year=data["plan"]["start"],
                    klass=part.get("class", row["class"]),
                    unit=part.get("unit", row["unit"]),
                    formula=part["formula"],
                    targets=tuple(part.get("targets", ())),
                )


def counted_from_lives(plan: str) -> tuple[Wanted, ...]:
    """The figures for which subjects are counted, with their inspections or without."""
    return tuple(
        wanted
        for wanted in figures(plan)
        if "scope" in wanted.formula and wanted.formula["shape"] in ("coverage", "closure", "count")
    )


@cache
def law_mandates() -> tuple[Wanted, ...]:
    """What national rules ask for, as plain data; one whose number is yet to be verified asks nothing."""
    text = (files("yaojian.packs") / "law" / "mandates.yaml").read_text(encoding="utf-8")
    data = yaml.load(text, _Loader)  # noqa: S506 — a safe loader either way
    found = []
    for entry in data["mandates"]:
        if entry["confidence"] == "L":
            continue
        first_day = data["instruments"][entry["instrument"]]["valid_from"]
        formula = {
            "shape": "coverage",
            "scope": entry["scope"],
            "within": "territory",
            "act": entry.get("act", {"kind": "inspection.concluded"}),
            "period": entry["period"],
            "minimum": entry.get("minimum", 1),
        }
        share = entry.get("share")
        everyone = () if share else ({"op": ">=", "value": 100},)
        found.append(
            Wanted(
                entry["code"],
                "law",
                first_day.year,
                "mandate",
                "percent",
                formula,
                everyone,
                first_day,
                share,
            )
        )
    return tuple(found)
