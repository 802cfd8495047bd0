"""Loads a simulated province: one stream from the first life to the last, in one transaction."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from yaojian.foundation.errors import Conflict
from yaojian.foundation.timekeeping import today
from yaojian.registers.enterprises.facade import Subject
from yaojian.simulator.loader import LOCK, truth_folder
from yaojian.simulator.provinces.adding_up import Sums, answerable, line_of
from yaojian.simulator.provinces.births import Births
from yaojian.simulator.provinces.book import Book
from yaojian.simulator.provinces.counting import Counter, days_of
from yaojian.simulator.provinces.duties import DutyCounter, mandates_beside
from yaojian.simulator.provinces.facts import FIRST_DAY, Province
from yaojian.simulator.provinces.land import Land
from yaojian.simulator.provinces.lives import Life, changes_of
from yaojian.simulator.provinces.papers import enter_licences
from yaojian.simulator.provinces.plan_text import counted_from_lives, figures
from yaojian.simulator.provinces.roster import qualified
from yaojian.simulator.provinces.rostering import enter_inspectors, enter_pharmacists
from yaojian.simulator.provinces.staff import Staff, enter_organs, enter_staff
from yaojian.simulator.provinces.statements import Statements
from yaojian.simulator.provinces.stating import enter_statements
from yaojian.simulator.provinces.truth_file import TruthFile, simulated_before
from yaojian.simulator.provinces.visits import Visits
from yaojian.simulator.provinces.writing import Journal, enter_changes, enter_lives

AT_ONCE = 2_500
"""So many lives are in memory together."""

Progress = Callable[[str, int, int], None]
"""Told a step, how much of it is done, and how much there is to do."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was written, how many seconds each step took, and where the truth lies."""

    counts: Mapping[str, int]
    seconds: Mapping[str, float]
    truth: Path


class Simulation:
    """Everything about a simulated province that can be made again from its seed. Pure."""

    def __init__(self, province: Province) -> None:
        self.province = province
        self.land = Land(province)
        self.births = Births(province, self.land)
        self.visits = Visits(self.births)
        self.statements = Statements(province, self.land)
        self.inspectors = qualified(province, self.land)
        self.days = days_of(FIRST_DAY, province.until)

    def lives(self) -> Iterator[Life]:
        """All lives, one after the other."""
        return map(self.visits.life, range(self.births.size))

    def counter(self) -> Counter:
        """A counter of the figures for which subjects are counted, with nothing counted yet."""
        return Counter(counted_from_lives(self.province.plan), self.land, self.days)

    def duty_counter(self) -> DutyCounter:
        """A counter of national rules and shares, with nothing counted yet."""
        return DutyCounter(mandates_beside(self.province.plan), self.land, self.days)

    def sums(self, counter: Counter) -> Iterator[dict[str, Any]]:
        """What the figures over stated data come to, once all lives have been counted."""
        sums = Sums(Book(self.land, self.statements.all()), counter, self.inspectors)
        for wanted in figures(self.province.plan):
            if answerable(wanted):
                for organ in self.land.figure_organs:
                    for day in self.days:
                        yield line_of(wanted, organ, day, sums.answer(wanted, organ, day))


def refuse_where_it_cannot_be(province: Province) -> None:
    """Raise Conflict where the province has been loaded, or where the register holds other people's data."""
    if province.until > today():
        raise Conflict(f"The simulation cannot end on {province.until}: that day has not come yet.")
    if Subject.objects.filter(division_code__startswith=province.region).exists():
        raise Conflict(f"Subjects on the land of {province.title} are registered already.")
    if Subject.objects.exists() and not simulated_before(truth_folder()):
        raise Conflict("The register holds data that were not simulated; nothing is mixed into them.")


def load_province(province: Province, progress: Progress) -> Loaded:
    """Write a province: organs, people, subjects, changes, inspections, and its truth and faults.

    One transaction: what is broken off leaves nothing behind, and can be begun again. Memory does not grow
    with the size. Raises Conflict where the province cannot be loaded, NotFound without organs.
    """
    return _Load(Simulation(province), progress).run()


