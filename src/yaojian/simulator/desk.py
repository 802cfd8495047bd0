"""What happens to work between people: some is sent back, some handed over, somebody is away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from yaojian.foundation.accounts.facade import Actor
from yaojian.foundation.staffing.facade import set_deputy
from yaojian.foundation.worklist.facade import assign_items, hand_over, return_item
from yaojian.simulator.entities import SimOfficer

A_WEEK = timedelta(days=6)
ORGAN, INSPECTOR = "xj.changji", "inspector"


def share_work(
    chief: Actor,
    officer: Actor,
    colleagues: Sequence[Actor],
    spare: Sequence[int],
    as_of: date,
) -> int:
    """One item comes back to the chief, one goes to a colleague, another colleague is away for a week.

    `spare` are items of the officer beyond those the demo begins with, then those of the absent colleague;
    fewer than four leave everything as it is. Returns how many items changed hands.
    """
    if len(spare) < 4 or len(colleagues) < 2:
        return 0
    back, onward, *absent = spare[:4]
    helper, away = colleagues[:2]
    assign_items(by=chief, item_ids=[back, onward], user_id=officer.user_id)
    return_item(by=officer, item_id=back, reason="该店正在装修停业，现场无法检查，建议延后（示例）")
    hand_over(by=officer, item_id=onward, user_id=helper.user_id, note="与你本周的片区一致（示例）")
    assign_items(by=chief, item_ids=absent, user_id=away.user_id)
    set_deputy(
        by=away,
        deputy_id=officer.user_id,
        valid_from=as_of,
        valid_to=as_of + A_WEEK,
        reason="参加省局检查员培训（示例）",
    )
    return 2 + len(absent)


def colleagues_of(officer: Actor, officers: Sequence[SimOfficer], actors: Mapping[str, Actor]) -> list[Actor]:
    """The other inspectors of the officer's organ, in the order of the simulation."""
    return [
        actors[one.username]
        for one in officers
        if one.organ == ORGAN and one.role == INSPECTOR and one.username != officer.username
    ]
