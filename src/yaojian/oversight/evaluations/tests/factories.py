"""A plan with a share, a grade and a milestone, for the tests of this room."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from yaojian.foundation.timekeeping import now
from yaojian.oversight.plans.models import Figure, Plan, PlanRow
from yaojian.oversight.statistics.tests.factories import Field, make_field

SURVEY = {
    "shape": "survey",
    "measure": "survey_results",
    "select": {"item": ["support"]},
    "period": {"unit": "year"},
}
TARGET = {"year": 2025, "op": ">=", "value": 90}


def make_plan(world: Field, code: str = "t", seed: str = "900") -> Plan:
    """A plan of the prefecture for 2021–2026 with three figures."""
    plan = Plan.objects.create(
        code=code,
        seed=seed,
        title="测试规划",
        title_en="Test plan",
        organ=world.prefecture,
        start_year=2021,
        end_year=2026,
        fingerprint="0" * 64,
        loaded_at=now(),
    )
    _figure(plan, f"{seed}-01", 0, "群众支持率", "percent", formula=SURVEY, targets=[TARGET])
    _figure(plan, f"{seed}-02", 1, "无菌实验室", "milestone", targets=[{"year": 2026, "op": "done"}])
    _figure(
        plan, f"{seed}-03", 2, "药检机构等级", "grade", targets=[{"year": 2025, "op": ">=", "value": "B"}]
    )
    return plan


def _figure(plan: Plan, key: str, place: int, title: str, unit: str, **values: Any) -> Figure:
    klass = "milestone" if unit == "milestone" else "entered"
    row = PlanRow.objects.create(
        plan=plan,
        row_id=key,
        position=place,
        line=place + 1,
        quote="…",
        title_zh=title,
        title_en=title,
        klass=klass,
        attribute="text",
    )
    return Figure.objects.create(
        row=row, key=key, position=0, title_zh=title, title_en=title, klass=klass, unit=unit, **values
    )


def paper(name: str = "验收.pdf") -> SimpleUploadedFile:
    """A small document."""
    content = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n" + name.encode()
    return SimpleUploadedFile(name, content, content_type="application/pdf")


__all__ = ["make_field", "make_plan", "paper"]
