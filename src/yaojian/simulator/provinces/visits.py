"""The inspections of each life over the years, and how they ended. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from random import Random
from typing import Any

from yaojian.simulator.provinces.births import DAY, Births
from yaojian.simulator.provinces.facts import FIRST_DAY, chances, traits
from yaojian.simulator.provinces.lives import Life, Rectification, State, Term, Visit
from yaojian.simulator.provinces.roster import registrations
from yaojian.simulator.working_time import BEIJING, working_day_from

SETTLING_IN, WINDING_UP = 25, 10
"""Days after the opening and before the closing on which nobody comes."""
SEVERITIES, SEVERITY_WEIGHTS = ("general", "major", "critical"), (0.64, 0.3, 0.06)
FILES_SINCE = date(2021, 5, 24)
"""The clocks of an inspection's file stand in the 药品检查管理办法（试行）, which was issued on this day."""
MINUTE = timedelta(minutes=1)
OFFICE = (9 * 60 + 30, 17 * 60 + 20)


@cache
def _cumulated(subject_type: str, part: str) -> tuple[tuple[str, ...], tuple[float, ...]]:
    shares = traits(subject_type)[part]
    total, sums = 0.0, []
    for share in shares.values():
        total += share
        sums.append(total)
    return tuple(shares), tuple(sums)


