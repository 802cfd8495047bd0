"""A small plan of 昌吉州 that was adopted once, pharmacies it speaks of, and who drafts the next one."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from yaojian.foundation.accounts.facade import Actor, Role
from yaojian.foundation.timekeeping import CHINA, now
from yaojian.oversight.drafting import actions
from yaojian.oversight.drafting.checking import read_draft
from yaojian.oversight.drafting.models import PlanDraft
from yaojian.oversight.mandates.tests.factories import subject
from yaojian.oversight.plans.facade import Plan, adopt_pack
from yaojian.oversight.statistics.tests.factories import Field, make_field, officer

NOON = datetime(2026, 11, 20, 12, tzinfo=CHINA)
"""When the tests play: near the end of a year, within the years that follow the small plan."""
_PLAIN = {
    "line": 1,
    "quote": "每年检查全覆盖",
    "title_zh": "药店年度检查覆盖率",
    "title_en": "Yearly inspection coverage of pharmacies",
    "attribute": "text",
    "kind": "coverage",
    "unit": "percent",
    "unit_zh": "%",
    "value": "100",
    "period": "2021—2025年每年",
}
PACK: dict[str, Any] = {
    "plan": {
        "code": "small",
        "seed": "100",
        "title": "昌吉州药品安全“十四五”规划",
        "title_en": "Changji: 14th Five-Year Plan for Drug Safety",
        "level": "prefecture",
        "document_no": "昌州政发〔2022〕1号",
        "issued_on": "2022-01-05",
        "organ": "xj.changji",
        "start": 2021,
        "end": 2025,
        "source_file": "small.txt",
    },
    "rows": [
        {
            "id": "100-01",
            **_PLAIN,
            "class": "mandate",
            "responsible_level": "county",
            "targets": [{"every": "year", "op": ">=", "value": 100, "since": 2021}],
            "formula": {
                "shape": "coverage",
                "scope": {"types": ["single_pharmacy"]},
                "within": "territory",
                "act": {"kind": "inspection.concluded"},
                "period": {"unit": "year"},
            },
        },
        {
            "id": "100-02",
            **_PLAIN,
            "title_zh": "药品抽检合格率",
            "title_en": "Pass rate of samples",
            "class": "indicator",
            "waits_for": ["samples"],
            "targets": [{"year": 2023, "op": ">=", "value": 97}, {"year": 2025, "op": ">=", "value": 98}],
            "formula": {
                "shape": "pass_rate",
                "measure": "samples",
                "period": {"unit": "window", "start": "2024-02-29", "end": "2025-12-31"},
            },
        },
        {
            "id": "100-03",
            **_PLAIN,
            "title_zh": "2020年基数",
            "title_en": "Figure of 2020",
            "class": "baseline",
            "targets": [{"year": 2020, "baseline": True, "value": 90}],
        },
    ],
}


@dataclass(frozen=True)
class Drawing:
    """The field, its plan of 2021–2025, and who works on the next one."""

    field: Field
    plan: Plan
    planner: Actor
    second: Actor
    leader: Actor
    other_leader: Actor


def pack(**header: Any) -> dict[str, Any]:
    """The small pack, its head changed."""
    found = copy.deepcopy(PACK)
    found["plan"] |= header
    return found


def make_world(pharmacies: int = 3) -> Drawing:
    """昌吉州 with a plan that was itself adopted from a draft, and pharmacies of 昌吉市."""
    field = make_field()
    second = officer(field.prefecture, "guihua-2", Role.PLANNER)
    other = officer(field.prefecture, "juzhang-2", Role.LEADER)
    plan = adopt_pack(read_draft(pack()), "0" * 64)
    PlanDraft.objects.create(
        code="small",
        organ=field.prefecture,
        pack=pack(),
        state="adopted",
        drafted_by_id=field.planner.user_id,
        drafted_at=now(),
        changed_at=now(),
        plan=plan,
    )
    for number in range(pharmacies):
        subject(field.county, f"P{number}", responsible_organ=field.county)
    return Drawing(field, plan, field.planner, second, field.leader, other)


def drafted(world: Drawing, **values: Any) -> PlanDraft:
    """A draft of the next plan of 昌吉州."""
    given: dict[str, Any] = {"plan_code": "small", "organ": world.field.prefecture}
    return actions.copy_plan(by=world.planner, **given | values)


def row_of(draft: PlanDraft, place: int = 0, **values: Any) -> dict[str, Any]:
    """A row of a draft, changed."""
    return copy.deepcopy(draft.pack["rows"][place]) | values
