"""Bad packs are refused with pack, row, field and cure."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

from yaojian.oversight.plans import packs


def good() -> dict[str, Any]:
    """A small pack without fault: one mandate, one indicator that waits, one baseline."""
    plain = {
        "line": 1,
        "quote": "每年检查全覆盖",
        "title_zh": "检查",
        "title_en": "Inspection",
        "attribute": "text",
        "kind": "coverage",
        "unit": "percent",
        "unit_zh": "%",
        "value": "100",
        "period": "每年",
    }
    formula = {
        "shape": "coverage",
        "scope": {"types": ["single_pharmacy"]},
        "within": "territory",
        "act": {"kind": "inspection.concluded"},
        "period": {"unit": "year"},
    }
    return {
        "plan": {
            "code": "small",
            "seed": "900",
            "title": "小规划",
            "title_en": "Small",
            "level": "county",
            "organ": "x",
            "start": 2021,
            "end": 2025,
            "source_file": "small.txt",
        },
        "findings": [],
        "rows": [
            {
                "id": "900-01",
                **plain,
                "class": "mandate",
                "responsible_level": "county",
                "waits_for": [],
                "targets": [{"every": "year", "op": ">=", "value": 100}],
                "formula": formula,
            },
            {
                "id": "900-02",
                **plain,
                "class": "indicator",
                "waits_for": ["samples"],
                "targets": [{"year": 2025, "op": ">=", "value": 98}],
                "formula": {"shape": "pass_rate", "measure": "samples", "period": {"unit": "year"}},
            },
            {
                "id": "900-03",
                **plain,
                "class": "baseline",
                "targets": [{"year": 2020, "baseline": True, "value": 90}],
            },
        ],
    }


def put(*steps: Any) -> Any:
    """A change of a pack: the last of ``steps`` is written at the path before it; ... removes."""
    *path, last, value = steps

    def change(pack: dict[str, Any]) -> None:
        place: Any = pack
        for step in path:
            place = place[step]
        if value is ...:
            del place[last]
        else:
            place[last] = value

    return change


FIRST = ("rows", 0)
FORMULA = (*FIRST, "formula")
BAD = {
    "unknown shape": (put(*FORMULA, "shape", "spiral"), "900-01", "formula.shape", "use one of coverage"),
    "missing unit": (put(*FIRST, "unit", ...), "900-01", "unit", "add `unit`"),
    "unknown unit": (put(*FIRST, "unit", "parsec"), "900-01", "unit", "use one of percent"),
    "unknown type": (
        put(*FORMULA, "scope", "types", ["spaceship"]),
        "900-01",
        "formula.scope.types",
        "use one of holder",
    ),
    "unknown flag": (
        put(*FORMULA, "scope", "flags_all", ["purple"]),
        "900-01",
        "formula.scope.flags_all",
        "use one of directly_supervised",
    ),
    "flag nobody in scope carries": (
        put(*FORMULA, "scope", "flags_all", ["child_cosmetic"]),
        "900-01",
        "formula.scope.flags_all",
        "remove single_pharmacy",
    ),
    "scope of nobody": (put(*FORMULA, "scope", {}), "900-01", "formula.scope.types", "list at least one"),
    "scope missing": (put(*FORMULA, "scope", ...), "900-01", "formula.scope", "write scope"),
    "no period": (put(*FORMULA, "period", ...), "900-01", "formula.period", "write period"),
    "window without end": (
        put(*FORMULA, "period", {"unit": "window", "start": "2021-01-01"}),
        "900-01",
        "formula.period.end",
        "write end: YYYY-MM-DD",
    ),
    "window backwards": (
        put(*FORMULA, "period", {"unit": "window", "start": "2023-01-01", "end": "2022-01-01"}),
        "900-01",
        "formula.period.end",
        "after the start",
    ),
    "rolling no years": (
        put(*FORMULA, "period", {"unit": "rolling_years", "n": 0}),
        "900-01",
        "formula.period.n",
        "number of years",
    ),
    "rolling without n": (
        put(*FORMULA, "period", {"unit": "rolling_years"}),
        "900-01",
        "formula.period.n",
        "number of years",
    ),
    "minimum zero": (put(*FORMULA, "minimum", 0), "900-01", "formula.minimum", "at least 1"),
    "minimum negative": (put(*FORMULA, "minimum", -2), "900-01", "formula.minimum", "at least 1"),
    "two targets for one year": (
        put(
            *FIRST,
            "targets",
            [{"year": 2025, "op": ">=", "value": 90}, {"year": 2025, "op": ">=", "value": 95}],
        ),
        "900-01",
        "targets",
        "keep one target",
    ),
    "target outside the plan": (
        put(*FIRST, "targets", [{"year": 2031, "op": ">=", "value": 90}]),
        "900-01",
        "targets",
        "from 2021 to 2025",
    ),
    "target of words": (
        put(*FIRST, "targets", [{"year": 2025, "op": ">=", "value": "many"}]),
        "900-01",
        "targets[0].value",
        "write a number",
    ),
    "grade for a percentage": (
        put(*FIRST, "targets", [{"year": 2025, "op": ">=", "value": "B"}]),
        "900-01",
        "targets[0].value",
        "a number with any other unit",
    ),
    "duplicate id": (put("rows", 1, "id", "900-01"), "900-01", "id", "its own id"),
    "foreign id": (put("rows", 1, "id", "901-02"), "901-02", "id", "write 900-NN"),
    "line missing": (put(*FIRST, "line", ...), "900-01", "line", "add `line`"),
    "mandate without formula": (put(*FIRST, "formula", ...), "900-01", "formula", "write formula"),
    "mandate without level": (
        put(*FIRST, "responsible_level", ...),
        "900-01",
        "responsible_level",
        "e.g. county",
    ),
    "baseline with a goal": (
        put("rows", 2, "targets", [{"year": 2025, "op": ">=", "value": 9}]),
        "900-03",
        "targets",
        "baseline: true",
    ),
    "baseline with formula": (
        put("rows", 2, "formula", {"shape": "milestone"}),
        "900-03",
        "class",
        "remove formula",
    ),
    "waits for nothing": (
        put("rows", 1, "waits_for", []),
        "900-02",
        "waits_for",
        "name the missing data keys",
    ),
    "waits for the unknown": (
        put("rows", 1, "waits_for", ["luck"]),
        "900-02",
        "waits_for",
        "use one of adr_reports",
    ),
    "repeats nothing": (put("rows", 2, "same_as", "900-77"), "900-03", "same_as", "name an existing row"),
    "unknown field": (put(*FIRST, "colour", "red"), "900-01", "colour", "remove it"),
    "unknown class": (put(*FIRST, "class", "wish"), "900-01", "class", "use one of indicator"),
    "unknown law": (put(*FIRST, "law", ["gravity"]), "900-01", "law", "use one of gmp_frequency"),
    "no target, no reason": (put(*FIRST, "targets", ...), "900-01", "targets", "record a finding"),
    "finding about nobody": (
        put(
            "findings",
            [
                {
                    "id": "x",
                    "kind": "ocr_gap",
                    "rows": ["900-77"],
                    "text": "t",
                    "text_zh": "t",
                    "treatment": "t",
                    "treatment_zh": "t",
                }
            ],
        ),
        "",
        "findings.x.rows",
        "rows of this pack",
    ),
    "plan backwards": (put("plan", "end", 2019), "", "plan.end", "a later end"),
    "no rows": (put("rows", []), "", "rows", "a list of rows"),
}


def test_the_small_pack_is_good(tmp_path: Path) -> None:
    assert len(packs.read(good(), tmp_path / "small.yaml").rows) == 3


@pytest.mark.parametrize("name", BAD)
def test_bad_packs_name_pack_row_field_and_cure(name: str, tmp_path: Path) -> None:
    change, row, field, cure = BAD[name]
    data = copy.deepcopy(good())
    change(data)
    path = tmp_path / "small.yaml"
    path.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    with pytest.raises(packs.PackError) as caught:
        packs.load(path)
    found = [(p.row, p.field) for p in caught.value.problems]
    assert (row, field) in found, found
    problem = caught.value.problems[found.index((row, field))]
    assert problem.pack == "small.yaml"
    assert problem.problem
    assert cure in problem.cure
    for said in ("small.yaml", row, field, "Cure: "):
        assert said in str(problem)


def test_a_key_written_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "twice.yaml"
    path.write_text("plan: {code: a, code: b}\nrows: []\n", encoding="utf-8")
    with pytest.raises(packs.PackError, match=r"twice\.yaml.*'code' is written twice"):
        packs.load(path)


def test_two_packs_with_one_code_are_refused(tmp_path: Path) -> None:
    for name in ("one.yaml", "two.yaml"):
        (tmp_path / name).write_text(yaml.safe_dump(good(), allow_unicode=True), encoding="utf-8")
    with pytest.raises(packs.PackError) as caught:
        packs.load_all(tmp_path)
    assert {(p.pack, p.field) for p in caught.value.problems} >= {
        ("one.yaml", "plan.code"),
        ("two.yaml", "plan.seed"),
    }


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    data = good()
    data["rows"][0]["formula"]["minimum"] = 0
    data["rows"][1]["formula"]["shape"] = "spiral"
    with pytest.raises(packs.PackError) as caught:
        packs.read(data, tmp_path / "small.yaml")
    assert {problem.row for problem in caught.value.problems} == {"900-01", "900-02"}
