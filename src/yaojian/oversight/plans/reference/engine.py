"""A formula counted step by step, as ADR 0004 words it; slow on purpose, tests hold the fast to it. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction

from ..cells import Cell, meeting, on_time, part, whole
from ..cells import left_out as left_out_cells
from ..conversion import converted
from ..definitions import ActFilter, Formula, Period, Scope
from ..errors import DefinitionError
from ..outcomes import ZERO, Exclusion, Lack, Outcome, Score, ValueState, amount, ratio, waiting
from ..vocabulary import vocabulary
from . import registers
from .statements import Stated, stated
from .world import Act, Statement, Subject, World


class Reference:
    """Counts formulas for one organ on one day."""

    def __init__(self, world: World, organ_id: int, as_of: date) -> None:
        self.world = world
        self.organ = world.organ(organ_id)
        self.as_of = as_of

    def evaluate(self, formula: Formula, unit: str, key: str = "", inside: tuple[str, ...] = ()) -> Outcome:
        """What a formula comes to, in a figure's unit. `inside` are the composites it is part of."""
        if formula.act is not None:
            return self._over_acts(formula, formula.act)
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
                return self._coverage_of_data(formula)
            case "count" | "amount" | "publicity":
                return self._amount(formula, unit)
            case _:
                return self._share(formula)

    # Days and subjects

    def _span(self, period: Period | None) -> tuple[date, date]:
        """First and last day looked at; without a period everything up to the data date."""
        if period is None:
            return date.min, self.as_of
        start, end = period.bounds(self.as_of)
        return start, min(end, self.as_of)

    def _in_reach(self, subject: Subject, within: str | None) -> bool:
        if within == "responsibility":
            return subject.organ_id in {organ.id for organ in self.world.below(self.organ.id)}
        return registers.is_on_land(self.world, self.organ, subject)

    def _means(self, scope: Scope, subject: Subject) -> bool:
        if scope.types and subject.type not in scope.types:
            return False
        if any(flag not in subject.flags for flag in scope.flags_all):
            return False
        if scope.flags_any and not any(flag in subject.flags for flag in scope.flags_any):
            return False
        if scope.risk_grades and subject.grade not in scope.risk_grades:
            return False
        return scope.in_production is None or subject.in_production == scope.in_production

    def _in_scope(self, formula: Formula) -> list[Subject]:
        """What the register says on the data date of everybody whom the formula means."""
        assert formula.scope is not None
        return [
            subject
            for subject in self.world.subjects
            if subject.valid_from <= self.as_of
            and (subject.valid_to is None or self.as_of <= subject.valid_to)
            and self._means(formula.scope, subject)
            and self._in_reach(subject, formula.within)
        ]

    def _members(self, formula: Formula) -> tuple[list[Subject], dict[Exclusion, int]]:
        """Those in scope who were in operation for all of the period so far; why the others do not count."""
        start, _end = self._span(formula.period)
        members, left_out = [], Counter[Exclusion]()
        for subject in self._in_scope(formula):
            if subject.closed_on is not None and subject.closed_on <= self.as_of:
                left_out[Exclusion.CLOSED] += 1
            elif subject.opened_on > start:
                left_out[Exclusion.OPENED_LATER] += 1
            else:
                members.append(subject)
        return members, dict(left_out)

    # Acts

    def _counts(self, wanted: ActFilter, act: Act) -> bool:
        if wanted.inspection_kinds and act.kind not in wanted.inspection_kinds:
            return False
        return not wanted.organ_levels or act.level in wanted.organ_levels

    def _over_acts(self, formula: Formula, wanted: ActFilter) -> Outcome:
        start, end = self._span(formula.period)
        if formula.shape == "closure":
            return self._rectified(formula, wanted, start, end)
        acts = [act for act in self.world.acts if start <= act.day <= end and self._counts(wanted, act)]
        if formula.shape == "count_acts":
            meant = {subject.id for subject in self._in_scope(formula)}
            return amount(Fraction(sum(act.subject_id in meant for act in acts)))
        members, left_out = self._members(formula)
        times = Counter(act.subject_id for act in acts)
        reached = sum(times[member.id] >= formula.minimum for member in members)
        return ratio(
            Fraction(reached),
            Fraction(len(members)),
            100,
            nothing=ValueState.NO_MEMBERS,
            excluded=left_out,
        )

    def _rectified(self, formula: Formula, wanted: ActFilter, start: date, end: date) -> Outcome:
        meant = {subject.id for subject in self._in_scope(formula)}
        due = done = late = 0
        for one in self.world.rectifications:
            if one.subject_id not in meant or not start <= one.due_on <= end:
                continue
            if not self._counts(wanted, Act(one.subject_id, one.due_on, one.kind, one.level)):
                continue
            due += 1
            if one.verified_on is not None and one.verified_on <= self.as_of:
                done += 1
                late += one.verified_on > one.due_on
        return ratio(Fraction(done), Fraction(due), 100, nothing=ValueState.NO_MEMBERS, late=Fraction(late))

    # Statements and other registers

    def _stated(self, cell: Cell, period: Period | None) -> Stated:
        """What has been stated, or counted in a register."""
        if not cell.is_registered:
            return stated(self.world, self.organ, cell, period, self.as_of)
        held = Fraction(registers.held(self.world, self.organ, cell, period, self.as_of))
        counted = Statement(cell.datum, self.organ.id, self.as_of, self.as_of, {}, held)
        return Stated([counted], ())

    def _amount(self, formula: Formula, unit: str) -> Outcome:
        if formula.scope is not None:
            return self._subjects_counted(formula)
        cell = part(formula)
        if formula.each is not None:
            own, lacks = self._own_of_each(formula, formula.each)
            if not own:
                return waiting(*lacks) if lacks else Outcome(ValueState.NO_MEMBERS)
            return amount(converted(min(own), cell.unit, unit), lacks)
        found = self._stated(cell, formula.period)
        if not found.any_stated:
            return waiting(*found.lacks)
        return amount(converted(found.total, cell.unit, unit), found.lacks)

    def _subjects_counted(self, formula: Formula) -> Outcome:
        """Subjects opened in the window, or open on the data date."""
        found = [one for one in self._in_scope(formula) if one.opened_on <= self.as_of]
        if formula.period is not None and formula.period.unit == "window":
            start, end = self._span(formula.period)
            return amount(Fraction(sum(start <= one.opened_on <= end for one in found)))
        return amount(Fraction(sum(one.closed_on is None or one.closed_on > self.as_of for one in found)))

    def _own_of_each(self, formula: Formula, level: str) -> tuple[list[Fraction], tuple[Lack, ...]]:
        """What each organ of a level with land states of itself; those that state nothing are missing."""
        own, lacks = list[Fraction](), list[Lack]()
        there = self.world.on(self.as_of)
        exists = self.organ.id in {organ.id for organ in there.organs}
        for organ in there.below(self.organ.id) if exists else ():
            if organ.level == level and organ.territories and organ.tree == self.organ.tree:
                alone = World([organ], statements=self.world.statements, stays=self.world.stays)
                found = stated(alone, organ, part(formula), formula.period, self.as_of)
                lacks += found.lacks
                if found.any_stated and formula.shape == "grade":
                    own.append(Fraction(_lowest(found.counted)))
                elif found.any_stated:
                    own.append(found.total)
        return own, tuple(lacks)

    def _coverage_of_data(self, formula: Formula) -> Outcome:
        if formula.each is not None:
            own, lacks = self._own_of_each(formula, formula.each)
            if lacks and not own:
                return waiting(*lacks)
            reached = Fraction(sum(number >= formula.minimum for number in own))
            whole_of = Fraction(len(own) + sum(not lack.days for lack in lacks))
            return ratio(reached, whole_of, 100, lacks, nothing=ValueState.NO_MEMBERS)
        if formula.scope is not None:
            return self._coverage_of_subjects(formula)
        done = self._stated(part(formula), formula.period)
        among = self._stated(whole(formula), formula.period)
        if not (done.any_stated and among.any_stated):
            return waiting(*_of_silent(done), *_of_silent(among))
        lacks = (*done.lacks, *among.lacks)
        return ratio(done.total, among.total, 100, lacks, nothing=ValueState.NO_MEMBERS)

    def _coverage_of_subjects(self, formula: Formula) -> Outcome:
        members, left_out = self._members(formula)
        cell, lacks = part(formula), tuple[Lack, ...]()
        if cell.is_registered:
            holders = registers.pharmacists_of_subjects(self.world, self.organ, self.as_of)
            reached = Fraction(sum(holders[member.id] >= formula.minimum for member in members))
        else:
            found = self._stated(cell, formula.period)
            if not found.any_stated:
                return waiting(*found.lacks)
            reached, lacks = found.total, found.lacks
        among = Fraction(len(members))
        return ratio(reached, among, 100, lacks, nothing=ValueState.NO_MEMBERS, excluded=left_out)

    # Quotients

    def _share(self, formula: Formula) -> Outcome:
        """Part ÷ whole for every shape that is a quotient of two data."""
        among = self._stated(whole(formula), formula.period)
        found = self._stated(part(formula), formula.period)
        if not (found.any_stated and among.any_stated):
            return waiting(*_of_silent(found), *_of_silent(among))
        lacks = (*found.lacks, *among.lacks)
        left_out = {
            Exclusion(reason): int(number)
            for reason, cell in left_out_cells(formula).items()
            if (number := self._stated(cell, formula.period).total)
        }
        late = ZERO
        if (timely := on_time(formula)) and (in_time := self._stated(timely, formula.period)).any_stated:
            late = found.total - in_time.total
        met_share = None
        if (able := meeting(formula)) and among.total:
            met = self._stated(able, formula.period)
            met_share = met.total / among.total if met.any_stated else None
        factor = {"rate_per_population": formula.per or 1, "training_hours": 1}.get(formula.shape, 100)
        of = among.total - sum(left_out.values())
        return ratio(found.total, of, factor, lacks, excluded=left_out, late=late, met_share=met_share)

    # Other shapes

    def _growth(self, formula: Formula, unit: str) -> Outcome:
        assert formula.base_year is not None
        cell = part(formula)
        now = self._stated(cell, formula.period)
        then = Reference(self.world, self.organ.id, date(formula.base_year, 12, 31))
        base = then._stated(cell, formula.period)
        if not (now.any_stated and base.any_stated):
            return waiting(*_of_silent(now), *_of_silent(base))
        lacks = (*now.lacks, *base.lacks)
        if unit == "percent":
            return ratio(now.total - base.total, base.total, 100, lacks)
        return ratio(now.total, base.total, 1, lacks)

    def _grade(self, formula: Formula) -> Outcome:
        """The newest grade an organ states of itself, or else the lowest of those below."""
        if formula.each is not None:
            own, lacks = self._own_of_each(formula, formula.each)
            if not own:
                return waiting(*lacks) if lacks else Outcome(ValueState.NO_MEMBERS)
            lowest = int(min(own))
        else:
            found = self._stated(part(formula), formula.period)
            if not found.any_stated:
                return waiting(*found.lacks)
            lowest, lacks = _lowest(found.counted), found.lacks
        return replace(amount(Fraction(lowest), lacks), numerator=ZERO, grade=vocabulary().grades[lowest])

    def _survey(self, formula: Formula) -> Outcome:
        """The mean of the surveys, each weighing as much as people were asked."""
        cell = part(formula)
        found = self._stated(cell, formula.period)
        asked = [one for one in found.counted if one.sample_size]
        if not asked:
            return waiting(*(found.lacks or (self._lack(cell.datum),)))
        people = sum(one.sample_size or 0 for one in asked)
        total = sum(((one.amount or ZERO) * (one.sample_size or 0) for one in asked), ZERO)
        unasked = len(found.counted) - len(asked)
        left_out = {Exclusion.NO_SAMPLE_SIZE: unasked} if unasked else {}
        mean = amount(total / people, found.lacks)
        return replace(mean, numerator=ZERO, excluded=left_out, sample_size=people)

    def _milestone(self, key: str) -> Outcome:
        """Reached on the day on which the last organ had done what the plan's organ gave it."""
        below = {organ.id for organ in self.world.below(self.organ.id)}
        parts = [
            one
            for one in self.world.milestones
            if one.key == key and one.organ_id in below and one.by_owner and not one.cancelled
        ]
        days = [one.done_on for one in parts if one.done_on is not None and one.confirmed]
        if not parts or len(days) < len(parts) or max(days) > self.as_of:
            return waiting(self._lack("milestone_evidence"))
        return Outcome(ValueState.COMPUTED, Fraction(1), Fraction(1), Fraction(1), done_on=max(days))

    def _composite(self, formula: Formula, key: str, inside: tuple[str, ...]) -> Outcome:
        """Σ weight × score ÷ Σ weight; without weights or with a score missing it says so."""
        if key in inside:
            raise DefinitionError("components", f"{key} is part of itself", "remove it from its own parts")
        scores, lacks = [], list[Lack]()
        decided: Mapping[str, Fraction] = {}
        for one in self.world.weights:
            if one.key == key and one.valid_from <= self.as_of:
                decided = one.parts
        for component in formula.components:
            weight = (
                Fraction(component.weight).limit_denominator(10**6)
                if component.weight is not None
                else decided.get(component.code)
            )
            if component.of:
                other, unit = self.world.figures[component.of]
                found = self.evaluate(other, unit, component.of, (*inside, key))
                score, missing = found.number, found.lacks
            else:
                scored = self._stated(
                    Cell.of("index_components", {"item": (component.code,)}), Period("year")
                )
                score, missing = (scored.total if scored.any_stated else None), scored.lacks
            lacks += missing
            if weight is None:
                lacks.append(self._lack("index_weights"))
            elif score is not None:
                scores.append(Score(component.code, weight, score))
        if len(scores) < len(formula.components):
            return waiting(*lacks)
        weights = sum((one.weight for one in scores), ZERO)
        total = sum((one.weight * one.score for one in scores), ZERO)
        found = ratio(total, weights, 1, tuple(lacks))
        return Outcome(found.state, found.number, lacks=found.lacks, scores=tuple(scores))

    def _lack(self, datum: str) -> Lack:
        return Lack(datum, self.organ.id, self.as_of.year)


def _of_silent(found: Stated) -> tuple[Lack, ...]:
    """What is missing because nobody at all has stated it."""
    return () if found.any_stated else found.lacks


def _lowest(counted: Sequence[Statement]) -> int:
    """The place on the scale of the lowest grade stated."""
    return min(vocabulary().grades.index(one.grade) for one in counted)
