"""The national roll-up: DuckDB and Spark count by the same expressions what the slow evaluator counts."""

from __future__ import annotations

import io
import random
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from yaojian.oversight.plans.definitions import Formula
from yaojian.oversight.plans.reference.engine import Reference
from yaojian.oversight.plans.reference.registers import is_on_land
from yaojian.oversight.plans.reference.world import Act, Organ, Rectification, Subject, World
from yaojian.oversight.plans.tests.factories import concluded, officer, prefecture, subject
from yaojian.oversight.plans.tests.generated import KINDS, LEVELS, TYPES, over_acts
from yaojian.oversight.plans.tests.worlds import FLAGS

pytest.importorskip("ibis", reason="requirements-analytics.txt is not installed")
pytest.importorskip("duckdb", reason="requirements-analytics.txt is not installed")

from yaojian.oversight.plans.roll_up.engines import DuckEngine, SparkEngine, java_missing, spark_cluster
from yaojian.oversight.plans.roll_up.exports import joined, write_table

AS_OF = date(2025, 12, 31)
OTHERS = 90
"""A province beside, which answers for some subjects and on whose land some stand."""


def some_day(chance: random.Random) -> date:
    return AS_OF - timedelta(days=chance.randint(-30, 1800))


def province(code: int, chance: random.Random) -> World:
    """One organ with subjects, acts and rectifications."""
    subjects = [
        Subject(
            n,
            date(2000, 1, 1),
            None,
            chance.choice(TYPES),
            code if chance.random() < 0.7 else OTHERS,
            f"{code if chance.random() < 0.7 else OTHERS}01",
            opened := some_day(chance),
            opened + timedelta(days=chance.randint(1, 900)) if chance.random() < 0.2 else None,
            tuple(chance.sample(FLAGS, chance.randint(0, 2))),
            chance.choice(["", "II", "III"]),
            chance.random() < 0.8,
        )
        for n in range(120)
    ]
    acts = [
        Act(chance.randrange(120), some_day(chance), chance.choice(KINDS), chance.choice(LEVELS))
        for _ in range(400)
    ]
    due = [
        Rectification(
            chance.randrange(120),
            chance.choice(KINDS),
            chance.choice(LEVELS),
            day := some_day(chance),
            day + timedelta(days=chance.randint(-20, 60)) if chance.random() < 0.7 else None,
        )
        for _ in range(200)
    ]
    organ = Organ(code, None, "province", territories=(str(code),))
    beside = Organ(OTHERS, None, "province", territories=(str(OTHERS),))
    return World([organ, beside], subjects, acts, due)


def written(world: World, folder: Path) -> None:
    """A province's export."""
    code = str(world.organs[0].id)
    rows = [
        (code, s.id, s.type, joined(s.flags), s.grade, s.in_production, s.opened_on, s.closed_on, *reach)
        for s in world.subjects
        if any(reach := (is_on_land(world, world.organs[0], s), s.organ_id == world.organs[0].id))
    ]
    write_table(folder / code, "subjects", rows)
    write_table(folder / code, "acts", [(code, a.subject_id, a.kind, a.level, a.day) for a in world.acts])
    write_table(
        folder / code,
        "rectifications",
        [(code, r.subject_id, r.kind, r.level, r.due_on, r.verified_on) for r in world.rectifications],
    )


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[World], list[Formula]]:
    """Five provinces, their exports, and definitions."""
    seed = random.SystemRandom().randrange(2**32)
    print("seed", seed)
    chance = random.Random(seed)
    worlds = [province(code, chance) for code in (15, 36, 64, 65, 71)]
    folder = tmp_path_factory.mktemp("exports")
    for world in worlds:
        written(world, folder)
    formulas = [
        Formula.from_dict({**over_acts(chance), "within": within, "shape": shape})
        for shape in ("coverage", "coverage", "closure", "count_acts")
        for within in ("territory", "responsibility")
    ]
    return folder, worlds, formulas


def truth(worlds: list[World], formula: Formula) -> dict[str, tuple[int, int]]:
    found = {}
    for world in worlds:
        outcome = Reference(world, world.organs[0].id, AS_OF).evaluate(formula, "percent")
        found[str(world.organs[0].id)] = (int(outcome.numerator), int(outcome.denominator))
    return found


def test_duckdb_counts_what_the_slow_evaluator_counts(country) -> None:
    folder, worlds, formulas = country
    for formula, found in zip(formulas, DuckEngine(folder).count(formulas, AS_OF), strict=True):
        counted = {code: row[:2] for code, row in found.items()}
        expected = {code: row for code, row in truth(worlds, formula).items() if code in counted or any(row)}
        assert counted == expected, formula.to_dict()


@pytest.mark.slow
@pytest.mark.skipif(bool(java_missing()), reason=java_missing() or "Java is there")
def test_a_spark_cluster_counts_the_same(country) -> None:
    folder, _worlds, formulas = country
    with spark_cluster() as session:
        counted = SparkEngine(folder, session).count(formulas, AS_OF)
    assert counted == DuckEngine(folder).count(formulas, AS_OF)


@pytest.mark.django_db
def test_the_command_exports_a_province_and_counts_it(tmp_path: Path) -> None:
    organ = prefecture()
    one = subject(organ, "A", subject_type="cosmetic_operator")
    subject(organ, "B", subject_type="cosmetic_operator")
    concluded(officer(organ), one, date(2025, 3, 1))
    said = io.StringIO()
    day = "--as-of=2025-12-31"
    call_command("roll_up", "export", str(tmp_path), "--organ", organ.code, day, stdout=said)
    assert "subjects.parquet: 2 rows" in said.getvalue()
    call_command("roll_up", "count", str(tmp_path), day, stdout=said)
    line = next(line for line in said.getvalue().splitlines() if line.startswith("000-04"))
    assert "1/2" in line
    with pytest.raises(CommandError):
        call_command("roll_up", "export", str(tmp_path), day)
    with pytest.raises(CommandError):
        call_command("roll_up", "count", str(tmp_path), "--as-of=nonsense")
