"""A figure over a register leads to each of its rows, on the page and in its table."""

from __future__ import annotations

import csv
import io
import random
from datetime import date

import pytest

from yaojian.foundation.accounts.facade import Role
from yaojian.oversight.plans.behind import sides
from yaojian.oversight.plans.engine import Reading
from yaojian.oversight.plans.evaluation import formula_of
from yaojian.oversight.plans.tests.factories import figure_with, officer
from yaojian.oversight.plans.tests.test_pages import client_of
from yaojian.oversight.plans.tests.worlds import History, organs
from yaojian.oversight.plans.vocabulary import vocabulary

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 20)
SEED = 3
"""Of a world in which each register holds something; that counts agree is the business of test_reference."""
COUNTED = (
    "products",
    "equivalence_approvals",
    "licensed_pharmacists",
    "inspector_registry",
    "inspection_teams",
)


def narrowed() -> list[tuple[str, dict[str, list[str]]]]:
    """Each datum of a register as it is, and narrowed by each of its words."""
    found: list[tuple[str, dict[str, list[str]]]] = []
    for datum in COUNTED:
        found.append((datum, {}))
        for name, words in vocabulary().data_keys[datum].select.items():
            found += [(datum, {name: [word]}) for word in words]
    return found


def test_every_word_of_a_register_counts_and_leads_to_its_rows() -> None:
    seed = SEED
    tree = organs()
    by = officer(tree[0], "a")
    other = officer(tree[0], "b").user_id
    History(random.Random(seed), tree, by, other).write([], 24)
    figure = figure_with({"shape": "count", "measure": "products"})
    figure.row.plan.organ = tree[0]
    figure.row.plan.save()
    reader = client_of(officer(tree[0], "planner", Role.PLANNER))
    seen = set()
    for datum, select in narrowed():
        figure.formula = {"shape": "count", "measure": datum, **({"select": select} if select else {})}
        figure.unit = vocabulary().data_keys[datum].unit
        figure.save()
        formula = formula_of(figure)
        counted = Reading(tree[0], DAY).outcome(formula, figure.unit, "")
        side = sides(formula, tree[0], DAY)[0]
        assert side.count == counted.numerator, (seed, datum, select)
        if select:
            continue
        page = f"/plans/figures/900-01/?as_of={DAY}&show={side.code}"
        assert reader.get(page).status_code == 200, (seed, datum, select)
        answer = reader.get(f"{page}&export=csv")
        text = b"".join(answer.streaming_content) if answer.streaming else answer.content
        rows = list(csv.reader(io.StringIO(text.decode("utf-8-sig"))))
        assert len(rows) - 1 == side.count, (seed, datum, select, rows[:2])
        if side.count:
            seen.add(datum)
    assert seen == set(COUNTED), f"seed {seed}: nothing of {set(COUNTED) - seen} was there to see"
