"""The fast evaluator gives what the slow one gives, for generated definitions and random histories."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from yaojian.oversight.plans.definitions import Formula
from yaojian.oversight.plans.engine import Reading
from yaojian.oversight.plans.packs import load_all
from yaojian.oversight.plans.reference.engine import Reference
from yaojian.oversight.plans.tests.factories import officer
from yaojian.oversight.plans.tests.worlds import KINDS, LEVELS, TYPES, History, organs

pytestmark = pytest.mark.django_db


def over_acts(chance: random.Random) -> dict[str, Any]:
    """A definition over subjects and their inspections."""
    scope: dict[str, Any] = {"types": chance.sample(TYPES, chance.randint(1, 3))}
    if chance.random() < 0.3:
        scope["risk_grades"] = chance.sample(["II", "III", "IV"], 2)
    if chance.random() < 0.3:
        scope["flags_any"] = ["high_risk"]
    if chance.random() < 0.2:
        scope["in_production"] = chance.random() < 0.8
    act: dict[str, Any] = {"kind": "inspection.concluded"}
    if chance.random() < 0.5:
        act["inspection_kinds"] = chance.sample(KINDS, chance.randint(1, 2))
    if chance.random() < 0.5:
        act["organ_levels"] = chance.sample(LEVELS, chance.randint(1, 2))
    return {
        "shape": chance.choice(["coverage", "coverage", "closure", "count_acts"]),
        "scope": scope,
        "within": chance.choice(["territory", "responsibility"]),
        "act": act,
        "period": some_period(chance),
        "minimum": chance.choice([1, 1, 2]),
    }


def some_period(chance: random.Random) -> dict[str, Any]:
    """A calendar unit, the last years, or a window."""
    unit = chance.choice(["month", "quarter", "half_year", "year", "year", "rolling_years", "window"])
    if unit == "rolling_years":
        return {"unit": unit, "n": chance.randint(1, 3)}
    if unit == "window":
        return {"unit": unit, "start": f"202{chance.randint(1, 4)}-01-01", "end": "2025-12-31"}
    return {"unit": unit}


def from_packs() -> list[tuple[Formula, str]]:
    """Every definition of the five plans that does not count acts, with its unit, once."""
    found = {}
    for pack in load_all():
        for part in pack.parts:
            if part.formula is not None and part.formula.act is None:
                found[part.formula.digest, part.unit] = (part.formula, part.unit)
    registers = {"products", "equivalence_approvals", "inspector_registry", "inspection_teams", "licences"}
    return [
        (formula, unit)
        for formula, unit in found.values()
        if not registers & {formula.measure, formula.over} or formula.scope is not None
    ]


DATA = from_packs()


@settings(
    max_examples=8,
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
    formulas = [(Formula.from_dict(over_acts(chance)), "percent") for _ in range(8)]
    formulas += chance.sample(DATA, 22)
    with transaction.atomic():
        history = History(chance, tree, by, other)
        world = history.write([formula for formula, _unit in formulas], subjects=24)
        for organ, day in ((tree[0], date(2026, 11, 21)), (chance.choice(tree), history.day())):
            fast = Reading(organ, day)
            slow = Reference(world, organ.pk, day)
            for formula, unit in formulas:
                assert fast.outcome(formula, unit) == slow.evaluate(formula, unit), (
                    seed,
                    organ.code,
                    day,
                    unit,
                    formula.to_dict(),
                )
        transaction.set_rollback(True)


def test_both_evaluators_agree() -> None:
    tree = organs()
    by = officer(tree[0], "a")
    other = officer(tree[0], "b").user_id
    check(tree=tree, by=by, other=other)