class _Load:
    def __init__(self, simulation: Simulation, progress: Progress) -> None:
        self.simulation, self.province = simulation, simulation.province
        self._progress = progress
        self.counts: dict[str, int] = {"pharmacists": 0, "licences": 0}
        self.seconds: dict[str, float] = defaultdict(float)

    def run(self) -> Loaded:
        with TruthFile(truth_folder(), self.province.name) as truth, transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
            refuse_where_it_cannot_be(self.province)
            staff = self._set_up()
            self._enter(staff, truth)
            truth.write_head(self.simulation, self.counts)
            truth.keep_on_commit()
        return Loaded(self.counts, self.seconds, truth.path)

    def _timed(self, step: str, began: float) -> float:
        now = time.perf_counter()
        self.seconds[step] += now - began
        return now

    def _set_up(self) -> Staff:
        began = time.perf_counter()
        self.counts["organs"] = enter_organs(self.simulation.land)
        self._progress("organs", self.counts["organs"], self.counts["organs"])
        staff = enter_staff(self.province, self.simulation.land)
        self.counts["people"] = staff.size
        self._progress("people", staff.size, staff.size)
        self._timed("people", began)
        return staff

    def _enter(self, staff: Staff, truth: TruthFile) -> None:
        """Subjects first, each as it was when it opened, then inspections; then what changed, day by day."""
        self.counts["inspectors"] = enter_inspectors(self.simulation.inspectors, staff, self.province)
        journal, counter = Journal(staff, self.province), self.simulation.counter()
        duties = self.simulation.duty_counter()
        changed: dict[date, list[int]] = defaultdict(list)
        size = self.simulation.births.size
        for start in range(0, size, AT_ONCE):
            began = time.perf_counter()
            lives = [self.simulation.visits.life(n) for n in range(start, min(start + AT_ONCE, size))]
            for life in lives:
                counter.add(life)
                duties.add(life)
                truth.write_faults(life)
                for state in changes_of(life):
                    changed[state.since].append(life.number)
            began = self._timed("generating and counting", began)
            keys = enter_lives(lives, staff, self.province)
            began = self._timed("subjects", began)
            self.counts["pharmacists"] += enter_pharmacists(lives, staff, self.province)
            began = self._timed("pharmacists", began)
            self.counts["licences"] += enter_licences(lives, staff, self.province)
            began = self._timed("licences", began)
            journal.add(lives, keys)
            _settle()
            self._timed("inspections", began)
            self._progress("subjects", start + len(lives), size)
            self._progress("acts", journal.acts, 0)
        began = time.perf_counter()
        journal.flush()
        began = self._timed("inspections", began)
        self.counts |= {"subjects": size, "acts": journal.acts, "inspections": journal.files}
        self.counts["changes"] = self._change(changed, staff)
        began = self._timed("changes", began)
        truth.write_statements(self.simulation.statements.all())
        truth.write_faults_of_statements(self.simulation.statements.faults())
        self.counts["statements"] = enter_statements(
            self.simulation.statements.all(), staff, lambda done: self._progress("statements", done, 0)
        )
        began = self._timed("statements", began)
        self.counts["truth"] = sum(
            map(truth.write_lines, (counter.lines(), self.simulation.sums(counter), duties.lines()))
        )
        self._timed("truth", began)

    def _change(self, changed: Mapping[date, Sequence[int]], staff: Staff) -> int:
        """Register the changes of all subjects in the order of the days on which they took effect."""
        done, total = 0, sum(map(len, changed.values()))
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE enterprises_subject, enterprises_subjectversion")
        for day in sorted(changed):
            numbers = changed[day]
            for start in range(0, len(numbers), AT_ONCE):
                lives = [self.simulation.births.life(n) for n in numbers[start : start + AT_ONCE]]
                pairs = [(life, next(s for s in life.states if s.since == day)) for life in lives]
                done += enter_changes(pairs, staff)
            _settle()
            self._progress("changes", done, total)
        return done


def _settle() -> None:
    """Let the database check now what it would keep in memory until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
