"""The next plan out of an existing one, for every plan there is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from yaojian.oversight.drafting.successor import next_titles, successor_of
from yaojian.oversight.drafting.tests.factories import pack
from yaojian.oversight.plans.packs import PackError, read
from yaojian.oversight.plans.vocabulary import PACK_FOLDER, read_yaml

PLANS = ("barkol", "changji", "jiangxi", "neimenggu", "ningxia")


def successor(old: dict[str, Any], **values: Any) -> dict[str, Any]:
    given = {"code": "next", "seed": "500", "organ": "x", "level": "county", "title": "新", "title_en": "New"}
    return successor_of(old, **given | values)


@pytest.mark.parametrize("code", PLANS)
def test_a_copy_of_any_plan_lacks_only_targets_that_the_old_text_lacked(code: str) -> None:
    old = read_yaml(PACK_FOLDER / f"{code}.yaml")
    new = successor(old)
    assert [row["id"][:4] for row in new["rows"]] == ["500-"] * len(new["rows"])
    assert len(new["rows"]) == sum(row["class"] != "baseline" for row in old["rows"])
    try:
        assert len(read(new, Path("next.yaml")).rows) == len(new["rows"])
    except PackError as error:
        explained = {row for finding in old["findings"] for row in finding["rows"]}
        for problem in error.problems:
            assert problem.field == "targets"
            assert problem.row.replace("500-", old["plan"]["seed"] + "-") in explained


def test_years_windows_ids_and_words_move_on() -> None:
    new = successor(pack(), organ="xj.changji", level="prefecture")
    assert new["plan"] == {
        "code": "next",
        "seed": "500",
        "title": "新",
        "title_en": "New",
        "level": "prefecture",
        "organ": "xj.changji",
        "start": 2026,
        "end": 2030,
        "source_file": "next.txt",
    }
    first, second = new["rows"]
    assert first["targets"] == [{"every": "year", "op": ">=", "value": 100, "since": 2026}]
    assert first["period"] == "2026—2030年每年"
    assert first["quote"] == first["title_zh"]
    assert [target["year"] for target in second["targets"]] == [2028, 2030]
    # 29 February has no counterpart in 2029.
    assert second["formula"]["period"] == {"unit": "window", "start": "2029-02-28", "end": "2030-12-31"}


def test_a_plan_for_an_organ_of_no_plan_level_keeps_the_level_of_the_old_one() -> None:
    assert successor(pack(), level="branch")["plan"]["level"] == "prefecture"


@pytest.mark.parametrize(
    ("titles", "years", "moved"),
    [
        (("“十四五”规划", "14th Five-Year Plan"), (2021, 2025), ("“十五五”规划", "15th Five-Year Plan")),
        (("“十九五”规划", "19th Five-Year Plan"), (2046, 2050), ("“二十五”规划", "20th Five-Year Plan")),
        (("“二十五”规划", "20th Five-Year Plan"), (2051, 2055), ("“二十一五”规划", "21st Five-Year Plan")),
        (("2023—2025年行动", "Action 2023–2025"), (2023, 2025), ("2026—2028年行动", "Action 2026–2028")),
    ],
)
def test_the_title_names_the_next_period(
    titles: tuple[str, str], years: tuple[int, int], moved: tuple[str, str]
) -> None:
    assert next_titles(*titles, *years) == moved
