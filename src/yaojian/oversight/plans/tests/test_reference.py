"""The fast evaluator gives what the slow one gives, for generated definitions and random histories."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from yaojian.foundation.timekeeping import today
from yaojian.oversight.plans.definitions import Formula
from yaojian.oversight.plans.engine import Reading
from yaojian.oversight.plans.reference.engine import Reference
from yaojian.oversight.plans.tests.factories import officer
from yaojian.oversight.plans.tests.generated import (
    Asked,
    Figures,
    from_packs,
    over_acts,
    over_registers,
    over_statements,
)
from yaojian.oversight.plans.tests.worlds import History, organs

pytestmark = pytest.mark.django_db

DATA = from_packs()


def definitions(chance: random.Random) -> list[Asked]:
    """Definitions of every kind, and some of the plans' own."""
    asked = [Asked("", Formula.from_dict(over_acts(chance)), "percent") for _ in range(8)]
    for make in (over_registers, over_statements):
        for _ in range(8):
            formula = Formula.from_dict(make(chance))
            units = ["percent", "times"] if formula.shape == "growth" else [_unit_of(formula)]
            asked.append(Asked("", formula, chance.choice(units)))
    return asked + [Asked("", formula, unit) for formula, unit in chance.sample(DATA, 22)]


def _unit_of(formula: Formula) -> str:
    return "yuan_ten_thousand" if formula.shape == "amount" else "percent"


@settings(
    max_examples=10,
    phases=[Phase.explicit, Phase.generate],
    deadline=None,
    database=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 2**32 - 1))
def check(seed: int, tree: list, by: Any, other: int) -> None:
    note(f"seed {seed}")
    chance = random.Random(seed)
    asked = definitions(chance)
    with transaction.atomic():
        figures = Figures(chance, tree, by.user_id, other)
        asked += figures.write([asked[0].formula, asked[-1].formula])
        history = History(chance, tree, by, other)
        world = history.write([one.formula for one in asked], 24, figures)
        days = (chance.choice([date(2026, 11, 21), today()]), history.day(), date(2024, 2, 29))
        for organ, day in zip((tree[0], chance.choice(tree), chance.choice(tree)), days, strict=True):
            fast = Reading(organ, day)
            slow = Reference(world, organ.pk, day)
            for one in asked:
                found = fast.outcome(one.formula, one.unit, one.key)
                assert found == slow.evaluate(one.formula, one.unit, one.key), (
                    seed,
                    organ.code,
                    day,
                    one.unit,
                    one.key or one.formula.to_dict(),
                )
        transaction.set_rollback(True)


def test_both_evaluators_agree() -> None:
    tree = organs()
    by = officer(tree[0], "a")
    other = officer(tree[0], "b").user_id
    check(tree=tree, by=by, other=other)
