"""What the figures over stated data must come to, added up in plain loops over the statements. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from typing import Any

from yaojian.simulator.provinces.book import Book, Told
from yaojian.simulator.provinces.cells import (
    Cell,
    Dims,
    cell,
    cells_of,
    is_registered,
    left_out_of,
    part_of,
    unit_of,
    whole_of,
)
from yaojian.simulator.provinces.counting import Counter, rounded
from yaojian.simulator.provinces.plan_text import Wanted
from yaojian.simulator.provinces.roster import Qualified
from yaojian.simulator.provinces.statements import Said

COUNTED_REGISTERS = ("licensed_pharmacists", "inspector_registry", "inspection_teams")
"""Registers that are simulated; a figure that needs another one is not in the truth."""
GRADES = ("C", "C+", "B", "B+", "A")
YEAR = {"unit": "year"}
CONVERTED = {
    ("yuan_ten_thousand", "yuan_hundred_million"): Fraction(1, 10_000),
    ("yuan_hundred_million", "yuan_ten_thousand"): Fraction(10_000),
    ("minutes", "hours"): Fraction(1, 60),
    ("hours", "minutes"): Fraction(60),
}
SHARES = (
    "rate_per_population",
    "pass_rate",
    "closure",
    "timeliness",
    "capability_share",
    "structure_share",
    "training_hours",
)


@dataclass(slots=True)
class Answer:
    """What a figure comes to for an organ on a day; `number` is exact and in the figure's unit."""

    state: str
    number: Fraction | None = None
    numerator: Fraction | None = None
    denominator: Fraction | None = None
    grade: str = ""
    sample_size: int | None = None
    excluded: dict[str, int] = field(default_factory=dict)
    missing: set[tuple[str, str]] = field(default_factory=set)

    def as_json(self) -> dict[str, Any]:
        """The answer as the truth file has it; fractions as "n/d"."""
        return {
            "state": self.state,
            "number": None if self.number is None else str(self.number),
            "value": rounded(self.number),
            "numerator": None if self.numerator is None else str(self.numerator),
            "denominator": None if self.denominator is None else str(self.denominator),
            "grade": self.grade,
            "sample_size": self.sample_size,
            "excluded": self.excluded,
            "missing": sorted(f"{datum} {organ}" for datum, organ in self.missing),
        }


