"""The fast evaluator: any formula for an organ on a day, from the database and from statements read once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from functools import cached_property

from yaojian.foundation.accounts.facade import Organ
from yaojian.oversight.plans.batches import Counts, Task
from yaojian.oversight.plans.cells import Cell, left_out, meeting, needed, on_time, optional, part, whole
from yaojian.oversight.plans.contracts import FigureValue
from yaojian.oversight.plans.conversion import converted
from yaojian.oversight.plans.definitions import Component, DefinitionError, Formula, Period
from yaojian.oversight.plans.evaluation import formula_of, target_for, value_with
from yaojian.oversight.plans.milestones import Reached, reached
from yaojian.oversight.plans.models import Figure
from yaojian.oversight.plans.outcomes import (
    ZERO,
    Exclusion,
    Lack,
    Outcome,
    Score,
    ValueState,
    amount,
    ratio,
    waiting,
)
from yaojian.oversight.plans.statements import Book, Stated
from yaojian.oversight.plans.vocabulary import vocabulary
from yaojian.oversight.plans.weights import weights_in_force


class Reading:
    """Values of figures for one organ on one day; statements are read once for all of them."""

    def __init__(
        self, organ: Organ, as_of: date, book: Book | None = None, counts: Counts | None = None
    ) -> None:
        self.organ = organ
        self.as_of = as_of
        self._book = book
        self._counts = counts or Counts()
        self._milestones: dict[str, Reached | None] = {}

    @cached_property
    def book(self) -> Book:
        """The statements of the organ and those below it."""
        return self._book or Book(self.organ)

    def below(self, organ: Organ) -> Reading:
        """The same day for an organ below, from the same statements."""
        return self.at(organ, self.as_of)

    def at(self, organ: Organ, as_of: date) -> Reading:
        """The organ or one below it on another day, from the same statements and counts."""
        return Reading(organ, as_of, self.book, self._counts)

    def prepare(self, figures: Iterable[Figure]) -> None:
        """Read what several figures need, in as few queries as there are kinds of data."""
        self.prepare_all([(self, list(figures))])

    def prepare_all(self, wanted: Sequence[tuple[Reading, Sequence[Figure]]]) -> None:
        """The same for several organs and days below this one."""
        formulas = [
            (reading, formula_of(figure))
            for reading, figures in wanted
            for figure in figures
            if figure.formula
        ]
        cells = [cell for _r, formula in formulas for cell in (*needed(formula), *optional(formula))]
        entered = {cell.datum for cell in cells if not cell.is_registered}
        if entered:
            self.book.read(entered)
        tasks = [Task(formula, reading.organ, reading.as_of) for reading, formula in formulas]
        self._counts.prepare(tasks)
        for reading, figures in wanted:
            reading._read_milestones([figure.key for figure in figures if _is_milestone(figure)])

    def value(self, figure: Figure) -> FigureValue:
        """The value of a figure beside its target; what is missing is named."""
        if figure.formula is None and not _is_milestone(figure):
            target = target_for(figure, self.as_of.year, self.as_of)
            nothing = Outcome(ValueState.WAITING)
            return FigureValue(
                figure.key, self.organ.pk, self.as_of, nothing, unit=figure.unit, target=target
            )
        formula = formula_of(figure)
        outcome = self.outcome(formula, figure.unit, figure.key)
        return value_with(
            figure, formula if formula.period or formula.act else None, self.organ, self.as_of, outcome
        )

    def outcome(self, formula: Formula, unit: str, key: str = "", inside: tuple[str, ...] = ()) -> Outcome:
        """What a formula comes to in a unit. DefinitionError for a composite that is part of itself."""
        if formula.act is not None:
            return self._counts.of(self._task(formula))
        match formula.shape:
            case "composite":
                return self._composite(formula, key, inside)
            case "milestone":
                return self._milestone(key)
            case "growth":
                return self._growth(formula, unit)
            case "grade":
                return self._grade(formula)
            case "survey":
                return self._survey(formula)
            case "coverage":
                return self._coverage(formula)
            case "count" | "amount" | "publicity":
                return self._amount(formula, unit)
            case _:
                return self._quotient(formula)

    def stated(self, cell: Cell, period: Period | None, as_of: date | None = None) -> Stated:
        """What has been stated of a cell, or what a register holds of it."""
        day = as_of or self.as_of
        if cell.is_registered:
            task = Task(Formula("count", measure=cell.datum, period=period), self.organ, day)
            return Stated((), Fraction(self._counts.registered(cell, task)), (), registered=True)
        return self.book.stated(cell, period, day, self.organ.pk)

    def _task(self, formula: Formula) -> Task:
        return Task(formula, self.organ, self.as_of)

    def _amount(self, formula: Formula, unit: str) -> Outcome:
        if formula.scope is not None:
            return self._counts.of(self._task(formula))
        cell = part(formula)
        if formula.each is not None:
            own, lacks = self._each(formula, formula.each)
            if not own:
                return waiting(*lacks) if lacks else Outcome(ValueState.NO_MEMBERS)
            return amount(converted(min(own.values()), cell.unit, unit), lacks)
        found = self.stated(cell, formula.period)
        if not found.any_stated:
            return waiting(*found.lacks)
        return amount(converted(found.total, cell.unit, unit), found.lacks)

    def _each(self, formula: Formula, level: str) -> tuple[dict[int, Fraction], tuple[Lack, ...]]:
        """What each organ of a level states of itself, by organ; those that state nothing are missing.

        Organs with land are asked: an institution of the same level without any stands for nobody.
        """
        own: dict[int, Fraction] = {}
        lacks: list[Lack] = []
        for organ in self.book.tree(self.as_of).with_land(self.organ.pk, level):
            found = self.book.stated(part(formula), formula.period, self.as_of, organ.id, alone=True)
            lacks += found.lacks
            if found.records:
                own[organ.id] = Fraction(_lowest(found)) if formula.shape == "grade" else found.total
        return own, tuple(lacks)

    def _coverage(self, formula: Formula) -> Outcome:
        if formula.each is not None:
            own, lacks = self._each(formula, formula.each)
            if lacks and not own:
                return waiting(*lacks)
            done = sum(number >= formula.minimum for number in own.values())
            among = len(own.keys() | {lack.organ_id for lack in lacks})
            return ratio(Fraction(done), Fraction(among), 100, lacks, nothing=ValueState.NO_MEMBERS)
        cell = part(formula)
        if formula.scope is not None:
            members = self._counts.of(self._task(formula))
            if cell.is_registered:
                return members
            found = self.stated(cell, formula.period)
            if not found.any_stated:
                return waiting(*found.lacks)
            return ratio(
                found.total,
                members.denominator,
                100,
                found.lacks,
                nothing=ValueState.NO_MEMBERS,
                excluded=members.excluded,
            )
        found, among_of = self.stated(cell, formula.period), self.stated(whole(formula), formula.period)
        if not (found.any_stated and among_of.any_stated):
            return waiting(*_of_silent(found), *_of_silent(among_of))
        lacks = (*found.lacks, *among_of.lacks)
        return ratio(found.total, among_of.total, 100, lacks, nothing=ValueState.NO_MEMBERS)

    def _quotient(self, formula: Formula) -> Outcome:
        period = formula.period
        found, among = self.stated(part(formula), period), self.stated(whole(formula), period)
        if not (found.any_stated and among.any_stated):
            return waiting(*_of_silent(found), *_of_silent(among))
        excluded = {
            Exclusion(reason): int(number)
            for reason, cell in left_out(formula).items()
            if (number := self.stated(cell, period).total)
        }
        late, met_share = ZERO, None
        if timely := on_time(formula):
            in_time = self.stated(timely, period)
            late = found.total - in_time.total if in_time.any_stated else ZERO
        if (able := meeting(formula)) and among.total:
            met = self.stated(able, period)
            met_share = met.total / among.total if met.any_stated else None
        return ratio(
            found.total,
            among.total - sum(excluded.values()),
            {"rate_per_population": formula.per or 1, "training_hours": 1}.get(formula.shape, 100),
            (*found.lacks, *among.lacks),
            excluded=excluded,
            late=late,
            met_share=met_share,
        )

    def _growth(self, formula: Formula, unit: str) -> Outcome:
        cell, base_day = part(formula), date(formula.base_year or 0, 12, 31)
        now, base = self.stated(cell, formula.period), self.stated(cell, formula.period, base_day)
        if not (now.any_stated and base.any_stated):
            return waiting(*_of_silent(now), *_of_silent(base))
        lacks = (*now.lacks, *base.lacks)
        if unit == "percent":
            return ratio(now.total - base.total, base.total, 100, lacks)
        return ratio(now.total, base.total, 1, lacks)

    def _grade(self, formula: Formula) -> Outcome:
        if formula.each is not None:
            own, lacks = self._each(formula, formula.each)
            if not own:
                return waiting(*lacks) if lacks else Outcome(ValueState.NO_MEMBERS)
            lowest = int(min(own.values()))
        else:
            found = self.stated(part(formula), formula.period)
            if not found.any_stated:
                return waiting(*found.lacks)
            lowest, lacks = _lowest(found), found.lacks
        return replace(amount(Fraction(lowest), lacks), numerator=ZERO, grade=vocabulary().grades[lowest])

    def _survey(self, formula: Formula) -> Outcome:
        cell = part(formula)
        found = self.stated(cell, formula.period)
        asked = [record for record in found.records if record.sample_size]
        if not asked:
            return waiting(*(found.lacks or (self._lack(cell.datum),)))
        people = sum(record.sample_size or 0 for record in asked)
        total = sum((Fraction(record.amount or 0) * (record.sample_size or 0) for record in asked), ZERO)
        unasked = len(found.records) - len(asked)
        excluded = {Exclusion.NO_SAMPLE_SIZE: unasked} if unasked else {}
        mean = amount(total / people, found.lacks)
        return replace(mean, numerator=ZERO, excluded=excluded, sample_size=people)

    def _read_milestones(self, keys: Sequence[str]) -> None:
        """Ask for milestones together, and note those that have not been reached as well."""
        new = [key for key in keys if key not in self._milestones]
        if new:
            self._milestones |= dict.fromkeys(new) | dict(reached(new, self.organ, self.as_of))

    def _milestone(self, key: str) -> Outcome:
        self._read_milestones([key])
        found = self._milestones[key]
        if found is None or found.done_on > self.as_of:
            return waiting(self._lack("milestone_evidence"))
        one = Fraction(1)
        return Outcome(ValueState.COMPUTED, one, one, one, done_on=found.done_on)

    def _composite(self, formula: Formula, key: str, inside: tuple[str, ...]) -> Outcome:
        if key in inside:
            raise DefinitionError("components", f"{key} is part of itself", "remove it from its own parts")
        decided = weights_in_force(formula.digest, self.as_of)
        scores, lacks = list[Score](), list[Lack]()
        for component in formula.components:
            weight = _weight(component, decided)
            score, missing = self._score(component, (*inside, key))
            lacks += missing
            if weight is None:
                lacks.append(self._lack("index_weights"))
            elif score is not None:
                scores.append(Score(component.code, weight, score))
        if len(scores) < len(formula.components):
            return waiting(*lacks)
        weights = sum((one.weight for one in scores), ZERO)
        found = ratio(sum((one.weight * one.score for one in scores), ZERO), weights, 1, tuple(lacks))
        return Outcome(found.state, found.number, lacks=found.lacks, scores=tuple(scores))

    def _score(
        self, component: Component, inside: tuple[str, ...]
    ) -> tuple[Fraction | None, tuple[Lack, ...]]:
        """The score of a component, its figure's value or an entered one, and what is missing for it."""
        if component.of:
            figure = Figure.objects.filter(key=component.of).first()
            if figure is None or figure.formula is None:
                return None, (self._lack("index_components"),)
            found = self.outcome(formula_of(figure), figure.unit, figure.key, inside)
            return found.number, found.lacks
        scored = self.stated(Cell.of("index_components", {"item": (component.code,)}), Period("year"))
        return (scored.total if scored.any_stated else None), scored.lacks

    def _lack(self, datum: str) -> Lack:
        return Lack(datum, self.organ.pk, self.as_of.year)


def evaluate(figure: Figure, organ: Organ, as_of: date) -> FigureValue:
    """The value of one figure for an organ on a day."""
    return Reading(organ, as_of).value(figure)


def _is_milestone(figure: Figure) -> bool:
    return figure.klass == "milestone" and figure.formula is None


def _weight(component: Component, decided: Mapping[str, Fraction]) -> Fraction | None:
    if component.weight is not None:
        return Fraction(component.weight).limit_denominator(10**6)
    return decided.get(component.code)


def _of_silent(found: Stated) -> tuple[Lack, ...]:
    """What is missing because nobody at all has stated it."""
    return () if found.any_stated else found.lacks


def _lowest(found: Stated) -> int:
    """The place on the scale of the lowest grade stated."""
    return min(vocabulary().grades.index(record.grade) for record in found.records)
