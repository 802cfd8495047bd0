"""Closure figures in the database, against a plain count in memory."""

from __future__ import annotations

import random
from datetime import date, datetime, time, timedelta

import pytest

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
from yaojian.casework.inspections.tests.factories import enter_law
from yaojian.foundation.accounts.facade import Actor, Level, Organ, register_organ
from yaojian.foundation.timekeeping import CHINA, local_date
from yaojian.oversight.plans.definitions import Formula
from yaojian.oversight.plans.drilldown import groups, with_acts
from yaojian.oversight.plans.engine import evaluate
from yaojian.oversight.plans.evaluation import formula_of
from yaojian.oversight.plans.tests.factories import figure_with, officer, prefecture, subject
from yaojian.registers.enterprises.facade import Subject

pytestmark = pytest.mark.django_db

CLOSURE = {
    "shape": "closure",
    "scope": {"types": ["drug_producer"]},
    "within": "territory",
    "act": {"kind": "inspection.concluded", "inspection_kinds": ["flight"], "organ_levels": ["national"]},
    "period": {"unit": "year"},
}
AS_OF = date(2026, 11, 22)


def at(day: date, hour: int = 10) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=CHINA)


def teams() -> dict[Level, list[Actor]]:
    """Two officers each of the nation, of the region and of the prefecture."""
    organ = prefecture()
    nation = register_organ(code="cn", name="国家局", level=Level.NATIONAL, territories=[])
    enter_law(nation)
    found = {}
    for of in (nation, organ.parent, organ):
        assert isinstance(of, Organ)
        level = Level(of.level)
        found[level] = [officer(of, f"{level.value}{n}") for n in range(2)]
    return found


def flight(
    of: Subject,
    team: list[Actor],
    on: date,
    due: date,
    rounds: list[PastRound] | None = None,
    kind: InspectionKind = InspectionKind.FLIGHT,
) -> PastInspection:
    """An inspection that ended on a day with a finding to be rectified by another."""
    return PastInspection(
        subject=of,
        kind=kind,
        basis="",
        team=team,
        opened_at=at(on, 8),
        delay=timedelta(0),
        started_at=at(on, 9),
        findings=[PastFinding(at(on), Severity.MAJOR, "", "温湿度未记录")],
        conclusion=PastConclusion(at(on, 11), Conclusion.RECTIFY, "", due),
        rounds=rounds or [],
    )


def verified(by: Actor, on: date, hour: int = 16) -> PastRound:
    return PastRound(at(on - timedelta(days=1)), "已整改", at(on, hour), by, "复核通过")


def returned(by: Actor, on: date, until: date) -> PastRound:
    return PastRound(at(on - timedelta(days=1)), "已整改", at(on), by, "不充分", new_deadline=until)


def random_flight(chance: random.Random, of: Subject, team: list[Actor]) -> PastInspection:
    on = AS_OF - timedelta(days=chance.randint(0, 700))
    due = on + timedelta(days=chance.randint(5, 60))
    rounds, day = [], on
    if chance.random() < 0.4:
        day += timedelta(days=chance.randint(2, 40))
        rounds.append(returned(team[0], day, day + timedelta(days=chance.randint(1, 60))))
    if chance.random() < 0.6:
        day += timedelta(days=chance.randint(2, 60))
        rounds.append(verified(team[0], day, chance.choice([0, 7, 8, 23])))
    return flight(of, team, on, due, rounds, chance.choice([InspectionKind.FLIGHT, InspectionKind.ROUTINE]))


