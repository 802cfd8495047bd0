"""Small shares of provinces, loaded: every figure equals its truth, and what differs is named."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import TestCase, override_settings

from yaojian.config.reference_packs import load_reference_packs
from yaojian.foundation.errors import Conflict
from yaojian.foundation.ledger.facade import Act
from yaojian.oversight.plans.facade import load_packs
from yaojian.oversight.statistics.facade import Statistic
from yaojian.registers.enterprises.facade import Subject
from yaojian.simulator.provinces.checking import check_truth
from yaojian.simulator.provinces.facts import LAST_DAY, province
from yaojian.simulator.provinces.loading import Loaded, load_province
from yaojian.simulator.provinces.truth_file import read_truth

SEED = 14
SHARES = {"neimenggu": 0.002, "ningxia": 0.01, "jiangxi": 0.002, "changji": 0.03, "barkol": 0.5}
BELOW = {"neimenggu": ["branch"], "ningxia": ["park"], "jiangxi": [], "changji": ["county"], "barkol": []}
UNTIL = {"neimenggu": date(2022, 12, 31), "jiangxi": date(2022, 12, 31)}
"""Inner Mongolia and Jiangxi have a hundred organs each: two years of them are enough for a test."""


@pytest.fixture(scope="module")
def installation(
    django_db_setup: Any, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """Organs and plans, loaded once for this module."""
    folder = tmp_path_factory.mktemp("data")
    with (
        override_settings(DOCUMENTS_FOLDER=folder / "documents"),
        django_db_blocker.unblock(),
        transaction.atomic(),
    ):
        load_reference_packs()
        load_packs()
        yield folder
        transaction.set_rollback(True)


@pytest.fixture
def loaded(installation: Path, request: pytest.FixtureRequest) -> Iterator[Loaded]:
    """One province, taken back at the end of the test."""
    with transaction.atomic():
        yield _load(request.param)
        transaction.set_rollback(True)


def _load(code: str) -> Loaded:
    with TestCase.captureOnCommitCallbacks(execute=True):
        wanted = province(code, seed=SEED, share=SHARES[code], until=UNTIL.get(code, LAST_DAY))
        return load_province(wanted, lambda *told: None)


@pytest.mark.parametrize("loaded", list(SHARES), indirect=True)
def test_every_figure_equals_its_truth(loaded: Loaded) -> None:
    code = loaded.truth.name.partition("-")[0]
    checked = check_truth(loaded.truth, levels=BELOW[code])
    assert checked.compared >= 100
    assert [_said(difference) for difference in checked.differences] == []


def _said(difference: Any) -> str:
    """A difference in one line, for a test that fails."""
    return (
        f"{difference.key} {difference.organ} {difference.as_of}: {difference.expected} / {difference.found}"
    )


@pytest.mark.parametrize("loaded", ["barkol"], indirect=True)
def test_a_wrong_value_is_found_and_its_subjects_are_named(loaded: Loaded) -> None:
    head, lines = read_truth(loaded.truth)
    assert sum(1 for _line in lines) == head["counts"]["truth"]
    assert check_truth(loaded.truth, keys=["003-02"]).differences == []
    acts = Act.objects.filter(kind="inspection.concluded", claimed_at__year=2023, subject_id__isnull=False)
    seen = Subject.objects.filter(subject_type="vaccination_unit", pk__in=acts.values("subject_id"))[0]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE enterprises_subjectversion SET closed_on = '2023-06-30' WHERE subject_id = %s", [seen.pk]
        )
    found = check_truth(loaded.truth, keys=["003-02"]).differences
    assert {difference.what for difference in found} == {"value", "duties"}
    values = [difference for difference in found if difference.what == "value"]
    assert all(difference.missing["members"] == [seen.code] for difference in values)
    assert any(difference.missing.get("reached") == [seen.code] for difference in values)
    by_law = check_truth(loaded.truth, keys=["law.vaccination.yearly"]).differences
    assert {difference.what for difference in by_law} == {"duties"}


@pytest.mark.parametrize("loaded", ["barkol"], indirect=True)
def test_a_province_is_loaded_once_and_completely(loaded: Loaded) -> None:
    before = (Subject.objects.count(), Act.objects.count(), Statistic.objects.count())
    assert before[0] == loaded.counts["subjects"]
    assert before[2] == loaded.counts["statements"]
    with pytest.raises(Conflict, match="registered already"):
        _load("barkol")
    assert (Subject.objects.count(), Act.objects.count(), Statistic.objects.count()) == before
    beside = loaded.truth.with_name(loaded.truth.name.replace(".jsonl", ".faults.jsonl"))
    faults = {json.loads(line)["fault"] for line in beside.read_text(encoding="utf-8").splitlines()}
    assert {"duplicate", "missing_coordinates", "part_of_a_year"} <= faults


def test_a_run_that_is_broken_off_leaves_nothing(installation: Path) -> None:
    def stop(name: str, done: int, total: int) -> None:
        if name == "acts":
            raise KeyboardInterrupt

    acts = Act.objects.count()
    with pytest.raises(KeyboardInterrupt), transaction.atomic():
        load_province(province("barkol", seed=SEED), stop)
    assert not Subject.objects.exists()
    assert Act.objects.count() == acts
    assert not [path for path in (installation / "truth").glob("*") if ".new" in path.name]