class Sums:
    """Answers figures over stated data; subjects in their scopes are those that `counter` has counted."""

    def __init__(self, book: Book, counter: Counter, inspectors: Sequence[Qualified]) -> None:
        self.book, self.counter, self.inspectors = book, counter, inspectors

    def _told(self, wanted: Cell, organ: str, period: Mapping[str, Any] | None, day: date) -> Told:
        """What has been stated of a cell, or what a register has of it on a day."""
        if wanted.datum not in COUNTED_REGISTERS:
            return self.book.told(wanted, organ, period, day)
        return Told(
            (), (), Fraction(sum(self._held(wanted.datum, dims, organ, day) for dims in wanted.combinations))
        )

    def _held(self, datum: str, dims: Dims, organ: str, day: date) -> int:
        """How many pharmacists, inspectors or members of this year's teams there are."""
        if datum == "licensed_pharmacists":
            return self.counter.pharmacists[organ, day]
        narrowed = dict(dims)
        if datum == "inspection_teams":
            return self.counter.team_members[organ, day]["employment" in narrowed]
        return sum(
            1
            for one in self.inspectors
            if organ in self.book.land.line_of(one.organ)
            and narrowed.get("level", one.level) == one.level
            and narrowed.get("field", one.field) == one.field
            and one.holds_on(day)
        )

    def answer(self, wanted: Wanted, organ: str, day: date) -> Answer:
        """What a figure comes to for an organ on a day."""
        formula = wanted.formula
        period = formula.get("period")
        match formula["shape"]:
            case "composite":
                return self._composite(wanted, organ, day)
            case "growth":
                return self._growth(wanted, organ, day)
            case "grade":
                return self._grade(formula, organ, day)
            case "survey":
                return self._survey(formula, organ, day)
            case "coverage":
                return self._coverage(wanted, organ, day)
            case "count" | "amount" | "publicity":
                return self._amount(wanted, organ, day)
        part = self._told(part_of(formula), organ, period, day)
        whole_cell = whole_of(formula)
        assert whole_cell is not None
        whole = self._told(whole_cell, organ, period, day)
        if not (part.is_known and whole.is_known):
            return waiting(part_of(formula), part, whole_cell, whole)
        missing = _named(whole_cell, whole) | _named(part_of(formula), part)
        out = {
            reason: int(number)
            for reason, one in left_out_of(formula).items()
            if (number := self._told(one, organ, period, day).total)
        }
        factor = {"rate_per_population": formula.get("per", 1), "training_hours": 1}.get(
            formula["shape"], 100
        )
        return _quotient(part.total, whole.total - sum(out.values()), factor, missing, out)

    def _amount(self, wanted: Wanted, organ: str, day: date) -> Answer:
        formula, wanted_cell = wanted.formula, part_of(wanted.formula)
        if "scope" in formula:
            number = Fraction(self.counter.tallies[wanted.key, organ, day].numerator)
            return Answer("computed", number, number)
        factor = CONVERTED.get(
            (unit_of(wanted_cell.datum, wanted_cell.combinations[0]), wanted.unit), Fraction(1)
        )
        if "each" in formula:
            stated, silent = self._each(formula, organ, day)
            if not stated:
                return (
                    Answer("waiting", missing=_named_all(wanted_cell, silent))
                    if silent
                    else Answer("no_members")
                )
            number = min(sum((Fraction(s.amount or 0) for s in own), Fraction(0)) for own in stated) * factor
            return Answer(_complete(silent), number, number, missing=_named_all(wanted_cell, silent))
        told = self._told(wanted_cell, organ, formula.get("period"), day)
        if not told.is_known:
            return Answer("waiting", missing=_named(wanted_cell, told))
        number = told.total * factor
        return Answer(_complete(told.missing), number, number, missing=_named(wanted_cell, told))

    def _each(self, formula: Mapping[str, Any], organ: str, day: date) -> tuple[list[list[Said]], list[str]]:
        """What each organ of a level states of itself, and who leaves out what."""
        stated, left_out = [], []
        for code in self.book.organs_within(organ, formula["each"]):
            own, missing = self.book.own(part_of(formula), code, formula.get("period"), day)
            stated += [own] if own else []
            left_out += missing
        return stated, left_out

    def _coverage(self, wanted: Wanted, organ: str, day: date) -> Answer:
        formula, part_cell = wanted.formula, part_of(wanted.formula)
        if "each" in formula:
            stated, silent = self._each(formula, organ, day)
            if silent and not stated:
                return Answer("waiting", missing=_named_all(part_cell, silent))
            enough = sum(
                sum((Fraction(s.amount or 0) for s in own), Fraction(0)) >= formula.get("minimum", 1)
                for own in stated
            )
            among = Fraction(len(self.book.organs_within(organ, formula["each"])))
            return _quotient(Fraction(enough), among, 100, _named_all(part_cell, silent), {}, "no_members")
        part = self._told(part_cell, organ, formula.get("period"), day)
        if "scope" in formula and part.registered is not None:
            tally = self.counter.tallies[wanted.key, organ, day]
            part = replace(part, registered=Fraction(tally.numerator))
        if "scope" in formula:
            if not part.is_known:
                return Answer("waiting", missing=_named(part_cell, part))
            tally = self.counter.tallies[wanted.key, organ, day]
            out = {"closed": tally.closed, "opened_later": tally.opened_later}
            members = Fraction(tally.denominator)
            left = {reason: number for reason, number in out.items() if number}
            return _quotient(part.total, members, 100, _named(part_cell, part), left, "no_members")
        whole_cell = whole_of(formula)
        assert whole_cell is not None
        whole = self._told(whole_cell, organ, formula.get("period"), day)
        if not (part.is_known and whole.is_known):
            return waiting(part_cell, part, whole_cell, whole)
        missing = _named(part_cell, part) | _named(whole_cell, whole)
        return _quotient(part.total, whole.total, 100, missing, {}, "no_members")

    def _growth(self, wanted: Wanted, organ: str, day: date) -> Answer:
        formula, wanted_cell = wanted.formula, part_of(wanted.formula)
        now = self._told(wanted_cell, organ, formula.get("period"), day)
        then = self._told(wanted_cell, organ, formula.get("period"), date(formula["base_year"], 12, 31))
        if not (now.is_known and then.is_known):
            return waiting(wanted_cell, now, wanted_cell, then)
        missing = _named(wanted_cell, now) | _named(wanted_cell, then)
        if wanted.unit == "percent":
            return _quotient(now.total - then.total, then.total, 100, missing, {})
        return _quotient(now.total, then.total, 1, missing, {})

    def _grade(self, formula: Mapping[str, Any], organ: str, day: date) -> Answer:
        wanted_cell = part_of(formula)
        if "each" in formula:
            stated, silent = self._each(formula, organ, day)
            counted = [one for own in stated for one in own]
            missing = _named_all(wanted_cell, silent)
            if not counted and not silent:
                return Answer("no_members")
        else:
            told = self._told(wanted_cell, organ, formula.get("period"), day)
            counted, missing = list(told.counted), _named(wanted_cell, told)
        if not counted:
            return Answer("waiting", missing=missing)
        lowest = min(GRADES.index(one.grade) for one in counted)
        return Answer(_complete(missing), Fraction(lowest), grade=GRADES[lowest], missing=missing)

    def _survey(self, formula: Mapping[str, Any], organ: str, day: date) -> Answer:
        """The mean of the surveys, each weighing as much as people were asked."""
        wanted_cell = part_of(formula)
        told = self._told(wanted_cell, organ, formula.get("period"), day)
        asked = [one for one in told.counted if one.sample_size]
        if not asked:
            return Answer("waiting", missing=_named(wanted_cell, told))
        people = sum(one.sample_size or 0 for one in asked)
        weighed = sum((Fraction(one.amount or 0) * (one.sample_size or 0) for one in asked), Fraction(0))
        missing = _named(wanted_cell, told)
        return Answer(_complete(missing), weighed / people, sample_size=people, missing=missing)

    def _composite(self, wanted: Wanted, organ: str, day: date) -> Answer:
        """Weighted mean of the scores of the year; without weights or with a score missing there is none."""
        total = weights = Fraction(0)
        missing: set[tuple[str, str]] = set()
        complete = True
        for component in wanted.formula["components"]:
            scored = cell("index_components", {"item": [component["code"]]})
            told = self._told(scored, organ, YEAR, day)
            missing |= _named(scored, told)
            weight = component.get("weight")
            if weight is None:
                missing.add(("index_weights", organ))
            if weight is None or not told.is_known:
                complete = False
                continue
            total += Fraction(str(weight)) * told.total
            weights += Fraction(str(weight))
        if not complete:
            return Answer("waiting", missing=missing)
        return Answer(_complete(missing), total / weights, missing=missing)


