"""Targets of a plan: a value, range, grade or deed for a year or every year, and how far off a figure is."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .errors import DefinitionError, said
from .vocabulary import language_of, vocabulary

Value = float | str | bool

OPERATORS = (">=", ">", "<=", "<", "=", "between", "about", "done")
ABOUT_SHARE = 0.9
"""“About n” (n 左右) is reached from nine tenths of n; more is never a miss."""

RECURRENCES = ("day", "week", "quarter", "half_year", "year", "two_years", "three_years")
RECURRENCE_WORDS = {
    "day": ("每日", "each day"),
    "week": ("每周", "each week"),
    "quarter": ("每季度", "each quarter"),
    "half_year": ("每半年", "each half-year"),
    "year": ("每年", "each year"),
    "two_years": ("每两年", "every two years"),
    "three_years": ("每三年", "every three years"),
}
_OPERATOR_WORDS = {
    ">=": ("不低于", "at least"),
    ">": ("超过", "more than"),
    "<=": ("不超过", "at most"),
    "<": ("低于", "less than"),
    "=": ("", ""),
    "about": ("约", "about"),
}


@dataclass(frozen=True, slots=True)
class Target:
    """What a figure must come to in a year (``year``) or in every period (``every``, from ``since`` on).

    A baseline is the figure the plan starts from and is never met or missed. A range is reached
    from its lower end; the upper end is kept and shown, and passing it is no miss. One that was adjusted
    after the plan was issued names the adjustment's number and the day (ISO) from which it holds.
    """

    op: str
    value: Value | None = None
    low: float | None = None
    high: float | None = None
    year: int | None = None
    every: str | None = None
    since: int | None = None
    baseline: bool = False
    adjustment: int | None = None
    effective_on: str | None = None

    def met_by(self, value: Value | None) -> bool:
        """Whether the figure reaches the target; an unknown figure (None) never does."""
        self._refuse_baseline()
        if value is None:
            return False
        if self.op == "done":
            return value is True
        figure, goal = _rank(value), self._goal()
        if self.op in (">=", "between", "about"):
            return figure >= goal or math.isclose(figure, goal)
        if self.op == ">":
            return figure > goal
        if self.op == "<":
            return figure < goal
        if self.op == "<=":
            return figure <= goal or math.isclose(figure, goal)
        return math.isclose(figure, goal)

    def distance(self, value: Value | None) -> float | None:
        """What is missing, in the target's unit (grade steps for grades); 0.0 when met, None when unknown."""
        if value is None:
            self._refuse_baseline()
            return None
        if self.met_by(value):
            return 0.0
        return 1.0 if self.op == "done" else abs(self._goal() - _rank(value))

    def applies_in(self, year: int) -> bool:
        """Whether this is the goal of that year."""
        if self.baseline:
            return False
        return self.year == year if self.every is None else self.since is None or year >= self.since

    def describe(self, unit: str, language: str) -> str:
        """The target in words, e.g. “2025年 不低于50%”; ``unit`` is a word of the unit vocabulary."""
        zh = language_of(language) == "zh"
        if self.every:
            when = RECURRENCE_WORDS[self.every][0 if zh else 1]
            if self.since:
                when = f"{self.since}年起{when}" if zh else f"{when} from {self.since}"
        else:
            when = f"{self.year}年" if zh else str(self.year)
        amount = self._amount(unit, zh)
        if self.baseline:
            return f"{when}基数 {amount}" if zh else f"{when} baseline: {amount}"
        if self.adjustment is not None:
            amount += "（经批准调整）" if zh else " (adjusted)"
        return f"{when} {amount}" if zh else f"{when}: {amount}"

    def to_dict(self) -> dict[str, Any]:
        """The mapping a pack writes; the inverse of ``from_dict``."""
        names = (
            "year",
            "every",
            "since",
            "baseline",
            "op",
            "value",
            "low",
            "high",
            "adjustment",
            "effective_on",
        )
        written = {name: getattr(self, name) for name in names}
        if self.baseline:
            del written["op"]
        return {name: value for name, value in written.items() if value is not None and value is not False}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], *, unit: str | None = None) -> Target:
        """Read and check one target; raises DefinitionError naming field and cure."""
        target = cls(
            op=str(data.get("op", "=" if data.get("baseline") else "")),
            value=data.get("value"),
            low=data.get("low"),
            high=data.get("high"),
            year=data.get("year"),
            every=data.get("every"),
            since=data.get("since"),
            baseline=bool(data.get("baseline", False)),
            adjustment=data.get("adjustment"),
            effective_on=data.get("effective_on"),
        )
        _check_when(target)
        _check_amount(target)
        if unit is not None:
            _check_unit(target, unit)
        return target

    def _goal(self) -> float:
        if self.op == "between":
            assert self.low is not None
            return self.low
        assert self.value is not None
        return ABOUT_SHARE * _rank(self.value) if self.op == "about" else _rank(self.value)

    def _refuse_baseline(self) -> None:
        if self.baseline:
            raise ValueError("a baseline is where the plan starts; only a target can be met")

    def _amount(self, unit: str, zh: bool) -> str:
        if self.op == "done":
            return "完成" if zh else "done"
        # A grade letter carries no unit in English; percent signs sit at the figure.
        word = vocabulary().label("units", unit, "zh" if zh else "en")
        tail = "" if unit == "grade" and not zh else word if zh else f" {word}"
        if self.op == "between":
            return f"{_number(self.low)}–{_number(self.high)}{tail}"
        # Nobody writes “at least 100 %”.
        full = self.op == ">=" and unit == "percent" and self.value == 100
        operator = "" if full else _OPERATOR_WORDS[self.op][0 if zh else 1]
        figure = f"{_number(self.value)}{tail}"
        return figure if not operator else f"{operator}{figure}" if zh else f"{operator} {figure}"