def plain_count(
    formula: Formula, pasts: list[PastInspection], as_of: date
) -> tuple[list[PastInspection], list[PastInspection]]:
    """Inspections whose rectification fell due, and those of them verified, by the plain reading."""
    assert formula.scope is not None
    assert formula.act is not None
    assert formula.period is not None
    start, _end = formula.period.bounds(as_of)
    due, done = [], []
    for past in pasts:
        if past.subject.subject_type not in formula.scope.types:
            continue
        if not past.subject.division_code.startswith("6523"):
            continue
        if formula.act.inspection_kinds and past.kind.value not in formula.act.inspection_kinds:
            continue
        if formula.act.organ_levels and past.lead.organ_level.value not in formula.act.organ_levels:
            continue
        assert past.conclusion is not None
        deadlines = [past.conclusion.rectify_by, *[r.new_deadline for r in past.rounds if r.new_deadline]]
        assert deadlines[-1] is not None
        if start <= deadlines[-1] <= as_of:
            due.append(past)
            if any((day := verified_on(r)) and day <= as_of for r in past.rounds):
                done.append(past)
    return due, done


def verified_on(round_: PastRound) -> date | None:
    if round_.judged_at is None or round_.new_deadline is not None:
        return None
    return local_date(round_.judged_at)


@pytest.mark.parametrize("seed", range(8))
def test_random_rectifications_agree_with_the_plain_count(seed: int) -> None:
    chance = random.Random(seed)
    print("seed", seed)
    by_level = teams()
    organ = prefecture()
    pasts = []
    for n in range(12):
        one = subject(
            organ,
            f"S{n}",
            subject_type=chance.choice(["drug_producer", "drug_producer", "hospital"]),
            division_code=chance.choice(["652301001", "652302002", "650521100"]),
        )
        for _place in range(chance.randint(0, 6)):
            pasts.append(random_flight(chance, one, chance.choice(list(by_level.values()))))
    enter_history(pasts)
    act = {"kind": "inspection.concluded"}
    act |= {"inspection_kinds": ["flight"]} if seed % 2 else {}
    act |= {"organ_levels": ["national", "province"]} if seed % 4 < 2 else {}
    unit = chance.choice([{"unit": "year"}, {"unit": "half_year"}, {"unit": "rolling_years", "n": 1}])
    figure = figure_with(CLOSURE | {"act": act, "period": unit})
    as_of = AS_OF - timedelta(days=chance.randint(0, 90))
    due, done = plain_count(formula_of(figure), pasts, as_of)
    value = evaluate(figure, organ, as_of)
    assert (value.numerator, value.denominator) == (len(done), len(due))
    assert value.excluded == {}
    open_ones, reached, _all = groups(figure, organ, as_of)
    not_done = [past for past in due if past not in done]
    assert {s.pk for s in reached.subjects} == {past.subject.pk for past in done}
    assert {s.pk for s in open_ones.subjects} == {past.subject.pk for past in not_done}
    for behind in with_acts(figure, list(reached.subjects), as_of):
        wanted = [past.rounds[-1].judged_at for past in done if past.subject.pk == behind.subject.pk]
        assert {a.kind for a in behind.acts} == {"rectification.verified"}
        assert [a.claimed_at for a in behind.acts] == sorted(wanted, reverse=True)


def test_only_the_flight_inspections_of_the_nation_count() -> None:
    by_level = teams()
    organ = prefecture()
    nation, region = by_level[Level.NATIONAL], by_level[Level.PROVINCE]
    one = subject(organ, "A", subject_type="drug_producer")
    day, due = date(2026, 3, 2), date(2026, 4, 1)
    done = flight(one, nation, day, due, [verified(nation[0], date(2026, 3, 20))])
    enter_history(
        [
            done,
            flight(one, nation, day, due),
            flight(one, region, day, due),
            flight(one, nation, day, due, kind=InspectionKind.ROUTINE),
            flight(one, nation, date(2025, 3, 2), date(2025, 4, 1), [verified(nation[0], date(2025, 5, 1))]),
        ]
    )
    figure = figure_with(CLOSURE)
    value = evaluate(figure, organ, AS_OF)
    assert (value.numerator, value.denominator, value.met) == (1, 2, False)
    assert [group.count for group in groups(figure, organ, AS_OF)] == [1, 1, 1]
    (behind,) = with_acts(figure, [one], AS_OF)
    assert [(act.kind, act.claimed_at) for act in behind.acts] == [
        ("rectification.verified", done.rounds[0].judged_at)
    ]
