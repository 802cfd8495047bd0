"""Two years of inspections ending on the eve of a day, as plain events. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from yaojian.simulator.content import content
from yaojian.simulator.course import Course
from yaojian.simulator.diary import Diary
from yaojian.simulator.entities import SimInspection, SimOfficer, SimSubject
from yaojian.simulator.programme import YEARS, Programme, Visit, rates_of
from yaojian.simulator.working_time import BEIJING, DAY, add_working_days, working_day_from

FOLLOW_UP_FINDINGS = (0.85, 0.15)
SECOND_TRY = timedelta(days=14)
"""A cancelled inspection is made up for after two weeks."""


def first_day(as_of: date) -> date:
    """The first day of the simulated two years."""
    try:
        return as_of.replace(year=as_of.year - YEARS)
    except ValueError:
        return as_of.replace(year=as_of.year - YEARS, day=28)


class History:
    """Simulates the inspections of one seed up to the eve of one day."""

    def __init__(
        self, seed: int, as_of: date, subjects: Sequence[SimSubject], officers: Sequence[SimOfficer]
    ) -> None:
        self._seed = seed
        self._subjects = subjects
        self._first, self._last = first_day(as_of), working_day_from(as_of - DAY, -1)
        self._programme = Programme(seed, as_of, self._first, self._last)
        self._diary = Diary(officers, self._first, self._last)
        chiefs = {o.organ: o.username for o in officers if o.role == "chief"}
        self._course = Course(self._last, chiefs)
        self._officers = officers

    def inspections(self) -> tuple[SimInspection, ...]:
        """All inspections in the order in which they were opened."""
        visits = self._programme.visits(self._subjects)
        held: list[SimInspection] = []
        follow_ups: list[Visit] = []
        on_site = self._still_on_site()
        for visit in visits:
            self._hold(visit, held, follow_ups)
        for visit in sorted(follow_ups, key=lambda v: (v.wanted, v.subject.code)):
            self._hold(visit, held, [])
        held += on_site + self._still_planned()
        return tuple(sorted(held, key=lambda i: (i.opened_at, i.subject, i.kind)))

    def _rng(self, purpose: str, key: str) -> Random:
        return Random(f"{self._seed}:{purpose}:{key}")

    def _hold(self, visit: Visit, held: list[SimInspection], follow_ups: list[Visit]) -> None:
        rng = self._rng("visit", f"{visit.subject.code}:{visit.wanted}:{visit.kind}")
        booking = self._diary.book(
            rng, visit.organ, visit.wanted, whole_day=visit.whole_day, until=visit.until
        )
        if booking is None or booking.day < visit.subject.opened_on + timedelta(days=21):
            return
        inspection = self._course.run(rng, visit, booking)
        held.append(inspection)
        if inspection.cancelled_at and booking.day + SECOND_TRY <= visit.until:
            follow_ups.append(replace(visit, wanted=booking.day + SECOND_TRY))
        closed = inspection.state == "closed"
        verified = inspection.rounds[-1].judged_at if closed and inspection.rounds else None
        grave = inspection.conclusion == "non_compliant"
        if grave and verified and rng.random() < content("rates")["course"]["follow_up"]:
            wanted = verified.astimezone(BEIJING).date() + timedelta(days=rng.randint(15, 40))
            if wanted <= visit.until:
                follow_ups.append(
                    replace(visit, kind="follow_up", wanted=wanted, findings=FOLLOW_UP_FINDINGS)
                )

    def _some_subjects(self, purpose: str, count: int) -> list[SimSubject]:
        """Subjects of a kind that officers visit every day, none of them new or closed."""
        everyday = [
            subject
            for subject in self._subjects
            if subject.subject_type in ("cosmetic_operator", "device_operator")
            and subject.closed_on is None
            and subject.opened_on < self._first
        ]
        return self._rng(purpose, "subjects").sample(everyday, count)

    def _everyday_visit(self, subject: SimSubject, day: date) -> Visit:
        rates = rates_of(subject)
        return Visit(
            subject, subject.organ, "routine", day, day, rates["family"], tuple(rates["findings"]), False
        )

    def _still_on_site(self) -> list[SimInspection]:
        """Teams that were on site on the eve and have not concluded."""
        found = []
        for subject in self._some_subjects("on_site", content("rates")["course"]["still_on_site"]):
            visit = self._everyday_visit(subject, self._last)
            rng = self._rng("on_site", subject.code)
            booking = self._diary.book(rng, visit.organ, self._last, whole_day=False, until=self._last)
            if booking is None:
                continue
            inspection = self._course.run(rng, visit, booking)
            found.append(
                replace(
                    inspection,
                    started_at=inspection.started_at or inspection.cancelled_at,
                    cancelled_at=None,
                    cancel_reason="",
                    concluded_at=None,
                    conclusion="",
                    summary="",
                    first_deadline=None,
                    rounds=(),
                )
            )
        return found

    def _still_planned(self) -> list[SimInspection]:
        """Inspections that have been opened for the coming days."""
        found = []
        for subject in self._some_subjects("planned", content("rates")["course"]["still_planned"]):
            rng = self._rng("planned", subject.code)
            visit = self._everyday_visit(subject, self._last)
            team = tuple(
                rng.sample(
                    [o.username for o in self._officers if (o.organ, o.role) == (visit.organ, "inspector")], 2
                )
            )
            day = add_working_days(self._last, 1)
            known = self._course.opened(rng, visit, day, team)
            found.append(SimInspection(**known))
        return found


def simulate_inspections(
    seed: int, as_of: date, subjects: Sequence[SimSubject], officers: Sequence[SimOfficer]
) -> tuple[SimInspection, ...]:
    """The inspections of a seed on a day: the same for ever, in the order in which they were opened."""
    return History(seed, as_of, subjects, officers).inspections()
