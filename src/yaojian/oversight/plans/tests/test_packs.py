"""The five plan packs, and what happens to bad ones."""

from __future__ import annotations

import copy
import json
import re
import warnings
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from yaojian.oversight.plans import packs
from yaojian.oversight.plans.definitions import Formula, describe
from yaojian.oversight.plans.vocabulary import PACK_FOLDER, read_yaml, vocabulary

ROWS = {"neimenggu": 81, "ningxia": 72, "changji": 22, "barkol": 19, "jiangxi": 63}
SOURCE = Path(__file__).resolve().parents[6] / "shared" / "plans" / "targets.json"


@pytest.fixture(scope="module")
def all_packs() -> list[packs.Pack]:
    return packs.load_all()


@pytest.fixture(scope="module")
def source() -> dict[str, dict[str, Any]]:
    """The table of targets, by row id."""
    if not SOURCE.exists():
        warnings.warn(f"{SOURCE} is missing: the packs are NOT compared with the plans' table", stacklevel=1)
        pytest.skip(f"NOT COMPARED WITH THE SOURCE: {SOURCE} is missing")
    place: Counter[str] = Counter()
    rows = {}
    for entry in json.loads(SOURCE.read_text(encoding="utf-8"))["A2"]:
        place[entry["seed"]] += 1
        rows[f"{entry['seed']}-{place[entry['seed']]:02d}"] = entry
    return rows


