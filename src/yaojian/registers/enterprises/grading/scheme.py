"""The scheme by which subjects are graded: read from a pack, and applied. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, NoReturn

import yaml

from yaojian.registers.enterprises.types import FLAG_NAMES, RiskGrade, SubjectType

FILE = "risk/four_levels.yaml"
GRADES = (RiskGrade.I, RiskGrade.II, RiskGrade.III, RiskGrade.IV)


class SchemeRefused(ValueError):
    """The pack of the risk scheme is wrong; the message names file and field."""


@dataclass(frozen=True, slots=True)
class Factor:
    """Something that acts say about a subject and that adds to its risk, or takes away from it."""

    code: str
    title_zh: str
    title_en: str
    act: str
    points: int
    most: int
    where: tuple[tuple[str, str], ...] = ()
    sum_of: tuple[str, ...] = ()

    def amount(self, facts: Mapping[str, Any]) -> int:
        """How often, or how much, an act of the factor's kind counts."""
        if any(facts.get(name) != value for name, value in self.where):
            return 0
        if not self.sum_of:
            return 1
        found: Any = facts
        for name in self.sum_of:
            found = found.get(name, 0) if isinstance(found, Mapping) else 0
        return int(found) if isinstance(found, int) else 0

    def scored(self, amount: int) -> int:
        """The points for an amount, within the factor's limit."""
        total = self.points * amount
        return min(total, self.most) if self.points > 0 else max(total, self.most)


@dataclass(frozen=True, slots=True)
class Reason:
    """One line of the sum: what it is (a type, a flag, a factor), how much of it, how many points."""

    kind: str
    code: str
    amount: int
    points: int


@dataclass(frozen=True, slots=True)
class Assessment:
    """What the scheme says of a subject: points, grade, and why."""

    score: int
    grade: RiskGrade
    reasons: tuple[Reason, ...]

    @property
    def fingerprint(self) -> str:
        """The same for the same grade and reasons: a decision holds until they change."""
        content = [self.grade.value, [[r.kind, r.code, r.amount, r.points] for r in self.reasons]]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Scheme:
    """A scheme: least points of each grade, points by type and flag, factors over acts."""

    code: str
    title_zh: str
    title_en: str
    source: str
    confidence: str
    valid_from: date
    window_months: int
    least: Mapping[RiskGrade, int]
    base: Mapping[str, int]
    flags: Mapping[str, int]
    factors: tuple[Factor, ...]

    def assessed(self, subject_type: str, flags: Iterable[str], amounts: Mapping[str, int]) -> Assessment:
        """The points and grade of a subject; `amounts` are those of the factors by code."""
        reasons = [Reason("type", subject_type, 1, self.base[subject_type])]
        reasons += [Reason("flag", flag, 1, self.flags[flag]) for flag in sorted(flags) if flag in self.flags]
        for factor in self.factors:
            if amount := amounts.get(factor.code, 0):
                reasons.append(Reason("factor", factor.code, amount, factor.scored(amount)))
        score = max(0, sum(reason.points for reason in reasons))
        reached = [grade for grade in GRADES if score >= self.least[grade]]
        return Assessment(score, reached[-1], tuple(reasons))

    def amounts(self, acts: Iterable[tuple[str, Mapping[str, Any]]]) -> dict[str, int]:
        """How much of each factor there is in acts, given as kind and facts."""
        found: dict[str, int] = {}
        for kind, facts in acts:
            for factor in self.factors:
                if factor.act == kind and (amount := factor.amount(facts)):
                    found[factor.code] = found.get(factor.code, 0) + amount
        return found

    def factor(self, code: str) -> Factor | None:
        """The factor with a code, if the scheme still has it."""
        return next((factor for factor in self.factors if factor.code == code), None)


@cache
def risk_scheme() -> Scheme:
    """The installed scheme, read once. Raises SchemeRefused."""
    return parse_scheme((files("yaojian.packs") / FILE).read_text(encoding="utf-8"))


def parse_scheme(text: str) -> Scheme:
    """A scheme from its YAML. Raises SchemeRefused with file, field and what is wrong."""
    data = yaml.safe_load(text)
    if not isinstance(data, dict):
        _refuse("", "must be a mapping")
    missing = {t.value for t in SubjectType} - set(data.get("base", {}))
    if missing:
        _refuse("base", f"no points for {', '.join(sorted(missing))}")
    unknown = (set(data["base"]) - {t.value for t in SubjectType}) | (set(data["flags"]) - set(FLAG_NAMES))
    if unknown:
        _refuse("base or flags", f"unknown words {', '.join(sorted(unknown))}")
    least = {grade: data["grades"].get(grade.value) for grade in GRADES}
    values: Sequence[Any] = list(least.values())
    if not all(isinstance(value, int) for value in values) or values != sorted(set(values)) or values[0] != 0:
        _refuse("grades", "the least points must begin at 0 and rise from I to IV")
    return Scheme(
        code=data["code"],
        title_zh=data["title_zh"],
        title_en=data["title_en"],
        source=data["source"],
        confidence=data["confidence"],
        valid_from=data["valid_from"],
        window_months=data["window_months"],
        least=least,
        base=data["base"],
        flags=data["flags"],
        factors=tuple(_factor(row) for row in data["factors"]),
    )


def _factor(row: Mapping[str, Any]) -> Factor:
    factor = Factor(
        code=row["code"],
        title_zh=row["title_zh"],
        title_en=row["title_en"],
        act=row["act"],
        points=row["points"],
        most=row["most"],
        where=tuple(row.get("where", {}).items()),
        sum_of=tuple(row.get("sum", ())),
    )
    if factor.points == 0 or factor.points * factor.most < 0:
        _refuse(f"factors.{factor.code}", "points and most must have the same sign and not be 0")
    return factor


def _refuse(field: str, problem: str) -> NoReturn:
    raise SchemeRefused(f"{FILE}: {field}: {problem}")