def answerable(wanted: Wanted) -> bool:
    """Whether stated data (and subjects in scope) are all that a figure needs."""
    formula = wanted.formula
    if "act" in formula or formula["shape"] == "milestone":
        return False
    if formula["shape"] == "count" and "scope" in formula:
        return True
    return not any(
        is_registered(one.datum) and one.datum not in COUNTED_REGISTERS for one in cells_of(formula)
    )


def line_of(wanted: Wanted, organ: str, day: date, answer: Answer) -> dict[str, Any]:
    """A line of the truth file."""
    return {
        "key": wanted.key,
        "plan": wanted.plan,
        "class": wanted.klass,
        "shape": wanted.formula["shape"],
        "formula": wanted.digest,
        "organ": organ,
        "as_of": day.isoformat(),
        **answer.as_json(),
    }


def waiting(part_cell: Cell, part: Told, whole_cell: Cell, whole: Told) -> Answer:
    """No value: one of the two has not been stated by anybody."""
    missing = set() if part.is_known else _named(part_cell, part)
    return Answer("waiting", missing=missing | (set() if whole.is_known else _named(whole_cell, whole)))


def _named(of: Cell, told: Told) -> set[tuple[str, str]]:
    return {(of.datum, organ) for organ in told.missing}


def _named_all(of: Cell, organs: Iterable[str]) -> set[tuple[str, str]]:
    return {(of.datum, organ) for organ in organs}


def _complete(missing: Iterable[object]) -> str:
    return "incomplete" if list(missing) else "computed"


def _quotient(
    part: Fraction,
    whole: Fraction,
    factor: int,
    missing: set[tuple[str, str]],
    out: dict[str, int],
    nothing: str = "zero_denominator",
) -> Answer:
    if not whole:
        return Answer(nothing, None, part, Fraction(0), excluded=out, missing=missing)
    return Answer(_complete(missing), factor * part / whole, part, whole, excluded=out, missing=missing)