def _rank(value: Value) -> float:
    """A number as it is, a grade as its place on the scale."""
    if not isinstance(value, str):
        return float(value)
    grades = vocabulary().grades
    if value not in grades:
        raise ValueError(f"{value!r} is no grade; grades are {', '.join(grades)}")
    return float(grades.index(value))


def _number(value: Value | None) -> str:
    return str(value) if isinstance(value, str) else f"{value:,.10g}"


def _check_when(target: Target) -> None:
    if (target.year is None) == (target.every is None):
        raise DefinitionError(
            "year",
            said("a target needs either a year or a recurrence"),
            said("write `year: 2025` or `every: year`, not both"),
        )
    if target.every is not None and target.every not in RECURRENCES:
        raise DefinitionError(
            "every",
            said("unknown recurrence %(every)r", every=target.every),
            said("use one of %(words)s", words=", ".join(RECURRENCES)),
        )
    for name in ("year", "since"):
        year = getattr(target, name)
        if year is not None and not (type(year) is int and 1990 <= year <= 2100):
            raise DefinitionError(
                name, said("%(year)r is no year", year=year), said("write a year such as 2025")
            )
    if target.since is not None and target.every is None:
        raise DefinitionError(
            "since", said("only a recurring target can begin in a year"), said("remove since or use every")
        )
    if target.baseline and target.year is None:
        raise DefinitionError(
            "baseline", said("a baseline without a year"), said("write the year of the baseline")
        )


def _check_amount(target: Target) -> None:
    if target.op not in OPERATORS:
        raise DefinitionError(
            "op",
            said("unknown comparison %(op)r", op=target.op),
            said("use one of %(words)s", words=", ".join(OPERATORS)),
        )
    if target.baseline and target.op in ("done", "between"):
        raise DefinitionError("op", said("a baseline is one figure"), said("remove op and write value"))
    if target.op == "between":
        if not (_is_number(target.low) and _is_number(target.high)):
            raise DefinitionError("low", said("a range needs two numbers"), said("write low and high"))
        assert target.low is not None
        assert target.high is not None
        if target.low > target.high or target.value is not None:
            raise DefinitionError(
                "low", said("the range is not in order"), said("write low ≤ high and no value")
            )
        return
    if target.low is not None or target.high is not None:
        raise DefinitionError(
            "low",
            said("low and high do not go with %(op)r", op=target.op),
            said("use op: between or write value"),
        )
    if target.op == "done":
        if target.value is not None:
            raise DefinitionError("value", said("a deed has no value"), said("remove value"))
    elif not (_is_number(target.value) or target.value in vocabulary().grades):
        raise DefinitionError(
            "value",
            said("%(value)r is neither a number nor a grade", value=target.value),
            said("write a number or one of %(words)s", words=", ".join(vocabulary().grades)),
        )


def _check_unit(target: Target, unit: str) -> None:
    if (target.op == "done") != (unit == "milestone"):
        raise DefinitionError(
            "op",
            said("comparison %(op)r does not go with the unit %(unit)r", op=target.op, unit=unit),
            said("use op: done with unit: milestone, and only there"),
        )
    if isinstance(target.value, str) != (unit == "grade"):
        raise DefinitionError(
            "value",
            said("%(value)r does not go with the unit %(unit)r", value=target.value, unit=unit),
            said("write a letter grade with unit: grade, a number with any other unit"),
        )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