def test_schema_is_valid_and_holds_for_every_pack() -> None:
    schema = json.loads((PACK_FOLDER / "schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    for name in ROWS:
        Draft202012Validator(schema).validate(read_yaml(PACK_FOLDER / f"{name}.yaml"))


def test_257_rows(all_packs: list[packs.Pack]) -> None:
    counted = packs.counts(all_packs)
    assert {code: sum(by_class.values()) for code, by_class in counted.items()} == ROWS
    assert list(counted) == list(ROWS), "plans come in the order of their numbers"
    assert [row.id for pack in all_packs for row in pack.rows if row.supplementary] == ["002-S1"]


def test_rows_equal_the_source(all_packs: list[packs.Pack], source: dict[str, dict[str, Any]]) -> None:
    rows = {row.id: row for pack in all_packs for row in pack.rows if not row.supplementary}
    assert rows.keys() == source.keys()
    for row_id, entry in source.items():
        row = rows[row_id]
        assert (row.quote, row.line, row.value, row.unit_source, row.period, row.kind) == tuple(
            entry[name] for name in ("quote", "line", "value", "unit", "period", "kind")
        ), row_id


def test_attribute_follows_the_source(all_packs: list[packs.Pack], source: dict[str, dict[str, Any]]) -> None:
    begins = {"约束性": "binding", "预期性": "expected", "正文": "text", "现状": "status"}
    for pack in all_packs:
        for row in pack.rows:
            if row.supplementary:
                continue
            attribute = source[row.id]["attr"]
            said = "unknown" if "OCR" in attribute else begins[re.match("约束性|预期性|正文|现状", attribute)[0]]
            assert row.attribute == said, row.id


def test_every_known_flaw_of_the_plans_is_a_finding(all_packs: list[packs.Pack]) -> None:
    ids = {re.match(r"A4-\d+", f.id)[0] for pack in all_packs for f in pack.findings if f.id.startswith("A4-")}
    assert ids == {f"A4-{n}" for n in range(1, 13)}
    for pack in all_packs:
        for finding in pack.findings:
            assert finding.rows and finding.treatment and finding.treatment_zh, finding.id


def test_lost_values_have_no_target(all_packs: list[packs.Pack]) -> None:
    changji = next(pack for pack in all_packs if pack.plan.code == "changji")
    for row_id in ("002-01", "002-02", "002-03", "002-04", "002-07"):
        (part,) = changji.row(row_id).parts
        assert part.targets == ()
        assert [finding.id for finding in changji.findings_about(row_id)] == ["A4-9"]


def test_every_part_says_how_it_comes_about(all_packs: list[packs.Pack]) -> None:
    keys = [part.key for pack in all_packs for part in pack.parts]
    assert len(keys) == len(set(keys))
    for pack in all_packs:
        for part in pack.parts:
            assert part.computable or part.waits_for or part.same_as or part.klass == "baseline", part.key
            if part.formula is None:
                continue
            for language in ("zh-hans", "en"):
                assert describe(part.formula, language), part.key
                for target in part.targets:
                    assert target.describe(part.unit, language)


def test_duties_over_registers_and_inspections_compute(all_packs: list[packs.Pack]) -> None:
    computable = {row.id for pack in all_packs for row in pack.rows if row.computable}
    expected = {"000-01", "000-02", "000-03", "000-04", "000-23", "000-48", "000-54", "000-55", "001-51", "002-05",
                "002-S1", "003-02", "003-09", "003-10", "004-21", "004-22", "004-23", "004-34", "004-35",
                *(f"001-{n}" for n in (*range(17, 21), *range(35, 44), *range(45, 50))),
                *(f"004-{n}" for n in range(38, 42))}
    assert computable == expected
    for pack in all_packs:
        for part in pack.parts:
            if part.klass == "mandate" and not part.same_as:
                assert part.responsible_level, part.key


def test_goal_of_a_year() -> None:
    pack = packs.load(PACK_FOLDER / "neimenggu.yaml")
    (cosmetics,) = pack.row("000-04").parts
    assert cosmetics.baseline is not None and cosmetics.baseline.value == 30
    goal = cosmetics.target_in(2022)
    assert goal is not None and goal.year == 2025 and goal.value == 50, "the next goal on the path"
    assert cosmetics.target_in(2026) is None
    (staff,) = pack.row("000-42").parts
    assert [staff.target_in(year).value for year in (2021, 2023, 2024)] == [40, 40, 60]
    barkol = packs.load(PACK_FOLDER / "barkol.yaml")
    (sweep,) = barkol.row("003-09").parts
    assert sweep.target_in(2022) == sweep.target_in(2025) and sweep.target_in(2025).since == 2024


def test_chinese_labels_are_chinese(all_packs: list[packs.Pack]) -> None:
    han = re.compile(r"[\u4e00-\u9fff]")
    for pack in all_packs:
        for part in pack.parts:
            assert han.search(part.title_zh) and not han.search(part.title_en), part.key
        for row in pack.rows:
            assert bool(row.notes_zh) == bool(row.notes_en), row.id
            assert not re.search("[A-Za-z]", row.unit_zh), row.id
    for kind, words in vocabulary().labels.items():
        for word, label in words.items():
            assert label.zh and label.en and not han.search(label.en), f"{kind}.{word}"


# --- bad packs ------------------------------------------------------------------------------------


def good() -> dict[str, Any]:
    """A small pack without fault: one mandate, one indicator that waits, one baseline."""
    plain = {"line": 1, "quote": "每年检查全覆盖", "title_zh": "检查", "title_en": "Inspection", "attribute": "text",
             "kind": "coverage", "unit": "percent", "unit_zh": "%", "value": "100", "period": "每年"}
    formula = {"shape": "coverage", "scope": {"types": ["single_pharmacy"]}, "within": "territory",
               "act": {"kind": "inspection.concluded"}, "period": {"unit": "year"}}
    return {
        "plan": {"code": "small", "seed": "900", "title": "小规划", "title_en": "Small", "level": "county",
                 "organ": "x", "start": 2021, "end": 2025, "source_file": "small.txt"},
        "findings": [],
        "rows": [
            {"id": "900-01", **plain, "class": "mandate", "responsible_level": "county", "waits_for": [],
             "targets": [{"every": "year", "op": ">=", "value": 100}], "formula": formula},
            {"id": "900-02", **plain, "class": "indicator", "waits_for": ["samples"],
             "targets": [{"year": 2025, "op": ">=", "value": 98}],
             "formula": {"shape": "pass_rate", "measure": "samples", "period": {"unit": "year"}}},
            {"id": "900-03", **plain, "class": "baseline",
             "targets": [{"year": 2020, "baseline": True, "value": 90}]},
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
    "unknown type": (put(*FORMULA, "scope", "types", ["spaceship"]), "900-01", "formula.scope.types",
                     "use one of drug_producer"),
    "unknown flag": (put(*FORMULA, "scope", "flags_all", ["purple"]), "900-01", "formula.scope.flags_all",
                     "use one of directly_supervised"),
    "flag nobody in scope carries": (put(*FORMULA, "scope", "flags_all", ["child_cosmetic"]), "900-01",
                                     "formula.scope.flags_all", "remove single_pharmacy"),
    "scope of nobody": (put(*FORMULA, "scope", {}), "900-01", "formula.scope.types", "list at least one"),
    "scope missing": (put(*FORMULA, "scope", ...), "900-01", "formula.scope", "write scope"),
    "no period": (put(*FORMULA, "period", ...), "900-01", "formula.period", "write period"),
    "window without end": (put(*FORMULA, "period", {"unit": "window", "start": "2021-01-01"}), "900-01",
                           "formula.period.end", "write end: YYYY-MM-DD"),
    "window backwards": (put(*FORMULA, "period", {"unit": "window", "start": "2023-01-01", "end": "2022-01-01"}),
                         "900-01", "formula.period.end", "after the start"),
    "rolling no years": (put(*FORMULA, "period", {"unit": "rolling_years", "n": 0}), "900-01", "formula.period.n",
                         "number of years"),
    "rolling without n": (put(*FORMULA, "period", {"unit": "rolling_years"}), "900-01", "formula.period.n",
                          "number of years"),
    "minimum zero": (put(*FORMULA, "minimum", 0), "900-01", "formula.minimum", "at least 1"),
    "minimum negative": (put(*FORMULA, "minimum", -2), "900-01", "formula.minimum", "at least 1"),
    "two targets for one year": (
        put(*FIRST, "targets", [{"year": 2025, "op": ">=", "value": 90}, {"year": 2025, "op": ">=", "value": 95}]),
        "900-01", "targets", "keep one target"),
    "target outside the plan": (put(*FIRST, "targets", [{"year": 2031, "op": ">=", "value": 90}]), "900-01",
                                "targets", "from 2021 to 2025"),
    "target of words": (put(*FIRST, "targets", [{"year": 2025, "op": ">=", "value": "many"}]), "900-01",
                        "targets[0].value", "write a number"),
    "grade for a percentage": (put(*FIRST, "targets", [{"year": 2025, "op": ">=", "value": "B"}]), "900-01",
                               "targets[0].value", "a number with any other unit"),
    "duplicate id": (put("rows", 1, "id", "900-01"), "900-01", "id", "its own id"),
    "foreign id": (put("rows", 1, "id", "901-02"), "901-02", "id", "write 900-NN"),
    "line missing": (put(*FIRST, "line", ...), "900-01", "line", "add `line`"),
    "mandate without formula": (put(*FIRST, "formula", ...), "900-01", "formula", "write formula"),
    "mandate without level": (put(*FIRST, "responsible_level", ...), "900-01", "responsible_level", "e.g. county"),
    "baseline with a goal": (put("rows", 2, "targets", [{"year": 2025, "op": ">=", "value": 9}]), "900-03",
                             "targets", "baseline: true"),
    "baseline with formula": (put("rows", 2, "formula", {"shape": "milestone"}), "900-03", "class", "remove formula"),
    "waits for nothing": (put("rows", 1, "waits_for", []), "900-02", "waits_for", "name the missing data keys"),
    "waits for the unknown": (put("rows", 1, "waits_for", ["luck"]), "900-02", "waits_for", "use one of adr_reports"),
    "repeats nothing": (put("rows", 2, "same_as", "900-77"), "900-03", "same_as", "name an existing row"),
    "unknown field": (put(*FIRST, "colour", "red"), "900-01", "colour", "remove it"),
    "unknown class": (put(*FIRST, "class", "wish"), "900-01", "class", "use one of indicator"),
    "unknown law": (put(*FIRST, "law", ["gravity"]), "900-01", "law", "use one of gmp_frequency"),
    "no target, no reason": (put(*FIRST, "targets", ...), "", "rows.900-01.targets", "record a finding"),
    "finding about nobody": (put("findings", [{"id": "x", "kind": "ocr_gap", "rows": ["900-77"], "text": "t",
                                               "text_zh": "t", "treatment": "t", "treatment_zh": "t"}]),
                             "", "findings.x.rows", "rows of this pack"),
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
    assert problem.pack == "small.yaml" and problem.problem and cure in problem.cure
    for said in ("small.yaml", row, field, "Cure: "):
        assert said in str(problem)


def test_a_key_written_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "twice.yaml"
    path.write_text("plan: {code: a, code: b}\nrows: []\n", encoding="utf-8")
    with pytest.raises(packs.PackError, match="twice.yaml.*'code' is written twice"):
        packs.load(path)


def test_two_packs_with_one_code_are_refused(tmp_path: Path) -> None:
    for name in ("one.yaml", "two.yaml"):
        (tmp_path / name).write_text(yaml.safe_dump(good(), allow_unicode=True), encoding="utf-8")
    with pytest.raises(packs.PackError) as caught:
        packs.load_all(tmp_path)
    assert {(p.pack, p.field) for p in caught.value.problems} >= {("one.yaml", "plan.code"), ("two.yaml", "plan.seed")}


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    data = good()
    data["rows"][0]["formula"]["minimum"] = 0
    data["rows"][1]["formula"]["shape"] = "spiral"
    with pytest.raises(packs.PackError) as caught:
        packs.read(data, tmp_path / "small.yaml")
    assert {problem.row for problem in caught.value.problems} == {"900-01", "900-02"}


def test_pack_formulas_survive_a_round_trip(all_packs: list[packs.Pack]) -> None:
    for pack in all_packs:
        for part in pack.parts:
            if part.formula is not None:
                assert Formula.from_dict(part.formula.to_dict()) == part.formula, part.key