def moment(day: date, minutes: int) -> datetime:
    """The aware moment `minutes` after midnight in Beijing."""
    return datetime(day.year, day.month, day.day, minutes // 60, minutes % 60, tzinfo=BEIJING)


class Visits:
    """Adds to lives the inspections they receive."""

    def __init__(self, births: Births) -> None:
        self.births, self.land, self.until = births, births.land, births.province.until

    def life(self, number: int) -> Life:
        """The life with a number, inspections and faults included."""
        return self.added_to(self.births.life(number))

    def added_to(self, life: Life) -> Life:
        """The life with its inspections, in the order of time."""
        rng = self.births.rng("visits", life.number)
        drawn = [*self._yearly(life, rng), *self._impossible(life, rng)]
        drawn.sort(key=lambda visit: visit.at)
        visits = tuple(replace(visit, number=place) for place, visit in enumerate(drawn, 1))
        faults = (*life.faults, *self._faults_of(life, visits))
        terms: tuple[Term, ...] = ()
        if "duplicate" not in faults:
            drawn_from = self.births.rng("pharmacist", life.number)
            terms = tuple(registrations(life, self.births.province, drawn_from))
        return replace(life, visits=visits, pharmacist=terms, faults=faults)

    def _yearly(self, life: Life, rng: Random) -> Iterator[Visit]:
        if rng.random() < chances("course")["never"] or "duplicate" in life.faults:
            return
        first = life.opened_on + SETTLING_IN * DAY
        last = life.closed_on - WINDING_UP * DAY if life.closed_on else self.until
        night = chances("faults")["year_end_night"]
        for year in range(FIRST_DAY.year, self.until.year + 1):
            known = traits(life.states[0].subject_type)
            spread = known.get("spread", 1)
            if rng.random() >= spread:
                continue
            mean = known["yearly"] / spread * rng.uniform(0.7, 1.3)
            count = int(mean) + (rng.random() < mean % 1)
            for _ in range(count):
                day = working_day_from(date(year, 1, 4) + rng.randrange(350) * DAY)
                if not first <= day <= min(last, self.until):
                    continue
                if rng.random() < night:
                    yield from self._at_midnight(life, year, rng)
                else:
                    yield self._visit(life, moment(day, rng.randrange(*OFFICE)), rng)

    def _at_midnight(self, life: Life, year: int, rng: Random) -> Iterator[Visit]:
        """A visit within half an hour of midnight at the end of a year: the zone decides whose year it is."""
        at = moment(date(year, 12, 31), 23 * 60 + 30) + rng.randrange(60) * MINUTE
        if life.closed_on is None and life.opened_on < date(year, 12, 1) and at.date() <= self.until:
            yield self._visit(life, at, rng)

    def _impossible(self, life: Life, rng: Random) -> Iterator[Visit]:
        """Visits claimed for days on which there was nothing to visit."""
        known = chances("faults")
        if life.opened_on > FIRST_DAY + 40 * DAY and rng.random() < known["before_opening"] * 8:
            day = life.opened_on - rng.randrange(3, 40) * DAY
            yield self._visit(life, moment(day, rng.randrange(*OFFICE)), rng)
        if (
            life.closed_on
            and life.closed_on + 60 * DAY <= self.until
            and rng.random() < known["after_closing"]
        ):
            day = life.closed_on + rng.randrange(1, 60) * DAY
            yield self._visit(life, moment(day, rng.randrange(*OFFICE)), rng)

    def _visit(self, life: Life, at: datetime, rng: Random) -> Visit:
        state = life.state_on(at.date()) or life.states[0]
        known = traits(state.subject_type)
        kinds, sums = _cumulated(state.subject_type, "kinds")
        levels, level_sums = _cumulated(state.subject_type, "by")
        organ = self.land.organ_of_level(rng.choices(levels, cum_weights=level_sums)[0], state.place)
        severities = self._severities(known["findings"], rng)
        course = chances("course")
        wanted = known.get("file", False) or (bool(severities) and rng.random() < course["some_files"])
        filed = wanted and at.date() >= FILES_SINCE
        late = rng.random() < chances("faults")["recorded_late"]
        return Visit(
            number=0,
            at=at,
            organ=organ,
            level=self.land.by_code[organ].level,
            kind=rng.choices(kinds, cum_weights=sums)[0],
            severities=severities,
            rectification=self._rectification(at, rng, course) if filed and severities else None,
            filed=filed,
            delay_minutes=rng.randrange(20 * 1440, 60 * 1440) if late else rng.randrange(3, 90),
        )

    @staticmethod
    def _severities(chance: float, rng: Random) -> tuple[str, ...]:
        if rng.random() >= chance:
            return ()
        return tuple(rng.choices(SEVERITIES, SEVERITY_WEIGHTS, k=rng.choice((1, 1, 2, 3))))

    def _rectification(self, at: datetime, rng: Random, course: Any) -> Rectification:
        """Reports and judgements as far as they come by the last simulated day."""
        allowed = rng.randint(*course["deadline_days"])
        deadline = at.date() + allowed * DAY
        if rng.random() < course["never_rectified"]:
            return Rectification(deadline, deadline)
        late = rng.random() < course["rectified_late"]
        wait = allowed + rng.randint(1, 60) if late else rng.randint(5, allowed)
        reported = self._after(at, wait, rng)
        judged = self._after(reported, rng.randint(1, 8), rng)
        if reported.date() > self.until:
            return Rectification(deadline, deadline)
        if judged.date() > self.until:
            return Rectification(deadline, deadline, (reported,))
        if rng.random() >= course["returned"]:
            return Rectification(deadline, deadline, (reported,), verified_at=judged)
        extended = judged.date() + 15 * DAY
        again = self._after(judged, rng.randint(3, 25), rng)
        verified = self._after(again, rng.randint(1, 8), rng)
        if again.date() > self.until:
            return Rectification(deadline, extended, (reported,), returned_at=judged)
        if verified.date() > self.until:
            return Rectification(deadline, extended, (reported, again), returned_at=judged)
        return Rectification(deadline, extended, (reported, again), returned_at=judged, verified_at=verified)

    @staticmethod
    def _after(at: datetime, days: int, rng: Random) -> datetime:
        day = working_day_from(at.astimezone(BEIJING).date() + days * DAY)
        return moment(day, rng.randrange(*OFFICE))

    def _faults_of(self, life: Life, visits: tuple[Visit, ...]) -> Iterator[str]:
        """What is wrong with the inspections, each fault with the number of the visit."""
        for visit in visits:
            day = visit.at.date()
            state = life.state_on(day)
            if state is None:
                yield f"before_opening:{visit.number}"
                continue
            if life.is_closed_on(day):
                yield f"after_closing:{visit.number}"
            if outside_its_level(state, visit, self.births.province.producers):
                yield f"outside_level:{visit.number}"
            if visit.delay_minutes >= 20 * 1440:
                yield f"recorded_late:{visit.number}"
            if (day.month, day.day) in ((12, 31), (1, 1)):
                yield f"year_end_night:{visit.number}"
            put_right = visit.rectification
            if put_right is None:
                continue
            if put_right.verified_at is None:
                yield f"not_rectified:{visit.number}"
            elif put_right.verified_at.astimezone(BEIJING).date() > put_right.deadline:
                yield f"rectified_late:{visit.number}"


def outside_its_level(state: State, visit: Visit, producers: str) -> bool:
    """Whether an organ below the one that answers for a subject of the province has inspected it."""
    order = ("county", "park", "prefecture", "branch", "province", "national")
    if "directly_supervised" not in state.flags:
        return False
    return order.index(visit.level) < min(order.index(producers), order.index("branch"))
