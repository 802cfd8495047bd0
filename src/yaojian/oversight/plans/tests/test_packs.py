"""The five plan packs."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from yaojian.oversight.plans import cells, packs
from yaojian.oversight.plans.definitions import Formula, describe
from yaojian.oversight.plans.vocabulary import PACK_FOLDER, read_yaml, vocabulary
from yaojian.oversight.statistics.facade import catalogue

ROWS = {"neimenggu": 81, "ningxia": 72, "changji": 22, "barkol": 19, "jiangxi": 63}
GOLDEN = Path(__file__).parent / "golden" / "rows.json"
SOURCE = Path(__file__).resolve().parents[6] / "shared" / "plans" / "targets.json"


@pytest.fixture(scope="module")
def all_packs() -> list[packs.Pack]:
    return packs.load_all()


@pytest.fixture(scope="module")
def golden() -> dict[str, list[Any]]:
    """By row id: line, digest of the quote, value, unit, attribute, period and kind, as the plans state."""
    found: dict[str, list[Any]] = json.loads(GOLDEN.read_text(encoding="utf-8"))
    return found


def digest(quote: str) -> str:
    return hashlib.sha256(quote.encode()).hexdigest()[:12]


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


def test_rows_equal_the_plans(all_packs: list[packs.Pack], golden: dict[str, list[Any]]) -> None:
    rows = {row.id: row for pack in all_packs for row in pack.rows if not row.supplementary}
    assert rows.keys() == golden.keys()
    for row_id, (line, quote, value, unit, _attribute, period, kind) in golden.items():
        row = rows[row_id]
        found = (row.line, digest(row.quote), row.value, row.unit_source, row.period, row.kind)
        assert found == (line, quote, value, unit, period, kind), row_id


def test_attribute_follows_the_plans(all_packs: list[packs.Pack], golden: dict[str, list[Any]]) -> None:
    begins = {"约束性": "binding", "预期性": "expected", "正文": "text", "现状": "status"}
    for pack in all_packs:
        for row in pack.rows:
            if row.supplementary:
                continue
            attribute = golden[row.id][4]
            said = (
                "unknown"
                if "OCR" in attribute
                else next(begins[b] for b in begins if attribute.startswith(b))
            )
            assert row.attribute == said, row.id


def test_the_golden_rows_equal_the_table_of_the_plans(golden: dict[str, list[Any]]) -> None:
    """Only where the table from which the packs were written lies beside the clone."""
    if not SOURCE.exists():
        pytest.skip(f"{SOURCE} is not here; the packs are compared with {GOLDEN.name}")
    place: Counter[str] = Counter()
    rows = {}
    for entry in json.loads(SOURCE.read_text(encoding="utf-8"))["A2"]:
        place[entry["seed"]] += 1
        rows[f"{entry['seed']}-{place[entry['seed']]:02d}"] = [
            entry["line"],
            digest(entry["quote"]),
            *(entry[name] for name in ("value", "unit", "attr", "period", "kind")),
        ]
    assert rows == golden


def test_every_known_flaw_of_the_plans_is_a_finding(all_packs: list[packs.Pack]) -> None:
    ids = {f.id.rstrip("abc") for pack in all_packs for f in pack.findings if f.id.startswith("A4-")}
    assert ids == {f"A4-{n}" for n in range(1, 13)}
    for pack in all_packs:
        for finding in pack.findings:
            assert finding.rows, finding.id
            assert finding.treatment, finding.id


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


def test_a_share_of_another_datum_is_known_where_its_statements_are_checked(
    all_packs: list[packs.Pack],
) -> None:
    for formula in (part.formula for pack in all_packs for part in pack.parts if part.formula):
        if part_of_two_data(formula):
            found, among = cells.part(formula), cells.whole(formula)
            rules = catalogue().data[found.datum].within
            dims = {name: values[0] for name, values in found.dims}
            assert any(rule.of == among.datum and rule.when.items() <= dims.items() for rule in rules), found


def part_of_two_data(formula: Formula) -> bool:
    """Whether it is a percentage of one stated datum in another."""
    if formula.act is not None or formula.over in (None, formula.measure):
        return False
    shares = ("coverage", "capability_share", "structure_share")
    return formula.shape in shares and not (
        cells.part(formula).is_registered or cells.whole(formula).is_registered
    )


def test_duties_over_registers_and_inspections_compute(all_packs: list[packs.Pack]) -> None:
    computable = {row.id for pack in all_packs for row in pack.rows if row.computable}
    expected = {
        *(f"000-{n}" for n in ("01", "02", "03", "04", "23", "48", "54", "55")),
        *(f"001-{n}" for n in (*range(17, 21), *range(35, 44), *range(45, 50), 51)),
        *("002-05", "002-S1", "003-02", "003-09", "003-10"),
        *(f"004-{n}" for n in (*range(21, 24), 34, 35, *range(38, 42))),
    }
    assert computable == expected
    for pack in all_packs:
        for part in pack.parts:
            if part.klass == "mandate" and not part.same_as:
                assert part.responsible_level, part.key


def test_goal_of_a_year() -> None:
    pack = packs.load(PACK_FOLDER / "neimenggu.yaml")
    (cosmetics,) = pack.row("000-04").parts
    assert cosmetics.baseline is not None
    assert cosmetics.baseline.value == 30
    assert goals(cosmetics, 2022, 2026) == ["2025: at least 50 %", None], "the next goal on the path"
    (staff,) = pack.row("000-42").parts
    assert goals(staff, 2021, 2023, 2024) == [
        "2023: more than 40 persons",
        "2023: more than 40 persons",
        "2025: at least 60 persons",
    ]
    (sweep,) = packs.load(PACK_FOLDER / "barkol.yaml").row("003-09").parts
    assert goals(sweep, 2022, 2025) == ["each year from 2024: 100 %"] * 2


def goals(part: packs.Part, *years: int) -> list[str | None]:
    """The goal of each year in words."""
    found = [part.target_in(year) for year in years]
    return [target.describe(part.unit, "en") if target else None for target in found]


def test_chinese_labels_are_chinese(all_packs: list[packs.Pack]) -> None:
    han = re.compile(r"[\u4e00-\u9fff]")
    for pack in all_packs:
        for part in pack.parts:
            assert han.search(part.title_zh), part.key
            assert not han.search(part.title_en), part.key
        for row in pack.rows:
            assert bool(row.notes_zh) == bool(row.notes_en), row.id
            assert not re.search("[A-Za-z]", row.unit_zh), row.id
    for kind, words in vocabulary().labels.items():
        for word, label in words.items():
            assert label.zh, f"{kind}.{word}"
            assert label.en, f"{kind}.{word}"
            assert not han.search(label.en), f"{kind}.{word}"


def test_pack_formulas_survive_a_round_trip(all_packs: list[packs.Pack]) -> None:
    for pack in all_packs:
        for part in pack.parts:
            if part.formula is not None:
                assert Formula.from_dict(part.formula.to_dict()) == part.formula, part.key
