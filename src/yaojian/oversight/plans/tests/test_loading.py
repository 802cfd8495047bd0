"""Loading and counting packs: only what has changed is loaded, and every load is an act."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import pytest
from django.core.management import call_command

from yaojian.foundation.accounts.facade import Level, register_organ
from yaojian.foundation.ledger.facade import Act
from yaojian.oversight.plans.actions import load_packs
from yaojian.oversight.plans.errors import PackError
from yaojian.oversight.plans.models import Plan
from yaojian.oversight.plans.packs import load_all
from yaojian.oversight.plans.vocabulary import PACK_FOLDER


@pytest.fixture
def folder(tmp_path: Path, db: None) -> Path:
    """A copy of the pack folder, and the organs that own the plans."""
    copy = tmp_path / "plans"
    shutil.copytree(PACK_FOLDER, copy)
    for pack in load_all():
        register_organ(code=pack.plan.organ, name=pack.plan.title, level=Level.PROVINCE, territories=["99"])
    return copy


def acts() -> list[str]:
    return list(Act.objects.filter(kind="plan.loaded").order_by("pk").values_list("facts__plan", flat=True))


def test_only_the_pack_that_changed_is_loaded_again(folder: Path) -> None:
    assert all(load_packs(folder).values())
    rows = Plan.objects.get(code="changji").rows.values_list("pk", flat=True)
    before = list(rows)
    with (folder / "barkol.yaml").open("a", encoding="utf-8") as pack:
        pack.write("# checked again\n")
    changed = load_packs(folder)
    assert [code for code, has_changed in changed.items() if has_changed] == ["barkol"]
    assert acts()[5:] == ["barkol"]
    assert list(rows.all()) == before
    assert not any(load_packs(folder).values())


@pytest.mark.parametrize("name", ["vocabulary.yaml", "data_keys.yaml", "law.yaml"])
def test_a_change_of_words_loads_all_packs_again(folder: Path, name: str) -> None:
    load_packs(folder)
    with (folder / name).open("a", encoding="utf-8") as words:
        words.write("# checked again\n")
    assert all(load_packs(folder).values())


def test_the_check_counts_the_rows_of_the_plans_apart_from_the_supplementary() -> None:
    said = io.StringIO()
    call_command("check_plans", stdout=said)
    computed = "computed today from registers and inspections: 40 of 257 rows, and 1 supplementary\n"
    assert computed in said.getvalue()


def test_a_pack_with_the_code_of_a_plan_adopted_here_is_refused(folder: Path) -> None:
    load_packs(folder)
    Plan.objects.filter(code="barkol").update(seed="500", fingerprint="0" * 64, title="本地批准的规划")
    with pytest.raises(PackError) as refused:
        load_packs(folder)
    (problem,) = refused.value.problems
    assert (problem.pack, problem.field) == ("barkol.yaml", "plan.code")
    assert Plan.objects.get(code="barkol").title == "本地批准的规划"
