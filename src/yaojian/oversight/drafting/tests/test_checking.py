"""What is wrong with a draft is said with row, field and cure, in the language of the reader."""

from __future__ import annotations

import copy
import re
from pathlib import Path
from typing import Any

import pytest
from django.utils.translation import override

from yaojian.foundation.errors import InvalidInput
from yaojian.oversight.drafting.checking import definition_of, parse_definition, problems_in
from yaojian.oversight.drafting.tests.factories import pack
from yaojian.oversight.drafting.web.presentation import told
from yaojian.oversight.plans.packs import PackError, read
from yaojian.oversight.plans.tests.test_bad_packs import BAD, good

INDEX = {"shape": "composite", "period": {"unit": "year"}}
PARTS = {"code": "a", "zh": "甲", "en": "A"}
OF_THE_ISSUE: dict[str, tuple[dict[str, Any], str, str, str]] = {
    "unknown formula": ({"formula": {"shape": "spiral"}}, "formula.shape", "'spiral'", "coverage"),
    "missing unit": ({"unit": ...}, "unit", "缺少此项", "计量单位"),
    "impossible scope": (
        {"formula": {"scope": {"types": ["single_pharmacy"], "flags_all": ["child_cosmetic"]}}},
        "formula.scope.flags_all",
        "范围不成立",
        "请从 types 中删去 single_pharmacy",
    ),
    "period without end": (
        {"formula": {"period": {"unit": "window", "start": "2021-01-01"}}},
        "formula.period.end",
        "期间缺少 end",
        "YYYY-MM-DD",
    ),
    "two targets for one year": (
        {"targets": [{"year": 2025, "op": ">=", "value": value} for value in (90, 95)]},
        "targets",
        "2025 有 2 个目标",
        "每个年度只保留一个目标",
    ),
    "zero denominator": (
        {
            "waits_for": ["adr_reports", "population"],
            "formula": {
                "shape": "rate_per_population",
                "measure": "adr_reports",
                "over": "population",
                "per": 0,
                "period": {"unit": "year"},
                "scope": ...,
                "act": ...,
                "within": ...,
            },
        },
        "formula.per",
        "0 不是不小于 1 的整数",
        "人口基数",
    ),
}


def changed(row: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    for name, value in values.items():
        if value is ...:
            row.pop(name, None)
        elif isinstance(value, dict) and isinstance(row.get(name), dict):
            changed(row[name], value)
        else:
            row[name] = value
    return row


@pytest.mark.parametrize("name", OF_THE_ISSUE)
def test_a_bad_row_is_named_with_field_and_cure_in_chinese(name: str) -> None:
    values, field, problem, cure = OF_THE_ISSUE[name]
    bad = pack()
    changed(bad["rows"][0], copy.deepcopy(values))
    with override("zh-hans"):
        found = [told(one) for one in problems_in(bad)]
    mine = [one for one in found if one["field"] == field]
    assert mine, found
    assert mine[0]["row"] == "100-01"
    assert problem in mine[0]["problem"]
    assert cure in mine[0]["cure"]


def test_a_circle_of_indices_is_named_at_each_of_them() -> None:
    bad = pack()
    for place, other in ((0, "100-02"), (1, "100-01")):
        bad["rows"][place] |= {
            "class": "indicator",
            "waits_for": ["index_components"],
            "formula": {**INDEX, "components": [{**PARTS, "of": other}]},
        }
    with override("zh-hans"):
        found = [told(one) for one in problems_in(bad)]
    circles = [one for one in found if "循环引用" in one["problem"]]
    assert {one["row"] for one in circles} == {"100-01", "100-02"}, found


@pytest.mark.parametrize("name", BAD)
def test_no_problem_of_a_pack_is_said_in_english_on_a_chinese_page(name: str) -> None:
    change, *_place = BAD[name]
    bad = copy.deepcopy(good())
    change(bad)
    with pytest.raises(PackError) as caught:
        read(bad, Path("small.yaml"))
    with override("zh-hans"):
        for one in map(told, caught.value.problems):
            assert re.search(r"[\u4e00-\u9fff]", one["problem"]), one
            assert re.search(r"[\u4e00-\u9fff]", one["cure"]), one
    with override("en"):
        for problem in caught.value.problems:
            assert told(problem)["cure"] == problem.cure


def test_the_definition_of_a_row_survives_its_text() -> None:
    for row in pack()["rows"]:
        assert {**row, **parse_definition(definition_of(row))} == row


BOMB = "a: &a [x, x, x, x, x, x, x, x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join(['*' + chr(97 + n)] * 8)}]\n" for n in range(8)
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (BOMB, "references"),
        ("targets: []\n" + "#" * 20_000, "longer than"),
        ("[" * 5_000, "nested too deeply|cannot be read"),
        ("targets: [", "Line 1"),
        ("targets: []\ntargets: []", "targets is written twice"),
        ("!!python/object/apply:os.system [ls]", "cannot be read"),
        ("- a\n- b", "consist of lines"),
        ("1: a", "consist of lines"),
        ("unit: percent", "field of its own"),
        ("a: \x00", "cannot be read"),
        ('a: "\\0"', "nothing else"),
        ('a: "\\ud800"', "nothing else|cannot be read"),
        ("a: .nan", "nothing else"),
        ("a: .inf", "nothing else"),
        ("a: 1" + "0" * 400, "nothing else"),
        ("a: !!set {b}", "nothing else"),
        ("a: !!binary aGVsbG8=", "nothing else"),
        ("a: !!timestamp 2026-01-01", "nothing else"),
        ("targets: [{1: a}]", "nothing else"),
    ],
)
def test_what_is_no_definition_is_refused(text: str, words: str) -> None:
    with override("en"):
        with pytest.raises(InvalidInput) as caught:
            parse_definition(text)
        assert re.search(words, str(caught.value.detail), re.IGNORECASE), caught.value.detail
    assert caught.value.field == "definition"


def test_nothing_written_is_an_empty_definition() -> None:
    assert parse_definition("") == {}
    assert parse_definition("# nothing yet") == {}
