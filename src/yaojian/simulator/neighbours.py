"""Who stands beside: subjects of the Corps on the prefecture's land; and a change of an organ to come.

None of it counts in a figure of the prefecture: other organs answer for it, and the truth does not know it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from yaojian.foundation.accounts.facade import (
    Actor,
    Role,
    change_organ,
    organ_by_code,
    system_actor,
)
from yaojian.registers.enterprises.facade import Change, SubjectEntry, register_subjects

CORPS = "xpcc.6"
PLANNED = "xj.changji.mori"
OPENED = date(2019, 6, 1)
TWO_MONTHS = timedelta(days=60)
# On the farms of the Corps within Changji Prefecture: division, type, name.
FARM_SUBJECTS = (
    ("652324520", "single_pharmacy", "新湖农场百姓康大药房"),
    ("652324520", "hospital", "新湖农场医院"),
    ("652323523", "single_pharmacy", "芳草湖农场益民大药房"),
    ("652323523", "chain_store", "芳草湖农场康泰医药连锁二店"),
    ("652323520", "clinic", "一零五团二连卫生室"),
    ("652323521", "single_pharmacy", "一零六团惠康药店"),
    ("652325503", "vaccination_unit", "奇台农场预防接种门诊"),
    ("652325503", "device_operator", "奇台农场康福医疗器械店"),
    ("652327500", "clinic", "红旗农场三连卫生室"),
    ("652302505", "cosmetic_operator", "二二二团丽人化妆品店"),
)


def register_neighbours(administrator: Actor, as_of: date) -> int:
    """Enter the Corps' subjects and the planned change; returns how many subjects there are."""
    registrar = replace(system_actor(organ_by_code(CORPS)), role=Role.REGISTRAR)
    entries = [
        SubjectEntry(
            code=f"BT6-{number:04d}",
            name=name,
            subject_type=kind,
            responsible_organ=CORPS,
            division_code=division,
            opened_on=OPENED,
        )
        for number, (division, kind, name) in enumerate(FARM_SUBJECTS, start=1)
    ]
    outcomes = register_subjects(entries, by=registrar, effective_on=as_of)
    if refused := [outcome for outcome in outcomes if outcome.change is Change.REFUSED]:
        raise ValueError(f"the register refuses {refused[0].code}: {refused[0].faults}")
    planned = organ_by_code(PLANNED)
    change_organ(
        by=administrator,
        organ_id=planned.pk,
        on=as_of + TWO_MONTHS,
        changes={"name": "木垒哈萨克自治县市场监督管理局（知识产权局）"},
        reason="机构改革挂牌（示例）",
    )
    return len(entries)
