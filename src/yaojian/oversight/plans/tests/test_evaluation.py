"""Coverage and the mandate engine in the database, against a plain count in memory."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal

import pytest

from yaojian.foundation.accounts.facade import Organ
from yaojian.foundation.timekeeping import local_date
from yaojian.oversight.plans.definitions import Formula
from yaojian.oversight.plans.drilldown import groups, with_acts
from yaojian.oversight.plans.engine import evaluate
from yaojian.oversight.plans.evaluation import formula_of
from yaojian.oversight.plans.outcomes import Exclusion, ValueState
from yaojian.oversight.plans.tests.factories import (
    YEARLY,
    concluded,
    figure_with,
    officer,
    prefecture,
    subject,
)
from yaojian.registers.enterprises.facade import Subject

pytestmark = pytest.mark.django_db


def plain_count(
    formula: Formula, acts: list[tuple[int, date, str]], as_of: date
) -> tuple[set[int], set[int]]:
    """Members and those reached, by the plain reading of the convention."""
    assert formula.period is not None
    assert formula.act is not None
    assert formula.scope is not None
    start, end = formula.period.bounds(as_of)
    members, reached = set(), set()
    for found in Subject.objects.all():
        if found.subject_type not in formula.scope.types or not (
            formula.within == "responsibility" or found.division_code.startswith("6523")
        ):
            continue
        if formula.scope.flags_all and not set(formula.scope.flags_all) <= set(found.flags):
            continue
        if found.opened_on > start or (found.closed_on and found.closed_on <= as_of):
            continue
        members.add(found.pk)
        n = 0
        for subject_id, day, kind in acts:
            wanted = not formula.act.inspection_kinds or kind in formula.act.inspection_kinds
            n += subject_id == found.pk and start <= day <= min(end, as_of) and wanted
        if n >= formula.minimum:
            reached.add(found.pk)
    return members, reached


@pytest.mark.parametrize("seed", range(12))
def test_random_histories_agree_with_the_plain_count(seed: int) -> None:
    chance = random.Random(seed)
    print("seed", seed)
    organ = prefecture()
    county = Organ.objects.get(code="xj.changji.cj")
    by = officer(organ)
    as_of = date(2026, chance.randint(1, 12), chance.randint(1, 28))
    acts = []
    for n in range(40):
        opened = date(2026, 12, 31) - timedelta(days=chance.randint(0, 3000))
        one = subject(
            organ,
            f"S{n}",
            opened_on=opened,
            closed_on=opened + timedelta(days=chance.randint(0, 2500)) if chance.random() < 0.2 else None,
            subject_type=chance.choice(["single_pharmacy", "chain_store", "hospital"]),
            division_code=chance.choice(["652301001", "652302002", "650521100"]),
            responsible_organ=chance.choice([organ, county]),
            flags=chance.sample(["special_drug", "high_risk"], chance.randint(0, 2)),
        )
        for _place in range(chance.randint(0, 4)):
            day = as_of - timedelta(days=chance.randint(-20, 1300))
            kind = chance.choice(["routine", "full_item"])
            concluded(by, one, day, kind, hour=chance.choice([0, 7, 8, 23]))
            acts.append((one.pk, day, kind))
    unit = chance.choice([{"unit": "year"}, {"unit": "quarter"}, {"unit": "rolling_years", "n": 3}])
    definition = {
        **YEARLY,
        "scope": {"types": ["single_pharmacy", "chain_store"]}
        | ({"flags_all": ["high_risk"]} if seed % 2 else {}),
        "act": {"kind": "inspection.concluded"} | ({"inspection_kinds": ["full_item"]} if seed % 3 else {}),
        "period": unit,
        "minimum": chance.choice([1, 1, 2]),
        "within": "responsibility" if seed % 4 == 3 else "territory",
    }
    figure = figure_with(definition)
    value = evaluate(figure, organ, as_of)
    members, reached = plain_count(formula_of(figure), acts, as_of)
    assert (value.numerator, value.denominator) == (len(reached), len(members))
    open_ones, met, _all, _out = groups(figure, organ, as_of)
    counts = [group.count for group in groups(figure, organ, as_of)]
    assert [group.count for group in groups(figure, organ, as_of, value)] == counts
    assert {s.pk for s in met.subjects} == reached
    assert {s.pk for s in open_ones.subjects} == members - reached


def test_no_members_is_neither_zero_nor_hundred() -> None:
    figure = figure_with(YEARLY)
    value = evaluate(figure, figure.row.plan.organ, date(2026, 11, 22))
    assert (value.state, value.percent, value.met) == (ValueState.NO_MEMBERS, None, None)


def test_exclusions_carry_their_reason_and_the_figure_its_acts() -> None:
    figure = figure_with(YEARLY)
    organ = figure.row.plan.organ
    by = officer(organ)
    seen = subject(organ, "A")
    subject(organ, "B")
    subject(organ, "C", opened_on=date(2026, 3, 1))
    subject(organ, "D", closed_on=date(2026, 3, 1))
    act = concluded(by, seen, date(2026, 2, 3))
    value = evaluate(figure, organ, date(2026, 11, 22))
    assert value.percent == Decimal("50.00")
    assert value.excluded == {Exclusion.OPENED_LATER: 1, Exclusion.CLOSED: 1}
    assert value.met is False
    assert value.distance == 50
    behind = with_acts(figure, [seen], date(2026, 11, 22))
    assert [a.pk for a in behind[0].acts] == [act.pk]


def test_percent_is_rounded_half_up_and_the_target_judged_exactly() -> None:
    figure = figure_with(YEARLY)
    organ = figure.row.plan.organ
    by = officer(organ)
    for n in range(8):
        one = subject(organ, f"S{n}")
        if n != 3:
            concluded(by, one, date(2026, 2, 3))
    value = evaluate(figure, organ, date(2026, 11, 22))
    assert value.percent == Decimal("87.50")
    assert value.met is False


def test_a_late_evening_in_beijing_counts_on_its_own_day() -> None:
    figure = figure_with(YEARLY)
    organ = figure.row.plan.organ
    act = concluded(officer(organ), subject(organ, "A"), date(2026, 1, 1), hour=0)
    assert local_date(act.claimed_at) == date(2026, 1, 1)
    assert evaluate(figure, organ, date(2026, 1, 1)).numerator == 1
    assert evaluate(figure, organ, date(2025, 12, 31)).numerator == 0
