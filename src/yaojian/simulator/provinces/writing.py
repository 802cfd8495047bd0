"""Writes lives through the registers' bulk doors and their inspections into files and journal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from functools import cache
from random import Random

from yaojian.casework.inspections.facade import (
    Conclusion,
    InspectionKind,
    PastConclusion,
    PastFinding,
    PastInspection,
    PastRound,
    Severity,
    enter_history,
)
from yaojian.foundation.accounts.facade import Actor
from yaojian.foundation.copying import insert_all
from yaojian.foundation.ledger.facade import Act, compose_act, subject_ref
from yaojian.registers.enterprises.facade import Change, Subject, SubjectEntry, register_subjects
from yaojian.simulator.content import content
from yaojian.simulator.provinces.facts import Province, traits
from yaojian.simulator.provinces.lives import Life, State, Visit
from yaojian.simulator.provinces.staff import Staff

MINUTE = timedelta(minutes=1)
OPENED_BEFORE, STARTED_BEFORE = 2 * 24 * 60, 95
"""Minutes before the conclusion at which an inspection was opened and began on site."""
FILES_AT_ONCE = 4_000


class Refused(ValueError):
    """A register takes an entry of ours for wrong: a fault of the simulator."""


def entry_of(life: Life, state: State) -> SubjectEntry:
    """What the register is told of a subject in one of its states."""
    return SubjectEntry(
        code=life.code,
        name=life.name,
        subject_type=state.subject_type,
        responsible_organ=state.organ,
        division_code=state.place,
        opened_on=life.opened_on,
        closed_on=life.closed_on if state is life.states[0] else None,
        parent=state.parent,
        address=life.address,
        latitude=life.latitude,
        longitude=life.longitude,
        hospital_level=state.hospital_level,
        in_production=state.in_production,
        flags=state.flags,
        risk_grade=state.grade,
    )


def enter_lives(lives: Sequence[Life], staff: Staff, province: Province) -> list[int]:
    """Register subjects as they were when they opened; returns their keys in order. Raises Refused."""
    entries = [entry_of(life, life.states[0]) for life in lives]
    outcomes = register_subjects(entries, by=staff.registrar, effective_on=province.until)
    for outcome in outcomes:
        if outcome.change is Change.REFUSED:
            raise Refused(f"{outcome.code}: {outcome.faults}")
    return [outcome.subject_id or 0 for outcome in outcomes]


def enter_changes(changes: Sequence[tuple[Life, State]], staff: Staff) -> int:
    """Register what changed for several subjects on one day; returns how many. Raises Refused."""
    entries = [entry_of(life, state) for life, state in changes]
    for outcome in register_subjects(entries, by=staff.registrar, effective_on=changes[0][1].since):
        if outcome.change is not Change.CHANGED:
            raise Refused(f"{outcome.code}: {outcome.change} {outcome.faults}")
    return len(entries)


class Journal:
    """Enters inspections: files and their acts for some, an act alone for the others."""

    def __init__(self, staff: Staff, province: Province) -> None:
        self._staff, self._province = staff, province
        self._waiting: list[PastInspection] = []
        self.acts = self.files = 0

    def add(self, lives: Sequence[Life], keys: Sequence[int]) -> None:
        """Enter the inspections of some lives; files wait until there are thousands of them."""
        acts: list[Act] = []
        for life, key in zip(lives, keys, strict=True):
            for visit in life.visits:
                if visit.filed:
                    self._waiting.append(self._file(life, key, visit))
                else:
                    acts.append(self._act(life, key, visit))
        acts.sort(key=lambda act: act.recorded_at)
        insert_all(acts)
        self.acts += len(acts)
        if len(self._waiting) >= FILES_AT_ONCE:
            self.flush()

    def flush(self) -> None:
        """Enter the files that wait, some thousands at a time."""
        for start in range(0, len(self._waiting), FILES_AT_ONCE):
            counts = enter_history(self._waiting[start : start + FILES_AT_ONCE])
            self.acts += counts["acts"]
            self.files += counts["inspections"]
        self._waiting = []

    def _act(self, life: Life, key: int, visit: Visit) -> Act:
        """The act of an inspection that has no file here, as it is taken in from a paper ledger."""
        lead = self._staff.team(visit.organ, life.number + visit.number)[0]
        return compose_act(
            by=lead,
            kind="inspection.concluded",
            subject=subject_ref(key),
            claimed_at=visit.at,
            recorded_at=visit.at + visit.delay_minutes * MINUTE,
            facts={
                "inspection_kind": visit.kind,
                "organ_level": visit.level,
                "conclusion": visit.conclusion,
                "findings": {severity.value: visit.severities.count(severity.value) for severity in Severity},
            },
        )

    def _file(self, life: Life, key: int, visit: Visit) -> PastInspection:
        state = life.state_on(visit.at.date()) or life.states[0]
        rng = Random(f"{self._province.seed}:{self._province.code}:text:{life.number}:{visit.number}")
        team = self._staff.team(visit.organ, life.number + visit.number)
        put_right = visit.rectification
        words = content("findings")
        return PastInspection(
            subject=Subject(
                pk=key, name=life.name, subject_type=state.subject_type, division_code=state.place
            ),
            kind=InspectionKind(visit.kind),
            basis=words["basis"][visit.kind],
            team=team,
            opened_at=visit.at - OPENED_BEFORE * MINUTE,
            delay=visit.delay_minutes * MINUTE,
            started_at=visit.at - STARTED_BEFORE * MINUTE,
            findings=list(_findings(state.subject_type, visit, rng)),
            conclusion=PastConclusion(
                at=visit.at,
                conclusion=Conclusion(visit.conclusion),
                summary=rng.choice(words["summaries"][visit.conclusion]),
                rectify_by=put_right.first_deadline if put_right else None,
            ),
            rounds=list(_rounds(visit, team[0], rng)),
        )


def _findings(subject_type: str, visit: Visit, rng: Random) -> Iterator[PastFinding]:
    pools = _texts(traits(subject_type)["family"])
    products = content("findings")["products"]
    for place, severity in enumerate(visit.severities, 1):
        clause, text = rng.choice(pools.get(severity) or pools["general"])
        filled = text.format(
            **{kind: rng.choice(names) for kind, names in products.items()},
            batch=f"{rng.randint(21, 25)}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}",
            n=rng.randint(2, 9),
            t=rng.randint(10, 17),
        )
        at = visit.at - (STARTED_BEFORE - 15 * place) * MINUTE
        yield PastFinding(at, Severity(severity), clause, filled)


@cache
def _texts(family: str) -> Mapping[str, Sequence[tuple[str, str]]]:
    """The texts of a family of subjects, by severity."""
    found: dict[str, list[tuple[str, str]]] = {}
    for severity, clause, text in content("findings")[family]:
        found.setdefault(severity, []).append((clause, text))
    return found


def _rounds(visit: Visit, judge: Actor, rng: Random) -> Iterator[PastRound]:
    put_right, words = visit.rectification, content("findings")
    if put_right is None:
        return
    for place, submitted_at in enumerate(put_right.submitted_at):
        report = rng.choice(words["reports"]).format(fix=rng.choice(words["fixes"]))
        returned = place == 0 and put_right.returned_at is not None
        judged_at = put_right.returned_at if returned else put_right.verified_at
        note = rng.choice(words["returns" if returned else "notes"]) if judged_at else ""
        yield PastRound(
            submitted_at,
            report,
            judged_at,
            judge if judged_at else None,
            note,
            put_right.deadline if returned else None,
        )
